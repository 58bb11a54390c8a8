// A worker that lies in the way of our own sound and only looks at its clock: the RTP time of each frame that leaves, so that a page turn can
// say to which word it belongs. Frames leave at once after they were made; the earliest of the last second are the true ones.
const FRAMES = 50;           // kept
const EVERY = 10;            // frames between two messages to the page
const FRAME_SAMPLES = 960;   // a frame is whole once its last sample has come
const PAUSE_MS = 500;        // after it the clock is looked at anew

const now = () => performance.timeOrigin + performance.now();

async function watch(from, to) {
  let ages = []; // of the newest frames: when it came, less its RTP time in ms since the first one
  let first = 0, last = 0, count = 0;
  for (;;) {
    const { value: frame, done } = await from.read();
    if (done) return;
    const at = now();
    const { rtpTimestamp: rtp } = frame.getMetadata(); // before it is written: then it is no more
    to.write(frame);
    if (rtp === undefined) continue;
    if (at - last > PAUSE_MS || ages.length === 0) { ages = []; first = rtp; count = 0; }
    last = at;
    ages.push(at - ((rtp - first) | 0) / 48);
    if (ages.length > FRAMES) ages.shift();
    if (count++ % EVERY === 0) postMessage({ rtp: (first + FRAME_SAMPLES) >>> 0, at: Math.min(...ages), last });
  }
}

onrtctransform = ({ transformer }) => watch(transformer.readable.getReader(), transformer.writable.getWriter());
