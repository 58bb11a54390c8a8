// What every drawing is made of: elements, rows that stay while they do not change, one place in a list for the Tab key, times and digits.
import { language, locale, number, text } from './text.js';

export const $ = (id) => document.getElementById(id);

// An element with text (never markup: names and chat are what strangers typed) and children.
export function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) if (v !== null && v !== false) e.setAttribute(k, v === true ? '' : v);
  e.append(...children);
  return e;
}

// The build puts the icons into the page, which saves a request.
const icons = $('icons') ? '#i-' : '/icons.svg#';
export const iconAt = (symbol) => icons + symbol;

export function icon(symbol, kind = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', iconAt(symbol));
  svg.setAttribute('aria-hidden', 'true');
  if (kind) svg.setAttribute('class', kind);
  svg.append(use);
  return svg;
}

// A button with an icon; `label` is its name, and its words too unless `bare`.
export function button(label, symbol, run, { bare = false, act = null, kind = '' } = {}) {
  const b = make('button', { type: 'button', class: `${bare ? 'icon ' : ''}${kind}`, 'data-act': act, ...(bare ? { title: label, 'aria-label': label } : {}) });
  if (symbol) b.append(icon(symbol));
  if (!bare) b.append(make('span', {}, label));
  b.addEventListener('click', run);
  return b;
}

// Words with an icon, for panels that have nothing to show.
export const nothingYet = (symbol, words) => make('div', { class: 'empty' }, icon(symbol), make('p', { class: 'quiet' }, words));

export function change(e, words) {
  if (e.textContent !== words) e.textContent = words;
}

// Said to those who listen to the page instead of looking at it.
export const tell = (words) => { $('told').textContent = words; };

export const bdi = (words) => make('bdi', {}, words ?? '?');
export const placeOf = (p) => (p.place === 'remote' ? text('place.remote') : p.place);

const letters = new Intl.Segmenter();
const first = (word) => letters.segment(word)[Symbol.iterator]().next().value?.segment ?? '';

// A person's sign: the first letters of the name on one of eight colours, always the same for the same name.
export function avatar(p) {
  if (p.role === 'room') return make('span', { class: 'avatar hall-sign', 'aria-hidden': 'true' }, icon('hall'));
  const words = p.name.replace(/[^\p{L}\p{N}\s]/gu, ' ').trim().split(/\s+/);
  const joins = /[\u0590-\u08ff]/.test(words[0]); // letters that would join: one is enough
  const sign = first(words[0]) + (words.length > 1 && !joins ? first(words.at(-1)) : '');
  let sum = 0;
  for (const c of p.name) sum = (sum * 31 + c.codePointAt(0)) % 8;
  return make('span', { class: `avatar a${sum}`, 'aria-hidden': 'true' }, sign.toLocaleUpperCase() || '?');
}

// One row an item: `key` names it, `sign` is all that its row shows. The focus that is on a row's button stays there, or goes to the next row.
export function drawRows(list, items, sign, row) {
  const old = new Map([...list.children].map((li) => [li.dataset.key, li]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const at = focused ? [...list.children].indexOf(focused.closest('li')) : -1;
  const rows = items.map((item) => {
    const key = String(item.key ?? item.id ?? item.n);
    const signed = JSON.stringify([language, sign(item)]);
    const kept = old.get(key);
    if (kept?.dataset.sign === signed) return kept;
    const li = row(item);
    li.dataset.key = key;
    li.dataset.sign = signed;
    return li;
  });
  if (rows.length === list.children.length && rows.every((li, i) => li === list.children[i])) return;
  place(list, rows);
  oneTabStop(list);
  if (!focused || document.activeElement === focused) return;
  const row_ = rows.find((li) => li.dataset.key === focused.closest('li')?.dataset.key) ?? rows[Math.min(at, rows.length - 1)];
  enter(list, row_?.querySelector(`[data-act="${focused.dataset.act}"]`) ?? row_?.querySelector('button'));
}

// Only what is new is moved, so that a long list does not lose its place.
function place(list, rows) {
  const keep = new Set(rows);
  for (const li of [...list.children]) if (!keep.has(li)) li.remove();
  rows.forEach((li, i) => { if (list.children[i] !== li) list.insertBefore(li, list.children[i] ?? null); });
}

const buttonsOf = (e) => [...e.querySelectorAll('button')];

// A list is one stop of the Tab key; arrows move inside it.
function oneTabStop(list) {
  const all = buttonsOf(list);
  const current = all.find((b) => b.tabIndex === 0) ?? all[0];
  for (const b of all) b.tabIndex = b === current ? 0 : -1;
  if (all.length || list.scrollHeight <= list.clientHeight) list.removeAttribute('tabindex');
  else list.tabIndex = 0; // nothing to press, but to be scrolled
}

function enter(list, target) {
  if (!target) return;
  for (const b of buttonsOf(list)) b.tabIndex = b === target ? 0 : -1;
  target.focus();
}

// Up and down to the same button of another row, to the sides within the row, Home and End.
export function rove(list) {
  list.addEventListener('focusin', (e) => { if (e.target.tagName === 'BUTTON') for (const b of buttonsOf(list)) b.tabIndex = b === e.target ? 0 : -1; });
  list.addEventListener('keydown', (e) => {
    const here = e.target.closest('button');
    if (!here || e.ctrlKey || e.altKey || e.metaKey) return;
    const rows = [...list.children].filter((li) => li.querySelector('button'));
    const row = rows.indexOf(here.closest('li'));
    const side = { ArrowRight: 1, ArrowLeft: -1 }[e.key] * (document.documentElement.dir === 'rtl' ? -1 : 1);
    const to = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: rows.length - 1 }[e.key];
    let target = null;
    if (side) target = buttonsOf(rows[row])[buttonsOf(rows[row]).indexOf(here) + side];
    else if (to !== undefined) target = rows[to]?.querySelector(`[data-act="${here.dataset.act}"]`) ?? rows[to]?.querySelector('button');
    else return;
    e.preventDefault();
    e.stopPropagation();
    enter(list, target);
  });
}

export const clock = (ms) => new Date(ms).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });

// Seconds as minutes and seconds in the digits of the language.
export function span(seconds) {
  const s = Math.abs(Math.round(seconds));
  const two = (n) => number(n, 2);
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return `${seconds < 0 ? '\u2212' : ''}${h ? `${number(h)}:${two(m)}` : number(m)}:${two(s % 60)}`;
}
