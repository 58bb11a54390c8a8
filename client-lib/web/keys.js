// Keys are as good as buttons. One table: what they press, and what the help says of them (help.js).
import { $ } from './draw.js';

// The arrows turn pages the same way in every language, as a presenter's clicker does. `who`: all, presents, leads.
export const shortcuts = [
  { key: 'h', presses: 'hand', words: 'hand.key', who: 'all' },
  { key: 'm', presses: 'mic', words: 'mic.key', who: 'all' },
  { key: 'b', presses: 'release', words: 'floor.give-back', who: 'all' },
  { key: 'ArrowRight', also: 'PageDown', presses: 'leaf-on', words: 'leaf.on', who: 'all' },
  { key: 'ArrowLeft', also: 'PageUp', presses: 'leaf-back', words: 'leaf.back', who: 'all' },
  { key: 'f', presses: 'leaf-follow', words: 'leaf.follow', who: 'all' },
  { key: 'o', presses: 'pages', words: 'pages', who: 'all' },
  { key: 't', presses: 'text-toggle', words: 'page-text', who: 'all' },
  { key: 's', presses: 'large', words: 'large', who: 'all' },
  { key: 'p', presses: 'tab-people', words: 'people', who: 'all' },
  { key: 'c', presses: 'tab-chat', then: 'chat-text', words: 'chat.write', who: 'all' },
  { key: 'u', presses: 'tab-questions', then: 'question-text', words: 'questions', who: 'all' },
  { key: 'v', presses: 'tab-polls', words: 'polls', who: 'all' },
  { key: '?', presses: 'help', words: 'help', who: 'all' },
  { key: 'd', presses: 'pen', words: 'pen', who: 'presents' },
  { key: 'g', presses: 'grant-next', words: 'grant.next.key', who: 'leads' },
  { key: 'b', presses: 'take-back', words: 'take-back.key', who: 'leads' },
  { key: 'n', presses: 'agenda-next', words: 'agenda.key', who: 'leads' },
  { key: 'q', enters: 'queue', words: 'queue.key', who: 'leads' },
  { key: 'a', presses: 'mute-all', words: 'mute-all', who: 'leads' },
  { key: '.', presses: 'more', words: 'more', who: 'leads' },
];

const KEPT = 'aula.keys';
let on = true;
try { on = localStorage.getItem(KEPT) !== 'off'; } catch { /* a browser that keeps nothing */ }

export const keysOn = () => on;
export function turnKeys(yes) {
  on = yes;
  try { localStorage.setItem(KEPT, yes ? 'on' : 'off'); } catch { /* for this page only */ }
}

const shown = (id) => $(id) && $(id).checkVisibility() && !$(id).disabled;

function press({ presses, then, enters }) {
  if (enters) { $(enters).querySelector('button[tabindex="0"], button')?.focus(); return; }
  $(presses).click();
  if (then) $(then)?.focus();
}

export function wireKeys() {
  addEventListener('keydown', (e) => {
    const typing = e.target.closest?.('input:not([type=checkbox]):not([type=file]), textarea, select, [contenteditable]');
    if (typing && e.key === 'Escape') { e.target.blur(); return; }
    if (typing || e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || $('hall').hidden || document.querySelector('dialog[open]')) return;
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (key.length === 1 && !on) return;
    if (e.key.startsWith('Page') && e.target.tabIndex >= 0 && e.target.scrollHeight > e.target.clientHeight) return; // it scrolls
    const found = shortcuts.find((s) => (s.key === key || s.also === key) && shown(s.presses ?? s.enters));
    if (!found) return;
    e.preventDefault();
    press(found);
  });
}
