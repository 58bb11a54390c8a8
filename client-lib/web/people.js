// Draws who waits and who is here. Rows that have not changed stay, with the focus that may be on them.
import { $, avatar, bdi, button, change, drawRows, icon, make, placeOf, rove } from './draw.js';
import { hasFloorByRole } from './state.js';
import { language, number, text } from './text.js';

const ROLE_ORDER = ['chair', 'lecturer', 'interpreter', 'room', 'trainee', 'operator'];
const SHOWN = 200;   // rows; of the rest the list says how many, and the search finds them
const SEARCH_AT = 12; // people: fewer are seen at a glance

const act = (verb, symbol, p, run) => button(text(verb, { name: p.name }), symbol, run, { bare: true, act: verb, kind: 'small' });

// What the rows' buttons do: `do(verb, members)`, `menu(button, p)` for all that can be done with a person.
export function wirePeople(redraw) {
  rove($('queue'));
  rove($('people'));
  $('search').addEventListener('input', redraw);
}

export function drawQueue(s, me, leads, hall) {
  const waiting = s.queue.map((id) => s.participants.get(id)).filter(Boolean);
  $('queue-box').classList.toggle('none', waiting.length === 0);
  drawRows($('queue'), waiting, (p) => [p.name, p.place, p.present, p.id === me, leads], (p) => {
    const li = make('li', { class: p.id === me ? 'me' : '' }, make('span', { class: 'who' }, make('span', {}, bdi(p.name), p.id === me ? make('small', {}, ` (${text('you')})`) : ''),
      make('small', {}, p.present ? placeOf(p) : text('away'))));
    if (leads) li.append(make('span', { class: 'acts' }, act('grant', 'mic', p, () => hall.act('grant', { who: p.id })), act('hand-down', 'cross', p, () => hall.act('hand-down', { who: p.id }))));
    return li;
  });
  $('queue-empty').hidden = waiting.length > 0;
  $('queue-count').textContent = waiting.length ? number(waiting.length) : '';
}

let collator = null;
function byName() {
  if (collator?.of !== language) collator = { of: language, compare: new Intl.Collator(language, { numeric: true }).compare };
  return collator.compare;
}

// Those who can be heard first, then by role and name.
function order(people, speaking) {
  const compare = byName();
  const rank = (p) => (speaking.includes(p.id) && p.floor ? -10 : 0) + (p.floor ? 0 : 10) + ROLE_ORDER.indexOf(p.role);
  return people.sort((a, b) => rank(a) - rank(b) || compare(a.name, b.name));
}

const bare = (words) => words.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

// `find` looks for people in a large session, of whom only some are listed; undefined in others, and until it is fetched.
export function drawPeople(s, me, speaking, leads, hall, find) {
  const present = [...s.participants.values()].filter((p) => p.present);
  $('people-count').textContent = number(s.large ? s.counts.people : present.length);
  $('search-box').hidden = !s.large && present.length < SEARCH_AT;
  if ($('panel-people').hidden) return; // it is drawn when it is looked at
  drawPlaces(s, present, find);
  const found = s.large ? find?.results($('search').value) : null;
  const { people, more } = found ? { people: order(found.people.map((p) => s.participants.get(p.id) ?? p), []), more: find.found(found) }
    : s.large ? { people: order(present, []), more: text('people.large', { count: s.counts.people }) } : search(present);
  drawRows($('people'), people, (p) => [p.name, p.role, p.place, p.floor, p.muted, p.hand, p.deputy, p.pinned, p.both, p.id === me, speaking.includes(p.id), leads],
    (p) => person(p, me, speaking.includes(p.id), leads, hall));
  $('people-more').hidden = !more;
  change($('people-more'), more);
  $('people-next').hidden = !found?.more;
  $('people-next').onclick = () => find.more();
}

// Everyone is known: who of them is wanted, and what is said of the rest.
function search(present) {
  const wanted = bare($('search').value.trim());
  const found = wanted ? present.filter((p) => bare(`${p.name} ${placeOf(p)} ${text(`role.${p.role}`)}`).includes(wanted)) : present;
  return { people: order(found, []).slice(0, SHOWN), more: wanted ? (found.length ? '' : text('people.none')) : found.length > SHOWN ? text('people.more', { count: found.length - SHOWN }) : '' };
}

// How many are where: the halls first. In a large session one looks into a place by pressing it.
function drawPlaces(s, present, find) {
  const places = new Map([...s.rooms, 'remote'].map((place) => [place, 0]));
  if (s.large) for (const [place, count] of s.counts.places) places.set(place, count);
  else for (const p of present) if (p.role !== 'room') places.set(p.place, (places.get(p.place) ?? 0) + 1);
  const several = [...places].filter(([, count]) => count > 0);
  $('people-places').hidden = several.length < 2;
  const sign = JSON.stringify([language, several, Boolean(find), find?.place()]);
  if ($('people-places').dataset.sign === sign) return;
  $('people-places').dataset.sign = sign;
  const focused = document.activeElement?.closest('#people-places')?.contains(document.activeElement) ? document.activeElement.dataset.place : null;
  $('people-places').replaceChildren(...several.map(([place, count]) => placeSign(place, count, find)));
  if (focused) $('people-places').querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
}

function placeSign(place, count, find) {
  const within = [icon(place === 'remote' ? 'globe' : 'hall'), bdi(placeOf({ place })), make('b', {}, number(count))];
  if (!find) return make('span', { class: 'place' }, ...within);
  const b = make('button', { type: 'button', class: 'place', 'data-place': place, 'aria-pressed': String(find.place() === place) }, ...within);
  b.addEventListener('click', () => find.choosePlace(place));
  return b;
}

function person(p, me, speaks, leads, hall) {
  const state = p.floor ? (p.muted ? 'muted' : 'open') : 'none';
  const sign = avatar(p);
  const role = make('small', {}, text(p.deputy ? 'role.deputy' : `role.${p.role}`), p.role === 'room' && p.name === p.place ? '' : ` · ${placeOf(p)}`);
  const li = make('li', { class: `${p.id === me ? 'me ' : ''}${speaks ? 'speaks ' : ''}${state}` }, sign,
    make('span', { class: 'who' }, make('span', {}, bdi(p.name), p.id === me ? make('small', {}, ` (${text('you')})`) : ''), role));
  if (p.hand) li.append(mark('hand', 'raised', text('dot.hand')));
  if (state !== 'none') li.append(mark(state === 'muted' ? 'mic-off' : 'mic', `mark-${state}`, text(`dot.${state}`)));
  if (leads && p.id !== me) li.append(chairActs(p, hall));
  return li;
}

const mark = (symbol, kind, words) => make('span', { class: `mark-of ${kind}`, title: words }, icon(symbol), make('span', { class: 'unseen' }, words));

function chairActs(p, hall) {
  const acts = make('span', { class: 'acts' });
  if (!p.floor) acts.append(act('grant', 'mic', p, () => hall.act('grant', { who: p.id })));
  else acts.append(p.muted ? act('ask-unmute', 'ask', p, () => hall.act('ask-unmute', { who: p.id })) : act('mute', 'mic-off', p, () => hall.act('mute', { who: p.id })));
  const more = act('more', 'more', p, () => hall.personMenu(more, p.id));
  more.setAttribute('aria-haspopup', 'menu');
  acts.append(more);
  return acts;
}

// Trainees who have the floor by a grant, the newest last.
export const guestsOf = (s) => [...s.participants.values()].filter((p) => p.floor && !hasFloorByRole(p.role));
