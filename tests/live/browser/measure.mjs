// What is measured of the page in Chromium: by tests that fail on gross errors alone, and by bench/page, which shows the figures.
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { source, until } from './relay.mjs';
import { stats } from './browser.mjs';
import { badLine } from './line.mjs';
import { lecturerPage, turnsAgainstSound } from './turns.mjs';

const KB = 1024;

// A door to the relay that counts every byte of TCP both ways (TLS and HTTP headers with it). A new origin, so nothing of it is cached.
async function countingDoor(relay) {
  const door = { bytes: 0 };
  const server = createServer((front) => {
    const back = createConnection(Number(relay.listen.split(':')[1]), '127.0.0.1');
    for (const [one, other] of [[front, back], [back, front]]) {
      one.on('data', (piece) => { door.bytes += piece.length; other.write(piece); });
      one.on('end', () => other.end());
      one.on('error', () => other.destroy());
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  door.url = (link) => link.replace(/:\d+\//, `:${server.address().port}/`);
  door.close = () => server.close();
  return door;
}

// What comes to a page: answers with their headers, sentences; in bytes. TLS and TCP are not in it (countingDoor has TLS).
async function countArrivals(page) {
  const arrived = { bytes: 0, files: [] };
  const names = new Map();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  client.on('Network.responseReceived', (e) => names.set(e.requestId, new URL(e.response.url).pathname));
  client.on('Network.loadingFinished', (e) => { arrived.bytes += e.encodedDataLength; arrived.files.push([e.encodedDataLength, names.get(e.requestId)]); });
  client.on('Network.webSocketFrameReceived', (e) => { arrived.bytes += e.response.payloadData.length; });
  return arrived;
}

// Runs in the page: when it first heard something, and how many bytes of sound had come by then.
const firstSound = () => new Promise((done) => {
  const look = setInterval(async () => {
    for (const s of (await window.connections.at(-1)?.getStats() ?? new Map()).values()) {
      if (s.type !== 'inbound-rtp' || !(s.totalAudioEnergy > 0)) continue;
      clearInterval(look);
      done({ at: performance.timeOrigin + performance.now(), sound: s.bytesReceived + s.headerBytesReceived });
    }
  }, 10);
});

// From the click on a link (the address is opened) to sound, where somebody speaks and the button is pressed as soon as it is there.
export async function fromLinkToSound(relay, browser, link) {
  const door = await countingDoor(relay);
  const page = await browser.page('about:blank');
  const arrived = await countArrivals(page);
  const begun = Date.now();
  await page.goto(door.url(link));
  await page.waitForSelector('#door-join:not([hidden])', { timeout: 10000 });
  const shown = Date.now();
  await page.click('#door-join');
  const { at, sound } = await page.evaluate(firstSound);
  const untilSound = (arrived.bytes + sound) / KB;
  const wire = (door.bytes + sound) / KB;
  await page.waitForTimeout(1500); // what the page fetches for later
  return { page, ms: at - begun, door_ms: shown - begun, until_sound_kb: untilSound, all_kb: arrived.bytes / KB, with_tls_kb: wire, files: arrived.files, close: async () => { await page.close(); door.close(); } };
}

// From a grant to the first sound of it at another page, which hears nothing else.
export async function fromGrantToSound(relay, session, speaker, name, listener) {
  await speaker.click('#hand');
  await speaker.waitForSelector('#floor[data-state="waiting"]');
  const before = (await stats(listener))['inbound-rtp']?.packetsReceived ?? 0;
  const heard = listener.evaluate((n) => new Promise((done) => {
    const look = setInterval(async () => {
      for (const s of (await window.connections.at(-1).getStats()).values()) if (s.type === 'inbound-rtp' && s.packetsReceived > n) { clearInterval(look); done(performance.timeOrigin + performance.now()); }
    }, 10);
  }), before);
  const begun = Date.now();
  relay.ctl('grant', '--session', session, '--participant', name);
  return await heard - begun;
}

// What a page has sent since its join: packets by its own statistics, and at the relay.
export async function sentBy(relay, session, page, name) {
  const p = relay.person(session, name);
  return { page: (await stats(page))['outbound-rtp']?.packetsSent ?? 0, relay: p.packets_in, refused: p.refused ?? 0 };
}

// Page turns of a lecturer in Chromium against their sound at a listener whose line is delayed, ms. The browser is launched with bypassCSP.
export async function turns(relay, browser, { delay, jitter, count }) {
  const session = relay.session(`Turns, ${delay} ms`);
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  relay.ctl('page', '--session', session, '--deck', relay.show(session).decks[0].id, '--page', '5');
  const said = [];
  const lecturer = await lecturerPage(browser, relay.link(session, 'lecturer', 'Ada'), said);
  const line = delay ? await badLine(relay, delay, jitter) : null;
  const link = relay.link(session, 'trainee', 'Bob');
  const listener = await browser.context.newPage();
  if (line) await listener.addInitScript(line.first);
  await listener.goto(line ? line.url(link) : link);
  await listener.click('#door-join', { timeout: 30000 });
  await listener.waitForSelector('#hall:not([hidden]) #page-image[srcset]', { timeout: 30000 });
  await until('the lecturer is heard', () => relay.person(session, 'Ada').audible);
  const result = await turnsAgainstSound(lecturer, listener, count);
  await lecturer.close();
  await listener.close();
  line?.close();
  return { ...result, rtp: said.filter((s) => Number.isInteger(s.rtp)).length };
}
