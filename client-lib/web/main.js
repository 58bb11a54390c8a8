// The page: a link, a door, a hall. This file only joins the parts: sentences (socket), state, sound, slides, and what is drawn.
import { Socket } from './socket.js';
import { Sound } from './sound.js';
import { Slides } from './slides.js';
import { Line } from './line.js';
import { asideKinds, asidesAfter, emptyAsides, takeAside } from './asides.js';
import { apply, emptySession, hasFloorByRole, leadsIn, sessionFrom, takeCounts, takeRoster } from './state.js';
import { refusal, text, translatePage } from './text.js';
import { farewell, openDoor, whyOf } from './door.js';
import { wire } from './controls.js';
import { wireKeys } from './keys.js';
import { drawPeople, drawQueue, guestsOf, wirePeople } from './people.js';
import { drawAgenda } from './agenda.js';
import * as talk from './talk.js';
import * as view from './view.js';
import { $, change, clock, tell } from './draw.js';

const SOUND_AGAIN_MS = 1000;
const TICK_MS = 1000;
const CALM_MS = 1500; // after the join, until what may be needed later is fetched
const asked = new URLSearchParams(location.search); // view=stage or full, mic=plain, lang
const token = location.pathname.startsWith('/j/') ? location.pathname.slice(3) : '';
let session = emptySession();
let asides = emptyAsides();
let me = 0;
let speaking = [];
let wanted = false; // true from the join until we leave or are told not to come back
let ahead_ms = 0;   // our clock before the relay's
let page = null;    // the page that is drawn

const socket = new Socket(token);
const sound = new Sound(socket, $('ear'), asked.get('mic') === 'plain');
const slides = new Slides(() => sound.playing(), () => $('sheet').clientWidth || $('slide').clientWidth);
const line = new Line();
sound.refused = false;

const myself = () => session.participants.get(me);
const presents = () => ['chair', 'lecturer'].includes(myself()?.role);
const leads = () => leadsIn(session, myself());
const companion = () => Boolean(myself()) && myself().place !== 'remote' && myself().role !== 'room';
const now = () => Date.now() - ahead_ms;

// True when it is done; what the relay says against it is shown.
async function act(verb, members) {
  try {
    await socket.do(verb, members);
    if (session.large) later?.find.again();
    return true;
  } catch (e) {
    view.notice(e.message === 'offline' ? text('line.offline') : await refusal(e.code, e.message));
    return false;
  }
}

// What is not needed until there is sound (later.js): fetched soon after the join, so that it is there also on a bad line, or when it is first used.
let later = null;
let coming = null;
function fetchLater() {
  coming ??= import('./later.js').then((came) => { later = came; drawSoon(); }, (why) => { coming = null; throw why; });
  return coming;
}

async function late(use) {
  try {
    await fetchLater();
  } catch {
    view.notice(text('late.failed'));
    return undefined;
  }
  return use(later);
}

// What the parts are lent: verbs, what is known now, and each other.
const hall = {
  act, late, socket, sound, slides, line, leave, presents, leads, companion, myself, now, token,
  me: () => me, session: () => session, draw: () => drawSoon(), fit: () => { if (page) view.drawPage(page); },
  sure: (words, yes) => late((later) => later.sure(words, yes)),
  personMenu: (button, id) => late((later) => later.person(hall, button, id)),
  asides: () => asides,
  person: (id) => session.participants.get(id) ?? later?.find.person(id),
  uploaded: (deck) => act('page', { deck, page: 1 }),
  speakingNow: () => speaking,
};

function draw() {
  $('title').textContent = session.title;
  document.title = session.title ? `${session.title} · aula` : 'aula';
  $('recorded').hidden = !session.recorded;
  $('upload').hidden = !presents();
  drawQueue(session, me, leads(), hall);
  drawPeople(session, me, speaking, leads(), hall, session.large ? part('find', true) : undefined);
  talk.drawChat(session, me);
  view.drawFloor(session, me, sound, companion());
  view.drawChair(session, leads(), guestsOf(session));
  drawAgenda(session, leads());
  view.drawSpeaking(session, speaking, session.participants.get(session.page?.by));
  view.drawDecks(session, presents(), slides.where);
  view.drawRoom(session, myself(), asides, leads());
  drawLate();
  $('release').hidden = !myself()?.floor || hasFloorByRole(myself().role);
  tick();
}

// A part of it that is drawn from the first time on that there is something of it; undefined until then.
const begun = new Set();
function part(name, wanted) {
  if (wanted && !later) late(() => {});
  if (wanted && later && !begun.has(name)) { begun.add(name); later[name].begin?.(hall); }
  return begun.has(name) ? later[name] : undefined;
}

function drawLate() {
  const newest = (...maps) => Math.max(0, ...maps.flatMap((map) => [...map.keys()]));
  const after = (n, ...maps) => maps.flatMap((map) => [...map.values()]).filter((one) => one.id > n && one.who !== me).length;
  $('tab-polls').hidden = !leads() && session.polls.size === 0;
  talk.mark('questions', newest(session.questions, asides.waiting), (n) => after(n, session.questions, asides.waiting));
  talk.mark('polls', newest(session.polls), (n) => after(n, session.polls));
  if (pollTold && talk.tab() === 'polls') { pollTold = false; view.notice(''); }
  part('ink', session.strokes.length)?.draw(session.strokes, slides.where);
  part('questions', talk.tab() === 'questions')?.draw(session, me, leads(), asides);
  part('polls', talk.tab() === 'polls')?.draw(session, me, leads(), asides);
}

let pollTold = false;
function tellPoll({ text: words }) {
  pollTold = true;
  view.notice(text('poll.came', { words }), text('poll.go'), () => talk.choose('polls'));
}

// A line is shown with the words it was drawn to.
function holdBack(stroke) {
  const wait = companion() ? 0 : slides.wait(stroke.media);
  stroke.held = performance.now() + wait;
  if (wait > 0) setTimeout(drawSoon, wait + 1);
}

let drawing = 0;
function drawSoon() {
  drawing ||= requestAnimationFrame(() => { drawing = 0; draw(); });
}

// What goes on by the clock.
function tick() {
  if (me === 0) return;
  view.drawTimer(session, now());
  view.drawWaiting(session, me, now());
  change($('clock'), clock(now()));
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
  await sound.start({ receives: !companion(), presents: presents() }); // a device in a hall hears through the air
  await followFloor();
}

socket.addEventListener('welcome', (e) => {
  const w = e.detail;
  const first = me === 0;
  const restarted = w.resumed ? w.events.some((event) => event.kind === 'restarted') : !first;
  me = w.you;
  if (w.now) ahead_ms = Date.now() - w.now;
  asides = emptyAsides(); // all of them come again
  if (w.resumed) w.events.forEach((event) => apply(session, event));
  else session = sessionFrom(w.session, w.you);
  $('door').hidden = true;
  $('hall').hidden = false;
  if (first) enter();
  draw();
  if (first) { settle(); showLine('connecting'); }
  turnPage(true);
  if (!sound.alive || restarted) startSound();
  else { if (sound.up) showLine('good'); sound.moved(); followFloor(); } // who comes back may come from elsewhere
});

// Once: what depends on who we are.
function enter() {
  const look = asked.get('view');
  document.body.classList.toggle('stage-only', look === 'stage' || (look === null && myself()?.role === 'room'));
  navigator.wakeLock?.request('screen').catch(() => {}); // a hall's screen must not go dark; without it, nothing is lost
  document.addEventListener('visibilitychange', () => { if (!document.hidden) navigator.wakeLock?.request('screen').catch(() => {}); });
  talk.begin(session);
  setTimeout(() => { // a hall's screen shows its code; the first who looks makes it
    const p = myself();
    if (p?.role === 'room' && !asides.codes.has(p.place)) socket.do('code', { room: p.place }).catch(() => {});
  }, CALM_MS);
  setInterval(tick, TICK_MS);
  setTimeout(() => fetchLater().catch(() => {}), CALM_MS);
}

// The focus is where one acts, not on a button that is gone.
function settle() {
  if (!document.body.classList.contains('stage-only')) ($('hand').hidden ? $('mic') : $('hand')).focus({ preventScroll: true });
}

socket.addEventListener('events', (e) => {
  for (const event of e.detail.events) {
    apply(session, event);
    asidesAfter(asides, event);
    if (event.at) ahead_ms = Date.now() - event.at;
    if (event.kind === 'page') turnPage(false);
    if (event.kind === 'stroke' && event.by !== me) holdBack(session.strokes.at(-1));
    if (event.kind === 'checked-in' && event.people.includes(me)) view.notice(text('checkin.done', { room: event.room }), text('understood'));
    if (event.kind === 'poll' && event.by !== me && talk.tab() !== 'polls') tellPoll(event);
    if (event.kind === 'unmute-asked' && event.who === me) view.notice(text('ask-unmute.asked'), text('mic.unmute'), () => act('unmute'));
    if (event.kind === 'chat' && event.who !== me) talk.tellChat(session, event);
    if (event.kind === 'hand-up' && leads() && event.who !== me) tell(text('hand.raised', { name: session.names.get(event.who) }));
    if (event.who === me || event.kind === 'muted-all') followFloor();
  }
  drawSoon();
});

socket.addEventListener('speaking', (e) => { speaking = e.detail.who; drawSoon(); });
socket.addEventListener('pointer', ({ detail }) => {
  const point = () => view.drawPointer('x' in detail && slides.where?.deck === detail.deck && slides.where?.page === detail.page ? detail : null);
  const wait = detail.media === undefined || companion() ? 0 : slides.wait(detail.media);
  if (wait > 0) setTimeout(point, wait); else point();
});
for (const kind of asideKinds) socket.addEventListener(kind, (e) => { takeAside(asides, e.detail); if (e.detail.name) session.names.set(e.detail.who, e.detail.name); drawSoon(); });
socket.addEventListener('roster', (e) => { takeRoster(session, e.detail); later?.find.forget(); drawSoon(); });
socket.addEventListener('counts', (e) => { takeCounts(session, e.detail); drawSoon(); });
socket.addEventListener('drawing', (e) => part('ink', true)?.live(e.detail, slides.where));
socket.addEventListener('recording', ({ detail: r }) => {
  $('not-recorded').hidden = r.state !== 'stopped';
  if (r.state === 'stopped') { $('not-recorded').textContent = text('not-recorded', { time: clock(r.since) }); view.notice(r.why ?? text('not-recorded', { time: clock(r.since) }), text('understood')); }
  if (r.replay) hall.replay = r.replay;
});
socket.addEventListener('message', (e) => view.notice(e.detail.text, text('understood')));
socket.addEventListener('not-saved', (e) => { $('not-saved').hidden = false; $('not-saved').textContent = text('not-saved', { time: clock(e.detail.since) }); });
socket.addEventListener('saved', () => { $('not-saved').hidden = true; });
socket.addEventListener('lost', () => { speaking = []; line.forget(); drawSoon(); showLine('lost'); if (me === 0) $('door-error').textContent = text('door.unreachable'); });
socket.addEventListener('bye', (e) => { if (!e.detail.again) goodbye(whyOf(e.detail), !['token', 'ended', 'removed'].includes(e.detail.why)); });

function goodbye(words, again) {
  $('door-replay').hidden = !hall.replay;
  if (hall.replay) $('door-replay').href = hall.replay;
  wanted = false;
  me = 0;
  sound.stop();
  sound.letGo();
  farewell(session.title, words, again);
}

async function leave() {
  wanted = false;
  await Promise.race([act('leave'), new Promise((done) => setTimeout(done, 1000))]);
  socket.close();
  goodbye(text('bye.left'), true);
}

function showLine(state) {
  if ($('line').dataset.line === state) return;
  $('line').dataset.line = state;
  $('line').dataset.state = ['good', 'weak'].includes(state) ? state : 'bad';
  $('line').title = text(`line.${state}.means`);
  change($('line-words'), text(`line.${state}`));
}

sound.addEventListener('state', (e) => {
  showLine(e.detail === 'connected' ? 'good' : 'connecting');
  drawSoon();
});
sound.addEventListener('failed', () => setTimeout(() => { if (wanted && socket.connected && !sound.up) startSound(); }, SOUND_AGAIN_MS));
sound.addEventListener('no-microphone', () => { sound.refused = true; view.notice(text('no-microphone'), text('again'), followFloor); drawSoon(); });
sound.addEventListener('line', ({ detail }) => {
  line.second(detail);
  if (socket.connected && sound.up) showLine(line.state);
});
sound.addEventListener('blocked', () => {
  view.notice(text('sound.blocked'), text('sound.on'), () => {});
  const play = () => $('ear').play().then(() => view.notice(''), () => {});
  addEventListener('click', play, { once: true });
  addEventListener('keydown', play, { once: true });
});

slides.addEventListener('show', (e) => {
  const { deck: id, page: n, content } = e.detail;
  drawLate();
  page = { content, deck: session.decks.get(id), following: slides.following, page: n };
  view.drawPointer(null);
  view.drawPage(page);
  view.drawDecks(session, presents(), slides.where);
  tick();
});

// Everything again in another language.
addEventListener('languagechange', () => {
  if (me === 0) return;
  draw();
  hall.fit();
  const state = $('line').dataset.line;
  delete $('line').dataset.line;
  showLine(state);
});

translatePage();
wire(hall);
wirePeople(drawSoon);
talk.wireTalk(hall);
wireKeys();
openDoor(token, sound, () => { wanted = true; socket.open(); });
