// What chairs do more rarely: with the session, with the time, and with one person.
import { make } from './draw.js';
import { field, menu, open, sure } from './dialog.js';
import { hasFloorByRole } from './state.js';
import { text } from './text.js';

const PRESETS = [1, 3, 5, 10, 15, 20, 30, 45]; // minutes
const DAY_MINUTES = 1440;

export function more(hall, at) {
  const s = hall.session();
  const item = (act, symbol, run, rest = {}) => ({ act, symbol, run, ...rest, label: text(rest.label ?? act) });
  const lock = (what) => item(`lock-${what}`, 'lock', () => hall.act(s.locks.has(what) ? 'unlock' : 'lock', { what }), { label: `lock.${what}`, pressed: s.locks.has(what) });
  const items = [item('mute-all', 'mic-off', () => hall.act('mute-all')), item('timer', 'clock', () => timer(hall)), null, lock('doors'), lock('hands'), lock('chat'),
    item('moderate', 'question', () => hall.act('moderate', { moderated: !s.moderated }), { label: 'moderate', pressed: s.moderated }), null];
  items.push(item('record', 'record', () => hall.act(s.recorded ? 'record-stop' : 'record'), { label: 'record', pressed: s.recorded }));
  if (hall.replay) items.push(item('replay', 'on', () => window.open(hall.replay, '_blank', 'noopener')));
  if (s.rooms.length) items.push(item('codes', 'hall', () => codes(hall)));
  if (s.state === 'planned' || s.state === 'backstage') items.push(item('schedule', 'clock', () => schedule(hall)));
  if (hall.myself()?.role === 'chair') items.push(item('step-down', 'give-back', async () => { if (await sure(text('step-down.sure'), text('step-down'))) hall.act('step-down'); }));
  items.push(item('end', 'end', async () => { if (await sure(text('end.sure'), text('end'))) hall.act('end'); }, { danger: true }));
  menu(at, items);
}

export function person(hall, at, id) {
  const p = hall.person(id);
  if (!p) return;
  const who = { who: id };
  const item = (act, symbol, run = () => hall.act(act, who), rest = {}) => ({ act, label: text(`menu.${act}`), symbol, run, ...rest });
  const items = [p.floor ? item('release', 'give-back') : item('grant', 'mic')];
  if (p.floor) items.push(p.muted ? item('ask-unmute', 'ask') : item('mute', 'mic-off'));
  if (p.hand) items.push(item('hand-down', 'hand'));
  if (p.role === 'room') items.push(item(p.pinned ? 'unpin' : 'pin', p.pinned ? 'unpin' : 'pin'), item(p.both ? 'close-both' : 'open-both', p.both ? 'mic-one' : 'mic-both'));
  else {
    items.push(item('timer', 'clock', () => timer(hall, id)), null);
    if (p.role !== 'chair') {
      items.push(item('chair', 'plus', async () => { if (await sure(text('menu.chair.sure', { name: p.name }), text('menu.chair'))) hall.act('chair', who); }));
      if (hall.myself()?.role === 'chair') items.push(item('pass', 'pass', async () => { if (await sure(text('menu.pass.sure', { name: p.name }), text('menu.pass')) && await hall.act('chair', who)) hall.act('step-down'); }));
      items.push(item(p.deputy ? 'no-deputy' : 'deputy', 'star'));
    }
  }
  items.push(null, item('remove', 'remove', async () => { if (await sure(text('remove.sure', { name: p.name }), text('menu.remove'))) hall.act('remove', who); }, { danger: true }));
  menu(at, items);
}

// The speaker's time: for whom, how long; or changed and stopped while it runs.
export function timer(hall, forWhom = 0) {
  const s = hall.session();
  const speaks = [...s.participants.values()].filter((p) => p.role !== 'room' && (hasFloorByRole(p.role) || p.floor || p.id === forWhom));
  if (forWhom && !s.participants.has(forWhom)) speaks.push(hall.person(forWhom));
  const whom = make('select', { id: 'timer-whom' }, new Option(text('timer.nobody'), 0), ...speaks.map((p) => new Option(p.name, p.id, false, p.id === (forWhom || s.timer?.who || s.page?.by))));
  const minutes = make('input', { id: 'timer-minutes', type: 'number', min: 1, max: DAY_MINUTES, value: s.timer ? Math.ceil(s.timer.seconds / 60) : 10, inputmode: 'numeric' });
  const presets = make('p', { class: 'presets', role: 'group', 'aria-label': text('timer.minutes') }, ...PRESETS.map((n) => {
    const b = make('button', { type: 'button' }, text('minutes', { count: n }));
    b.addEventListener('click', () => { minutes.value = n; });
    return b;
  }));
  const begin = make('button', { class: 'primary', id: 'timer-start' }, text('timer.start'));
  const form = make('form', { class: 'compose' }, field(text('timer.whom'), whom), field(text('timer.minutes'), minutes), presets);
  const acts = make('p', { class: 'acts-row' });
  const press = (words, id, run) => { const b = make('button', { type: 'button', id }, words); b.addEventListener('click', async () => { if (await run()) dialog.close(); }); acts.append(b); };
  if (s.timer) {
    press(text('timer.stop'), 'timer-stop', () => hall.act('timer-stop'));
    press(text('timer.longer'), 'timer-longer', () => hall.act('timer-change', { seconds: s.timer.seconds + 60 }));
  }
  acts.append(begin);
  form.append(acts);
  const dialog = open(text('timer'), [form]);
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const members = { seconds: Math.round(minutes.valueAsNumber * 60) };
    if (Number(whom.value)) members.who = Number(whom.value);
    if (members.seconds >= 1 && await hall.act('timer', members)) dialog.close();
  });
}

// When it begins, said to those who wait.
function schedule(hall) {
  const { starts } = hall.session();
  const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  const when = make('input', { type: 'datetime-local', id: 'schedule-when', value: local(starts || Math.ceil(Date.now() / 900000) * 900000), required: true });
  const form = make('form', { class: 'compose' }, field(text('schedule.when'), when), make('p', { class: 'acts-row' }, make('button', { class: 'primary', id: 'schedule-set' }, text('schedule.set'))));
  const dialog = open(text('schedule'), [form]);
  form.addEventListener('submit', async (e) => { e.preventDefault(); if (await hall.act('schedule', { starts: new Date(when.value).getTime() })) dialog.close(); });
}

// The codes of the halls, to be read out where there is no screen.
async function codes(hall) {
  const rows = hall.session().rooms.map((room) => {
    const code = make('b', { class: 'code-large' }, hall.asides().codes.get(room) ?? '…');
    const fresh = make('button', { type: 'button' }, text('code.new'));
    const ask = async () => { if (await hall.act('code', { room })) setTimeout(() => { code.textContent = hall.asides().codes.get(room) ?? '…'; }, 300); };
    fresh.addEventListener('click', ask);
    if (!hall.asides().codes.has(room)) ask();
    return make('div', {}, make('dt', {}, make('bdi', {}, room)), make('dd', {}, code, ' ', fresh));
  });
  open(text('codes'), [make('p', { class: 'quiet' }, text('codes.what')), make('dl', { class: 'figures' }, ...rows)]);
}
