// Debian's Firefox, driven by puppeteer-core (WebDriver BiDi), and its sound: a PulseAudio of its own whose microphone plays a file and whose
// loudspeaker is recorded.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE_MS, until } from './relay.mjs';

const firefoxFile = '/usr/bin/firefox-esr';
const puppeteer = await import('puppeteer-core').catch(() => null);
export const hasFirefox = Boolean(puppeteer) && existsSync(firefoxFile) && existsSync('/usr/bin/pulseaudio');

const preferences = {
  'media.navigator.permission.disabled': true, // no question whether the page may have the microphone
  'media.peerconnection.ice.obfuscate_host_addresses': false, // there is no mDNS
  'media.autoplay.default': 0,
  'media.getusermedia.audio.capture.enabled': false,
  'app.update.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

// A microphone and a loudspeaker that are files.
export class SoundCard {
  static async open() {
    const card = new SoundCard();
    card.folder = mkdtempSync(join(tmpdir(), 'aula-pulse-'));
    mkdirSync(join(card.folder, 'home'));
    const socket = join(card.folder, 'socket');
    card.env = { ...process.env, HOME: join(card.folder, 'home'), XDG_RUNTIME_DIR: card.folder, PULSE_RUNTIME_PATH: card.folder, PULSE_SERVER: `unix:${socket}` };
    const modules = [`module-native-protocol-unix socket=${socket} auth-anonymous=1`, 'module-null-sink sink_name=mouth rate=48000', 'module-null-sink sink_name=loudspeaker rate=48000',
      'module-remap-source master=mouth.monitor source_name=microphone'];
    card.daemon = spawn('pulseaudio', ['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disallow-exit', ...modules.flatMap((m) => ['-L', m])], { env: card.env, stdio: 'ignore' });
    card.children = [card.daemon];
    await until('PulseAudio is there', () => existsSync(socket));
    for (const [what, name] of [['sink', 'loudspeaker'], ['source', 'microphone']])
      await until(`the ${what} is the default`, () => new Promise((done) => { card.#run('pactl', `set-default-${what}`, name).once('exit', (status) => done(status === 0)); }));
    return card;
  }

  #run(...words) {
    const child = spawn(words[0], words.slice(1), { env: this.env, stdio: 'ignore' });
    this.children.push(child);
    return child;
  }

  // A WAV file, over and over, is what the microphone hears from now on.
  speak(file) {
    this.#run('paplay', '--device=mouth', file).once('exit', (status) => { if (status === 0) this.speak(file); });
  }

  // What the loudspeaker plays, into a file, until the function that is returned is called.
  record(file) {
    const child = this.#run('parecord', '--device=loudspeaker.monitor', '--rate=48000', '--channels=1', '--format=s16le', '--file-format=wav', file);
    return () => new Promise((done) => { child.once('exit', done); child.kill('SIGINT'); });
  }

  close() {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Firefox {
  static async launch() {
    const f = new Firefox();
    f.card = await SoundCard.open();
    f.browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefoxFile, headless: true, acceptInsecureCerts: true, env: f.card.env,
      defaultViewport: { width: 1366, height: 768 }, extraPrefsFirefox: preferences });
    f.problems = [];
    return f;
  }

  async page(url) {
    const page = await this.browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (e) => this.problems.push(`${e}`));
    page.on('console', (m) => { if (m.type() === 'error') this.problems.push(m.text()); });
    await page.evaluateOnNewDocument(`(${keepConnections})()`);
    await page.goto(url);
    return page;
  }

  async close() {
    await this.browser.close();
    this.card.close();
  }
}

// Runs in the page before its own scripts.
function keepConnections() {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...how) { super(...how); window.connections.push(this); }
  };
}
