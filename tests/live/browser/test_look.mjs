// Every screen in both directions, from a phone to a projector: nothing clipped, nothing beyond the edge, the slide large and never mirrored,
// and no violation that axe-core finds. AULA_LOOKS=FOLDER keeps a picture of each.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, source, until } from './relay.mjs';
import { Browser } from './browser.mjs';
import { faults, talk } from './looks.mjs';
import { screens, sizes } from './screens.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const relay = new Relay();
let browser, session, planned;

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('Acoustics of lecture halls and of everything that is like them — day one of two', '--room', 'Aula Magna', '--record');
  planned = relay.session('Acoustics, day two', '--planned');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  for (const name of ['Amadou Diallo', 'شیرین رضایی', 'Maximiliana von Hohenstein-Oberndorff zu Waldeck und Pyrmont']) {
    const native = relay.native(relay.link(session, 'trainee', name), '--no-audio');
    await until(`${name} is there`, () => relay.person(session, name));
    native.say('hand up');
    native.say(`chat ${'long'.repeat(60)}`);
  }
  relay.native(relay.link(session, 'lecturer', 'Elena'), '--no-audio');
  relay.ctl('page', '--session', session, '--deck', relay.show(session).decks[0].id, '--page', '6');
  const chair = await browser.join(`${relay.link(session, 'chair', 'Marta Ruiz')}?lang=en`);
  await talk(chair);
  await chair.close();
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

// What axe-core has against the page as it is now: a line for each, with the elements.
async function violations(page) {
  if (!await page.evaluate(() => Boolean(window.axe))) await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

async function slideIsLarge(page, size) {
  const slide = await page.locator('#slide').boundingBox();
  const least = { side: 0.4, phone: 0.9, tablet: 0.9, laptop: 0.7, projector: 0.7 }[size];
  const stage = await page.evaluate(() => document.body.classList.contains('stage-only'));
  assert.ok(slide.width >= (stage ? 0.99 : least) * sizes[size][0], `the slide is ${slide.width} wide`);
  assert.equal(await page.$eval('#page-image', (e) => getComputedStyle(e).transform), 'none');
}

for (const language of ['en', 'fa']) for (const screen of screens) {
  test(`${screen.name}, ${language}`, async () => {
    const name = `${screen.name} ${language}`; // whoever opens it is of that name
    const link = screen.link ? relay.url + screen.link : relay.link(screen.planned ? planned : session, screen.who[0], name, screen.who[1]);
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: sizes[screen.widths[0]][0], height: sizes[screen.widths[0]][1] });
    await page.goto(`${link}?lang=${language}${screen.look ?? ''}`);
    await page.waitForSelector(screen.at ?? (screen.link ? '#door-text:not(:empty)' : '#door-join:not([hidden])'));
    if (screen.until) await page.waitForSelector(screen.until);
    await screen.way?.(page, { relay, session, name });
    for (const size of screen.widths) {
      const [width, height] = sizes[size];
      await page.setViewportSize({ width, height });
      await page.mouse.move(0, 0);
      if (process.env.AULA_LOOKS) await page.screenshot({ path: join(process.env.AULA_LOOKS, `${name.replace(/\W+/g, '-')}-${size}.png`) });
      assert.deepEqual(await page.evaluate(faults), [], size);
      if (screen.way && await page.isVisible('#slide') && !screen.planned) await slideIsLarge(page, size);
      if (language === 'en' || size === screen.widths[0]) assert.deepEqual(await violations(page), [], size); // what depends on the width does not on the language
    }
    assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'fa' ? 'rtl' : 'ltr');
    await page.close();
  });
}
