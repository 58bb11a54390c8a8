// A bad line: datagrams and connections to one loopback address are carried to another, and what comes back is held for a while, in order.
// As a program of its own (so that a test's business does not delay it): node line.mjs FROM-HOST TO-HOST TCP-PORT UDP-PORT DELAY-MS JITTER-MS
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createConnection, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const FAR = '127.0.0.2';

// What is given to the function that is returned comes to `pass` later, never overtaken.
function holder(delay, jitter, pass) {
  let last = 0;
  return (piece) => {
    const now = performance.now();
    last = Math.max(last, now + delay + jitter * Math.random());
    setTimeout(() => pass(piece), last - now);
  };
}

function carryDatagrams([from, to, , port, delay, jitter]) {
  const flows = new Map();
  const front = createSocket('udp4').bind(port, from);
  front.on('message', (bytes, { address, port: theirs }) => {
    const name = `${address}:${theirs}`;
    if (!flows.has(name)) {
      const back = createSocket('udp4');
      const home = holder(delay, jitter, (b) => front.send(b, theirs, address));
      back.on('message', home);
      flows.set(name, (b) => back.send(b, port, to));
    }
    flows.get(name)(bytes);
  });
}

function carryConnections([from, to, port, , delay, jitter]) {
  createServer((front) => {
    const back = createConnection(port, to);
    for (const [one, other] of [[front, back], [back, front]]) {
      one.setNoDelay(true);
      const later = one === back ? holder(delay, jitter, (act) => act()) : (act) => act();
      one.on('data', (bytes) => later(() => other.write(bytes)));
      one.on('end', () => later(() => other.end()));
      one.on('error', () => other.destroy());
    }
  }).listen(port, from, () => console.log('ready'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2).map((x, i) => (i < 2 ? x : Number(x)));
  carryDatagrams(given);
  carryConnections(given);
}

// A line to `relay`: links by `url`, and what a page must run first so that its sound takes the line too.
export async function badLine(relay, delay, jitter) {
  const port = (at) => at.split(':').at(-1);
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), FAR, '127.0.0.1', port(relay.listen), port(relay.media), `${delay}`, `${jitter}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done) => child.stdout.once('data', done));
  return {
    url: (link) => link.replace('//127.0.0.1:', `//${FAR}:`),
    first: `{ const real = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = function (d) { return real.call(this, { type: d.type, sdp: d.sdp.replaceAll(' 127.0.0.1 ', ' ${FAR} ') }); }; }`,
    close: () => child.kill(),
  };
}
