// What chairs do more rarely: with the session, and with one person.
import { menu, sure } from '/dialog.js';
import { text } from '/text.js';

let hall = null;
export const lend = (lent) => { hall = lent; };

const locked = (s, what) => (typeof s.locked === 'object' ? Boolean(s.locked[what]) : what === 'doors' && s.locked);

export function more(at) {
  const s = hall.session();
  const item = (act, symbol, run, rest = {}) => ({ act, symbol, run, ...rest, label: text(rest.label ?? act) });
  const flip = (what) => ({ label: `lock.${what}`, pressed: locked(s, what) });
  menu(at, [
    item('mute-all', 'mic-off', () => hall.act('mute-all')),
    item('lock', 'lock', () => hall.act(locked(s, 'doors') ? 'unlock' : 'lock'), flip('doors')),
    null,
    item('end', 'end', async () => { if (await sure(text('end.sure'), text('end'))) hall.act('end'); }, { danger: true, label: 'end' }),
  ]);
}

export function person(at, id) {
  const p = hall.session().participants.get(id);
  if (!p) return;
  const who = { who: id };
  const item = (act, symbol, run = () => hall.act(act, who), rest = {}) => ({ act, label: text(`menu.${act}`), symbol, run, ...rest });
  const items = [];
  if (p.floor) items.push(item('release', 'give-back'));
  else items.push(item('grant', 'mic'));
  if (p.floor) items.push(p.muted ? item('ask-unmute', 'ask') : item('mute', 'mic-off'));
  if (p.hand) items.push(item('hand-down', 'hand'));
  if (p.role === 'room') items.push(item(p.pinned ? 'unpin' : 'pin', p.pinned ? 'unpin' : 'pin'), item(p.both ? 'close-both' : 'open-both', p.both ? 'mic-one' : 'mic-both'));
  items.push(null, item('remove', 'remove', async () => { if (await sure(text('remove.sure', { name: p.name }), text('menu.remove'))) hall.act('remove', who); }, { danger: true }));
  menu(at, items);
}
