// What a session is, as the fold of its events: the same rules as the relay's (relay/session), for what a page shows.
// tests/vectors/fold.json holds both to it.

const CHAT_KEPT = 200;

export function emptySession() {
  return { id: '', title: '', state: 'open', recorded: false, locked: false, rooms: [], participants: new Map(), names: new Map(), decks: new Map(), page: null, chat: [], queue: [] };
}

// A whole state from `welcome`.
export function sessionFrom(whole) {
  const s = emptySession();
  Object.assign(s, { id: whole.id, title: whole.title, state: whole.state, recorded: whole.recorded, locked: whole.locked, rooms: whole.rooms ?? [] });
  for (const p of whole.participants ?? []) {
    s.participants.set(p.id, { pinned: false, both: false, ...p });
    s.names.set(p.id, p.name);
  }
  for (const d of whole.decks ?? []) s.decks.set(d.id, { ...d });
  s.page = whole.page ?? null;
  s.chat = [...(whole.chat ?? [])];
  s.queue = [...s.participants.values()].filter((p) => p.queue > 0).sort((a, b) => a.queue - b.queue).map((p) => p.id);
  return s;
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

function handUp(s, who) {
  if (!s.participants.has(who) || s.queue.includes(who)) return;
  s.queue.push(who);
  change(s, who, { hand: true });
}

function joined(s, { who, name, role, place }) {
  s.names.set(who, name);
  if (s.participants.has(who)) change(s, who, { present: true });
  else s.participants.set(who, { id: who, name, role, place, present: true, floor: hasFloorByRole(role), muted: false, hand: false, pinned: false, both: false });
}

function left(s, who) {
  handDown(s, who);
  const p = s.participants.get(who);
  if (p) Object.assign(p, { present: false, floor: p.floor && hasFloorByRole(p.role) });
}

const folds = {
  created: (s, e) => { Object.assign(s, { title: e.title, state: e.state, recorded: e.recorded, rooms: e.rooms ?? [] }); },
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
  locked: (s) => { s.locked = true; },
  unlocked: (s) => { s.locked = false; },
  pinned: (s, e) => change(s, e.who, { pinned: true }),
  unpinned: (s, e) => change(s, e.who, { pinned: false }),
  'both-opened': (s, e) => change(s, e.who, { both: true }),
  'both-closed': (s, e) => change(s, e.who, { both: false }),
  'deck-added': (s, e) => { s.decks.set(e.deck, { id: e.deck, title: e.title, pages: e.pages, manifest: e.manifest }); },
  page: (s, e) => { s.page = { deck: e.deck, page: e.page, media: e.media, at: e.at, by: e.by }; },
  chat: (s, e) => { s.chat.push({ n: e.n, at: e.at, who: e.who, text: e.text }); if (s.chat.length > CHAT_KEPT) s.chat.shift(); },
};

// Kinds that are not known here are for newer pages: they change nothing.
export function apply(s, event) {
  if (Object.hasOwn(folds, event.kind)) folds[event.kind](s, event);
}
