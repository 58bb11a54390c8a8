// What a session is, as the fold of its events: the same rules as the relay's (relay/session), for what a page shows.
// tests/vectors/fold.json holds both to it.

const CHAT_KEPT = 200;
const lockMembers = { locked: 'doors', hands_locked: 'hands', chat_locked: 'chat' };

export function emptySession() {
  return { id: '', you: 0, large: false, counts: noCounts(), title: '', state: 'open', recorded: false, locked: false, rooms: [], participants: new Map(), names: new Map(), decks: new Map(), page: null, chat: [], queue: [],
    locks: new Set(), starts: 0, moderated: true, timer: null, agenda: [], item: 0, strokes: [], asked: new Map(), questions: new Map(), polls: new Map(), checkins: new Map() };
}

// A whole state from `welcome`.
export function sessionFrom(whole, you = 0) {
  const s = emptySession();
  Object.assign(s, { you, large: whole.large ?? false });
  Object.assign(s, { id: whole.id, title: whole.title, state: whole.state, recorded: whole.recorded, locked: whole.locked, rooms: whole.rooms ?? [] });
  for (const p of whole.participants ?? []) take(s, p);
  for (const p of whole.names ?? []) s.names.set(p.id, p.name);
  for (const d of whole.decks ?? []) s.decks.set(d.id, { ...d });
  s.page = whole.page ?? null;
  s.chat = [...(whole.chat ?? [])];
  Object.assign(s, { starts: whole.starts ?? 0, moderated: whole.moderated ?? true, timer: whole.timer ?? null, agenda: whole.agenda ?? [], item: whole.item ?? 0, strokes: [...(whole.strokes ?? [])] });
  for (const [member, what] of Object.entries(lockMembers)) if (whole[member]) s.locks.add(what);
  for (const q of whole.questions ?? []) s.questions.set(q.id, { ...q });
  for (const p of whole.polls ?? []) s.polls.set(p.id, { ...p });
  for (const c of whole.checkins ?? []) s.checkins.set(c.who, c);
  s.queue = queueOf(s);
  return s;
}

function take(s, p) {
  s.participants.set(p.id, { pinned: false, both: false, ...p });
  s.names.set(p.id, p.name);
}

// The session became large, or small again: whom one is told of from now on.
export function takeRoster(s, r) {
  const own = s.participants.get(s.you);
  s.participants.clear();
  if (own) s.participants.set(own.id, own);
  for (const p of r.participants) take(s, p);
  s.queue = queueOf(s);
  s.large = r.large;
  s.counts = noCounts();
  s.checkins = new Map([...s.checkins].filter(([who]) => who === s.you));
  for (const c of r.checkins ?? []) s.checkins.set(c.who, c);
}

const noCounts = () => ({ people: 0, roles: {}, places: new Map() });
const queueOf = (s) => [...s.participants.values()].filter((p) => p.hand && p.queue > 0).sort((a, b) => a.queue - b.queue).map((p) => p.id);

// How many are here, in a large session.
export function takeCounts(s, c) {
  if (c.whole) s.counts = noCounts();
  s.counts.people = c.people;
  Object.assign(s.counts.roles, c.roles);
  for (const { place, people } of c.places) s.counts.places.set(place, people);
}

// In a large session who does no more than listen is counted, not listed (proto/wire/participant.h).
const isListed = (p) => p.role !== 'trainee' || p.floor || p.hand || Boolean(p.deputy);

function forgetUnlisted(s, who) {
  const p = s.participants.get(who);
  if (p && who !== s.you && !isListed(p)) s.participants.delete(who);
}

// May do what a chair does: chairs and operators, and a deputy while no chair is there.
export function leadsIn(s, p) {
  if (!p) return false;
  const chairs = [...s.participants.values()].some((other) => other.role === 'chair' && other.present);
  return p.role === 'chair' || p.role === 'operator' || Boolean(p.deputy) && !chairs;
}

export const hasFloorByRole = (role) => role === 'chair' || role === 'lecturer' || role === 'room';

function handDown(s, who) {
  s.queue = s.queue.filter((id) => id !== who);
  change(s, who, { hand: false });
}

function change(s, who, members) {
  const p = s.participants.get(who);
  if (p) Object.assign(p, members);
}

function with_(one, members) {
  if (one) Object.assign(one, members);
}

function handUp(s, who) {
  if (!s.participants.has(who) || s.queue.includes(who)) return;
  s.queue.push(who);
  change(s, who, { hand: true });
}

function joined(s, { who, name, role, place, deputy = false }) {
  s.names.set(who, name);
  if (s.participants.has(who)) change(s, who, { present: true });
  else s.participants.set(who, { id: who, name, role, place, present: true, floor: hasFloorByRole(role), muted: false, hand: false, pinned: false, both: false, deputy });
}

function left(s, who) {
  handDown(s, who);
  const p = s.participants.get(who);
  if (p) Object.assign(p, { present: false, floor: p.floor && hasFloorByRole(p.role) });
}

const folds = {
  created: (s, e) => { Object.assign(s, { title: e.title, state: e.state, recorded: e.recorded, rooms: e.rooms ?? [] }); },
  changed: (s, e) => { Object.assign(s, { title: e.title, recorded: e.recorded, rooms: e.rooms ?? [], starts: e.starts ?? 0 }); },
  agenda: (s, e) => { Object.assign(s, { agenda: e.items ?? [], item: e.item ?? 0 }); },
  item: (s, e) => { s.item = e.item ?? 0; },
  state: (s, e) => { s.state = e.state; },
  joined,
  away: (s, e) => change(s, e.who, { present: false }),
  left: (s, e) => left(s, e.who),
  restarted: (s) => { for (const p of s.participants.values()) p.present = false; },
  'hand-up': (s, e) => handUp(s, e.who),
  'hand-down': (s, e) => handDown(s, e.who),
  granted: (s, e) => { handDown(s, e.who); change(s, e.who, { floor: true }); },
  released: (s, e) => change(s, e.who, { floor: false }),
  muted: (s, e) => change(s, e.who, { muted: true }),
  unmuted: (s, e) => change(s, e.who, { muted: false }),
  'muted-all': (s) => { for (const p of s.participants.values()) if (p.role !== 'chair') p.muted = true; },
  removed: (s, e) => { handDown(s, e.who); s.participants.delete(e.who); },
  locked: (s, { what = 'doors' }) => { s.locks.add(what); s.locked = s.locks.has('doors'); },
  unlocked: (s, { what = 'doors' }) => { s.locks.delete(what); s.locked = s.locks.has('doors'); },
  pinned: (s, e) => change(s, e.who, { pinned: true }),
  unpinned: (s, e) => change(s, e.who, { pinned: false }),
  'both-opened': (s, e) => change(s, e.who, { both: true }),
  'both-closed': (s, e) => change(s, e.who, { both: false }),
  'deck-added': (s, e) => { s.decks.set(e.deck, { id: e.deck, title: e.title, pages: e.pages, manifest: e.manifest }); },
  page: (s, e) => { s.page = { deck: e.deck, page: e.page, media: e.media, at: e.at, by: e.by }; },
  role: (s, e) => { change(s, e.who, { role: e.role, floor: hasFloorByRole(e.role) }); if (hasFloorByRole(e.role)) handDown(s, e.who); },
  'deputy-named': (s, e) => change(s, e.who, { deputy: true }),
  'deputy-dropped': (s, e) => change(s, e.who, { deputy: false }),
  timer: (s, e) => { s.timer = { who: e.who ?? 0, by: e.by, seconds: e.seconds, started: e.started }; },
  'timer-stopped': (s) => { s.timer = null; },
  scheduled: (s, e) => { s.starts = e.starts ?? 0; },
  recorded: (s, e) => { s.recorded = e.recorded; },
  'checked-in': (s, e) => { for (const who of e.people) if (!s.large || who === s.you) s.checkins.set(who, { who, at: e.at, room: e.room }); },
  'checked-out': (s, e) => { for (const who of e.people) s.checkins.delete(who); },
  stroke: (s, e) => { s.strokes.push({ n: e.n, deck: e.deck, page: e.page, by: e.by, media: e.media, ink: e.ink, width: e.width, points: e.points }); },
  cleared: (s, e) => { s.strokes = s.strokes.filter((one) => one.deck !== e.deck || one.page !== e.page); },
  moderated: (s, e) => { s.moderated = e.moderated; },
  asked: (s, e) => { s.asked.set(e.n, e.at); }, // by whom and what only chairs are told
  question: (s, e) => { s.questions.set(e.question, { id: e.question, who: e.who, text: e.text, votes: 0, at: s.asked.get(e.question) ?? e.at, answered: false }); },
  dismissed: (s, e) => { s.questions.delete(e.question); },
  voted: (s, e) => with_(s.questions.get(e.question), { votes: e.votes }),
  answered: (s, e) => with_(s.questions.get(e.question), { answered: true, media: e.media }),
  poll: (s, e) => { s.polls.set(e.poll, { id: e.poll, state: 'open', text: e.text, options: e.options, several: Boolean(e.several), quiz: Boolean(e.quiz), people: 0 }); },
  'poll-answered': (s, e) => with_(s.polls.get(e.poll), { people: e.people }),
  'poll-closed': (s, e) => with_(s.polls.get(e.poll), { state: 'closed' }),
  'poll-results': (s, e) => with_(s.polls.get(e.poll), { state: 'shown', counts: e.counts, people: e.people, right: e.right }),
  'poll-dropped': (s, e) => { s.polls.delete(e.poll); },
  chat: (s, e) => { s.chat.push({ n: e.n, at: e.at, who: e.who, text: e.text }); if (s.chat.length > CHAT_KEPT) s.chat.shift(); },
};

// Kinds that are not known here are for newer pages: they change nothing.
export function apply(s, event) {
  if (event.participant && !s.participants.has(event.participant.id)) take(s, event.participant);
  if (Object.hasOwn(folds, event.kind)) folds[event.kind](s, event);
  if (s.large) forgetUnlisted(s, event.who);
}
