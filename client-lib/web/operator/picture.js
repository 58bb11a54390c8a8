// What two looks at the relay say together, and the order of what is shown: numbers alone, nothing is drawn here.
export const ROWS_MAX = 200; // drawn of a list

const FLOW = [['packets_in', 'packets_in_per_s', 1], ['packets_out', 'packets_out_per_s', 1], ['bytes_in', 'bits_in_per_s', 8], ['bytes_out', 'bits_out_per_s', 8]];
const RELAY = [['events', 'events_per_s', 1], ['control_cpu_us', 'control_cpu_percent', 1e-4]];
const WORKER = [['cpu_us', 'cpu_percent', 1e-4], ['datagrams_in', 'datagrams_in_per_s', 1], ['datagrams_out', 'datagrams_out_per_s', 1]];

// What was not there before, or began anew, gets no rate.
function rate(before, now, target, rates, seconds) {
  for (const [of, name, scale] of rates) {
    const step = now?.[of] - before?.[of];
    if (step >= 0) target[name] = step * scale / seconds;
  }
}

// A session's counters are read at a moment of their own; where they were not read again since, what was said of them still holds.
const span = (before, now, seconds) => (before?.counted_us && now?.counted_us ? (now.counted_us - before.counted_us) / 1e6 : seconds);

function rateRows(before = [], now = [], key, rates, seconds) {
  const old = new Map(before.map((row) => [row[key], row]));
  for (const row of now) {
    const was = old.get(row[key]), between = span(was, row, seconds);
    if (between > 0) rate(was?.counters ?? was, row.counters ?? row, row, rates, between);
    else for (const [, name] of rates) if (was?.[name] !== undefined) row[name] = was[name];
  }
}

// Adds to `now` what happens each second: as relay/ctl/rates.h does for aulactl.
export function addRates(before, now) {
  const seconds = (now.relay.at_us - before?.relay.at_us) / 1e6;
  if (!(seconds > 0)) return now; // one look, or another relay since
  rate(before.relay, now.relay, now.relay, RELAY, seconds);
  rateRows(before.relay.workers, now.relay.workers, 'worker', WORKER, seconds);
  rateRows(before.sessions, now.sessions, 'id', FLOW, seconds);
  const of = (picture) => picture.sessions?.find((s) => s.id === now.session);
  if (before.session === now.session) rateRows(before.people, now.people, 'id', FLOW, span(of(before), of(now), seconds));
  return now;
}

const sum = (rows, of) => { const all = rows.map(of).filter((n) => n !== undefined); return all.length ? all.reduce((a, b) => a + b, 0) : null; };
export const flow = (row) => (row.packets_in_per_s === undefined ? null : row.packets_in_per_s + row.packets_out_per_s);

// The points of the charts; null: not known.
export const relayPoint = ({ relay }) => ({
  people: relay.peers,
  packets: sum(relay.workers, (w) => (w.datagrams_in_per_s === undefined ? undefined : w.datagrams_in_per_s + w.datagrams_out_per_s)),
  cpu: relay.control_cpu_percent === undefined ? null : relay.control_cpu_percent + (sum(relay.workers, (w) => w.cpu_percent) ?? 0),
});
export const worstLoss = (people) => people.reduce((worst, p) => Math.max(worst, p.lost_in_percent ?? 0, p.lost_out_percent ?? 0), 0);
export const sessionPoint = (session, people) => ({ present: session.present, packets: flow(session), loss: worstLoss(people) });

// The last points of a chart.
export class History {
  constructor(most) { this.most = most; this.points = []; }
  add(point) { this.points.push(point); if (this.points.length > this.most) this.points.shift(); }
  of(name) { return this.points.map((p) => p?.[name] ?? null); }
}

export function alarmsBySession(alarms) {
  const count = new Map();
  for (const a of alarms) if (a.session) count.set(a.session, (count.get(a.session) ?? 0) + 1);
  return count;
}

const byText = (a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1);
export const SORTS = {
  alarms: (count) => (a, b) => (count.get(b.id) ?? 0) - (count.get(a.id) ?? 0) || b.present - a.present || byText(a, b),
  people: () => (a, b) => b.present - a.present || byText(a, b),
  packets: () => (a, b) => (flow(b) ?? 0) - (flow(a) ?? 0) || byText(a, b),
  title: () => byText,
};

// The sessions that have every word, in that order.
export function choose(sessions, words, sort, count) {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const fits = (s) => { const all = `${s.title} ${s.id} ${s.state}`.toLocaleLowerCase(); return wanted.every((w) => all.includes(w)); };
  return sessions.filter(fits).sort((SORTS[sort] ?? SORTS.alarms)(count));
}

// Those with trouble first, then who is here.
export function orderPeople(people, alarms, session) {
  const bad = new Set(alarms.filter((a) => a.session === session).map((a) => a.participant));
  return [...people].sort((a, b) => bad.has(b.id) - bad.has(a.id) || b.present - a.present || b.floor - a.floor || a.name.localeCompare(b.name) || a.id - b.id);
}

// R of the E-model in the words of ITU-T G.109: from 80 on users are satisfied, under 60 nearly all are not.
export function lineState(p) {
  if (p.quality_in === undefined) return 'none';
  const r = Math.min(p.quality_in, p.quality_out);
  return r >= 80 ? 'good' : r >= 60 ? 'weak' : 'bad';
}
