// The whole running order in a window; a chair goes to any of its items there, which starts its speaker's time.
import { titleOf } from './agenda.js';
import { bdi, button, clock, make } from './draw.js';
import { open } from './dialog.js';
import { text } from './text.js';

const MINUTE = 60;

export function show(hall) {
  const s = hall.session();
  const leads = hall.leads();
  const go = async (item) => { if (await hall.act('item', { item })) dialog.close(); };
  const rows = s.agenda.map((item, i) => {
    const title = titleOf(item, i);
    const more = [item.title && item.name, text('minutes', { count: Math.round(item.seconds / MINUTE) })].filter(Boolean);
    const row = make('li', { 'aria-current': i + 1 === s.item ? 'step' : null },
      make('time', {}, item.starts ? clock(item.starts) : ''),
      make('div', {}, make('b', {}, bdi(title)), make('small', {}, ...more.flatMap((words, k) => [k ? ' · ' : '', bdi(words)]))));
    if (leads) row.append(button(text(i + 1 === s.item ? 'agenda.again' : 'agenda.go', { title }), 'next', () => go(i + 1), { bare: true, act: 'item' }));
    return row;
  });
  const content = [make('ol', { class: 'agenda-list' }, ...rows)];
  if (leads && s.item) content.push(make('p', { class: 'acts-row' }, button(text('agenda.none'), 'end', () => go(0), { act: 'item-none' })));
  const dialog = open(text('agenda'), content);
}
