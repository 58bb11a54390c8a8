// What a session is, as the fold of its events: the same rules as the relay's, for what a page shows.

export function emptySession() {
  return { id: '', title: '', state: 'open', recorded: false, locked: false, rooms: [], participants: new Map(), decks: new Map(), page: null, chat: [], queue: [] };
}

// A whole state from `welcome`.
export function sessionFrom(whole) {
  const s = emptySession();
  Object.assign(s, { id: whole.id, title: whole.title, state: whole.state, recorded: whole.recorded, locked: whole.locked, rooms: whole.rooms ?? [] });
  for (const p of whole.participants ?? []) s.participants.set(p.id, { ...p });
  for (const d of whole.decks ?? []) s.decks.set(d.id, { ...d });
  s.page = whole.page ?? null;
  s.chat = [...(whole.chat ?? [])];
  s.queue = [...s.participants.values()].filter((p) => p.queue > 0).sort((a, b) => a.queue - b.queue).map((p) => p.id);
  return s;
}

function person(s, who) {
  return s.participants.get(who);
}

function handDown(s, who) {
  s.queue = s.queue.filter((id) => id !== who);
  const p = person(s, who);
  if (p) p.hand = false;
}

const hasFloorByRole = (role) => role === 'chair' || role === 'lecturer' || role === 'room';

const folds = {
  state: (s, e) => { s.state = e.state; },
  joined: (s, e) => {
    const old = person(s, e.who);
    if (old) Object.assign(old, { present: true, name: e.name, role: e.role, place: e.place });
    else s.participants.set(e.who, { id: e.who, name: e.name, role: e.role, place: e.place, present: true, floor: hasFloorByRole(e.role), muted: false, hand: false });
  },
  away: (s, e) => { const p = person(s, e.who); if (p) p.present = false; },
  left: (s, e) => {
    const p = person(s, e.who);
    handDown(s, e.who);
    if (p) { p.present = false; if (!hasFloorByRole(p.role)) p.floor = false; }
  },
  restarted: (s) => { for (const p of s.participants.values()) p.present = false; },
  'hand-up': (s, e) => { const p = person(s, e.who); if (p && !s.queue.includes(e.who)) { s.queue.push(e.who); p.hand = true; } },
  'hand-down': (s, e) => handDown(s, e.who),
  granted: (s, e) => { handDown(s, e.who); const p = person(s, e.who); if (p) { p.floor = true; p.muted = false; } },
  released: (s, e) => { const p = person(s, e.who); if (p) p.floor = false; },
  muted: (s, e) => { const p = person(s, e.who); if (p) p.muted = true; },
  unmuted: (s, e) => { const p = person(s, e.who); if (p) p.muted = false; },
  'muted-all': (s) => { for (const p of s.participants.values()) if (p.role !== 'chair') p.muted = true; },
  removed: (s, e) => { handDown(s, e.who); s.participants.delete(e.who); },
  locked: (s) => { s.locked = true; },
  unlocked: (s) => { s.locked = false; },
  pinned: (s, e) => { const p = person(s, e.who); if (p) p.pinned = true; },
  unpinned: (s, e) => { const p = person(s, e.who); if (p) p.pinned = false; },
  'deck-added': (s, e) => { s.decks.set(e.deck, { id: e.deck, title: e.title, pages: e.pages, manifest: e.manifest }); },
  page: (s, e) => { s.page = { deck: e.deck, page: e.page, media: e.media, at: e.at, by: e.by }; },
  chat: (s, e) => { s.chat.push({ n: e.n, at: e.at, who: e.who, text: e.text }); if (s.chat.length > 200) s.chat.shift(); },
};

export function apply(s, event) {
  folds[event.kind]?.(s, event);
}
