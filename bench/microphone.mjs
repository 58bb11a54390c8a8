// What a browser's treatment of the microphone does to a voice: ESTOI and level at a native listener.
import { execFileSync } from 'node:child_process';
import { Relay, sleep, speech, until } from '../tests/live/browser/relay.mjs';
import { Browser } from '../tests/live/browser/browser.mjs';
import { Result, options } from './figures.mjs';

const { seconds } = options(`usage: bench/microphone [--seconds 10] [--json]
What the browser's treatment of a microphone costs: recorded speech goes into Chromium's microphone, through the page and the relay to a
native listener (passed bit for bit). ESTOI there against the clean recording, and the level. Each treatment of getUserMedia (echo
cancellation, noise suppression, automatic gain) meets a clean voice, one that is 20 dB too soft, one 12 dB too loud, and one among noise
(pink, 20 and 10 dB below it). Some four minutes.`, { seconds: 10 });

const treatments = [['as it is', false, false, false], ['echo', true, false, false], ['echo, noise', true, true, false], ['echo, gain', true, false, true], ['echo, noise, gain', true, true, true]];
const voices = [['clean', '1', null], ['20 dB softer', '0.1', null], ['12 dB louder', '3.98', null], ['noise at -20 dB', '1', 20], ['noise at -10 dB', '1', 10]];

// A copy of the voice, louder or softer, with noise that far below it.
const alter = `
import sys, wave, numpy as np
source, target, gain, below = sys.argv[1:]
with wave.open(source) as w: x = np.frombuffer(w.readframes(w.getnframes()), '<i2') / 32768
x = x * float(gain)
if below != 'null':
    white = np.fft.rfft(np.random.default_rng(1).standard_normal(len(x)))
    noise = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 100)), len(x))
    x = x + noise * np.sqrt(np.mean(x**2) / np.mean(noise**2)) * 10 ** (-float(below) / 20)
with wave.open(target, 'wb') as w:
    w.setparams((1, 2, 48000, 0, 'NONE', ''))
    w.writeframes((np.clip(x, -1, 1) * 32767).astype('<i2').tobytes())
`;

// Runs in the page: whatever it asks for, the microphone is treated so.
function treat([echoCancellation, noiseSuppression, autoGainControl]) {
  const real = MediaDevices.prototype.getUserMedia.bind(navigator.mediaDevices); // not what an earlier treatment has put there
  navigator.mediaDevices.getUserMedia = () => real({ audio: { echoCancellation, noiseSuppression, autoGainControl, channelCount: 1 } });
}

const result = new Result('A voice through Chromium\'s microphone, page and relay, at a native listener: ESTOI (level, dB)', ['treatment', ...voices.map(([name]) => name)]);
const cells = treatments.map(() => []);
const relay = new Relay();
await relay.start();
for (const [, gain, below] of voices) {
  const file = relay.file('voice.wav');
  execFileSync('/usr/bin/python3', ['-c', alter, speech('en'), file, gain, `${below}`]);
  const browser = await Browser.launch({ voice: file });
  for (const [i, [, ...how]] of treatments.entries()) {
    const session = relay.session('Microphone');
    const heard = relay.file('heard.wav');
    const listener = relay.native(relay.link(session, 'trainee', 'Nat'), '--record', heard);
    await browser.context.addInitScript(treat, how);
    const page = await browser.join(relay.link(session, 'lecturer', 'Ada'));
    await until('sound comes', () => relay.person(session, 'Ada')?.packets_in > 50);
    await sleep(1000 * (seconds + 5)); // automatic gain needs some seconds
    await listener.end();
    await page.close();
    const said = execFileSync('/usr/bin/python3', ['tests/speech/quality.py', 'score', speech('en'), relay.tail('heard.wav', seconds)], { encoding: 'utf8', cwd: new URL('..', import.meta.url).pathname });
    const [, estoi, level] = /ESTOI ([\d.]+), level (\S+) dB/.exec(said);
    cells[i].push(`${estoi} (${level})`);
  }
  await browser.close();
}
await relay.stop();
treatments.forEach(([name], i) => result.row(name, ...cells[i]));
result.print();
