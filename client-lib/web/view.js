// Draws the state. Every function is given what it shows and the actions it offers; nothing here decides.
import { text } from '/text.js';
import { srcset } from '/slides.js';

export const $ = (id) => document.getElementById(id);

// An element with text (never markup: names and chat are what strangers typed) and children.
function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) if (v !== false && v !== null) e.setAttribute(k, v === true ? '' : v);
  e.append(...children);
  return e;
}

const name = (p) => make('bdi', {}, p?.name ?? '?');
const place = (p) => (p.place === 'remote' ? text('place.remote') : p.place);

function action(key, p, label, run) {
  const b = make('button', { class: 'small', title: text(key, { name: p.name }), 'aria-label': text(key, { name: p.name }) }, label);
  b.addEventListener('click', run);
  return b;
}

export function drawQueue(s, me, chairs, act) {
  $('queue').replaceChildren(...s.queue.map((id) => s.participants.get(id)).filter(Boolean).map((p) => {
    const li = make('li', { class: p.id === me ? 'me' : '' }, name(p), make('small', {}, ' ', place(p)));
    if (chairs) li.append(action('grant', p, '✓', () => act('grant', { who: p.id })));
    return li;
  }));
  $('queue-empty').hidden = s.queue.length > 0;
}

const ROLE_ORDER = ['chair', 'lecturer', 'interpreter', 'room', 'trainee', 'operator'];
const PEOPLE_SHOWN = 200; // above this the list is the people that matter; the rest are counted

export function drawPeople(s, me, speaking, chairs, act) {
  const present = [...s.participants.values()].filter((p) => p.present);
  const order = (p) => (speaking.includes(p.id) ? 0 : 1) * 100 + (p.floor ? 0 : 1) * 10 + ROLE_ORDER.indexOf(p.role);
  present.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
  $('people-count').textContent = present.length;
  $('people').replaceChildren(...present.slice(0, PEOPLE_SHOWN).map((p) => {
    const li = make('li', { class: [p.id === me ? 'me' : '', speaking.includes(p.id) ? 'speaks' : ''].join(' ').trim() },
      make('span', { class: `dot ${p.floor && !p.muted ? 'open' : ''}` }), name(p),
      make('small', {}, ' ', text(`role.${p.role}`), p.role === 'room' ? '' : ` · ${place(p)}`));
    if (chairs && p.id !== me) {
      if (p.floor) li.append(action('mute', p, '🔇', () => act('mute', { who: p.id })), action('release', p, '✕', () => act('release', { who: p.id })));
      else li.append(action('grant', p, '✓', () => act('grant', { who: p.id })));
      if (p.role === 'trainee') li.append(action('remove', p, '⏻', () => confirm(text('remove.sure', { name: p.name })) && act('remove', { who: p.id })));
    }
    return li;
  }));
}

export function drawChat(s) {
  const log = $('chat');
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
  log.replaceChildren(...s.chat.map((c) => make('li', {},
    make('b', {}, name(s.participants.get(c.who))), ' ', make('time', { datetime: new Date(c.at).toISOString() }, new Date(c.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })),
    make('p', { dir: 'auto' }, c.text))));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

export function drawFloor(s, me, up) {
  const p = s.participants.get(me);
  if (!p) return;
  const waiting = s.queue.indexOf(me) + 1;
  const words = p.floor && p.muted ? text('floor.muted') : p.floor && up ? text('floor.heard') : waiting ? text('floor.waiting', { place: waiting }) : text('floor.none');
  const floor = $('floor');
  if (floor.textContent !== words) floor.textContent = words;
  floor.dataset.state = p.floor ? (p.muted ? 'muted' : 'heard') : waiting ? 'waiting' : 'none';
  $('hand').hidden = p.floor;
  $('hand').textContent = text(p.hand ? 'hand.down' : 'hand.up');
  $('hand').setAttribute('aria-pressed', String(p.hand));
  $('mic').hidden = !p.floor;
  $('mic').textContent = text(p.muted ? 'mic.unmute' : 'mic.mute');
  $('mute-all').hidden = p.role !== 'chair';
}

export function drawSpeaking(s, speaking) {
  const names = speaking.map((id) => s.participants.get(id)).filter(Boolean).map((p) => (p.role === 'room' || p.place === 'remote' ? p.name : `${p.name} (${p.place})`));
  $('speaking').textContent = names.length ? text('speaking', { names: names.join(', ') }) : '';
}

export function drawPage({ page, page: content, deck, following, pages, number }) {
  const image = $('page-image');
  $('no-page').hidden = Boolean(page);
  if (page) {
    image.srcset = srcset(page);
    image.sizes = '(max-width: 60rem) 100vw, 70vw';
    image.width = page.full.width;
    image.height = page.full.height;
    image.alt = content.text ? content.text.slice(0, 200) : text('leaf.where', { page: number, pages });
    $('page-text').textContent = content.text ?? '';
  }
  $('leaf-where').textContent = deck ? text('leaf.where', { page: number, pages }) : '';
  $('leaf-follow').hidden = following;
}

export function drawPointer(p) {
  const dot = $('pointer');
  dot.hidden = p === null;
  if (p) {
    const box = $('page-image').getBoundingClientRect();
    const around = $('slide').getBoundingClientRect();
    dot.style.left = `${box.left - around.left + p.x * box.width}px`; // the slide is never mirrored
    dot.style.top = `${box.top - around.top + p.y * box.height}px`;
  }
}

export function notice(words) {
  $('notice').textContent = words;
}
