// Draws the state. Every function is given what it shows; nothing here decides.
import { locale, text } from '/text.js';
import { srcset } from '/slides.js';

const NOTICE_MS = 12000;

export const $ = (id) => document.getElementById(id);

// An element with text (never markup: names and chat are what strangers typed) and children.
export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

export function icon(symbol, kind = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `/icons.svg#${symbol}`);
  svg.setAttribute('aria-hidden', 'true');
  if (kind) svg.setAttribute('class', kind);
  svg.append(use);
  return svg;
}

function change(e, words) {
  if (e.textContent !== words) e.textContent = words;
}

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
  $('floor').dataset.state = state;
  $('floor-icon').setAttribute('href', `/icons.svg#${floorIcons[state]}`);
  change($('floor-words'), text(state === 'none' && companion ? 'floor.companion' : `floor.${state}`, { place }));
  $('hand').hidden = p.floor;
  change($('hand-words'), text(p.hand ? 'hand.down' : 'hand.up'));
  $('hand').setAttribute('aria-pressed', String(p.hand));
  $('mic').hidden = !p.floor;
  $('mic').classList.toggle('primary', p.muted);
  $('mic-icon').setAttribute('href', `/icons.svg#${p.muted ? 'mic' : 'mic-off'}`);
  change($('mic-words'), text(p.muted ? 'mic.unmute' : 'mic.mute'));
}

export function drawChair(s, chairs) {
  $('grant-next').hidden = !chairs || s.queue.length === 0;
  $('mute-all').hidden = !chairs;
  $('lock').hidden = !chairs;
  $('lock').setAttribute('aria-pressed', String(s.locked));
  change($('lock'), text(s.locked ? 'unlock' : 'lock'));
  $('end').hidden = !chairs;
  $('open').hidden = !chairs || s.state === 'open' || s.state === 'ended';
}

export function drawSpeaking(s, speaking) {
  const people = speaking.map((id) => s.participants.get(id)).filter(Boolean);
  const sign = people.map((p) => `${p.id} ${p.name} ${p.place}`).join('\n');
  const box = $('speaking');
  if (box.dataset.sign === sign) return;
  box.dataset.sign = sign;
  box.replaceChildren(...people.map((p) => make('span', { class: 'voice' }, make('span', { class: 'waves', 'aria-hidden': 'true' }, make('i'), make('i'), make('i')),
    make('bdi', {}, p.name), p.role === 'room' && p.name === p.place ? '' : make('small', {}, p.place === 'remote' ? text('place.remote') : p.place))));
}

// The part of the slide's box that the picture covers.
export function pictureBox() {
  const box = $('page-image').getBoundingClientRect();
  const { naturalWidth: w, naturalHeight: h } = $('page-image');
  const scale = w && h ? Math.min(box.width / w, box.height / h) : 0;
  return { left: box.left + (box.width - w * scale) / 2, top: box.top + (box.height - h * scale) / 2, width: w * scale, height: h * scale };
}

export function drawPage({ content, deck, following, page }) {
  const image = $('page-image');
  $('no-page').hidden = Boolean(content);
  if (content) {
    image.sizes = `${$('slide').clientWidth}px`;
    image.srcset = srcset(content);
    image.alt = text('leaf.where', { page, pages: deck?.pages ?? 0 });
    $('page-text').textContent = content.text ?? '';
  }
  $('leaf-where').textContent = deck ? text('leaf.where', { page, pages: deck.pages }) : '';
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
  for (const id of ['leaf-back', 'leaf-on', 'text-toggle']) $(id).hidden = decks.length === 0;
}

export function drawPointer(p) {
  const dot = $('pointer');
  dot.hidden = p === null;
  if (p === null) return;
  const box = pictureBox();
  const around = $('slide').getBoundingClientRect();
  dot.style.left = `${box.left - around.left + p.x * box.width}px`; // the slide is never mirrored
  dot.style.top = `${box.top - around.top + p.y * box.height}px`;
}

export function drawLine(state, fill) {
  $('line').dataset.state = state === 'good' ? 'good' : 'bad';
  change($('line'), text(`line.${state}`, fill));
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

export const clock = (ms) => new Date(ms).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' });
