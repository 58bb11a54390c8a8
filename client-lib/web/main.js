// The page: a link, a door, a hall. This file only joins the parts: sentences (socket), state, sound, slides, and what is drawn.
import { Socket } from '/socket.js';
import { Sound } from '/sound.js';
import { Slides } from '/slides.js';
import { apply, emptySession, hasFloorByRole, sessionFrom } from '/state.js';
import { text, translatePage } from '/text.js';
import { farewell, openDoor, whyOf } from '/door.js';
import { upload, wire } from '/controls.js';
import { drawChat, drawPeople, drawQueue } from '/people.js';
import * as view from '/view.js';

const { $ } = view;
const SOUND_AGAIN_MS = 1000;
const asked = new URLSearchParams(location.search); // view=stage or full, mic=plain, lang
const token = location.pathname.startsWith('/j/') ? location.pathname.slice(3) : '';
let session = emptySession();
let me = 0;
let speaking = [];
let wanted = false; // true from the join until we leave or are told not to come back

const socket = new Socket(token);
const sound = new Sound(socket, $('ear'), asked.get('mic') === 'plain');
const slides = new Slides(() => sound.playing(), () => $('slide').clientWidth);
sound.refused = false;

const myself = () => session.participants.get(me);
const presents = () => ['chair', 'lecturer'].includes(myself()?.role);
const companion = () => Boolean(myself()) && myself().place !== 'remote' && myself().role !== 'room';

// True when it is done; what the relay says against it is shown.
async function act(verb, members) {
  try {
    await socket.do(verb, members);
    return true;
  } catch (e) {
    view.notice(e.message === 'offline' ? text('line.lost') : e.message);
    return false;
  }
}

function draw() {
  const chairs = myself()?.role === 'chair';
  $('title').textContent = session.title;
  document.title = session.title ? `${session.title} · aula` : 'aula';
  $('recorded').hidden = !session.recorded;
  $('upload').hidden = !presents();
  drawQueue(session, me, chairs, act);
  drawPeople(session, me, speaking, chairs, act);
  drawChat(session);
  view.drawFloor(session, me, sound, companion());
  view.drawChair(session, chairs);
  view.drawSpeaking(session, speaking);
  view.drawDecks(session, presents(), slides.where);
  $('release').hidden = !myself()?.floor || hasFloorByRole(myself().role);
  $('no-page').textContent = text(session.state === 'open' ? 'no-page' : `state.${session.state}`);
}

let drawing = 0;
function drawSoon() {
  drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); });
}

function turnPage(atOnce) {
  if (session.page) slides.turn(session.page, session.decks.get(session.page.deck), atOnce || companion() || session.page.by === me || !sound.up);
}

async function followFloor() {
  const p = myself();
  try {
    await sound.speak(Boolean(p?.floor && !p.muted));
    sound.refused = false;
  } catch {
    sound.refused = true;
    view.notice(text('no-microphone'), text('again'), followFloor);
  }
  if (p && !p.floor && !p.hand) sound.letGo(); // the browser need not show an open microphone
  drawSoon();
}

async function startSound() {
  await sound.start({ receives: !companion() }); // a device in a hall hears through the air
  await followFloor();
}

socket.addEventListener('welcome', (e) => {
  const w = e.detail;
  const first = me === 0;
  const restarted = w.resumed ? w.events.some((event) => event.kind === 'restarted') : !first;
  me = w.you;
  if (w.resumed) w.events.forEach((event) => apply(session, event));
  else session = sessionFrom(w.session);
  $('door').hidden = true;
  $('hall').hidden = false;
  if (first) enter();
  draw();
  turnPage(true);
  if (!sound.up || restarted) startSound();
  else { view.drawLine('good'); followFloor(); }
});

// Once: what depends on who we are.
function enter() {
  const look = asked.get('view');
  document.body.classList.toggle('stage-only', look === 'stage' || (look === null && myself()?.role === 'room'));
  navigator.wakeLock?.request('screen').catch(() => {}); // a hall's screen must not go dark; without it, nothing is lost
  document.addEventListener('visibilitychange', () => { if (!document.hidden) navigator.wakeLock?.request('screen').catch(() => {}); });
}

socket.addEventListener('events', (e) => {
  for (const event of e.detail.events) {
    apply(session, event);
    if (event.kind === 'page') turnPage(false);
    if (event.kind === 'unmute-asked' && event.who === me) view.notice(text('ask-unmute.asked'), text('mic.unmute'), () => act('unmute'));
    if (event.who === me || event.kind === 'muted-all') followFloor();
  }
  drawSoon();
});

socket.addEventListener('speaking', (e) => { speaking = e.detail.who; drawSoon(); });
socket.addEventListener('pointer', (e) => {
  const { deck, page } = e.detail;
  const here = slides.where?.deck === deck && slides.where?.page === page;
  view.drawPointer('x' in e.detail && here ? e.detail : null);
});
socket.addEventListener('message', (e) => view.notice(e.detail.text, text('understood')));
socket.addEventListener('not-saved', (e) => { $('not-saved').hidden = false; $('not-saved').textContent = text('not-saved', { time: view.clock(e.detail.since) }); });
socket.addEventListener('saved', () => { $('not-saved').hidden = true; });
socket.addEventListener('lost', () => { speaking = []; drawSoon(); view.drawLine('lost'); if (me === 0) $('door-error').textContent = text('door.unreachable'); });
socket.addEventListener('bye', (e) => { if (!e.detail.again) goodbye(whyOf(e.detail)); });

function goodbye(words) {
  wanted = false;
  sound.stop();
  sound.letGo();
  farewell(session.title, words);
}

async function leave() {
  wanted = false;
  await Promise.race([act('leave'), new Promise((done) => setTimeout(done, 1000))]);
  socket.close();
  goodbye(text('bye.left'));
}

sound.addEventListener('state', (e) => {
  view.drawLine(e.detail === 'connected' ? 'good' : 'connecting');
  drawSoon();
});
sound.addEventListener('failed', () => setTimeout(() => { if (wanted && socket.connected && !sound.up) startSound(); }, SOUND_AGAIN_MS));
sound.addEventListener('no-microphone', () => { sound.refused = true; view.notice(text('no-microphone'), text('again'), followFloor); drawSoon(); });
sound.addEventListener('line', ({ detail: { received, lost } }) => {
  const percent = Math.round((100 * lost) / Math.max(1, received + lost));
  if (percent > 2) view.drawLine('lossy', { percent }); else view.drawLine('good');
});
sound.addEventListener('blocked', () => {
  view.notice(text('sound.blocked'), text('sound.on'), () => {});
  const play = () => $('ear').play().then(() => view.notice(''), () => {});
  addEventListener('click', play, { once: true });
  addEventListener('keydown', play, { once: true });
});

slides.addEventListener('show', (e) => {
  const { deck: id, page, content } = e.detail;
  view.drawPointer(null);
  view.drawPage({ content, deck: session.decks.get(id), following: slides.following, page });
  view.drawDecks(session, presents(), slides.where);
});

translatePage();
wire({
  act, socket, sound, slides, myself, presents, leave, session: () => session,
  upload: async (file) => {
    const deck = await upload(file, token);
    if (deck) act('page', { deck, page: 1 });
  },
});
openDoor(token, sound, () => { wanted = true; socket.open(); });
