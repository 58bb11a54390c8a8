// The operator's page: asks for a token once, looks at the relay every two seconds while it is seen, draws what it says.
import { $, change, clock, drawRows, rove, tell } from '../draw.js';
import { translatePage } from '../text.js';
import { Acts, actButton } from './acts.js';
import { hasToken, look, setToken } from './api.js';
import { Chart } from './charts.js';
import * as picture from './picture.js';
import { alarmRow, drawFacts, personRow, sessionRow, upFor, whole } from './rows.js';
import { offerLanguages, say, translate } from './words.js';

const LOOK_MS = 2000;
const KEEP = { most: 150, minutes: 5 }; // points of a chart

let now = null; // the newest picture
let session = null; // the id of the one that is looked into
let over = false; // it ended while it was looked into
let mayAct = false;
let timer = null, asking = false, again = false, answered = null;
let relayPast = new picture.History(KEEP.most), sessionPast = new picture.History(KEEP.most);

const acts = new Acts((words) => { tell(words); soon(); });
const relayCharts = ['people', 'packets', 'cpu'].map((key) => new Chart($('relay-charts'), key, KEEP));
const sessionCharts = ['present', 'packets', 'loss'].map((key) => new Chart($('session-charts'), key, KEEP));

// --- looking ---

function soon() {
  if (asking) again = true;
  else ask();
}

async function ask() {
  clearTimeout(timer);
  if (!hasToken() || document.hidden) return;
  asking = true;
  again = false;
  const of = session;
  const answer = await look(of);
  asking = false;
  if (!hasToken()) return;
  if (answer.status === 200) saw(answer, of);
  else if ([401, 403, 429].includes(answer.status)) return leave({ 401: 'entry.wrong', 403: 'entry.unread', 429: 'entry.many' }[answer.status]);
  else if (of && of === session && [404, 409].includes(answer.status)) sessionIsOver();
  else lost();
  timer = setTimeout(ask, again ? 0 : LOOK_MS);
}

function saw({ body, rights }, of) {
  if (of !== session) again = true; // another was chosen meanwhile
  const before = now;
  now = picture.addRates(before, body);
  mayAct = rights.includes('sessions') || rights.includes('admin');
  answered = Date.now();
  if (before && !(body.relay.at_us >= before.relay.at_us)) relayPast = new picture.History(KEEP.most); // another run of the relay
  relayPast.add(picture.relayPoint(now));
  const s = chosen();
  if (s && now.session === session) sessionPast.add(picture.sessionPoint(s, now.people));
  $('desk').classList.remove('old');
  change($('link'), say('link.live'));
  enter();
  draw();
}

// What was seen stays, and is called old; the charts have a gap.
function lost() {
  relayPast.add(null);
  sessionPast.add(null);
  enter();
  $('desk').classList.add('old');
  change($('link'), answered ? say('link.lost', { time: clock(answered) }) : say('link.never'));
}

function sessionIsOver() {
  session = null;
  over = true;
  again = true;
}

// --- the token ---

function enter() {
  if (!$('desk').hidden) return;
  $('entry').hidden = true;
  $('desk').hidden = false;
}

function leave(why = null) {
  clearTimeout(timer);
  setToken(null);
  [now, session, over, answered] = [null, null, false, null];
  relayPast = new picture.History(KEEP.most);
  document.querySelector('dialog')?.close();
  $('desk').hidden = true;
  $('entry').hidden = false;
  $('entry-why').textContent = why ? say(why) : '';
  $('entry-token').value = '';
  $('entry-token').focus();
}

// --- drawing ---

const chosen = () => now?.sessions.find((s) => s.id === session);
const titleOf = (id) => now.sessions.find((s) => s.id === id)?.title;

function openSession(id) {
  if (session !== id) sessionPast = new picture.History(KEEP.most);
  session = id;
  over = false;
  draw();
  $('session-name').focus({ preventScroll: matchMedia('(min-width: 56.01rem)').matches }); // beside the list, or far below it
  soon();
}

function draw() {
  if (!now) return;
  const count = picture.alarmsBySession(now.alarms);
  drawAlarms();
  drawRelay(now.relay);
  drawSessions(count);
  drawSession();
}

function drawAlarms() {
  const { alarms, alarms_all: all } = now;
  const seen = new Map(); // the key of a row: what it is about, not what it says now
  const rows = alarms.map((a) => { const of = `${a.kind} ${a.session ?? ''} ${a.participant ?? ''}`; seen.set(of, (seen.get(of) ?? 0) + 1); return { ...a, key: `${of} ${seen.get(of)}` }; });
  drawRows($('alarms'), rows, (a) => [a, a.session && titleOf(a.session)], (a) => alarmRow(a, a.session && titleOf(a.session), openSession));
  change($('alarms-count'), all ? whole(all) : '');
  $('alarms-none').hidden = all > 0;
  $('alarms-more').hidden = all <= alarms.length;
  change($('alarms-more'), say('alarms.more', { n: all - alarms.length }));
}

function drawRelay(r) {
  drawFacts($('relay'), [[say('relay.version'), r.version], [say('relay.up'), upFor(r.uptime_s)], [say('relay.sessions'), whole(r.sessions)], [say('relay.members'), whole(r.members)],
    [say('relay.events'), whole(r.events_per_s)], [say('relay.waiting'), whole(r.events_waiting)], [say('relay.recordings'), whole(r.recordings)],
    [say('relay.disk'), r.disk_free_bytes === undefined ? null : say('relay.gb', { n: Math.round(r.disk_free_bytes / 1e9) })],
    [say('relay.certificate'), r.certificate_days === undefined ? null : say('relay.days', { n: r.certificate_days })],
    [say('relay.webhook'), r.webhook && say('relay.told', { told: r.webhook.delivered, waiting: r.webhook.waiting, failed: r.webhook.failed })]]);
  for (const chart of relayCharts) chart.draw(relayPast.of(chart.key));
}

function drawSessions(count) {
  const found = picture.choose(now.sessions, $('search').value, $('sort').value, count);
  const rows = found.slice(0, picture.ROWS_MAX);
  drawRows($('sessions'), rows, (s) => [s.title, s.state, s.present, s.recording, s.speaking, whole(picture.flow(s)), count.get(s.id), s.id === session],
    (s) => sessionRow(s, count.get(s.id), s.id === session, openSession));
  change($('sessions-count'), whole(now.sessions.length));
  $('sessions-none').hidden = found.length > 0;
  change($('sessions-none'), say(now.sessions.length ? 'sessions.unfound' : 'sessions.none'));
  $('sessions-more').hidden = found.length <= rows.length;
  change($('sessions-more'), say('more-rows', { n: found.length - rows.length }));
}

function drawSession() {
  const s = chosen();
  change($('session-name'), s?.title ?? say('people'));
  $('session-none').hidden = Boolean(s);
  change($('session-none'), say(over ? 'session.over' : 'session.none'));
  $('session-body').hidden = !s;
  if (!s) return;
  drawFacts($('session-facts'), [[say('session.state'), say(`state.${s.state}`)], [say('session.id'), s.id], [say('session.worker'), s.worker === undefined ? null : whole(s.worker)],
    [say('session.out'), s.bits_out_per_s === undefined ? '–' : whole(s.bits_out_per_s / 1000)], [say('session.in'), s.bits_in_per_s === undefined ? '–' : whole(s.bits_in_per_s / 1000)], [say('session.late'), whole(s.counters.late_mixes)]]);
  drawSessionActs(s);
  for (const chart of sessionCharts) chart.draw(sessionPast.of(chart.key));
  const people = now.session === session ? picture.orderPeople(now.people, now.alarms, session) : [];
  const alarmed = new Set(now.alarms.filter((a) => a.session === session).map((a) => a.participant));
  const rows = people.slice(0, picture.ROWS_MAX);
  const act = mayAct ? (verb, p) => acts.person(s.id, verb, p) : null;
  drawRows($('persons'), rows, (p) => [s.id, p, mayAct, alarmed.has(p.id)], (p) => personRow(p, alarmed.has(p.id), act));
  $('persons').tabIndex = mayAct ? -1 : 0; // without buttons in it the list itself is what keys scroll
  $('people-none').hidden = now.session !== session || people.length > 0;
  $('people-more').hidden = people.length <= rows.length;
  change($('people-more'), say('more-people', { n: people.length - rows.length }));
}

function drawSessionActs(s) {
  const box = $('session-acts'), sign = JSON.stringify([s.id, s.title, mayAct, say('end')]);
  if (box.dataset.sign === sign) return;
  box.dataset.sign = sign;
  box.replaceChildren(...(mayAct ? [actButton('message', say('message.all'), null, () => acts.message(s.id)), actButton('end', say('end'), null, () => acts.end(s.id, s.title))] : []));
}

// --- from the start ---

function drawSorts() {
  const was = $('sort').value;
  $('sort').replaceChildren(...Object.keys(picture.SORTS).map((key) => new Option(say(`sort.${key}`), key)));
  $('sort').value = was || 'alarms';
}

translatePage();
translate();
drawSorts();
offerLanguages(() => { drawSorts(); draw(); });
for (const list of ['alarms', 'sessions', 'persons']) rove($(list));
$('search').addEventListener('input', draw);
$('sort').addEventListener('change', draw);
$('forget').addEventListener('click', () => leave());
$('entry-form').addEventListener('submit', (e) => {
  e.preventDefault();
  const words = $('entry-token').value.trim();
  if (!/^[\w.-]+$/.test(words)) { $('entry-why').textContent = say('entry.wrong'); return; }
  setToken(words);
  $('entry-why').textContent = say('link.ask');
  ask();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) soon(); });
addEventListener('online', soon);
if (hasToken()) ask();
else leave();
