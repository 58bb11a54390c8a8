// Slides: turned by a native lecturer as he speaks, uploaded and turned in a page, leafed alone; the pointer.
import assert from 'node:assert';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, sleep, source, speech, until } from './relay.mjs';
import { Browser, says, stats } from './browser.mjs';

const PDF = join(source, 'relay/demo-deck/how-sound-travels.pdf');
const PAGES = 12;
const relay = new Relay();
let browser, session, viewer, page, native;

const shown = (p) => p.$eval('#page-image', (image) => image.complete && image.naturalWidth > 0 && image.currentSrc);

// Runs in the page: at each page number that is drawn, how many ms the sound of that turn is already past in the ear.
function watchTurns() {
  window.turns = [];
  new MutationObserver(() => {
    const { rtpTimestamp, timestamp } = window.connections.at(-1).getReceivers()[0].getSynchronizationSources()[0];
    const { offset } = window.heard.findLast((s) => s.kind === 'answer');
    const { media } = window.heard.flatMap((s) => s.events ?? []).findLast((e) => e.kind === 'page');
    const past = (rtpTimestamp - offset - media) | 0; // RTP time is modulo 2^32
    window.turns.push(past / 48 + performance.timeOrigin + performance.now() - timestamp);
  }).observe(document.querySelector('#leaf-where'), { childList: true });
}

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  session = relay.session('Slides');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('a lecturer uploads a PDF from the page: its first page is shown to everyone', async () => {
  viewer = await browser.join(relay.link(session, 'trainee', 'Bob'));
  await says(viewer, '#no-page', 'No slide is shown yet.');
  assert.ok(await viewer.isHidden('#upload'), 'a trainee cannot upload');
  page = await browser.join(relay.link(session, 'lecturer', 'Ada'));
  await page.setInputFiles('#upload-file', PDF);
  for (const p of [page, viewer]) {
    await p.waitForFunction(() => document.querySelector('#leaf-where').textContent.includes('12'), null, undefined);
    await says(p, '#leaf-where', `Page 1 of ${PAGES}`);
    await until('the picture is there', () => shown(p));
  }
  assert.equal(await shown(page), await shown(viewer));
  assert.match(await viewer.textContent('#page-text'), /sound/i);
});

test('what is no PDF is refused with a sentence', async () => {
  await page.setInputFiles('#upload-file', { name: 'slides.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>not a PDF') });
  await page.waitForSelector('#notice:not([hidden]) #notice-words:text("PDF")');
  assert.equal((await page.textContent('#notice-words')).includes('<html>'), false);
  await page.click('#notice-close');
});

test('pages are turned by keys, and followed', async () => {
  await page.keyboard.press('ArrowRight');
  await says(viewer, '#leaf-where', `Page 2 of ${PAGES}`);
  await page.keyboard.press('PageUp');
  await says(viewer, '#leaf-where', `Page 1 of ${PAGES}`);
});

test('a viewer leafs alone, stays there, and returns by one button', async () => {
  await viewer.click('#leaf-on');
  await viewer.click('#leaf-on');
  await says(viewer, '#leaf-where', `Page 3 of ${PAGES}`);
  await page.keyboard.press('ArrowRight');
  await says(page, '#leaf-where', `Page 2 of ${PAGES}`);
  await sleep(300);
  await says(viewer, '#leaf-where', `Page 3 of ${PAGES}`);
  await viewer.click('#leaf-follow');
  await says(viewer, '#leaf-where', `Page 2 of ${PAGES}`);
  assert.ok(await viewer.isHidden('#leaf-follow'));
});

test('the pointer lies on the same spot of the picture, whatever the size of the page', async () => {
  await viewer.setViewportSize({ width: 900, height: 900 });
  const box = (p) => p.$eval('#page-image', (e) => e.getBoundingClientRect().toJSON());
  const from = await box(page);
  await page.mouse.move(from.left + 0.25 * from.width, from.top + 0.75 * from.height);
  await viewer.waitForSelector('#pointer:not([hidden])');
  const dot = async () => {
    const to = await box(viewer);
    const at = await viewer.$eval('#pointer', (e) => { const r = e.getBoundingClientRect(); return { x: r.left + r.width / 2, y: r.top + r.height / 2 }; });
    return Math.max(Math.abs((at.x - to.left) / to.width - 0.25), Math.abs((at.y - to.top) / to.height - 0.75));
  };
  await until('the pointer is there', async () => (await dot()) < 0.01);
  await page.mouse.move(5, 5);
  await viewer.waitForSelector('#pointer', { state: 'hidden' });
  await viewer.setViewportSize({ width: 1366, height: 768 });
});

test('a page turn of one who speaks is shown with its sound', async (t) => {
  await page.keyboard.press('m');
  await page.waitForSelector('#floor[data-state="muted"]');
  native = relay.native(relay.link(session, 'lecturer', 'Carlo'), '--play', speech('it'));
  await until('his sound comes in', () => relay.person(session, 'Carlo')?.packets_in > 50);
  await viewer.waitForSelector('#speaking:has-text("Carlo")');
  await viewer.evaluate(watchTurns);
  for (const n of [5, 6, 7]) {
    native.say(`page ${n}`);
    await says(viewer, '#leaf-where', `Page ${n} of ${PAGES}`);
    await sleep(400);
  }
  const late = await viewer.evaluate(() => window.turns);
  assert.equal(late.length, 3);
  t.diagnostic(`shown ${late.map(Math.round).join(', ')} ms after its sound`);
});

test('who comes late sees the page at once', async () => {
  const late = await browser.join(relay.link(session, 'trainee', 'Late'));
  await says(late, '#leaf-where', `Page 7 of ${PAGES}`);
  await until('the picture is there', () => shown(late));
});

test('a second deck can be chosen from the list', async () => {
  relay.ctl('deck', 'add', '--session', session, '--title', 'The <b>second</b>', PDF);
  await page.waitForSelector('#deck:not([hidden])');
  await page.selectOption('#deck', { label: 'The <b>second</b>' });
  await says(viewer, '#leaf-where', `Page 1 of ${PAGES}`);
});

test('the lecturer hands over: the next one is heard and turns his own pages, the first one follows', async () => {
  native.say('mute');
  const next = await browser.join(relay.link(session, 'lecturer', 'Dora'));
  await viewer.waitForSelector('#speaking:has-text("Dora")'); // her microphone is a voice
  await next.keyboard.press('ArrowRight');
  for (const p of [page, viewer]) await says(p, '#leaf-where', `Page 2 of ${PAGES}`);
  await says(page, '#floor-words', 'You are muted');
  await next.close();
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems.filter((p) => !p.includes('status of 4')), []));
