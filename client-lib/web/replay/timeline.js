// A timeline's lines become what is true at each moment. Time is in seconds of the recording: 0 is its first sound. Touches no page, so that
// tests can run it.
'use strict';
globalThis.aula ??= {};

(function () {
  const SAMPLES = 48000;
  const CHAPTER_SECONDS = 5; // a page that is passed over in less is no chapter
  const LINE_KINDS = new Set(['page', 'pointer', 'speaking', 'stroke', 'cleared', 'chat', 'question', 'answered', 'deck-added', 'joined', 'session', 'agenda', 'item', 'changed']);

  // The last of `list` (sorted by t) at or before `t`; -1 where there is none.
  function lastAt(list, t) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].t <= t) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  function parse(text) {
    const lines = [];
    for (const line of text.split('\n')) {
      if (!line) continue;
      try { lines.push(JSON.parse(line)); } catch { /* the line being written as this was read */ }
    }
    return lines;
  }

  const secondsOf = (line) => Number.isFinite(line.media) ? line.media / SAMPLES : Number(line.t);

  function addPeople(story, list) {
    for (const p of list || []) story.people.set(p.id, p.name);
  }

  function addDecks(story, list) {
    for (const d of list || []) story.decks.set(d.id, { id: d.id, title: d.title, pages: d.pages, manifest: d.manifest, texts: [], images: [] });
  }

  // An item of the running order is on from now: a chapter, with the words that it has now.
  function takeItem(story, number, t) {
    const item = story.agenda[number - 1];
    const last = story.items[story.items.length - 1];
    const title = item ? item.title || item.name || '' : '';
    const name = item && item.title && item.name ? item.name : '';
    if (!last ? !item : last.number === number && last.title === title) return;
    story.items.push({ t, number: item ? number : 0, title, name });
  }

  function takeSession(story, line, t) {
    const s = line.session || {};
    story.title = s.title || story.title;
    story.agenda = s.agenda || [];
    takeItem(story, s.item || 0, t);
    if (!story.at) { story.at = line.at; story.atT = t; }
    addPeople(story, s.participants);
    addDecks(story, s.decks);
    if (s.page) story.turns.push({ t, deck: s.page.deck, page: s.page.page });
    story.ink.push({ t, resets: true }); // what was drawn meanwhile, and what was wiped off
    for (const x of s.strokes || []) story.ink.push({ t, deck: x.deck, page: x.page, ink: x.ink, width: x.width, points: x.points || [] });
    for (const q of s.questions || []) if (!story.questions.has(q.id)) { story.questions.set(q.id, q); story.talk.push({ t, kind: 'question', n: q.id, who: q.who, text: q.text }); }
    for (const c of s.chat || []) if (!story.talk.some((x) => x.n === c.n)) story.talk.push({ t, kind: 'chat', n: c.n, who: c.who, text: c.text });
  }

  const takes = {
    session: takeSession,
    changed: (story, line) => { story.title = line.title || story.title; },
    agenda: (story, line) => { story.agenda = line.items || []; },
    item: (story, line, t) => takeItem(story, line.item || 0, t),
    joined: (story, line) => story.people.set(line.who, line.name),
    'deck-added': (story, line) => addDecks(story, [{ id: line.deck, title: line.title, pages: line.pages, manifest: line.manifest }]),
    page: (story, line, t) => story.turns.push({ t, deck: line.deck, page: line.page }),
    pointer: (story, line, t) => story.pointers.push({ t, who: line.who, deck: line.deck, page: line.page, x: line.x, y: line.y }),
    speaking: (story, line, t) => story.speaking.push({ t, who: line.who || [] }),
    stroke: (story, line, t) => story.ink.push({ t, deck: line.deck, page: line.page, ink: line.ink, width: line.width, points: line.points || [] }),
    cleared: (story, line, t) => story.ink.push({ t, deck: line.deck, page: line.page, clears: true }),
    chat: (story, line, t) => story.talk.push({ t, kind: 'chat', n: line.n, who: line.who, text: line.text }),
    question: (story, line, t) => { story.questions.set(line.question, line); story.talk.push({ t, kind: 'question', n: line.n, who: line.who, text: line.text }); },
    answered: (story, line, t) => { const q = story.questions.get(line.question); if (q) story.answers.push({ t, who: q.who, text: q.text }); },
  };

  // `start`: session time of the first sample, or undefined where there is no sound.
  function build(lines, start) {
    const story = { title: '', at: 0, atT: 0, people: new Map(), decks: new Map(), turns: [], pointers: [], speaking: [], ink: [], talk: [], questions: new Map(), answers: [], agenda: [], items: [] };
    const known = lines.filter((l) => l && LINE_KINDS.has(l.kind) && Number.isFinite(secondsOf(l)));
    const zero = Number.isFinite(start) ? start / SAMPLES : known.length ? secondsOf(known[0]) : 0;
    for (const line of known) takes[line.kind](story, line, secondsOf(line) - zero);
    for (const list of [story.turns, story.pointers, story.speaking, story.ink, story.talk, story.answers, story.items]) list.sort((a, b) => a.t - b.t);
    story.turns = story.turns.filter((x, i, all) => i === 0 || x.deck !== all[i - 1].deck || x.page !== all[i - 1].page);
    story.began = story.at ? story.at - story.atT * 1000 : 0;
    return story;
  }

  function pageAt(story, t) {
    const i = lastAt(story.turns, t);
    return i < 0 ? null : story.turns[i];
  }

  function speakersAt(story, t) {
    const i = lastAt(story.speaking, t);
    return i < 0 ? [] : story.speaking[i].who;
  }

  // Where somebody points on the page that is shown; a pointer that has rested for long has gone.
  function pointerAt(story, t) {
    const i = lastAt(story.pointers, t);
    const p = i < 0 ? null : story.pointers[i];
    const shown = pageAt(story, t);
    if (!p || !Number.isFinite(p.x) || t - p.t > 10 || !shown || shown.deck !== p.deck || shown.page !== p.page) return null;
    return p;
  }

  // Strokes on the page that is shown, oldest first.
  function inkAt(story, t) {
    const shown = pageAt(story, t);
    const all = [];
    for (let i = 0; shown && i < story.ink.length && story.ink[i].t <= t; i++) {
      const s = story.ink[i];
      if (s.resets) { all.length = 0; continue; }
      if (s.deck !== shown.deck || s.page !== shown.page) continue;
      if (s.clears) all.length = 0; else all.push(s);
    }
    return all;
  }

  const firstLine = (text) => (text || '').split('\n').map((x) => x.trim()).find((x) => x) || '';

  // Items of the running order, page turns that stood for a while, and answered questions. `title` is null where the page has no text.
  function chapters(story) {
    const list = story.items.filter((i) => i.number).map((i) => ({ t: Math.max(i.t, 0), kind: 'item', number: i.number, title: i.title, name: i.name }));
    story.turns.forEach((turn, i) => {
      const next = story.turns[i + 1];
      const deck = story.decks.get(turn.deck);
      if (next && next.t - turn.t < CHAPTER_SECONDS) return;
      const title = deck ? firstLine(deck.texts[turn.page - 1]).slice(0, 120) : '';
      list.push({ t: Math.max(turn.t, 0), kind: 'page', deck: turn.deck, page: turn.page, title, deckTitle: deck ? deck.title : '' });
    });
    for (const a of story.answers) list.push({ t: Math.max(a.t, 0), kind: 'question', title: a.text });
    return list.sort((a, b) => a.t - b.t);
  }

  // Letters of one kind in both alphabets' habits: case, accents, Arabic forms of Persian letters, joiners, digits.
  function fold(text) {
    return text.normalize('NFKD').replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, '').replace(/\u200c/g, ' ').replace(/\u0643/g, '\u06a9').replace(/[\u064a\u0649]/g, '\u06cc')
      .replace(/[\u06f0-\u06f9\u0660-\u0669]/g, (d) => String(d.charCodeAt(0) & 15)).replace(/\s+/g, ' ').toLowerCase().trim();
  }

  // Pages that hold all the words: {deck, page, t (first time it was shown, or null), text}.
  function search(story, words) {
    const wanted = fold(words).split(' ').filter((x) => x);
    const found = [];
    if (!wanted.length) return found;
    for (const deck of story.decks.values())
      deck.texts.forEach((text, i) => {
        const folded = fold(text);
        if (!wanted.every((w) => folded.includes(w))) return;
        const turn = story.turns.find((x) => x.deck === deck.id && x.page === i + 1);
        found.push({ deck: deck.id, page: i + 1, t: turn ? Math.max(turn.t, 0) : null, text: firstLine(text), deckTitle: deck.title });
      });
    return found.sort((a, b) => (a.t ?? Infinity) - (b.t ?? Infinity));
  }

  function giveManifest(story, path, manifest) {
    for (const deck of story.decks.values()) {
      if (deck.manifest !== path) continue;
      deck.texts = (manifest.pages || []).map((p) => p.text || '');
      deck.images = (manifest.pages || []).map((p) => (p.full && p.full.url) || '');
    }
  }

  aula.timeline = { parse, build, pageAt, speakersAt, pointerAt, inkAt, chapters, search, giveManifest, fold, lastAt };
}());
