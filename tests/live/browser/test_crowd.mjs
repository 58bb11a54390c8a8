// A session of 230: the page lists those who lead, speak or wait, counts the rest, and finds any of them; a chair acts on whom he found; both
// languages, by keyboard, and said to who listens to the page. When most have gone everyone is listed again.
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, buildFile, until } from './relay.mjs';
import { Browser, says } from './browser.mjs';
import { faults } from './looks.mjs';
import { sizes } from './screens.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CROWD = 227; // who join beside a chair, a lecturer and a listener
const RARE = ['Zoë Ångström', 'کاوه رضایی', '<img src=x onerror="window.pwned=1">'];
const relay = new Relay();
let browser, session, chair, trainee, load;

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('A large one', '--room', 'Aula Magna', '--room', 'Lab 2');
  chair = await browser.join(`${relay.link(session, 'chair', 'Ingrid Holm')}?lang=en`);
  trainee = await browser.join(`${relay.link(session, 'trainee', 'Nils')}?lang=en`);
  relay.native(relay.link(session, 'lecturer', 'Dr. Elena Conti', 'Aula Magna'), '--no-audio');
  const place = (i) => [undefined, 'Aula Magna', 'Aula Magna', 'Lab 2'][i % 4];
  const urls = Array.from({ length: CROWD }, (_, i) => relay.link(session, 'trainee', RARE[i] ?? `Trainee ${i + 1}`, place(i)));
  load = spawn(buildFile('bench/load'), ['--url-file', relay.file('urls', urls.join('\n') + '\n'), '--for', '600', '--rate', '100', '--insecure'], { stdio: 'ignore' });
  await until('all are here', async () => await trainee.textContent('#people-count') === `${CROWD + 3}`, 60000);
});

after(async () => {
  load?.kill();
  await browser?.close();
  await relay.stop();
});

const rows = (page) => page.locator('#people li').count();
const row = (page, name) => page.locator('#people li', { hasText: name });

test('listed are those who lead or speak, and oneself; the rest is counted, by place', async () => {
  await until('three rows', async () => await rows(trainee) === 3);
  await says(trainee, '#people-more', `${CROWD + 3} people are here. Listed are those who lead, speak or wait to speak; search for anyone else.`);
  const places = await trainee.locator('#people-places .place').allTextContents();
  assert.deepEqual(places, ['Aula Magna115', 'Lab 256', 'remote59']);
});

test('a chair finds somebody by a part of the name, gives and takes the floor, and everyone sees whom', async () => {
  await chair.click('#search');
  await chair.keyboard.type('zoe ang');
  await says(chair, '#people-more', '1 found.');
  await says(chair, '#told', '1 found.');
  assert.equal(await rows(chair), 1);
  await chair.keyboard.press('Tab'); // places
  await until('the list by the Tab key', async () => { await chair.keyboard.press('Tab'); return chair.evaluate(() => document.activeElement.dataset.act === 'grant'); });
  await chair.keyboard.press('Enter');
  await row(trainee, 'Zoë Ångström').locator('.mark-open').waitFor();
  await row(chair, 'Zoë Ångström').locator('[data-act="mute"]').click();
  await row(trainee, 'Zoë Ångström').locator('.mark-muted').waitFor();
  await chair.click('#take-back');
  await until('he is counted again', async () => await rows(trainee) === 3);
  await row(chair, 'Zoë Ångström').locator('[data-act="grant"]').waitFor();
});

test('what can be done with one who is found', async () => {
  await row(chair, 'Zoë Ångström').locator('[data-act="more"]').click();
  await chair.click('.menu [data-act="deputy"]');
  await row(trainee, 'Zoë Ångström').waitFor();
  await row(chair, 'Zoë Ångström').locator('[data-act="more"]').click();
  await chair.click('.menu [data-act="no-deputy"]');
  await until('he is counted again', async () => await rows(trainee) === 3);
  await row(chair, 'Zoë Ångström').locator('[data-act="more"]').click();
  await chair.click('.menu [data-act="timer"]');
  assert.equal(await chair.locator('#timer-whom option:checked').textContent(), 'Zoë Ångström');
  await chair.click('#timer-start');
  await says(trainee, '#timer-who', 'Zoë Ångström'); // whom he knows by no list
});

test('into a place, a page at a time; nobody; and back', async () => {
  await trainee.click('#people-places [data-place="Aula Magna"]');
  await says(trainee, '#people-more', 'The first 50 of 115 found.');
  assert.equal(await trainee.getAttribute('#people-places [data-place="Aula Magna"]', 'aria-pressed'), 'true');
  await trainee.click('#people-next');
  await says(trainee, '#people-more', 'The first 100 of 115 found.');
  await trainee.click('#people-next');
  await says(trainee, '#people-more', '115 found.');
  assert.ok(await trainee.isHidden('#people-next'));
  await trainee.fill('#search', 'Trainee 22');
  await until('six of them: 22 and 220 to 227 where they sit there', async () => (await rows(trainee)) < 9);
  await trainee.click('#people-places [data-place="Aula Magna"]');
  await trainee.fill('#search', 'nobody at all');
  await says(trainee, '#people-more', 'Nobody here has this name.');
  await trainee.fill('#search', '');
  await until('the list', async () => await rows(trainee) === 3);
});

test('who says something is named, though nobody lists him', async () => {
  const one = relay.native(relay.link(session, 'trainee', 'Gül Şen'), '--no-audio');
  await until('she is here', () => relay.person(session, 'Gül Şen')?.present);
  one.say('chat Good morning');
  await chair.waitForSelector('#told:has-text("Gül Şen")', { state: 'attached' });
  one.say('hand up');
  await trainee.waitForSelector('#queue li:has-text("Gül Şen")');
  one.say('hand down');
  one.say('people zoe');
  await trainee.waitForSelector('#queue li', { state: 'detached' });
  assert.equal(await rows(trainee), 3);
  await one.end();
});

// Who looks, on what, at which of these: the list, somebody found, many found, nobody.
const looks = { list: ['', 'Ingrid'], found: ['كاوه', 'کاوه'], many: ['trainee', 'Trainee'], none: ['xyzzy', ''] };
const views = [[() => chair, 'phone', ['list', 'many']], [() => chair, 'laptop', ['found', 'many']], [() => trainee, 'phone', ['list', 'none']]];

for (const language of ['en', 'fa']) test(`it looks right, ${language}`, async () => {
  for (const [who, size, what] of views) {
    const page = who();
    await page.goto(`${page.url().split('?')[0]}?lang=${language}`);
    await page.click('#door-join');
    await page.waitForSelector('#people-places button');
    await page.setViewportSize({ width: sizes[size][0], height: sizes[size][1] });
    for (const one of what) {
      const [words, name] = looks[one];
      await page.fill('#search', words);
      await page.locator('#people li', { hasText: name }).nth(0).waitFor({ state: name ? 'visible' : 'detached' });
      await page.mouse.move(0, 0);
      if (process.env.AULA_LOOKS) await page.screenshot({ path: join(process.env.AULA_LOOKS, `crowd-${language}-${size}-${one}.png`) });
      assert.deepEqual(await page.evaluate(faults), [], `${size} ${one}`);
    }
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' '))}`), [], size);
    await page.fill('#search', '');
  }
  assert.equal(await chair.evaluate(() => document.documentElement.dir), language === 'fa' ? 'rtl' : 'ltr');
  assert.equal(await chair.evaluate(() => window.pwned), undefined);
});

test('when most have gone everyone is listed', async () => {
  load.kill();
  await until('three are here', async () => await rows(trainee) === 3 && await trainee.isHidden('#people-more'), 30000);
  assert.equal(await trainee.locator('#people-places button').count(), 0);
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
