// Draws who waits, who is here and what they write. Rows that have not changed stay, with the focus that may be on them.
import { text, number } from '/text.js';
import { $, clock, make, icon } from '/view.js';

const name = (words) => make('bdi', {}, words ?? '?');
const place = (p) => (p.place === 'remote' ? text('place.remote') : p.place);

// One row an item: `key` names it, `sign` is all that its row shows.
function drawRows(list, items, sign, row) {
  const old = new Map([...list.children].map((li) => [li.dataset.key, li]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const back = focused && { key: focused.closest('li')?.dataset.key, act: focused.dataset.act };
  const rows = items.map((item) => {
    const key = String(item.id ?? item.n);
    const signed = JSON.stringify(sign(item));
    const kept = old.get(key);
    if (kept?.dataset.sign === signed) return kept;
    const li = row(item);
    li.dataset.key = key;
    li.dataset.sign = signed;
    return li;
  });
  if (rows.length === list.children.length && rows.every((li, i) => li === list.children[i])) return;
  list.replaceChildren(...rows);
  if (!back?.key || focused.isConnected && document.activeElement === focused) return;
  const again = rows.find((li) => li.dataset.key === back.key) ?? rows[0];
  (again?.querySelector(`[data-act="${back.act}"]`) ?? again?.querySelector('button'))?.focus();
}

function action(verb, symbol, p, run) {
  const label = text(verb, { name: p.name });
  const b = make('button', { class: 'small icon', title: label, 'aria-label': label, 'data-act': verb }, icon(symbol));
  b.addEventListener('click', run);
  return b;
}

export function drawQueue(s, me, chairs, act) {
  const waiting = s.queue.map((id) => s.participants.get(id)).filter(Boolean);
  drawRows($('queue'), waiting, (p) => [p.name, p.place, p.present, p.id === me, chairs], (p) => {
    const li = make('li', { class: p.id === me ? 'me' : '' }, make('span', { class: 'who' }, make('span', {}, name(p.name)), make('small', {}, p.present ? place(p) : text('away'))));
    if (chairs) li.append(make('span', { class: 'acts' }, action('grant', 'check', p, () => act('grant', { who: p.id })), action('hand-down', 'cross', p, () => act('hand-down', { who: p.id }))));
    return li;
  });
  $('queue-empty').hidden = waiting.length > 0;
  $('queue-count').textContent = waiting.length ? number(waiting.length) : '';
}

const ROLE_ORDER = ['chair', 'lecturer', 'interpreter', 'room', 'trainee', 'operator'];
const PEOPLE_SHOWN = 200; // above this the list is the people that matter; the rest are counted

export function drawPeople(s, me, speaking, chairs, act) {
  const present = [...s.participants.values()].filter((p) => p.present);
  const order = (p) => (p.floor ? 0 : 10) + ROLE_ORDER.indexOf(p.role);
  present.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name));
  $('people-count').textContent = number(present.length);
  drawRows($('people'), present.slice(0, PEOPLE_SHOWN), (p) => [p.name, p.role, p.place, p.floor, p.muted, p.hand, p.pinned, p.both, p.id === me, speaking.includes(p.id), chairs], (p) => {
    const speaks = speaking.includes(p.id);
    const li = make('li', { class: `${p.id === me ? 'me ' : ''}${speaks ? 'speaks' : ''}` },
      make('span', { class: `dot ${p.floor ? (p.muted ? 'muted' : 'open') : ''}`, title: text(p.floor ? (p.muted ? 'dot.muted' : 'dot.open') : 'dot.none') }),
      make('span', { class: 'who' }, make('span', {}, name(p.name), p.id === me ? make('small', {}, ` (${text('you')})`) : '', p.hand ? icon('hand', 'raised') : ''),
        make('small', {}, text(`role.${p.role}`), p.role === 'room' && p.name === p.place ? '' : ` · ${place(p)}`)));
    if (chairs && p.id !== me) li.append(chairActs(p, act));
    return li;
  });
}

function chairActs(p, act) {
  const acts = make('span', { class: 'acts' });
  if (!p.floor) acts.append(action('grant', 'check', p, () => act('grant', { who: p.id })));
  else {
    acts.append(p.muted ? action('ask-unmute', 'ask', p, () => act('ask-unmute', { who: p.id })) : action('mute', 'mic-off', p, () => act('mute', { who: p.id })));
    if (p.role !== 'chair') acts.append(action('release', 'cross', p, () => act('release', { who: p.id })));
  }
  if (p.role === 'room') {
    const pin = p.pinned ? 'unpin' : 'pin', both = p.both ? 'close-both' : 'open-both';
    acts.append(action(pin, p.pinned ? 'unpin' : 'pin', p, () => act(pin, { who: p.id })), action(both, p.both ? 'mic-one' : 'mic-both', p, () => act(both, { who: p.id })));
  }
  if (p.role === 'trainee') acts.append(action('remove', 'remove', p, () => confirm(text('remove.sure', { name: p.name })) && act('remove', { who: p.id })));
  return acts;
}

export function drawChat(s) {
  const log = $('chat');
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8;
  drawRows(log, s.chat, (c) => [c.n], (c) => make('li', {},
    make('p', { class: 'by' }, make('b', {}, c.who ? name(s.names.get(c.who)) : text('role.operator')), ' ',
      make('time', { datetime: new Date(c.at).toISOString() }, clock(c.at))),
    make('p', { dir: 'auto' }, c.text)));
  if (atEnd) log.scrollTop = log.scrollHeight;
}
