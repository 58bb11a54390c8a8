// Debian's Chromium, driven by playwright-core; its microphone is a WAV file, one file a browser.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PATIENCE_MS, wav } from './relay.mjs';

const chromiumFile = '/usr/bin/chromium';

const playwright = await import('playwright-core').catch(() => null);
if (!playwright || !existsSync(chromiumFile)) {
  console.log('1..0 # SKIP chromium or playwright-core is not installed: tests/run installs both');
  process.exit(0);
}

const arguments_ = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-fake-device-for-media-stream', '--ignore-certificate-errors',
  '--allow-loopback-in-peer-connection', '--autoplay-policy=user-gesture-required'];

export class Browser {
  // `voice` is a WAV file, or nothing for Chromium's own beeps; `microphone` false: the user refuses it.
  static async launch({ voice, microphone = true, ...how } = {}) {
    const b = new Browser();
    b.folder = mkdtempSync(join(tmpdir(), 'aula-chromium-'));
    const more = [];
    if (voice) more.push(`--use-file-for-fake-audio-capture=${voice}`);
    if (microphone) more.push('--use-fake-ui-for-media-stream');
    b.context = await playwright.chromium.launchPersistentContext(b.folder, { executablePath: chromiumFile, headless: true,
      args: [...arguments_, ...more], ignoreHTTPSErrors: true, locale: 'en-GB', viewport: { width: 1366, height: 768 }, ...how });
    b.context.setDefaultTimeout(PATIENCE_MS);
    b.problems = [];
    return b;
  }

  // A page at the door. What goes wrong in it is kept in `problems`.
  async page(url) {
    const page = await this.context.newPage();
    page.on('pageerror', (e) => this.problems.push(`${e}`));
    page.on('console', (m) => { if (m.type() === 'error') this.problems.push(m.text()); });
    await page.addInitScript(watchConnections);
    await page.goto(url);
    return page;
  }

  async join(url) {
    const page = await this.page(url);
    await page.click('#door-join');
    await page.waitForSelector('#hall:not([hidden])');
    return page;
  }

  async close() {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// Runs in the page before its own scripts: keeps the peer connections and what the relay says, so that a test can look at them.
function watchConnections() {
  window.heard = [];
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...how) { super(...how); this.addEventListener('message', (m) => window.heard.push(JSON.parse(m.data))); }
  };
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...how) { super(...how); window.connections.push(this); }
  };
}

// What the page's ear hears in so many seconds, as a WAV file's bytes.
export async function record(page, seconds) {
  const base64 = await page.evaluate(async (samples) => {
    const track = document.getElementById('ear').srcObject.getAudioTracks()[0].clone();
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 500 }).readable.getReader();
    const sound = new Int16Array(samples);
    for (let at = 0; at < samples;) {
      const { value: data } = await reader.read();
      if (data.sampleRate !== 48000) throw new Error(`sound at ${data.sampleRate} Hz`);
      const block = new Float32Array(data.numberOfFrames);
      data.copyTo(block, { planeIndex: 0, format: 'f32-planar' });
      data.close();
      for (const x of block) if (at < samples) sound[at++] = Math.max(-1, Math.min(1, x)) * 32767;
    }
    track.stop();
    let text = '';
    for (const byte of new Uint8Array(sound.buffer)) text += String.fromCharCode(byte);
    return btoa(text);
  }, seconds * 48000);
  return wav(Buffer.from(base64, 'base64'));
}

// Waits until the words of an element are these; the marks that isolate directions are left out.
export const says = (page, selector, words) => page.waitForFunction(
  ([s, w]) => document.querySelector(s)?.textContent.replace(/[\u2068\u2069]/g, '').trim() === w, [selector, words]);

// The statistics of the page's newest connection, by their types.
export const stats = (page) => page.evaluate(async () => {
  const all = {};
  const pc = window.connections.at(-1);
  if (!pc) return all;
  for (const s of (await pc.getStats()).values()) all[s.type] = { ...all[s.type], ...s };
  return all;
});
