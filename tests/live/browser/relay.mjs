// A relay of its own for a test, its operator and native clients: child processes that end with the test.
import { spawn, execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { getPriority, setPriority, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const LOWEST_PORT = 10000, PORTS = 5000;
const build = resolve(process.env.AULA_BUILD ?? new URL('../../../build', import.meta.url).pathname);
export const buildFile = (name) => join(build, name);
export const source = new URL('../../..', import.meta.url).pathname;
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// For what must come: a loaded machine is slow.
export const PATIENCE_MS = 60000;

// Real time goes before what is only computed beside it; relays, clients and browsers inherit it.
try { setPriority(getPriority() - 5); } catch { /* not allowed here */ }

// Tries until `test` gives something true; fails with `what` after the time.
export async function until(what, test, ms = PATIENCE_MS) {
  for (const end = Date.now() + ms; ;) {
    const got = await test();
    if (got) return got;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

// What `count` gives, once it has stood still for a second.
export async function still(what, count) {
  let before = await count();
  await until(`${what} stands still`, async () => {
    await sleep(1000);
    const now = await count(), rests = now === before;
    before = now;
    return rests;
  });
  return before;
}

// A port that is this test's own for as long as it lives, as in tests/live/ports.py (whose ports lie above): the kernel gives it to nobody,
// and other tests see its name.
async function ownPort(address) {
  const listens = (server, ...where) => new Promise((done, fail) => { server.once('error', fail); server.listen(...where, done); });
  const closes = (server) => new Promise((done) => { server.close(done); });
  for (let n = 0; n < 1000; n++) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    try {
      const name = createServer();
      await listens(name, `\0aula-test-port-${port}`);
      name.unref();
      const tcp = createServer();
      await listens(tcp, port, address);
      await closes(tcp);
      const udp = createSocket('udp4');
      await new Promise((done, fail) => { udp.once('error', fail); udp.bind(port, address, done); });
      await closes(udp);
      return port;
    } catch { /* somebody has it */ }
  }
  throw new Error('no port is free');
}

// A voice of tests/speech, 100 s without a pause; the files are made where they are missing.
export function speech(language) {
  const folder = process.env.AULA_SPEECH ?? join(build, 'speech');
  const file = join(folder, `speech-${language}.wav`);
  if (!existsSync(file)) execFileSync(join(source, 'tests/speech/make'), [folder]);
  return file;
}

// What of the voice in `heard` arrived: ESTOI and lag (tests/speech/quality.py).
export function score(voice, heard) {
  const said = execFileSync('/usr/bin/python3', [join(source, 'tests/speech/quality.py'), 'score', voice, heard], { encoding: 'utf8' });
  const [, lag, estoi] = /lag\s+(\S+) ms, ESTOI\s+([\d.]+)/.exec(said);
  return { lag: Number(lag), estoi: Number(estoi) };
}

// Samples (16 bits, mono, 48 kHz) as a WAV file's bytes.
export function wav(samples) {
  const head = Buffer.alloc(44);
  head.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(16, 16);
  [1, 1].forEach((x, i) => head.writeUInt16LE(x, 20 + 2 * i));
  [48000, 96000].forEach((x, i) => head.writeUInt32LE(x, 24 + 4 * i));
  [2, 16].forEach((x, i) => head.writeUInt16LE(x, 32 + 2 * i));
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

function exited(child) {
  return new Promise((done) => { if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode); else child.once('exit', done); });
}

export class Relay {
  // `inside`: what to write before a command that shall run on another host (world.mjs); `more`: options of aulad beside the usual.
  constructor({ inside = [], address = '127.0.0.1', more = [] } = {}) {
    this.inside = inside;
    this.more = more;
    this.folder = mkdtempSync(join(tmpdir(), 'aula-browser-'));
    this.data = join(this.folder, 'data');
    this.address = address;
    this.natives = [];
    this.said = '';
  }

  async start() {
    const inTheOther = this.inside.length > 0; // world, where nobody else takes ports
    this.listen ??= `${this.address}:${inTheOther ? 0 : await ownPort(this.address)}`;
    this.media ??= `${this.address}:${inTheOther ? 0 : await ownPort(this.address)}`;
    const [program, ...words] = [...this.inside, join(build, 'relay/aulad'), '--data', this.data, '--listen', this.listen, '--media', this.media, ...this.more];
    this.child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr.on('data', (d) => { this.said += d; });
    const line = await new Promise((done, fail) => {
      let text = '';
      this.child.stdout.on('data', (d) => { text += d; if (text.includes('\n')) done(text); });
      this.child.once('exit', () => fail(new Error(`aulad did not start: ${this.said}`)));
    });
    const [, url, listen, media] = /^ready (https:\/\/(\S+)) media (\S+)/.exec(line);
    Object.assign(this, { url, listen, media }); // a second start is at the same place
    return this;
  }

  async kill() {
    this.child.kill('SIGKILL');
    await exited(this.child);
  }

  // What `aulactl` answers, as an object.
  ctl(...words) {
    return JSON.parse(execFileSync(join(build, 'relay/ctl/aulactl'), ['--data', this.data, '--json', ...words], { encoding: 'utf8' }));
  }

  session(title, ...words) {
    return this.ctl('session', 'create', '--title', title, ...words).session;
  }

  link(session, role, name, room) {
    return this.ctl('link', '--session', session, '--role', role, '--name', name, ...(room ? ['--room', room] : [])).url;
  }

  show(session) { return this.ctl("show", "--session", session); }

  person(session, name) { return this.show(session).participants.find((p) => p.name === name); }

  // `aula join`: `say` writes a command, `end` waits for its end.
  native(url, ...words) { return this.#native([], url, words); }

  // The same on the relay's own host.
  nativeThere(url, ...words) { return this.#native(this.inside, url, words); }

  #native(inside, url, more) {
    const [program, ...words] = [...inside, join(build, 'client-lib/tool/aula'), 'join', url, '--insecure', ...more];
    const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'pipe'] });
    const native = { child, url, errors: '', say: (line) => child.stdin.write(`${line}\n`), end: () => { child.kill('SIGTERM'); return exited(child); } };
    child.stderr.on('data', (d) => { native.errors += d; });
    this.natives.push(native);
    return native;
  }

  file(name, bytes) {
    const path = join(this.folder, name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    return path;
  }

  // The last seconds of a recording, as a file of its own.
  tail(name, seconds) {
    const all = readFileSync(this.file(name));
    return this.file(`tail-${name}`, wav(all.subarray(Math.max(44, all.length - seconds * 96000))));
  }

  async stop() {
    await Promise.all(this.natives.map((n) => n.end()));
    if (this.child) { this.child.kill('SIGTERM'); await exited(this.child); }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
