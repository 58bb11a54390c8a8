// The page's fold of events (client-lib/web/state.js) beside the relay's: tests/vectors/fold.json, which test_fold.c holds the relay to.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../', import.meta.url);
const source = readFileSync(new URL('client-lib/web/state.js', root), 'utf8');
// The page's files are modules for a browser; node takes them so without a package.json beside them.
const { apply, emptySession, sessionFrom, takeCounts, takeRoster } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const { rows } = JSON.parse(readFileSync(new URL('tests/vectors/fold.json', root)));

// Without what is missing where it is false, nothing or nobody.
const bare = (one) => Object.fromEntries(Object.entries(one).filter(([k, v]) => v !== undefined && v !== false && !(k === 'who' && v === 0)));

// What the page holds, in the shape of a welcome's `session`.
function view(s) {
  const participants = [...s.participants.values()].sort((a, b) => a.id - b.id).map((p) => {
    const v = { id: p.id, name: p.name, role: p.role, place: p.place, present: p.present, floor: p.floor, muted: p.muted, hand: p.hand, queue: s.queue.indexOf(p.id) + 1 };
    if (p.pinned) v.pinned = true;
    if (p.both) v.both = true;
    if (p.deputy) v.deputy = true;
    return v;
  });
  const few = {};
  for (const what of ['hands', 'chat']) if (s.locks.has(what)) few[`${what}_locked`] = true;
  if (!s.moderated) few.moderated = false;
  if (s.starts) few.starts = s.starts;
  if (s.timer) few.timer = bare(s.timer);
  if (s.agenda.length) few.agenda = s.agenda;
  if (s.item) few.item = s.item;
  const lists = { strokes: s.strokes.map(({ media, ...rest }) => rest), questions: [...s.questions.values()].map(bare), polls: [...s.polls.values()].map(bare), checkins: [...s.checkins.values()] };
  for (const [name, list] of Object.entries(lists)) if (list.length) few[name] = list;
  return { ...few, title: s.title, state: s.state, recorded: s.recorded, locked: s.locked, rooms: s.rooms, participants, decks: [...s.decks.values()], page: s.page, chat: s.chat };
}

test('every view after its events', () => {
  const s = emptySession();
  for (const { row, event, then } of rows) {
    apply(s, event);
    if (then) assert.deepEqual(view(s), then, `row ${row}`);
  }
});

test('a whole state and the rest of the events give the same, wherever one joins', () => {
  const last = rows.findLast((r) => r.then);
  for (const begun of rows.filter((r) => r.then)) {
    const s = sessionFrom(begun.then);
    assert.deepEqual(view(s), begun.then, `row ${begun.row} alone`);
    for (const { row, event } of rows) if (row > begun.row && row <= last.row) apply(s, event);
    assert.deepEqual(view(s), last.then, `from row ${begun.row}`);
  }
});

test('a large session, sentence by sentence: whom one knows', () => {
  const large = JSON.parse(readFileSync(new URL('tests/vectors/large.json', root))).rows;
  let s = emptySession();
  for (const { row, sentence, then } of large) {
    if (sentence.kind === 'welcome') s = sessionFrom(sentence.session, sentence.you);
    else if (sentence.kind === 'roster') takeRoster(s, sentence);
    else if (sentence.kind === 'counts') takeCounts(s, sentence);
    else for (const event of sentence.events) apply(s, event);
    assert.equal(s.large, then.large, `row ${row}`);
    assert.deepEqual(view(s).participants, then.people, `row ${row}`);
    for (const [id, name] of Object.entries(then.names ?? {})) assert.equal(s.names.get(Number(id)), name, `row ${row}`);
    assert.deepEqual([...s.checkins.keys()].sort((a, b) => a - b), s.large || row < 16 ? [7] : [7, 17], `row ${row}`);
    if (row === 10) assert.deepEqual([s.counts.people, s.counts.roles.trainee, [...s.counts.places]], [203, 202, [['Hall A', 40], ['remote', 163]]]);
    if (row === 11) assert.deepEqual([s.counts.people, s.counts.roles, s.counts.places.get('Hall A'), s.counts.places.get('remote')], [204, { chair: 1, trainee: 203 }, 40, 164]);
  }
});

test('before it opens a session may be called otherwise', () => {
  const s = sessionFrom({ id: 's1', title: 'Day one', state: 'planned', rooms: ['Lab'], starts: 5 });
  apply(s, { n: 2, at: 1, kind: 'changed', title: 'Day two', rooms: ['Lab', 'Hall'], languages: [], recorded: true, by: 0 });
  assert.deepEqual([s.title, s.rooms, s.recorded, s.starts, s.state], ['Day two', ['Lab', 'Hall'], true, 0, 'planned']);
});

test('chat keeps the newest 200, as the relay does', () => {
  const s = emptySession();
  for (let n = 1; n <= 250; n++) apply(s, { n, at: n, kind: 'chat', who: 1, text: `${n}` });
  assert.equal(s.chat.length, 200);
  assert.equal(s.chat[0].text, '51');
});

test('a name outlives its person in the chat', () => {
  const s = emptySession();
  apply(s, { n: 1, kind: 'joined', who: 3, name: 'Bea', role: 'trainee', place: 'remote' });
  apply(s, { n: 2, kind: 'removed', who: 3, by: 1 });
  assert.equal(s.names.get(3), 'Bea');
});

test('what is unknown or about nobody changes nothing', () => {
  const s = sessionFrom(rows.findLast((r) => r.then).then);
  const before = JSON.stringify(view(s));
  const hostile = [{ kind: 'juggle', who: 1 }, { kind: 'constructor' }, { kind: '__proto__' }, { kind: 'toString' }, { kind: 'granted', who: 999 },
    { kind: 'hand-up', who: 999 }, { kind: 'muted', who: 0 }, { kind: 'left', who: -1 }, { kind: 'removed', who: 'x' }, { kind: 'away' }, {}];
  for (const event of hostile) apply(s, event);
  assert.equal(JSON.stringify(view(s)), before);
});
