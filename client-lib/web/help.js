// What the keys do, and what the line's state means.
import { make } from './draw.js';
import { open } from './dialog.js';
import { keysOn, shortcuts, turnKeys } from './keys.js';
import { text } from './text.js';

const arrows = { ArrowRight: '→', ArrowLeft: '←' };

function keyName({ key, also }) {
  return [make('kbd', {}, arrows[key] ?? key.toUpperCase()), ...(also ? [' ', make('kbd', {}, also.replace('Page', 'Page '))] : [])];
}

export function keys(hall) {
  const groups = [['all', 'help.all', true], ['presents', 'help.presents', hall.presents()], ['leads', 'help.leads', hall.leads()]];
  const content = [];
  for (const [who, title, shown] of groups) {
    if (!shown) continue;
    const lines = shortcuts.filter((s) => s.who === who).map((s) => make('div', {}, make('dt', {}, ...keyName(s)), make('dd', {}, text(s.words))));
    content.push(make('section', {}, make('h3', {}, text(title)), make('dl', { class: 'keys' }, ...lines)));
  }
  const on = make('input', { type: 'checkbox' });
  on.checked = keysOn();
  on.addEventListener('change', () => turnKeys(on.checked));
  content.push(make('p', { class: 'quiet' }, text('help.lists')), make('label', { class: 'tick' }, on, make('span', {}, text('help.on'))));
  open(text('help'), content, { kind: 'help' });
}

export function line(hall) {
  const state = document.getElementById('line').dataset.line ?? 'connecting';
  const percent = Math.round(hall.line.loss * 100);
  const rows = [['line.loss', text('percent', { percent })], ['line.jitter', text('ms', { ms: Math.round(hall.line.jitter_ms) })]];
  const known = ['good', 'weak', 'bad'].includes(state) && !hall.companion();
  open(text(`line.${state}`), [make('p', {}, text(`line.${state}.means`)), state === 'good' ? '' : make('p', {}, text('line.mend')),
    known ? make('dl', { class: 'figures' }, ...rows.map(([name, value]) => make('div', {}, make('dt', {}, text(name)), make('dd', {}, value)))) : '']);
}
