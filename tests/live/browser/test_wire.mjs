// How fast the page is, and what it sends: packets without the floor, the grant, page turns with their sound. Counts are held; times only where
// something is grossly wrong (bench/page shows them). What it costs: test_bytes.mjs.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, sleep, speech, until } from './relay.mjs';
import { Browser } from './browser.mjs';
import { fromGrantToSound, sentBy, turns } from './measure.mjs';

const GROSS = 5; // times what it should be
const relay = new Relay();
let browser, session;

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en'), bypassCSP: true });
  session = relay.session('What it costs');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('without the floor no packet leaves the page, and with it sound comes soon', async (t) => {
  const listener = await browser.join(relay.link(session, 'trainee', 'Listener'));
  const speaker = await browser.join(relay.link(session, 'trainee', 'Speaker'));
  await until('their ways stand', () => ['Listener', 'Speaker'].every((name) => relay.person(session, name)?.transport === 'udp'));
  await sleep(2000);
  assert.deepEqual(await sentBy(relay, session, speaker, 'Speaker'), { page: 0, relay: 0, refused: 0 });
  const ms = await fromGrantToSound(relay, session, speaker, 'Speaker', listener);
  t.diagnostic(`heard ${Math.round(ms)} ms after the grant`);
  assert.deepEqual(await sentBy(relay, session, listener, 'Listener'), { page: 0, relay: 0, refused: 0 });
  await speaker.close();
  await listener.close();
});

for (const [name, delay, jitter, limit] of [['a steady line', 0, 0, 40], ['a line of 300 ms and jitter', 300, 60, 60]]) {
  test(`page turns of one who speaks in a browser carry his media time, and are shown with its sound: ${name}`, async (t) => {
    const { heard, shown, away, rtp } = await turns(relay, browser, { delay, jitter, count: 5 });
    t.diagnostic(`ms from the sound: ${away.map(Math.round).join(' ')}`);
    assert.equal(shown, 5);
    assert.equal(rtp, 5);
    assert.ok(heard >= 3, `${heard} clicks were heard`);
    assert.ok(away.map(Math.abs).sort((a, b) => a - b)[2] < GROSS * limit, 'the median');
  });
}

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
