// The door: who, what and where before the join, a microphone check for those who will speak, one button.
import { peek } from '/socket.js';
import { text, hasText } from '/text.js';
import { $ } from '/view.js';

const AGAIN_MS = 2000;
const LEVEL_MS = 60;
const SILENT_DB = -60; // an open microphone in a quiet room lies above
const SPOKEN_DB = -40;
const speakers = ['chair', 'lecturer', 'room', 'interpreter'];

let meter = 0;

// Shows the door; `join(link)` is called by the button.
export async function openDoor(token, sound, join) {
  $('door-title').textContent = text('door.title');
  if (!token) { $('door-text').textContent = text('door.no-link'); return; }
  const link = await ask(token);
  if (link.kind === 'bye' || link.state === 'ended') { farewell('', link.kind === 'bye' ? whyOf(link) : text('bye.ended')); return; }
  describe(link);
  const button = $('door-join');
  button.hidden = false;
  button.onclick = () => { button.disabled = true; stopCheck(); join(link); };
  button.focus();
  sound.expect(link.role, speakers.includes(link.role));
  if (speakers.includes(link.role)) check(sound);
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

function describe(link) {
  const here = link.place !== 'remote';
  $('door-title').textContent = link.title;
  $('door-who').hidden = false;
  $('door-who').textContent = text(here && link.role !== 'room' ? 'door.who-in' : 'door.who', { name: link.name, role: text(`role.${link.role}`), place: link.place });
  const words = [];
  if (link.state !== 'open') words.push(text(`state.${link.state}`));
  words.push(text(link.role === 'room' ? 'door.room' : here ? 'door.companion' : speakers.includes(link.role) ? 'door.speaker' : 'door.text'));
  $('door-text').textContent = words.join(' ');
  $('door-recorded').hidden = !link.recorded;
}

// The end, or a link that opens nothing: words, and no button.
export function farewell(title, words) {
  stopCheck();
  $('hall').hidden = true;
  $('door').hidden = false;
  for (const id of ['door-check', 'door-join', 'door-who', 'door-recorded']) $(id).hidden = true;
  $('door-title').textContent = title || text('door.closed');
  $('door-text').textContent = words;
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
    await listDevices(stream);
    watchLevel(stream);
  } catch {
    $('door-said').textContent = text('check.none');
  }
}

async function listDevices(stream) {
  const inputs = (await navigator.mediaDevices.enumerateDevices()).filter((d) => d.kind === 'audioinput');
  const current = stream.getAudioTracks()[0].getSettings().deviceId;
  $('door-devices').hidden = inputs.length < 2;
  $('door-device').replaceChildren(...inputs.map((d) => new Option(d.label, d.deviceId, false, d.deviceId === current)));
}

function watchLevel(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  let spoken = false;
  context.createMediaStreamSource(stream).connect(analyser);
  addEventListener('pointerdown', () => { if (context.state === 'suspended') context.resume(); }, { once: true });
  meter = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const db = 10 * Math.log10(samples.reduce((sum, x) => sum + x * x, 1e-12) / samples.length);
    spoken ||= db > SPOKEN_DB;
    $('door-meter').value = Math.max(0, Math.min(100, (db - SILENT_DB) * (100 / -SILENT_DB)));
    $('door-said').textContent = text(spoken ? 'check.heard' : 'check.say');
  }, LEVEL_MS);
  stopCheck = () => { clearInterval(meter); context.close(); stopCheck = nothing; };
}

const nothing = () => {};
let stopCheck = nothing;
