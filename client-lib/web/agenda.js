// The running order: what is on now, over the slide, and for chairs the way to what comes next.
import { $, change } from './draw.js';
import { text } from './text.js';

// What an item is called: its title, else whose it is, else its place. `i` from 0.
export const titleOf = (item, i) => item.title ?? item.name ?? text('agenda.item', { number: i + 1 });
const whole = (item, i) => (item.title && item.name ? text('agenda.by', { title: item.title, name: item.name }) : titleOf(item, i));

export function drawAgenda(s, leads) {
  const on = s.item - 1;
  const next = s.agenda[s.item];
  $('agenda').hidden = s.agenda.length === 0 || s.state === 'ended';
  if ($('agenda').hidden) return;
  change($('agenda-now'), on >= 0 ? text('agenda.now', { title: whole(s.agenda[on], on) }) : text('agenda.first', { title: whole(s.agenda[0], 0) }));
  $('agenda-next').hidden = !leads || !next;
  if (next) change($('agenda-next-words'), text(on >= 0 ? 'agenda.next' : 'agenda.begin', { title: titleOf(next, s.item) }));
}
