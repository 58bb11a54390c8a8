// A recording's timeline: what is true at each moment, from lines in any order, cut or unknown; and the search in the slides' text.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const folder = new URL('../../../client-lib/web/replay/', import.meta.url);
const context = vm.createContext({ console });
for (const name of ['words.js', 'timeline.js']) vm.runInContext(readFileSync(new URL(name, folder), 'utf8'), context);
const { timeline, words } = vm.runInContext('aula', context);
const plain = (x) => JSON.parse(JSON.stringify(x));

const START = 48000 * 100; // the first sound, 100 s into the session
const session = { t: 98, kind: 'session', at: 1790000000000, session: { title: 'Day one', participants: [{ id: 1, name: 'Ada' }], decks: [{ id: 'd1', title: 'Deck', pages: 3, manifest: '/d/m.json' }], page: { deck: 'd1', page: 1 }, chat: [] } };
const page = (t, n) => ({ t: t + 100, kind: 'page', deck: 'd1', page: n, media: (t + 100) * 48000 });
const manifest = { pages: [{ text: 'Welcome\nto all', full: { url: '/d/1.webp' } }, { text: 'كتاب ۱۲ می‌خوانیم', full: { url: '/d/2.webp' } }, { text: '', full: { url: '/d/3.webp' } }] };

function story(...lines) {
  const made = timeline.build([session, ...lines], START);
  timeline.giveManifest(made, '/d/m.json', manifest);
  return made;
}

test('the page at each moment is that of its sound', () => {
  const s = story(page(20, 3), page(10, 2), page(10, 2)); // they need not come in order
  const rows = [[0, 1], [9.99, 1], [10, 2], [19.99, 2], [20, 3], [9999, 3], [-50, undefined]];
  for (const [t, wanted] of rows) assert.equal(timeline.pageAt(s, t)?.page, wanted, `at ${t}`);
  assert.equal(timeline.pageAt(timeline.build([], START), 5), null);
});

test('a turn is where its media time says, whatever its line says', () => {
  const s = story({ ...page(10, 2), t: 500 });
  assert.equal(timeline.pageAt(s, 10).page, 2);
});

test('speakers, pointer and strokes', () => {
  const s = story({ t: 101, kind: 'joined', who: 2, name: 'Bob' }, { t: 102, kind: 'speaking', who: [1] }, { t: 104, kind: 'speaking', who: [1, 2] }, { t: 106, kind: 'speaking', who: [] },
    { t: 103, kind: 'pointer', who: 1, deck: 'd1', page: 1, x: .5, y: .25 }, { t: 105, kind: 'pointer', who: 1, deck: 'd1', page: 1 },
    { t: 103, kind: 'stroke', deck: 'd1', page: 1, ink: 'red', width: 4, points: [0, 0, 10000, 10000], media: 103 * 48000 }, { t: 107, kind: 'cleared', deck: 'd1', page: 1, media: 107 * 48000 });
  assert.deepEqual([1, 3, 5, 7].map((t) => plain(timeline.speakersAt(s, t))), [[], [1], [1, 2], []]);
  assert.equal(s.people.get(2), 'Bob');
  assert.deepEqual([2, 3, 4, 5, 14].map((t) => timeline.pointerAt(s, t)?.x), [undefined, .5, .5, undefined, undefined]);
  assert.deepEqual([2, 3, 6, 7].map((t) => timeline.inkAt(s, t).length), [0, 1, 1, 0]);
});

test('items of the running order are chapters, with the words they had', () => {
  const agenda = [{ title: 'Welcome', name: 'Ada', seconds: 60 }, { name: 'Bo', seconds: 60 }, { seconds: 60 }];
  const begun = { ...session, session: { ...session.session, agenda, item: 1, page: null } };
  const item = (t, n) => ({ t: t + 100, kind: 'item', item: n, media: (t + 100) * 48000 });
  const made = timeline.build([begun, item(10, 2), { t: 115, kind: 'agenda', items: [{ title: 'Else', seconds: 1 }], item: 0 }, item(20, 1), item(30), item(40, 9), { ...begun, t: 150, session: { ...begun.session, agenda: agenda.slice(2), item: 1 } }], START);
  assert.deepEqual(plain(timeline.chapters(made)).map((c) => [c.t, c.kind, c.number, c.title, c.name]), [[0, 'item', 1, 'Welcome', 'Ada'], [10, 'item', 2, 'Bo', ''], [20, 'item', 1, 'Else', ''], [50, 'item', 1, '', '']]);
});

test('a pointer on another page is not shown, nor one that has rested for long', () => {
  const s = story({ t: 101, kind: 'pointer', who: 1, deck: 'd1', page: 2, x: .5, y: .5 }, { t: 103, kind: 'pointer', who: 1, deck: 'd1', page: 1, x: .5, y: .5 });
  assert.equal(timeline.pointerAt(s, 2), null);
  assert.ok(timeline.pointerAt(s, 12.9));
  assert.equal(timeline.pointerAt(s, 13.1), null);
});

test('after a break the whole state counts', () => {
  const again = { ...session, t: 150, session: { ...session.session, page: { deck: 'd1', page: 3 }, strokes: [{ n: 9, deck: 'd1', page: 3, ink: 'red', width: 4, points: [1, 1] }], chat: [{ n: 5, who: 1, text: 'missed' }] } };
  const s = story(page(10, 2), { t: 120, kind: 'stroke', deck: 'd1', page: 3, ink: 'red', width: 4, points: [0, 0], media: 120 * 48000 }, again, again);
  assert.equal(timeline.pageAt(s, 51).page, 3);
  assert.equal(timeline.inkAt(s, 51).length, 1);
  assert.equal(s.talk.length, 1);
});

test('chapters: pages that stood, and answered questions', () => {
  const s = story(page(10, 2), page(12, 3), page(30, 1), { t: 115, kind: 'question', question: 40, who: 1, text: 'Why?' }, { t: 120, kind: 'answered', question: 40, media: 120 * 48000 }, { t: 121, kind: 'answered', question: 99 });
  assert.deepEqual(plain(timeline.chapters(s).map((c) => [c.t, c.kind, c.title])), [[0, 'page', 'Welcome'], [12, 'page', ''], [20, 'question', 'Why?'], [30, 'page', 'Welcome']]);
});

test('search folds case, accents, Arabic forms, digits and joiners', () => {
  const s = story(page(10, 2));
  const rows = [['welcome', [1]], ['TO  wel', [1]], ['wélcome', [1]], ['کتاب', [2]], ['كتاب', [2]], ['12', [2]], ['۱۲ کتاب', [2]], ['می خوانیم', [2]], ['nothing', []], ['', []], ['   ', []], ['.*', []]];
  for (const [asked, wanted] of rows) assert.deepEqual(plain(timeline.search(s, asked).map((f) => f.page)), wanted, asked);
  assert.equal(timeline.search(s, 'welcome')[0].t, 0);
});

test('lines that are cut, unknown or nonsense harm nothing', () => {
  const lines = timeline.parse('{"t":1,"kind":"page","deck":"d1","page":1}\nnonsense\n{"t":2,"kind":"juggle"}\n{"kind":"page"}\nnull\n[]\n{"t":3,"ki');
  const s = timeline.build(lines, undefined);
  assert.deepEqual(plain(s.turns), [{ t: 0, deck: 'd1', page: 1 }]);
  timeline.giveManifest(s, '/d/none.json', {});
  assert.equal(timeline.chapters(s).length, 1);
});

test('both languages have every text, with the same places to fill', () => {
  assert.deepEqual(Object.keys(words.fa).sort(), Object.keys(words.en).sort());
  for (const [name, text] of Object.entries(words.en)) {
    const places = (x) => [...x.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    assert.deepEqual(places(words.fa[name]), places(text), name);
  }
});
