// What a page costs on the wire from the click on its link until there is sound, and in all: every byte between a browser and its relay, counted
// on the interface that joins their two hosts (world.mjs). The same in Chromium and in Firefox.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const LATER_MS = 4000; // until what the page fetches for later is there

async function counter(relay) {
  const port = (at) => at.split(':').at(-1);
  const child = spawn('/usr/bin/python3', [new URL('../wire_count.py', import.meta.url).pathname, 'here', port(relay.listen), port(relay.media)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return { read: async () => { child.stdin.write('\n'); return JSON.parse((await lines.next()).value); }, close: () => child.stdin.end() };
}

// Bytes of TCP and UDP without their headers and with those of IP, TCP and UDP.
const sum = ({ tcp, udp }) => ({ bytes: tcp.up + tcp.down + udp.stun + udp.dtls + udp.sound + udp.sound_up + udp.other, with_headers: tcp.with_headers + udp.with_headers });

// Runs in the page: when it first played sound.
const firstSound = () => new Promise((done) => {
  const look = setInterval(async () => {
    for (const s of (await window.connections.at(-1)?.getStats() ?? new Map()).values()) {
      if (s.type !== 'inbound-rtp' || !(s.totalAudioEnergy > 0)) continue;
      clearInterval(look);
      done(performance.timeOrigin + performance.now());
    }
  }, 10);
});

// Answers' sizes, as Chromium tells them: body and headers, before TLS; and sentences.
async function watchFiles(page) {
  const watched = { files: [], answers: 0, sentences_in: 0, sentences_out: 0 };
  if (!page.context?.().newCDPSession) return watched;
  const names = new Map();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  client.on('Network.responseReceived', (e) => names.set(e.requestId, new URL(e.response.url).pathname));
  client.on('Network.loadingFinished', (e) => { watched.answers += e.encodedDataLength; watched.files.push(`${names.get(e.requestId)} ${e.encodedDataLength}`); });
  client.on('Network.webSocketFrameReceived', (e) => { watched.sentences_in += e.response.payloadData.length; });
  client.on('Network.webSocketFrameSent', (e) => { watched.sentences_out += e.response.payloadData.length; });
  return watched;
}

// `page` is a new one of a browser that has nothing of the relay yet; somebody who speaks is on the relay's side. `until_sound` and `all` (4 s later, without
// the sound since): `bytes`, `with_headers`, and what they are made of.
export async function fromClickToSound(relay, page, link) {
  const count = await counter(relay);
  const files = await watchFiles(page);
  const begun = Date.now();
  await page.goto(link, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('#door-join:not([hidden])');
  const shown = Date.now();
  await page.click('#door-join');
  const heard = await page.evaluate(firstSound);
  const first = await count.read();
  const until_sound = { ...sum(first), ...first, ...files, files: [...files.files] };
  await new Promise((done) => setTimeout(done, LATER_MS));
  const last = await count.read();
  count.close();
  const all = { ...sum(last), ...last, ...files };
  const soundOf = ({ udp }) => udp.sound + udp.sound_up;
  all.bytes -= soundOf(last) - soundOf(first); // sound goes on as long as one listens
  return { ms: heard - begun, door_ms: shown - begun, until_sound, all };
}

// The parts of it in words.
export function parts({ tcp, udp, flows, answers, sentences_in, sentences_out, bytes, with_headers, files }) {
  const said = [`${bytes} bytes in TCP and UDP (${with_headers} with their headers and IP's): TCP ${tcp.down} down, ${tcp.up} up, ${tcp.connections} connections (${flows.join(', ')}), ${tcp.segments} segments`,
    `UDP: ICE ${udp.stun}, DTLS ${udp.dtls}, sound ${udp.sound} down, ${udp.sound_up} up`];
  if (answers) said.push(`HTTP answers ${answers}, sentences ${sentences_in} down, ${sentences_out} up`, files.join(', '));
  return said;
}
