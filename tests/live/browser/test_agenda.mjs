// The running order of a programme's session: everyone sees what is on, a chair goes on by one act, which starts the speaker's time; the
// hall's screen shows it; the list looks right in both directions and widths, and axe-core has nothing against it.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, until } from './relay.mjs';
import { Browser, says } from './browser.mjs';
import { faults } from './looks.mjs';
import { sizes } from './screens.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const HOSTILE = 'How sound <img src=x onerror="window.pwned=1"> travels in a room, and what a lecturer can do about it in halls that are older than he is';
const file = (slots) => `[programme]\nkey = p\ntitle = P\nzone = Europe/Rome\n[session s]\ntitle = Morning\nday = 2030-01-02\nfrom = 09:00\nto = 12:00\nrooms = Lab\nchairs = mia\nlecturers = lev
${slots.map((s) => `slot = ${s}`).join('\n')}\n[person mia]\nname = Mia Conti\n[person lev]\nname = Dr. Lev Aroni\n[person tom]\nname = Tom\n[person lab]\nname = Lab\nrole = room\nplace = Lab\n`;
const relay = new Relay();
let browser, session, chair, trainee, hall;

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  const { programme } = relay.ctl('programme', 'load', relay.file('p.programme', file(['09:00 15 mia Welcome', `09:15 60 lev ${HOSTILE}`, '10:15 20 -', '10:35 30 lev'])));
  const shown = relay.ctl('programme', 'show', '--programme', programme).programme;
  session = shown.sessions[0].session;
  const url = (key) => shown.people.find((p) => p.key === key).url;
  [chair, trainee, hall] = [await browser.join(url('mia')), await browser.join(url('tom')), await browser.join(url('lab'))];
  relay.native(url('lev'), '--no-audio');
  await until('the lecturer is there', () => relay.person(session, 'Dr. Lev Aroni'));
  relay.ctl('open', '--session', session);
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('what is first is told; a chair alone can begin', async () => {
  await says(trainee, '#agenda-now', 'First: Welcome · Mia Conti');
  assert.ok(await trainee.isHidden('#agenda-next'));
  await says(chair, '#agenda-next-words', 'Begin: Welcome');
});

test('one act: everyone sees the item, and its speaker\'s time runs', async () => {
  await chair.click('#agenda-next');
  for (const page of [chair, trainee, hall]) await says(page, '#agenda-now', 'Now: Welcome · Mia Conti');
  await says(trainee, '#timer-who', 'Mia Conti');
  await chair.keyboard.press('n');
  await says(trainee, '#timer-who', 'Dr. Lev Aroni');
  await until('an hour', async () => /^(1:00:00|59:\d\d)$/.test(await trainee.textContent('#timer-left')));
  assert.equal(await trainee.evaluate(() => window.pwned), undefined);
  const { item, agenda } = relay.show(session);
  assert.deepEqual([item, agenda.length], [2, 4]);
});

test('who comes late sees it; the list goes to any item, and to none', async () => {
  await trainee.reload();
  await trainee.click('#door-join');
  await until('the item', async () => (await trainee.textContent('#agenda-now')).includes('How sound <img'));
  await trainee.click('#agenda-show');
  await trainee.waitForSelector('.agenda-list');
  assert.equal(await trainee.locator('.agenda-list li').count(), 4);
  assert.equal(await trainee.locator('.agenda-list button').count(), 0);
  await trainee.keyboard.press('Escape');
  await chair.click('#agenda-show');
  await chair.click('.agenda-list li:nth-child(3) button'); // without a title
  await says(trainee, '#agenda-now', 'Now: Item 3');
  await chair.click('#agenda-show');
  await chair.click('[data-act="item-none"]');
  await says(trainee, '#agenda-now', 'First: Welcome · Mia Conti');
  await trainee.waitForSelector('#timer', { state: 'hidden' });
});

test('loaded again with other slots: what is on stays on', async () => {
  await chair.click('#agenda-next');
  relay.ctl('programme', 'load', relay.file('p.programme', file(['08:45 15 - Coffee', '09:00 25 mia Welcome'])));
  await chair.waitForSelector('#agenda-next', { state: 'hidden' }); // it is the last
  await says(trainee, '#agenda-now', 'Now: Welcome · Mia Conti');
  relay.ctl('programme', 'load', relay.file('p.programme', file(['08:45 15 - Coffee', '09:00 25 mia Welcome', `09:15 60 lev ${HOSTILE}`])));
  await chair.waitForSelector('#agenda-next');
});

for (const language of ['en', 'fa']) test(`it looks right, ${language}`, async () => {
  for (const [page, list] of [[chair, true], [hall, false]]) {
    await page.goto(`${page.url().split('?')[0]}?lang=${language}`);
    await page.click('#door-join');
    await page.waitForSelector('#agenda-now:not(:empty)');
    for (const size of list ? ['phone', 'laptop'] : ['projector']) {
      await page.setViewportSize({ width: sizes[size][0], height: sizes[size][1] });
      await page.mouse.move(0, 0);
      await page.waitForFunction(() => ['0', '1'].includes(getComputedStyle(document.querySelector('.hand')).opacity)); // a hall's buttons fade
      for (const open of list ? [false, true] : [false]) {
        if (open) { await page.click('#agenda-show'); await page.waitForSelector('.agenda-list'); await page.waitForFunction(() => document.querySelector('dialog').getAnimations().length === 0); }
        if (process.env.AULA_LOOKS) await page.screenshot({ path: join(process.env.AULA_LOOKS, `agenda-${language}-${size}${open ? '-list' : ''}.png`) });
        assert.deepEqual(await page.evaluate(faults), [], size);
        if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axe);
        const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' '))}`), [], size);
        if (open) await page.keyboard.press('Escape');
      }
    }
  }
  assert.equal(await chair.evaluate(() => document.documentElement.dir), language === 'fa' ? 'rtl' : 'ltr');
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
