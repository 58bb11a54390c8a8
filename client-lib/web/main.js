// The page: a link, a door, a hall. This file only joins the parts: sentences (socket), state, sound, slides, and what is drawn.
import { Socket } from '/socket.js';
import { Sound } from '/sound.js';
import { Slides } from '/slides.js';
import { apply, emptySession, sessionFrom } from '/state.js';
import { text, translatePage } from '/text.js';
import * as view from '/view.js';

const { $ } = view;
const POINTER_EVERY_MS = 40;
const token = location.pathname.startsWith('/j/') ? location.pathname.slice(3) : '';
let session = emptySession();
let me = 0;
let speaking = [];
let wanted = true; // false once we left or were told not to come back

const socket = new Socket(token);
const sound = new Sound(socket, $('ear'));
const slides = new Slides(() => sound.playing());

const myself = () => session.participants.get(me);
const deckOf = (id) => session.decks.get(id) ?? null;
const presents = () => ['chair', 'lecturer'].includes(myself()?.role);
const inHall = () => myself() && myself().place !== 'remote';
const companion = () => inHall() && myself().role !== 'room';

async function act(verb, members) {
  try {
    await socket.do(verb, members);
    view.notice('');
  } catch (e) {
    view.notice(e.message === 'offline' ? text('line.lost') : e.message);
  }
}

function draw() {
  const chairs = myself()?.role === 'chair';
  $('title').textContent = session.title;
  document.title = session.title ? `${session.title} · aula` : 'aula';
  $('recorded').hidden = !session.recorded;
  $('upload').hidden = !presents();
  view.drawQueue(session, me, chairs, act);
  view.drawPeople(session, me, speaking, chairs, act);
  view.drawChat(session);
  view.drawFloor(session, me, sound.up);
  view.drawSpeaking(session, speaking);
  if (session.state in { planned: 1, backstage: 1 } && !presents()) view.notice(text(`state.${session.state}`));
}

let drawing = 0;
function drawSoon() {
  drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); });
}

function turnPage(atOnce) {
  if (session.page) slides.turn(session.page, deckOf(session.page.deck), atOnce || companion() || session.page.by === me || !sound.up);
}

function followFloor() {
  const p = myself();
  sound.speak(Boolean(p?.floor && !p.muted)).catch(() => view.notice(text('door.no-microphone')));
}

async function startSound() {
  const receives = !companion(); // a device in a hall hears through the air
  await sound.start({ sends: true, receives });
  followFloor();
}

socket.addEventListener('welcome', (e) => {
  const w = e.detail;
  me = w.you;
  if (w.resumed) w.events.forEach((event) => apply(session, event));
  else session = sessionFrom(w.session);
  $('door').hidden = true;
  $('hall').hidden = false;
  view.notice('');
  draw();
  turnPage(true);
  if (!sound.up) startSound();
});

socket.addEventListener('events', (e) => {
  for (const event of e.detail.events) {
    apply(session, event);
    if (event.kind === 'page') turnPage(false);
    if (event.kind === 'unmute-asked' && event.who === me) view.notice(text('ask-unmute'));
    if (event.who === me || event.kind === 'muted-all') followFloor();
    if (event.kind === 'state' && event.state === 'open') view.notice('');
  }
  drawSoon();
});

socket.addEventListener('speaking', (e) => { speaking = e.detail.who; drawSoon(); });
socket.addEventListener('pointer', (e) => view.drawPointer('x' in e.detail && slides.following ? e.detail : null));
socket.addEventListener('lost', () => { $('line').textContent = text('line.lost'); $('line').dataset.state = 'bad'; });
socket.addEventListener('bye', (e) => {
  if (e.detail.again) return;
  wanted = false;
  sound.stop();
  farewell(e.detail.text ?? text(`bye.${e.detail.why}`));
});

function farewell(words) {
  $('hall').hidden = true;
  $('door').hidden = false;
  $('door-check').hidden = true;
  $('door-join').hidden = true;
  $('door-title').textContent = session.title || 'aula';
  $('door-text').textContent = words;
}

sound.addEventListener('state', (e) => {
  $('line').textContent = e.detail === 'connected' ? text('line.good') : text('line.connecting');
  $('line').dataset.state = e.detail === 'connected' ? 'good' : 'bad';
  drawSoon();
});
sound.addEventListener('failed', () => { if (wanted && socket.connected) startSound(); });
sound.addEventListener('blocked', () => {
  view.notice(text('sound.blocked'));
  const play = () => $('ear').play().then(() => view.notice(''));
  addEventListener('pointerdown', play, { once: true });
  addEventListener('keydown', play, { once: true });
});

let lineBefore = { received: 0, lost: 0 };
sound.addEventListener('line', (e) => {
  const lost = e.detail.lost - lineBefore.lost;
  const all = e.detail.received - lineBefore.received + lost;
  lineBefore = e.detail;
  const percent = all > 0 ? Math.round((100 * lost) / all) : 0;
  $('line').textContent = percent > 2 ? text('line.lossy', { percent }) : text('line.good');
  $('line').dataset.state = percent > 2 ? 'bad' : 'good';
});

slides.addEventListener('show', (e) => {
  const { deck: id, page: content } = e.detail;
  const deck = deckOf(id);
  view.drawPointer(null);
  view.drawPage({ page: content, deck, following: slides.following, pages: deck?.pages ?? 0, number: slides.where.page });
});

function leaf(step) {
  const where = slides.where;
  const deck = deckOf(where?.deck) ?? [...session.decks.values()].at(-1);
  if (!deck) return;
  if (presents() && slides.following) {
    const page = Math.min(deck.pages, Math.max(1, (where?.page ?? 0) + step));
    act('page', { deck: deck.id, page });
  } else slides.leaf(step, deck);
}

function upload(file) {
  const bar = $('upload-progress');
  const request = new XMLHttpRequest();
  request.open('POST', '/api/v1/decks');
  request.setRequestHeader('Authorization', `Bearer ${token}`);
  request.setRequestHeader('Content-Type', 'application/pdf');
  request.setRequestHeader('X-Aula-Title', encodeURIComponent(file.name.replace(/\.pdf$/i, '')));
  request.upload.onprogress = (e) => { bar.hidden = false; bar.value = e.loaded / e.total; if (e.loaded === e.total) view.notice(text('upload.working')); };
  request.onloadend = () => {
    bar.hidden = true;
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* no sentence came */ }
    view.notice(request.status === 201 ? '' : (answer.error ?? text('line.lost')));
    if (request.status === 201) act('page', { deck: answer.deck, page: 1 });
  };
  request.send(file);
}

let pointed = 0;
function point(e) {
  if (!presents() || !slides.where || performance.now() - pointed < POINTER_EVERY_MS) return;
  pointed = performance.now();
  const box = $('page-image').getBoundingClientRect();
  const x = (e.clientX - box.left) / box.width;
  const y = (e.clientY - box.top) / box.height;
  if (x >= 0 && x <= 1 && y >= 0 && y <= 1) socket.send({ kind: 'pointer', deck: slides.where.deck, page: slides.where.page, x, y });
}

function wire() {
  $('hand').addEventListener('click', async () => {
    const up = !myself()?.hand;
    if (up) sound.microphone().catch(() => view.notice(text('door.no-microphone')));
    await act(up ? 'hand-up' : 'hand-down', {});
  });
  $('mic').addEventListener('click', () => act(myself()?.muted ? 'unmute' : 'mute', {}));
  $('mute-all').addEventListener('click', () => act('mute-all', {}));
  $('leave').addEventListener('click', async () => { await act('leave', {}); socket.close(); sound.stop(); farewell(text('bye.left')); });
  $('chat-form').addEventListener('submit', (e) => {
    e.preventDefault();
    const words = $('chat-text').value.trim();
    $('chat-text').value = '';
    if (words) act('chat', { text: words });
  });
  $('leaf-back').addEventListener('click', () => leaf(-1));
  $('leaf-on').addEventListener('click', () => leaf(1));
  $('leaf-follow').addEventListener('click', () => slides.follow());
  $('upload-file').addEventListener('change', (e) => { if (e.target.files[0]) upload(e.target.files[0]); e.target.value = ''; });
  $('slide').addEventListener('pointermove', point);
  addEventListener('keydown', (e) => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === 'PageDown' || e.key === 'ArrowRight') leaf(1);
    else if (e.key === 'PageUp' || e.key === 'ArrowLeft') leaf(-1);
    else if (e.key === 'h') $('hand').hidden || $('hand').click();
    else if (e.key === 'm') $('mic').hidden || $('mic').click();
  });
}

translatePage();
wire();
$('door-title').textContent = text('door.title');
if (token) {
  $('door-text').textContent = text('door.text');
  $('door-join').textContent = text('door.join');
  $('door-join').hidden = false;
  $('door-join').addEventListener('click', () => socket.open(), { once: true });
  $('door-join').focus();
} else $('door-text').textContent = text('door.no-link');
if (new URLSearchParams(location.search).get('view') === 'stage') document.body.classList.add('stage-only');
