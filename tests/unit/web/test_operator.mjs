// The operator's page without a browser: rates, orders, histories and lines of charts, and its texts in every language.
import assert from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const folder = new URL('../../../client-lib/web/operator/', import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), 'utf8');
const load = (name) => import(`data:text/javascript,${encodeURIComponent(read(name))}`);
const picture = await load('picture.js');
const line = await load('line.js');

const look = (at_s, { packets = 0, cpu = 0, events = 0, session = 's1', people = 0 } = {}) => ({
  relay: { at_us: at_s * 1e6, peers: 3, events, control_cpu_us: cpu, workers: [{ worker: 0, cpu_us: cpu, datagrams_in: packets, datagrams_out: 2 * packets }] },
  sessions: [{ id: 's1', present: 2, counters: { packets_in: packets, packets_out: 2 * packets, bytes_in: 100 * packets, bytes_out: 200 * packets } }],
  session, people: [{ id: 1, packets_in: people, packets_out: 0, bytes_in: 0, bytes_out: 0 }], alarms: [],
});

test('two looks give rates', () => {
  const now = picture.addRates(look(10), look(12, { packets: 100, cpu: 2e5, events: 8, people: 100 }));
  assert.equal(now.relay.events_per_s, 4);
  assert.equal(now.relay.control_cpu_percent, 10);
  assert.equal(now.relay.workers[0].datagrams_out_per_s, 100);
  assert.equal(now.sessions[0].packets_in_per_s, 50);
  assert.equal(now.sessions[0].bits_out_per_s, 80000);
  assert.equal(now.people[0].packets_in_per_s, 50);
  assert.deepEqual(picture.relayPoint(now), { people: 3, packets: 150, cpu: 20 });
});

// Rows: what was before, what is now; then nothing is known by the second.
const unknown = [
  ['one look', null, look(10)],
  ['the same moment', look(10), look(10)],
  ['another run of the relay', look(1000, { packets: 50 }), look(3, { packets: 10 })],
  ['counts that began anew', look(10, { packets: 50, cpu: 5, events: 5 }), look(12, { packets: 10, cpu: 1, events: 1 })],
  ['another session', { ...look(10), sessions: [], relay: { ...look(10).relay, workers: [] } }, look(12)],
];
for (const [name, before, now] of unknown) test(`no rate: ${name}`, () => {
  picture.addRates(before, now);
  assert.equal(picture.flow(now.sessions[0]), null);
  assert.equal(picture.relayPoint(now).packets, null);
});

test('people of another session get no rates', () => {
  const now = picture.addRates(look(10, { session: 's0' }), look(12, { people: 10 }));
  assert.equal(now.people[0].packets_in_per_s, undefined);
});

const sessions = [['a', 'Zoology', 5, 10], ['b', 'Acoustics of halls', 9, 5], ['c', 'صداشناسی', 5, 20]].map(([id, title, present, n]) => ({ id, title, state: 'open', present, packets_in_per_s: n, packets_out_per_s: 0 }));
const orders = [['', 'alarms', 'cba'], ['', 'people', 'bac'], ['', 'packets', 'cab'], ['', 'title', 'bac'], ['halls ACOUSTICS', 'title', 'b'], ['صدا', 'people', 'c'], ['nothing', 'people', ''], ['', 'no such', 'cba'], ['(', 'title', '']];
for (const [words, sort, ids] of orders) test(`sessions with "${words}" by ${sort}`, () => {
  assert.equal(picture.choose(sessions, words, sort, new Map([['c', 2]])).map((s) => s.id).join(''), ids);
});

test('a thousand sessions: those that are drawn are the ones in most trouble', () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ id: `s${i}`, title: `Hall ${i}`, state: 'open', present: i % 7 }));
  const count = picture.alarmsBySession([{ session: 's999', participant: 1 }, { session: 's999' }, { session: 's3' }, { kind: 'cpu' }]);
  assert.deepEqual(picture.choose(many, '', 'alarms', count).slice(0, 2).map((s) => s.id), ['s999', 's3']);
  assert.equal(picture.ROWS_MAX, 200);
});

test('people with trouble first, then who is here', () => {
  const people = [[1, 'Ada', true], [2, 'Bob', false], [3, 'Cem', true], [4, 'Aaron', true]].map(([id, name, present]) => ({ id, name, present, floor: id === 3 }));
  assert.deepEqual(picture.orderPeople(people, [{ session: 's', participant: 2 }, { session: 'other', participant: 1 }], 's').map((p) => p.id), [2, 3, 4, 1]);
});

const lines = [[{}, 'none'], [{ quality_in: 93, quality_out: 80 }, 'good'], [{ quality_in: 79, quality_out: 93 }, 'weak'], [{ quality_in: 93, quality_out: 59 }, 'bad'], [{ quality_in: 0, quality_out: 0 }, 'bad']];
for (const [p, state] of lines) test(`a line of ${p.quality_in} and ${p.quality_out} is ${state}`, () => assert.equal(picture.lineState(p), state));

test('the worst loss is that of either way', () => {
  assert.equal(picture.worstLoss([{ lost_in_percent: 2, lost_out_percent: 15 }, {}, { lost_in_percent: 4, lost_out_percent: 0 }]), 15);
  assert.equal(picture.worstLoss([]), 0);
});

test('a history forgets, and has gaps', () => {
  const h = new picture.History(3);
  for (const p of [{ a: 1 }, { a: 2 }, null, { a: 4 }]) h.add(p);
  assert.deepEqual(h.of('a'), [2, null, 4]);
});

for (const [most, end] of [[0, 5], [5, 5], [6, 10], [11, 20], [49, 50], [51, 100], [123456, 200000]]) test(`a scale for ${most} ends at ${end}`, () => assert.equal(line.top(most), end));

// Rows: values, the path of a chart of three points up to 10.
const paths = [[[], ''], [[0], 'M300 59'], [[0, 10], 'M150 59L300 1'], [[10, null, 0], 'M0 1M300 59'], [[99, 0, 0], 'M0 1L150 59L300 59'], [[null, null, null], '']];
for (const [values, d] of paths) test(`the line of ${JSON.stringify(values)}`, () => assert.equal(line.path(values, 10, 3), d));
test('the area under a line is closed at its gaps', () => assert.equal(line.path([5, 5, null], 10, 3, true), 'M0 30L150 30L150 60L0 60Z'));

const catalogue = async (name) => (await load(`text/${name}`)).default;
const en = await catalogue('en.js');
const names = readdirSync(new URL('text/', folder)).filter((n) => n.endsWith('.js'));

test('it speaks the languages of the page', () => assert.deepEqual(names, readdirSync(new URL('../text/', folder)).filter((n) => /^\w+\.js$/.test(n))));

for (const name of names) test(`${name} is complete`, async () => {
  const texts = await catalogue(name);
  assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort());
  const places = (words) => [...words.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [key, words] of Object.entries(texts)) assert.deepEqual([words.trim() !== '', places(words)], [true, places(en[key])], key);
});

const scripts = readdirSync(folder).filter((n) => n.endsWith('.js'));
test('what it asks for is there, and every alarm of the relay has a name', () => {
  const asked = [...read('index.html').matchAll(/data-say(?:-label)?="([^"]+)"/g), ...scripts.flatMap((n) => [...read(n).matchAll(/\bsay\('([^'$]+)'/g)])].map((m) => m[1]);
  for (const key of asked) assert.ok(Object.hasOwn(en, key), key);
  assert.ok(asked.length > 60);
  const kinds = readFileSync(new URL('../../../relay/signal/alarms.c', folder), 'utf8').matchAll(/ALARM_(?:BAD|WARN),\s+"([\w-]+)"/g);
  for (const [, kind] of kinds) assert.ok(Object.hasOwn(en, `alarm.${kind}`), kind);
});

test('no markup is made of words, and no word of the token stands in an address', () => {
  for (const name of scripts) assert.doesNotMatch(read(name), /innerHTML|outerHTML|insertAdjacentHTML|eval\(|[?&]token=|style=/, name);
});
