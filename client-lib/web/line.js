// How the line is, out of what was lost and how unevenly it came in the last seconds: good, weak, or bad. No page and no clock in here.
const KEPT = 5;          // seconds that are judged together: one bad second is no bad line
const WEAK_LOSS = 0.02;  // more is heard now and then
const BAD_LOSS = 0.10;   // more cannot be repaired: words are missing
const WEAK_JITTER_MS = 60;
const BAD_JITTER_MS = 200;

export class Line {
  #seconds = [];

  // One second's `received`, `lost` packets and `jitter_ms`.
  second(of) {
    this.#seconds.push(of);
    if (this.#seconds.length > KEPT) this.#seconds.shift();
  }

  forget() { this.#seconds = []; }

  get loss() {
    const received = this.#seconds.reduce((sum, s) => sum + s.received, 0);
    const lost = this.#seconds.reduce((sum, s) => sum + s.lost, 0);
    return lost / Math.max(1, received + lost);
  }

  get jitter_ms() { return Math.max(0, ...this.#seconds.map((s) => s.jitter_ms ?? 0)); }

  get state() {
    if (this.loss > BAD_LOSS || this.jitter_ms > BAD_JITTER_MS) return 'bad';
    return this.loss > WEAK_LOSS || this.jitter_ms > WEAK_JITTER_MS ? 'weak' : 'good';
  }
}
