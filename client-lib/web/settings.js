// The microphone, the loudspeaker and the language of this device.
import { make } from './draw.js';
import { field, open } from './dialog.js';
import { listDevices, watchLevel } from './door.js';
import { language, languageNames, speak, text } from './text.js';

let output = '';

export function show(hall) {
  const { sound } = hall;
  const content = [];
  let stop = () => {};
  const languages = make('select', {}, ...Object.entries(languageNames).map(([code, name]) => new Option(name, code, false, code === language)));
  languages.addEventListener('change', async () => { await speak(languages.value).catch(() => {}); dialog.close(); });
  content.push(microphone(sound, (s) => { stop(); stop = s; }));
  if (!hall.companion() && 'setSinkId' in HTMLMediaElement.prototype) content.push(loudspeaker());
  content.push(make('section', {}, field(text('language'), languages)));
  const dialog = open(text('settings'), content);
  dialog.addEventListener('close', () => {
    stop();
    const p = hall.myself();
    if (p && !p.floor && !p.hand) sound.letGo();
  });
}

// The check of the door, again. The microphone is asked for only when it is wanted.
function microphone(sound, stops) {
  const meter = make('div', { class: 'level', role: 'meter', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0, 'aria-label': text('check.level') }, make('i'));
  const said = make('p', { class: 'quiet', role: 'status' });
  const list = make('select');
  const box = field(text('check.device'), list);
  const plain = make('input', { type: 'checkbox' });
  plain.checked = sound.plain;
  box.hidden = true;
  const hear = async (choice) => {
    try {
      const stream = choice ? await sound.choose(choice) : await sound.microphone();
      await listDevices(stream, list, box);
      stops(watchLevel(stream, meter, (words) => { if (said.textContent !== text(words)) said.textContent = text(words); }));
    } catch {
      said.textContent = text('no-microphone');
    }
  };
  list.addEventListener('change', () => hear({ device: list.value }));
  plain.addEventListener('change', () => hear({ plain: plain.checked }));
  const begin = make('button', { type: 'button' }, text('check.begin'));
  begin.addEventListener('click', () => { begin.hidden = true; hear(null); });
  if (sound.hasMicrophone) { begin.hidden = true; hear(null); }
  return make('section', { class: 'door-check' }, make('h3', {}, text('check')), meter, said, begin, box, make('label', { class: 'tick' }, plain, make('span', {}, text('check.plain'))));
}

function loudspeaker() {
  const ear = document.getElementById('ear');
  const list = make('select');
  const said = make('p', { class: 'quiet', role: 'status' });
  const section = make('section', { class: 'door-check' }, make('h3', {}, text('speaker')), field(text('speaker.device'), list));
  const test = make('button', { type: 'button' }, text('speaker.test'));
  navigator.mediaDevices.enumerateDevices().then((all) => {
    const outputs = all.filter((d) => d.kind === 'audiooutput');
    list.replaceChildren(...outputs.map((d) => new Option(d.label || text('speaker.default'), d.deviceId, false, d.deviceId === output)));
    list.parentElement.hidden = outputs.length < 2;
  });
  list.addEventListener('change', () => { output = list.value; ear.setSinkId(output).catch(() => { said.textContent = text('speaker.failed'); }); });
  test.addEventListener('click', () => tone(output));
  section.append(test, said);
  return section;
}

// Two soft notes out of the loudspeaker that is chosen.
async function tone(device) {
  const context = new AudioContext();
  if (device && context.setSinkId) await context.setSinkId(device).catch(() => {});
  const gain = context.createGain();
  gain.connect(context.destination);
  [[523, 0], [659, 0.35]].forEach(([hertz, at]) => {
    const note = context.createOscillator();
    note.frequency.value = hertz;
    note.connect(gain);
    note.start(context.currentTime + at);
    note.stop(context.currentTime + at + 0.3);
  });
  gain.gain.value = 0.15;
  setTimeout(() => context.close(), 1500);
}
