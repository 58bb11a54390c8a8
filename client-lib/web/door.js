// The door: who, what and where before the join, a microphone check for those who will speak, one button.
import { peek } from './socket.js';
import { hasText, language, languageNames, speak, text } from './text.js';
import { $, change } from './draw.js';
import { left, when } from './view.js';

const AGAIN_MS = 2000;
const TICK_MS = 1000;
const LEVEL_MS = 60;
const SILENT_DB = -60; // an open microphone in a quiet room lies above
const SPOKEN_DB = -40;
const LOUD_DB = -6;    // of the highest sample: more is clipped at the next laugh
const roles = ['chair', 'lecturer', 'room', 'interpreter'];

// True for those who are heard without being asked to speak.
export const speaks = (role) => roles.includes(role);

let opened = null; // the link that is open, or null

// Shows the door; `join(link)` is called by the button.
export async function openDoor(token, sound, join) {
  offerLanguages();
  $('door-title').textContent = text('door.title');
  $('door-again').onclick = () => location.reload();
  if (!token) { $('door-text').textContent = text('door.no-link'); return; }
  const link = await ask(token);
  if (link.kind === 'bye' || link.state === 'ended') { farewell('', link.kind === 'bye' ? whyOf(link) : text('bye.ended')); return; }
  opened = link;
  describe();
  setInterval(() => { if (opened) sayWhen(); }, TICK_MS);
  const button = $('door-join');
  button.hidden = false;
  button.onclick = () => { button.disabled = true; button.textContent = text('door.joining'); opened = null; stopCheck(); join(link); };
  button.focus();
  sound.expect(link.role);
  if (speaks(link.role)) check(sound);
}

function offerLanguages() {
  $('door-language').replaceChildren(...Object.entries(languageNames).map(([code, name]) => new Option(name, code, false, code === language)));
  for (const option of $('door-language').options) option.lang = option.value;
  $('door-language').onchange = async (e) => { await speak(e.target.value).catch(() => {}); if (opened) describe(); };
}

async function ask(token) {
  for (;;) {
    try {
      const answer = await peek(token);
      $('door-error').textContent = '';
      return answer;
    } catch {
      $('door-error').textContent = text('door.unreachable');
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

export const whyOf = (bye) => (hasText(`bye.${bye.why}`) ? text(`bye.${bye.why}`) : bye.text ?? text('bye.other'));

function describe() {
  const link = opened;
  const here = link.place !== 'remote';
  $('door-title').textContent = link.title;
  $('door-who').hidden = false;
  $('door-who').textContent = text(here && link.role !== 'room' ? 'door.who-in' : 'door.who', { name: link.name, role: text(`role.${link.role}`), place: link.place });
  $('door-text').textContent = text(link.role === 'room' ? 'door.room' : here ? 'door.companion' : speaks(link.role) ? 'door.speaker' : 'door.text');
  $('door-recorded').hidden = !link.recorded;
  sayWhen();
}

// Before it is open: when it begins, and how long that is.
function sayWhen() {
  const { state, starts } = opened;
  $('door-when').hidden = state === 'open';
  if (state === 'open') return;
  const begins = starts ? ` ${text('begins', { time: when(starts, Date.now()), left: left(starts, Date.now()) })}` : '';
  change($('door-when'), text(`state.${state}`) + begins);
}

// The end, or a link that opens nothing: words, and a button only where coming back is possible.
export function farewell(title, words, again = false) {
  opened = null;
  stopCheck();
  document.querySelector('dialog')?.close();
  document.body.classList.remove('large-slide', 'stage-only');
  $('hall').hidden = true;
  $('door').hidden = false;
  for (const id of ['door-check', 'door-join', 'door-who', 'door-when', 'door-recorded']) $(id).hidden = true;
  $('door-title').textContent = title || text('door.closed');
  $('door-text').textContent = words;
  $('door-again').hidden = !again;
  if (again) $('door-again').focus();
}

async function check(sound) {
  $('door-check').hidden = false;
  $('door-said').textContent = text('check.asking');
  $('door-plain').checked = sound.plain;
  $('door-device').onchange = (e) => hear(sound, { device: e.target.value });
  $('door-plain').onchange = (e) => hear(sound, { plain: e.target.checked });
  await hear(sound, null);
}

async function hear(sound, choice) {
  stopCheck();
  try {
    const stream = choice ? await sound.choose(choice) : await sound.microphone();
    if ($('door').hidden) return;
    await listDevices(stream, $('door-device'), $('door-devices'));
    stopCheck = watchLevel(stream, $('door-meter'), (words) => change($('door-said'), text(words)));
  } catch {
    $('door-said').textContent = text('check.none');
  }
}

// The microphones there are, in a list that is hidden where there is no choice.
export async function listDevices(stream, list, box) {
  const inputs = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'audioinput');
  const current = stream.getAudioTracks()[0].getSettings().deviceId;
  box.hidden = inputs.length < 2;
  list.replaceChildren(...inputs.map((d) => new Option(d.label, d.deviceId, false, d.deviceId === current)));
}

// Moves a meter; `say` is told what it means. Returns what stops it.
export function watchLevel(stream, meter, say) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  let spoken = false;
  let loud = 0;
  context.createMediaStreamSource(stream).connect(analyser);
  const wake = () => { if (context.state === 'suspended') context.resume(); };
  addEventListener('pointerdown', wake, { once: true });
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const db = 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 1e-12) / samples.length);
    const peak = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
    spoken ||= db > SPOKEN_DB;
    loud = 20 * Math.log10(peak) > LOUD_DB ? Math.min(40, loud + 10) : Math.max(0, loud - 1);
    const shown = Math.round(Math.max(0, Math.min(100, (db - SILENT_DB) * (100 / -SILENT_DB))));
    meter.setAttribute('aria-valuenow', shown);
    meter.firstElementChild.style.inlineSize = `${shown}%`;
    meter.dataset.state = loud > 20 ? 'loud' : db > SPOKEN_DB ? 'good' : 'quiet';
    say(loud > 20 ? 'check.loud' : spoken ? 'check.heard' : 'check.say');
  }, LEVEL_MS);
  return () => { clearInterval(timer); removeEventListener('pointerdown', wake); context.close(); stopCheck = nothing; };
}

const nothing = () => {};
let stopCheck = nothing;
