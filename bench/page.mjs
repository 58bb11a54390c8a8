// The page in Chromium: how soon there is sound, what it costs on the wire, page turns beside their sound, the grant, the return.
import { Relay, sleep, speech, until } from '../tests/live/browser/relay.mjs';
import { Browser, stats } from '../tests/live/browser/browser.mjs';
import { fromGrantToSound, fromLinkToSound, turns } from '../tests/live/browser/measure.mjs';
import { Result, options, percentile } from './figures.mjs';

const { times, turns: count } = options(`usage: bench/page [--times 5] [--turns 20] [--json]
The page in Chromium on this machine: from opening a link (nothing cached) to sound heard, and the bytes until then; page turns of a
lecturer in Chromium against a click of his microphone, both seen in a listener's page (after the click: positive), on the loopback and with
300 ms and jitter of 60 ms added to all that comes to the listener; from a grant to the first packet at a listener's; from the return of a
relay that was killed to sound. Some three minutes.`, { times: 5, turns: 20 });

const result = new Result('The page in Chromium', ['', 'count', 'median', 'least … most']);
const row = (what, values) => result.row(what, values.length, percentile(values, 0.5), `${Math.min(...values).toPrecision(3)} … ${Math.max(...values).toPrecision(3)}`);

const relay = await new Relay().start();
const session = relay.session('The page');
const native = relay.native(relay.link(session, 'lecturer', 'Ada'), ...Array(9).fill(['--play', speech('it')]).flat());
await until('the lecturer sends', () => relay.person(session, 'Ada')?.packets_in > 20);

const firsts = [];
for (let n = 0; n < times; n++) {
  const browser = await Browser.launch({ voice: speech('en') });
  const one = await fromLinkToSound(relay, browser, relay.link(session, 'trainee', `Bob ${n}`));
  firsts.push(one);
  await one.close();
  await browser.close();
}
row('from the link to the door, ms', firsts.map((f) => f.door_ms));
row('from the link to sound, ms', firsts.map((f) => f.ms));
row('bytes until sound, KB (HTTP with headers, sentences, sound)', firsts.map((f) => f.until_sound_kb));
row('the same with TLS and requests, KB', firsts.map((f) => f.with_tls_kb));
row('bytes in all without slides, KB', firsts.map((f) => f.all_kb));

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
result.goal('until sound', Math.max(...firsts.map((f) => f.until_sound_kb)), 60, 'KB');
result.goal('in all', Math.max(...firsts.map((f) => f.all_kb)), 150, 'KB');
result.goal('page from its sound, 95 of 100', worst(steady.away), 40, 'ms');
result.goal('page from its sound on the bad line, 95 of 100', worst(bad.away), 60, 'ms');
result.goal('from the grant', Math.max(...grants), 300, 'ms');
result.goal('sound again after a kill', Math.max(...backs), 3000, 'ms');
result.print();
