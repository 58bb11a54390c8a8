// The sentences: one WebSocket that comes back by itself, with the number of the newest event it has seen.

const BACK_OFF_MS = [250, 500, 1000, 2000, 4000];
const ANSWER_MS = 8000; // a line that gives no answer in that time is taken for dead;
const AGAIN_MS = 1500;  // sooner where it lay idle: the network may be another one by now
const AGENT = 'aula-web/0.1.0';

const connect = () => new WebSocket(`wss://${location.host}/ws`, 'aula.v1');

let asked = null; // the connection over which we asked; it waits for the join

// What a link opens: resolves with the relay's `link`, or its `bye`; rejects where it cannot be reached. Nobody joins by asking.
export function peek(token) {
  return new Promise((resolve, reject) => {
    const ws = connect();
    const late = setTimeout(() => ws.close(), ANSWER_MS);
    ws.onopen = () => ws.send(JSON.stringify({ kind: 'peek', token }));
    ws.onmessage = (m) => { clearTimeout(late); asked = ws; resolve(JSON.parse(m.data)); };
    ws.onclose = () => { clearTimeout(late); reject(new Error('offline')); };
  });
}

export class Socket extends EventTarget {
  rtp = () => undefined;
  #token; #ws = null; #last = 0; #tries = 0; #id = 0; #waiting = new Map(); #ended = false; #timer = 0;

  constructor(token) {
    super();
    this.#token = token;
    addEventListener('online', () => { if (!this.#ws && this.#tries > 0) this.open(); });
  }

  open() {
    clearTimeout(this.#timer);
    this.#ended = false;
    const waits = asked?.readyState === WebSocket.OPEN;
    const ws = waits ? asked : connect();
    asked = null;
    this.#ws = ws;
    this.#timer = setTimeout(() => this.renew(), waits ? AGAIN_MS : ANSWER_MS); // until the welcome
    ws.onopen = () => {
      const hello = { kind: 'hello', v: 1, token: this.#token, agent: AGENT };
      if (this.#last) hello.last = this.#last;
      this.send(hello);
    };
    ws.onmessage = (m) => { if (ws === this.#ws) this.#take(JSON.parse(m.data)); };
    ws.onclose = () => { if (ws === this.#ws) this.#lost(); };
    if (waits) ws.onopen();
  }

  close() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#ws?.close(1000);
  }

  // The line seems dead: leave it and come back on a new one, the first time at once.
  renew() {
    const old = this.#ws;
    if (!old || this.#ended) return;
    const first = this.#tries === 0;
    this.#lost();
    old.close();
    if (first && !this.#ended) this.open();
  }

  get connected() { return this.#ws?.readyState === WebSocket.OPEN; }

  // What belongs to a word carries our sound's own RTP time (`rtp`, set by sound.js; undefined where there is none).
  send(sentence) {
    const timed = ['page', 'stroke', 'clear'].includes(sentence.verb) || ['pointer', 'drawing'].includes(sentence.kind);
    if (this.connected) this.#ws.send(JSON.stringify(timed ? { ...sentence, rtp: this.rtp() } : sentence));
  }

  // Resolves with the event's number, or rejects with the relay's sentence.
  do(verb, members = {}) { return this.#ask('do', { verb, ...members }); }

  // Who is here, by a part of name or place: resolves with the relay's answer.
  search(query) { return this.#ask('people', query); }

  #ask(kind, members) {
    if (!this.connected) return Promise.reject(new Error('offline'));
    const id = ++this.#id;
    this.send({ kind, id, ...members });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #lost() {
    clearTimeout(this.#timer);
    this.#ws = null;
    for (const w of this.#waiting.values()) w.reject(new Error('offline'));
    this.#waiting.clear();
    if (this.#ended) return;
    this.#tell('lost');
    const wait = BACK_OFF_MS[Math.min(this.#tries++, BACK_OFF_MS.length - 1)];
    this.#timer = setTimeout(() => this.open(), wait * (0.7 + 0.6 * Math.random()));
  }

  #tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }

  #take(s) {
    if (s.kind === 'welcome') { this.#tries = 0; this.#last = s.n; clearTimeout(this.#timer); }
    if (s.kind === 'events') this.#last = s.events.at(-1)?.n ?? this.#last;
    if (s.kind === 'bye' && !s.again) { this.#ended = true; clearTimeout(this.#timer); }
    if (s.kind === 'roster' || s.kind === 'counts') this.#last = Math.max(this.#last, s.n);
    if (s.kind === 'done' || s.kind === 'refused' || s.kind === 'people') {
      const w = this.#waiting.get(s.id);
      this.#waiting.delete(s.id);
      if (s.kind === 'done') w?.resolve(s.n);
      else if (s.kind === 'people') w?.resolve(s);
      else w?.reject(Object.assign(new Error(s.why), { code: s.code }));
      return;
    }
    this.#tell(s.kind, s);
  }
}
