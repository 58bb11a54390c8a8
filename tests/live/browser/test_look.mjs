// Every screen in both directions, from a phone to a projector: nothing clipped, nothing beyond the edge, the slide large and never mirrored.
import assert from 'node:assert';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, source, until } from './relay.mjs';
import { Browser } from './browser.mjs';

const relay = new Relay();
let browser, session, chair, trainee;

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('Acoustics of lecture halls and of everything that is like them — day one of two', '--room', 'Aula Magna', '--record');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  for (const name of ['Amadou Diallo', 'شیرین رضایی', 'Maximiliana von Hohenstein-Oberndorff zu Waldeck und Pyrmont']) {
    const native = relay.native(relay.link(session, 'trainee', name), '--no-audio');
    await until(`${name} is there`, () => relay.person(session, name));
    native.say('hand up');
    native.say(`chat ${'long'.repeat(60)}`);
  }
  relay.native(relay.link(session, 'lecturer', 'Elena'), '--no-audio');
  chair = relay.link(session, 'chair', 'Ingrid Holm', 'Aula Magna');
  trainee = relay.link(session, 'trainee', 'Bob');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

// Runs in the page: what is cut off or beyond the edges. Names that do not fit end in an ellipsis on purpose.
function clipped() {
  const all = [...document.querySelectorAll('button, .button, h1, h2, p, output, select, label, input, li')];
  const shown = all.filter((e) => e.checkVisibility() && !e.closest('.unseen, .button input') && !e.matches('.unseen, .button input, #title'));
  const bad = shown.filter((e) => {
    const box = e.getBoundingClientRect();
    return e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline' || box.left < -1 || box.right > innerWidth + 1;
  });
  const small = [...document.querySelectorAll('button')].filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 32);
  return { bad: bad.map((e) => e.id || e.textContent.slice(0, 30)), small: small.map((e) => e.id || e.title), wide: document.documentElement.scrollWidth > innerWidth };
}

for (const language of ['en', 'fa']) for (const [size, width, height] of [['phone', 360, 740], ['tablet', 820, 1180], ['laptop', 1366, 768], ['projector', 1920, 1080]]) {
  test(`${size}, ${language}`, async () => {
    const stage = size === 'projector';
    const page = await browser.context.newPage();
    await page.setViewportSize({ width, height });
    await page.goto(`${size === 'phone' ? trainee : chair}?lang=${language}${stage ? '&view=stage' : ''}`);
    await page.waitForSelector('#door-join:not([hidden])');
    assert.deepEqual(await page.evaluate(clipped), { bad: [], small: [], wide: false }, 'the door');
    await page.click('#door-join');
    await page.waitForSelector('#hall:not([hidden])');
    relay.ctl('page', '--session', session, '--deck', relay.show(session).decks[0].id, '--page', '6');
    await page.waitForSelector('#page-image[srcset]');
    if (!stage) await page.waitForSelector('#chat li:nth-child(3)');
    assert.deepEqual(await page.evaluate(clipped), { bad: [], small: [], wide: false }, 'the hall');
    assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'fa' ? 'rtl' : 'ltr');
    const slide = await page.locator('#slide').boundingBox();
    assert.ok(slide.width >= (stage ? 0.99 : size === 'laptop' ? 0.7 : 0.9) * width, `the slide is ${slide.width} wide`);
    assert.equal(await page.$eval('#page-image', (e) => getComputedStyle(e).transform), 'none');
    await page.close();
  });
}
