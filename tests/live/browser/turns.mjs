// Page turns against the sound of their moment, seen from outside the page's own clock: a lecturer's page turns at a click of his microphone,
// and beside a listener's page a worklet hears the click. Browsers are launched with bypassCSP, for the worklets are strings.
import { sleep } from './relay.mjs';

const CLICK_S = 0.8; // between two clicks, beside what is drawn by lot
const LEVEL = 0.15;  // a click's sample is above it, the murmur between far below

const mouth = `registerProcessor('mouth', class extends AudioWorkletProcessor {
  constructor() { super(); this.left = 0; this.port.onmessage = () => { this.left = 0.01 * sampleRate; this.port.postMessage(Date.now()); }; }
  process(inputs, [[out]]) {
    for (let i = 0; i < out.length; i++) { out[i] = (Math.random() - 0.5) * 0.02 + (this.left > 0 ? 0.6 * Math.sin(this.left * 0.2) : 0); this.left--; }
    return true;
  }
});`;

const ear = `registerProcessor('ear', class extends AudioWorkletProcessor {
  constructor() { super(); this.quiet = 0; }
  process([[input]]) {
    if (!input) return true;
    const loud = input.some((x) => Math.abs(x) > ${LEVEL});
    if (loud && this.quiet > 0.3 * sampleRate) this.port.postMessage(Date.now());
    this.quiet = loud ? 0 : this.quiet + input.length;
    return true;
  }
});`;

// Runs in the lecturer's page before its own scripts: his microphone is a murmur, with a click whenever clickNow() is called.
function speakClicks(worklet) {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext({ sampleRate: 48000 });
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
    await context.resume();
    const node = new AudioWorkletNode(context, 'mouth', { numberOfInputs: 0, outputChannelCount: [1] });
    const out = context.createMediaStreamDestination();
    node.connect(out);
    window.clickNow = () => new Promise((done) => { node.port.onmessage = (e) => done(e.data); node.port.postMessage(0); });
    return out.stream;
  };
}

// Runs in a listener's page: `clicksHeard` and `pagesShown` are the times.
async function hearClicks(worklet) {
  const context = new AudioContext({ sampleRate: 48000, latencyHint: 0 });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
  await context.resume();
  const node = new AudioWorkletNode(context, 'ear');
  context.createMediaStreamSource(document.getElementById('ear').srcObject).connect(node);
  window.clicksHeard = [];
  window.pagesShown = [];
  node.port.onmessage = (e) => window.clicksHeard.push(e.data);
  new MutationObserver(() => window.pagesShown.push(performance.timeOrigin + performance.now())).observe(document.querySelector('#leaf-where'), { childList: true, characterData: true, subtree: true });
}

// A lecturer who clicks; what his page says of page turns is put into `said`.
export async function lecturerPage(browser, link, said = []) {
  const page = await browser.context.newPage();
  page.on('websocket', (ws) => ws.on('framesent', ({ payload }) => { const s = JSON.parse(payload); if (s.verb === 'page') said.push(s); }));
  await page.addInitScript(speakClicks, mouth);
  await page.goto(link);
  await page.click('#door-join');
  await page.waitForSelector('#floor[data-state="heard"]');
  return page;
}

// Turns `count` pages there and back; how many ms each was shown after (or, negative, before) its click was heard in the listener's page.
export async function turnsAgainstSound(lecturer, listener, count) {
  await listener.click('body'); // sound may begin
  await listener.evaluate(hearClicks, ear);
  await sleep(2000);
  for (let n = 0; n < count; n++) {
    await lecturer.evaluate(async (key) => { await window.clickNow(); document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }, n % 2 ? 'ArrowLeft' : 'ArrowRight');
    await sleep(1000 * (CLICK_S + Math.random() * 0.4));
  }
  await sleep(1500);
  const { clicks, pages } = await listener.evaluate(() => ({ clicks: window.clicksHeard, pages: window.pagesShown }));
  return { heard: clicks.length, shown: pages.length, away: pages.map((at) => at - clicks.reduce((near, c) => (Math.abs(c - at) < Math.abs(near - at) ? c : near), Infinity)).filter(Number.isFinite) };
}
