// The page in Chromium: how soon there is sound, what it costs on the wire, page turns beside their sound, the grant, the return.
import { Result, options, percentile } from './figures.mjs';
import { RELAY_ADDRESS, enterWorld, otherHost } from '../tests/live/browser/world.mjs';

const { times, turns: count } = options(`usage: bench/page [--times 5] [--turns 20] [--json]
The page in Chromium on this machine: from opening a link (nothing cached) to sound heard, from a relay on another host (a network namespace), and
every byte on the wire until then, once in Firefox too; page turns of a
lecturer in Chromium against a click of his microphone, both seen in a listener's page (after the click: positive), on the loopback and with
300 ms and jitter of 60 ms added to all that comes to the listener; from a grant to the first packet at a listener's; from the return of a
relay that was killed to sound. Some three minutes.`, { times: 5, turns: 20 });

enterWorld();
const { Relay, sleep, speech, until } = await import('../tests/live/browser/relay.mjs');
const { Browser, stats } = await import('../tests/live/browser/browser.mjs');
const { Firefox, hasFirefox } = await import('../tests/live/browser/firefox.mjs');
const { fromGrantToSound, turns } = await import('../tests/live/browser/measure.mjs');
const { fromClickToSound } = await import('../tests/live/browser/wire.mjs');

const result = new Result('The page in Chromium', ['', 'count', 'median', 'least … most']);
const row = (what, values) => result.row(what, values.length, percentile(values, 0.5), `${Math.min(...values).toPrecision(3)} … ${Math.max(...values).toPrecision(3)}`);

// What a page costs: the relay and who speaks on another host.
const host = await otherHost();
const far = await new Relay({ inside: host.inside, address: RELAY_ADDRESS }).start();
const there = far.session('The page');
far.nativeThere(far.link(there, 'lecturer', 'Ada'), ...Array(9).fill(['--play', speech('it')]).flat());
await until('the lecturer sends', () => far.person(there, 'Ada')?.packets_in > 20);
async function cost(launch, name) {
  const browser = await launch();
  const one = await fromClickToSound(far, await browser.page('about:blank'), far.link(there, 'trainee', name));
  await browser.close();
  return one;
}

const firsts = [];
for (let n = 0; n < times; n++) firsts.push(await cost(() => Browser.launch({ voice: speech('en') }), `Bob ${n}`));
row('from the link to the door, ms', firsts.map((f) => f.door_ms));
row('from the link to sound, ms', firsts.map((f) => f.ms));
const pieces = [
  ['bytes until sound, TLS and all', (f) => f.bytes], ['  with the headers of IP, TCP and UDP', (f) => f.with_headers],
  ['  HTTP answers, headers and bodies', (f) => f.answers], ['  sentences, both ways', (f) => f.sentences_in + f.sentences_out],
  ['  TLS, requests, WebSocket', (f) => f.tcp.up + f.tcp.down - f.answers - f.sentences_in - f.sentences_out], ['  of all that by TCP upwards', (f) => f.tcp.up],
  ['  TCP connections', (f) => f.tcp.connections], ['  ICE and DTLS', (f) => f.udp.stun + f.udp.dtls], ['  sound', (f) => f.udp.sound]];
for (const [what, of] of pieces) row(what, firsts.map((f) => of(f.until_sound)));
row('bytes in all without slides, and without the sound since', firsts.map((f) => f.all.bytes));
if (hasFirefox) {
  const fox = await cost(() => Firefox.launch(), 'Firefox');
  row('Firefox: from the link to sound, ms', [fox.ms]);
  row('Firefox: bytes until sound', [fox.until_sound.bytes]);
  row('Firefox:   of that sound', [fox.until_sound.udp.sound]);
}
await far.stop();
host.close();

// The rest beside the relay.
const relay = await new Relay().start();
const session = relay.session('The page');
const native = relay.native(relay.link(session, 'lecturer', 'Ada'), ...Array(9).fill(['--play', speech('it')]).flat());
await until('the lecturer sends', () => relay.person(session, 'Ada')?.packets_in > 20);
const browser = await Browser.launch({ voice: speech('en'), bypassCSP: true });
const backs = [];
const listener = await browser.join(relay.link(session, 'trainee', 'Listener'));
for (let n = 0; n < times; n++) {
  await until('sound', async () => (await stats(listener))['inbound-rtp']?.packetsReceived > 50);
  const before = await listener.evaluate(() => window.connections.length);
  await relay.kill();
  await relay.start();
  const begun = Date.now();
  await until('sound again', async () => await listener.evaluate(() => window.connections.length) > before && (await stats(listener))['inbound-rtp']?.packetsReceived > 5, 30000);
  backs.push(Date.now() - begun);
}
row('killed: from the relay\'s return to sound, ms', backs);
await native.end();

const grants = [];
for (let n = 0; n < times; n++) {
  const name = `Speaker ${n}`;
  const speaker = await browser.join(relay.link(session, 'trainee', name));
  await until('its way stands', () => relay.person(session, name)?.transport === 'udp');
  await sleep(1500);
  grants.push(await fromGrantToSound(relay, session, speaker, name, listener));
  await speaker.close();
  await sleep(1500); // he is silent to all
}
row('from the grant to the first packet at a listener, ms', grants);
await listener.close();

const steady = await turns(relay, browser, { delay: 0, jitter: 0, count });
const bad = await turns(relay, browser, { delay: 300, jitter: 60, count });
row('page shown after its sound, ms', steady.away);
row('the same at 300 ms and jitter of 60 ms, ms', bad.away);
await browser.close();
await relay.stop();

const worst = (values) => percentile(values.map(Math.abs), 0.95);
result.goal('from the link to sound, worst', Math.max(...firsts.map((f) => f.ms)), 2000, 'ms');
result.goal('until sound', Math.max(...firsts.map((f) => f.until_sound.bytes)), 60000, 'bytes');
result.goal('in all', Math.max(...firsts.map((f) => f.all.bytes)), 150000, 'bytes');
result.goal('page from its sound, 95 of 100', worst(steady.away), 40, 'ms');
result.goal('page from its sound on the bad line, 95 of 100', worst(bad.away), 60, 'ms');
result.goal('from the grant', Math.max(...grants), 300, 'ms');
result.goal('sound again after a kill', Math.max(...backs), 3000, 'ms');
result.print();
