// The side's tabs, and chat: what came while one looked elsewhere is counted on its tab.
import { $, bdi, change, clock, drawRows, make, tell } from './draw.js';
import { number, text } from './text.js';

const tabs = ['people', 'chat', 'questions', 'polls'];
const MARK_MAX = 99;
const seen = { chat: 0, questions: 0, polls: 0 };
let chosen = 'people';
let redraw = () => {};

export const tab = () => chosen;

export function choose(name, focus = true) {
  if ($(`tab-${name}`).hidden) return;
  chosen = name;
  $('tab-people').closest('.side').dataset.tab = name;
  for (const t of tabs) {
    $(`tab-${t}`).setAttribute('aria-selected', String(t === name));
    $(`tab-${t}`).tabIndex = t === name ? 0 : -1;
    $(`panel-${t}`).hidden = t !== name;
  }
  redraw();
  if (name === 'chat') $('chat').scrollTop = $('chat').scrollHeight;
  if (focus) $(`tab-${name}`).focus();
}

export function wireTalk(hall) {
  redraw = hall.draw;
  for (const t of tabs) $(`tab-${t}`).addEventListener('click', () => choose(t));
  $('tab-people').parentElement.addEventListener('keydown', (e) => {
    const shown = tabs.filter((t) => !$(`tab-${t}`).hidden);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key] * (document.documentElement.dir === 'rtl' ? -1 : 1);
    const to = step ? (shown.indexOf(chosen) + step + shown.length) % shown.length : { Home: 0, End: shown.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    choose(shown[to]);
  });
  $('chat-form').addEventListener('submit', (e) => {
    e.preventDefault();
    const words = $('chat-text').value.trim();
    if (words) hall.act('chat', { text: words }).then((done) => { if (done) $('chat-text').value = ''; });
  });
}

// The number on a tab: what came since one looked. `newest` only grows.
export function mark(name, newest, countSince) {
  if (chosen === name) seen[name] = newest;
  const count = Math.min(MARK_MAX, countSince(seen[name]));
  $(`${name}-new`).hidden = count === 0;
  change($(`${name}-new`), count ? number(count) : '');
}

// What was there before one came is not new.
export function begin(s) {
  seen.chat = s.chat.at(-1)?.n ?? 0;
  seen.questions = Math.max(0, ...s.questions.keys());
}

// Who is not looking at the chat hears of it.
export function tellChat(s, event) {
  if (chosen !== 'chat') tell(text('chat.said', { name: event.who ? s.names.get(event.who) : text('role.operator'), words: event.text.slice(0, 200) }));
}

const day = (ms) => new Date(ms).toDateString();

export function drawChat(s, me) {
  mark('chat', s.chat.at(-1)?.n ?? 0, (n) => s.chat.filter((c) => c.n > n && c.who !== me).length);
  $('chat-empty').hidden = s.chat.length > 0;
  const log = $('chat');
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 24;
  // Several in a row by one person within two minutes stand under one name.
  const goes = (c, i) => i > 0 && s.chat[i - 1].who === c.who && c.at - s.chat[i - 1].at < 120000 && day(c.at) === day(s.chat[i - 1].at);
  const items = s.chat.map((c, i) => ({ ...c, goes: goes(c, i) }));
  drawRows(log, items, (c) => [c.n, c.goes], (c) => make('li', { class: `${c.who === me ? 'mine' : ''}${c.goes ? ' goes' : ''}${c.who ? '' : ' operator'}` },
    c.goes ? '' : make('p', { class: 'by' }, make('b', {}, c.who ? bdi(s.names.get(c.who)) : text('role.operator')), ' ',
      make('time', { datetime: new Date(c.at).toISOString() }, clock(c.at))),
    make('p', { class: 'said', dir: 'auto' }, c.text)));
  log.tabIndex = 0;
  if (atEnd) log.scrollTop = log.scrollHeight;
}
