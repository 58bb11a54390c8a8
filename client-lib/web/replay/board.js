// The slide as it was at a moment: page, strokes, pointer.
'use strict';
globalThis.aula ??= {};

(function () {
  const $ = (id) => document.getElementById(id);
  const COLOURS = { red: '#e02b20', blue: '#1769d2', green: '#12803c', yellow: '#f2b800', black: '#16212c', white: '#ffffff' };
  const SCALE = 10000; // a stroke's points are ten-thousandths of the page
  let shown = '', drawn = '';

  // Pictures near in time are fetched before they are needed.
  const ahead = new Map();
  function fetchAhead(url) {
    if (!url || ahead.has(url)) return;
    const image = new Image();
    image.src = url;
    ahead.set(url, image);
    if (ahead.size > 12) ahead.delete(ahead.keys().next().value);
  }

  function url(story, turn) {
    const deck = turn && story.decks.get(turn.deck);
    const path = deck && deck.images[turn.page - 1];
    return path ? aula.place(path) : '';
  }

  function page(story, t, word) {
    const turn = aula.timeline.pageAt(story, t);
    const key = turn ? turn.deck + ' ' + turn.page : 'none';
    if (key === shown) return;
    shown = key;
    const deck = turn && story.decks.get(turn.deck), source = url(story, turn);
    $('page').hidden = !source;
    $('no-page').textContent = source ? '' : word(turn ? 'page-lost' : 'no-page');
    if (source) $('page').src = source; else $('page').removeAttribute('src');
    $('page').alt = deck ? word('page', { page: turn.page, title: deck.title }) + '. ' + (deck.texts[turn.page - 1] || '') : '';
    const i = aula.timeline.lastAt(story.turns, t);
    for (const near of [i + 1, i + 2, i - 1]) if (story.turns[near]) fetchAhead(url(story, story.turns[near]));
  }

  // Of the slide's box the part that the picture fills.
  function area() {
    const image = $('page'), box = $('slide').getBoundingClientRect();
    const ratio = image.naturalWidth ? image.naturalWidth / image.naturalHeight : box.width / box.height;
    const width = Math.min(box.width, box.height * ratio), height = width / ratio;
    return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height, box };
  }

  function ink(story, t) {
    const strokes = aula.timeline.inkAt(story, t), a = area(), canvas = $('ink');
    const key = shown + strokes.length + (strokes.length ? strokes[strokes.length - 1].t : '') + a.width;
    if (key === drawn) return;
    drawn = key;
    const scale = window.devicePixelRatio || 1;
    canvas.width = a.box.width * scale;
    canvas.height = a.box.height * scale;
    const c = canvas.getContext('2d');
    c.scale(scale, scale);
    c.lineCap = c.lineJoin = 'round';
    for (const s of strokes) {
      c.strokeStyle = COLOURS[s.ink] || COLOURS.red;
      c.lineWidth = Math.max(1, a.width * (s.width || 4) / 1000);
      c.beginPath();
      for (let i = 0; i + 1 < s.points.length; i += 2) c.lineTo(a.left + a.width * s.points[i] / SCALE, a.top + a.height * s.points[i + 1] / SCALE);
      if (s.points.length === 2) c.lineTo(a.left + a.width * s.points[0] / SCALE + .1, a.top + a.height * s.points[1] / SCALE);
      c.stroke();
    }
  }

  function pointer(story, t) {
    const p = aula.timeline.pointerAt(story, t), dot = $('pointer');
    dot.hidden = !p;
    if (!p) return;
    const a = area();
    dot.style.left = a.left + a.width * p.x + 'px';
    dot.style.top = a.top + a.height * p.y + 'px';
  }

  aula.board = {
    show(story, t, word) { page(story, t, word); ink(story, t); pointer(story, t); },
    again() { shown = drawn = ''; }, // another language
    measure() { drawn = ''; }, // the picture or the window has another size
  };
}());
