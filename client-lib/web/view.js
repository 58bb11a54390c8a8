// Draws the stage and the bar below it. Every function is given what it shows; nothing here decides.
import { $, avatar, bdi, change, iconAt, make, placeOf, span } from './draw.js';
import { locale, text } from './text.js';
import { leadsIn } from './state.js';
import { srcset } from './slides.js';

const NOTICE_MS = 12000;
const SPEAKERS_SHOWN = 4; // as many as are ever in the mix

// What of the floor is ours: heard, connecting, muted, deaf (no microphone), waiting, none.
export function floorState(p, place, sound) {
  if (!p.floor) return place ? 'waiting' : 'none';
  if (p.muted) return 'muted';
  return sound.refused ? 'deaf' : sound.up && sound.hasMicrophone ? 'heard' : 'connecting';
}

const floorIcons = { heard: 'mic', muted: 'mic-off', deaf: 'mic-off', connecting: 'mic', waiting: 'hand', none: 'ear' };

export function drawFloor(s, me, sound, companion) {
  const p = s.participants.get(me);
  if (!p) return;
  const place = s.queue.indexOf(me) + 1;
  const state = floorState(p, place, sound);
  const silent = { none: companion ? 'floor.companion' : 'floor.none', heard: companion ? 'floor.seat' : 'floor.heard' };
  $('floor').dataset.state = state;
  $('floor-icon').setAttribute('href', iconAt(floorIcons[state]));
  change($('floor-words'), text(silent[state] ?? `floor.${state}`, { place }));
  $('hand').hidden = p.floor;
  $('hand').disabled = s.locks.has('hands') && !p.hand && !leadsIn(s, p);
  $('hand').title = $('hand').disabled ? text('hands.locked') : '';
  $('chat-text').disabled = s.locks.has('chat') && !leadsIn(s, p);
  $('chat-text').placeholder = text($('chat-text').disabled ? 'chat.locked' : 'chat.write');
  change($('hand-words'), text(p.hand ? 'hand.down' : 'hand.up'));
  $('hand').setAttribute('aria-pressed', String(p.hand));
  $('hand').classList.toggle('primary', !p.hand);
  $('mic').hidden = !p.floor;
  $('mic').classList.toggle('primary', p.muted);
  $('mic-icon').setAttribute('href', iconAt(p.muted ? 'mic' : 'mic-off'));
  change($('mic-words'), text(p.muted ? 'mic.unmute' : 'mic.mute'));
}

// `guests` are those who have the floor by a grant.
export function drawChair(s, leads, guests) {
  const next = s.participants.get(s.queue[0]);
  $('grant-next').hidden = !leads || !next;
  change($('grant-next-words'), next ? text('grant.next', { name: next.name }) : '');
  $('take-back').hidden = !leads || !guests.length;
  change($('take-back-words'), guests.length ? text('take-back', { name: guests[0].name }) : '');
  for (const id of ['mute-all', 'more']) $(id).hidden = !leads;
  $('open').hidden = !leads || s.state === 'open' || s.state === 'ended';
}

export function drawSpeaking(s, speaking, presenter) {
  const people = speaking.map((id) => s.participants.get(id)).filter(Boolean).slice(0, SPEAKERS_SHOWN);
  const sign = `${locale()}\n${people.map((p) => `${p.id} ${p.name} ${p.place}`).join('\n')}\n${presenter?.id ?? ''}`;
  const box = $('speaking');
  if (box.dataset.sign === sign) return;
  box.dataset.sign = sign;
  const voices = people.map((p) => make('span', { class: 'voice' }, avatar(p), make('span', { class: 'voice-who' }, bdi(p.name),
    p.role === 'room' && p.name === p.place ? '' : make('small', {}, placeOf(p))), make('span', { class: 'waves', 'aria-hidden': 'true' }, make('i'), make('i'), make('i'))));
  if (!voices.length) voices.push(make('span', { class: 'nobody' }, presenter ? text('presents', { name: presenter.name }) : text('nobody-speaks')));
  box.replaceChildren(...voices);
}

export const pictureBox = () => $('page-image').getBoundingClientRect();

export function drawPage({ content, deck, following, page }) {
  const image = $('page-image');
  $('no-page').hidden = Boolean(content);
  $('sheet').hidden = !content;
  if (content) {
    const { width, height } = content.full;
    $('sheet').style.setProperty('--ratio', width / height);
    image.sizes = `${Math.round(Math.min($('slide').clientWidth, ($('slide').clientHeight * width) / height))}px`;
    image.srcset = srcset(content);
    image.alt = text('leaf.where', { page, pages: deck?.pages ?? 0 });
    $('page-text').textContent = content.text ?? '';
  }
  change($('leaf-where'), deck ? text('leaf.where', { page, pages: deck.pages }) : '');
  $('leaf-follow').hidden = following;
}

export function drawDecks(s, presents, where) {
  const decks = [...s.decks.values()];
  const list = $('deck');
  list.hidden = !presents || decks.length < 2;
  const sign = decks.map((d) => d.id).join(' ');
  if (list.dataset.sign !== sign) list.replaceChildren(...decks.map((d) => new Option(d.title, d.id)));
  list.dataset.sign = sign;
  list.value = where?.deck ?? '';
  $('pen').hidden = !presents || !where;
  for (const id of ['leaf-back', 'leaf-on', 'pages', 'text-toggle', 'large']) $(id).hidden = decks.length === 0;
}

// A hall: its code on the stage, and where one's own device is checked in.
export function drawRoom(s, p, asides, leads) {
  const code = p?.role === 'room' ? asides.codes.get(p.place) : undefined;
  $('code').hidden = !code;
  change($('code-name'), text('code'));
  change($('code-code'), code ?? '');
  $('checkin').hidden = !p || p.role === 'room' || s.rooms.length === 0 || leads || s.checkins.has(p.id) || p.place === 'remote';
}

export function drawPointer(p) {
  const dot = $('pointer');
  dot.hidden = p === null;
  if (p === null) return;
  dot.style.left = `${p.x * 100}%`; // the slide is never mirrored
  dot.style.top = `${p.y * 100}%`;
}

// Where no page is shown: what one waits for. `now` is wall time.
export function drawWaiting(s, me, now) {
  const p = s.participants.get(me);
  const tests = s.state === 'backstage' && p && ['chair', 'lecturer', 'room', 'interpreter'].includes(p.role);
  const waits = (s.state === 'planned' || s.state === 'backstage') && !tests;
  $('banner').hidden = !tests;
  if (tests) change($('banner-words'), [text('backstage.here'), s.starts ? text('begins', { time: when(s.starts, now), left: left(s.starts, now) }) : ''].join(' '));
  $('no-page').classList.toggle('waits', waits);
  if (waits) { $('no-page').hidden = false; $('sheet').hidden = true; }
  change($('no-page-words'), text(waits ? `state.${s.state}` : s.state === 'ended' ? 'state.ended' : 'no-page'));
  change($('no-page-more'), waits && s.starts ? text('begins', { time: when(s.starts, now), left: left(s.starts, now) }) : '');
}

const DAY_MS = 86400000;
export function when(ms, now) {
  const far = Math.abs(ms - now) > DAY_MS / 2;
  return new Date(ms).toLocaleString(locale(), far ? { dateStyle: 'full', timeStyle: 'short' } : { hour: '2-digit', minute: '2-digit' });
}

// The time until then, in words.
export function left(ms, now) {
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
  const minutes = Math.round((ms - now) / 60000);
  if (ms - now <= 0) return text('begins.soon');
  if (minutes < 2) return span((ms - now) / 1000);
  if (minutes < 120) return relative.format(minutes, 'minute');
  return minutes < 2880 ? relative.format(Math.round(minutes / 60), 'hour') : relative.format(Math.round(minutes / 1440), 'day');
}

// The speaker's time: how much is left, or by how much it is over.
export function drawTimer(s, now) {
  const timer = s.timer;
  $('timer').hidden = !timer;
  if (!timer) return;
  const seconds = timer.seconds - (now - timer.started) / 1000;
  const rest = seconds >= 0 ? Math.ceil(seconds) : Math.floor(seconds);
  $('timer').dataset.state = rest < 0 ? 'over' : rest <= Math.min(60, timer.seconds / 5) ? 'near' : 'runs';
  change($('timer-who'), s.names.get(timer.who) ?? '');
  change($('timer-left'), span(rest));
  $('timer').setAttribute('aria-label', text(rest < 0 ? 'timer.over' : 'timer.left', { time: span(Math.abs(rest)) }));
}

let noticeTimer = 0;
// Words over the page, gone after a while; with a button where something can be done about them.
export function notice(words, label, run) {
  clearTimeout(noticeTimer);
  $('notice').hidden = !words;
  $('notice-words').textContent = words;
  $('notice-act').hidden = !label;
  $('notice-act').textContent = label ?? '';
  $('notice-act').onclick = () => { notice(''); run?.(); };
  if (words && !label) noticeTimer = setTimeout(() => notice(''), NOTICE_MS);
}
