// What the rows and facts of the operator's page are made of. What strangers typed is only ever text.
import { avatar, bdi, button, make } from '../draw.js';
import { number } from '../text.js';
import { actButton, verbsFor } from './acts.js';
import { flow, lineState } from './picture.js';
import { knows, say } from './words.js';

export const whole = (n) => (n === null || n === undefined ? '–' : number(Math.round(n)));
const badge = (kind, words) => make('span', { class: `pill ${kind}` }, words);

// An alarm in words; the relay's own sentence is English and says so. The session's name opens it.
export function alarmRow(a, title, openSession) {
  const kind = knows(`alarm.${a.kind}`) ? say(`alarm.${a.kind}`) : a.kind;
  const words = make('span', { class: 'alarm-words' }, make('b', {}, kind), ' ', make('span', { lang: 'en', dir: 'auto' }, a.text));
  const row = make('li', { class: `alarm ${a.severity}` }, badge(a.severity, say(`alarm.${a.severity}`)), words);
  if (title !== undefined) {
    const to = button(title, null, () => openSession(a.session), { act: 'open', kind: 'alarm-session' });
    to.firstChild.dir = 'auto';
    row.append(to);
  }
  return row;
}

export function sessionRow(s, alarms, current, openSession) {
  const title = make('span', { class: 'row-title', dir: 'auto' }, s.title);
  const tags = make('span', { class: 'tags' }, badge(`state-${s.state}`, knows(`state.${s.state}`) ? say(`state.${s.state}`) : s.state));
  if (alarms) tags.append(badge('bad', say('session.alarms', { n: alarms })));
  if (s.recording) tags.append(badge('rec', say('is-recording')));
  const figures = [say('session.people', { n: s.present }), say('session.packets', { n: whole(flow(s)) })];
  if (s.speaking.length) figures.push(say('speaking', { names: s.speaking.join(', ') }));
  const b = make('button', { type: 'button', class: 'row', 'data-act': 'open', 'aria-pressed': String(current) }, title, tags, make('small', {}, figures.join(' · ')));
  b.addEventListener('click', () => openSession(s.id));
  return make('li', {}, b);
}

function lineWords(p) {
  const says = [say('line.says', { in: p.quality_in, out: p.quality_out, lostIn: p.lost_in_percent, lostOut: p.lost_out_percent, jitter: Math.max(p.jitter_in_ms, p.jitter_out_ms) })];
  if (p.round_trip_ms !== undefined) says.push(say('line.trip', { ms: p.round_trip_ms }));
  if (p.level_dbov !== undefined) says.push(say('line.level', { n: `\u2212${whole(p.level_dbov)}` }));
  return says.join(' · ');
}

// `act` is null where the token may not.
export function personRow(p, alarmed, act) {
  const role = knows(`role.${p.role}`) ? say(`role.${p.role}`) : p.role;
  const where = p.place && p.place !== 'remote' ? say('person.role-in', { role, place: p.place }) : role;
  const tags = make('span', { class: 'tags' });
  for (const [is, kind, key] of [[!p.present, 'away', 'away'], [p.audible, 'live', 'speaks'], [p.floor, 'live', 'floor'], [p.muted, 'warn', 'muted'], [p.hand, 'rec', 'hand']]) if (is) tags.append(badge(kind, say(`person.${key}`)));
  const state = lineState(p);
  if (p.present) tags.append(badge(`line-${state}`, say(`line.${state}`)));
  const words = make('div', { class: 'person-words' }, make('span', { class: 'row-title' }, bdi(p.name), ' ', make('small', {}, where)), tags);
  if (p.present && state !== 'none') words.append(make('small', {}, lineWords(p)));
  const row = make('li', { class: `person${alarmed ? ' alarmed' : ''}` }, avatar(p), words);
  if (act) row.append(make('span', { class: 'acts-of' }, ...verbsFor(p).map((verb) => actButton(verb, say(verb), p.name, () => act(verb, p)))));
  return row;
}

// Pairs of a name and a value; what has no value is left out.
export function drawFacts(list, facts) {
  const there = facts.filter(([, value]) => value !== undefined && value !== null);
  const sign = JSON.stringify(there);
  if (list.dataset.sign === sign) return;
  list.dataset.sign = sign;
  list.replaceChildren(...there.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', { dir: 'auto' }, value))));
}

export function upFor(seconds) {
  const [d, h, m] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  return d ? say('relay.up-days', { d, h }) : say('relay.up-hours', { h, m });
}
