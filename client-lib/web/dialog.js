// Windows over the page: a dialog, a question with yes and no, a menu. Fetched once all that is urgent is there.
import { $, button, icon, make } from './draw.js';
import { text } from './text.js';

// Opens a dialog; it is gone when it is closed, and the focus is back where it was. `content` are elements.
export function open(title, content, { kind = '', close = true } = {}) {
  const before = document.activeElement;
  const name = make('h2', { id: 'dialog-name' }, title);
  const dialog = make('dialog', { class: `window ${kind}`, 'aria-labelledby': 'dialog-name' }, make('header', {}, name), make('div', { class: 'window-body' }, ...content));
  if (close) name.after(button(text('notice.close'), 'cross', () => dialog.close(), { bare: true, kind: 'bare' }));
  document.querySelector('dialog')?.close();
  document.body.append(dialog);
  dialog.addEventListener('click', (e) => { if (e.target === dialog) dialog.close(); }); // beside it
  dialog.addEventListener('close', () => { dialog.remove(); if (before?.isConnected) before.focus(); });
  dialog.showModal();
  return dialog;
}

// Resolves with true for yes.
export function sure(words, yes) {
  return new Promise((resolve) => {
    let answer = false;
    const ok = button(yes, null, () => { answer = true; dialog.close(); }, { kind: 'danger' });
    const no = button(text('cancel'), null, () => dialog.close());
    ok.id = 'sure-yes';
    no.id = 'sure-no';
    no.autofocus = true;
    const dialog = open(words, [make('p', { class: 'acts-row' }, no, ok)], { kind: 'sure', close: false });
    dialog.addEventListener('close', () => resolve(answer));
  });
}

let opened = null;

// A menu at a button. An item: {act, label, symbol, run, danger, pressed}; null is a line between them.
export function menu(at, items) {
  const again = opened?.at === at;
  opened?.close();
  if (again) return;
  const box = make('div', { class: 'menu', role: 'menu', 'aria-label': at.getAttribute('aria-label') ?? at.textContent.trim() });
  for (const item of items) box.append(item ? entry(item) : make('hr', { role: 'separator' }));
  at.after(box); // beside its button, so that Tab goes on from there
  at.setAttribute('aria-expanded', 'true');
  const close = (back = true) => {
    opened = null;
    box.remove();
    at.setAttribute('aria-expanded', 'false');
    removeEventListener('pointerdown', outside, true);
    removeEventListener('resize', close);
    if (back && at.isConnected) at.focus();
  };
  const outside = (e) => { if (!box.contains(e.target) && !at.contains(e.target)) close(false); };
  opened = { at, close };
  box.addEventListener('click', (e) => { if (e.target.closest('button')) close(); }, true);
  box.addEventListener('focusout', (e) => { if (opened?.at === at && e.relatedTarget && !box.contains(e.relatedTarget)) close(false); });
  box.addEventListener('keydown', (e) => moves(e, box, close));
  addEventListener('pointerdown', outside, true);
  addEventListener('resize', close);
  box.popover = 'manual';
  box.showPopover();
  stand(box, at);
  box.querySelector('button')?.focus();
}

function entry({ act, label, symbol, run, danger, pressed }) {
  const b = make('button', { type: 'button', role: pressed === undefined ? 'menuitem' : 'menuitemcheckbox', 'aria-checked': pressed === undefined ? null : String(pressed), tabindex: -1, 'data-act': act, class: danger ? 'danger' : '' },
    icon(symbol), make('span', {}, label));
  b.addEventListener('click', () => queueMicrotask(run)); // after the menu is gone and the focus back
  return b;
}

function moves(e, box, close) {
  const all = [...box.querySelectorAll('button')];
  const here = all.indexOf(document.activeElement);
  const to = { ArrowDown: (here + 1) % all.length, ArrowUp: (here - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[e.key];
  e.stopPropagation(); // keys of the page do not reach through
  if (e.key === 'Escape' || e.key === 'Tab') close();
  else if (to !== undefined) all[to].focus();
  else {
    const begins = all.find((b) => e.key.length === 1 && b.textContent.trim().toLocaleLowerCase().startsWith(e.key.toLocaleLowerCase()));
    if (!begins || e.key === ' ') return;
    begins.focus();
  }
  if (e.key !== 'Tab') e.preventDefault();
}

// Below its button or above it, within the window.
function stand(box, at) {
  const b = at.getBoundingClientRect();
  const { offsetWidth: w, offsetHeight: h } = box;
  const below = b.bottom + 6 + h <= innerHeight;
  box.style.top = `${Math.max(8, below ? b.bottom + 6 : b.top - 6 - h)}px`;
  const start = document.documentElement.dir === 'rtl' ? b.left : b.right - w;
  box.style.left = `${Math.min(innerWidth - w - 8, Math.max(8, start))}px`;
}

// A form's line: words and what is filled in.
export const field = (words, control) => make('label', { class: 'field' }, make('span', {}, words), control);
