// Sound: one peer connection, the way in negotiated at the join and silent until the floor is ours; the listener's place on the session clock.

const SAMPLES_PER_MS = 48;
const LINE_MS = 1000;
const GATHER_MS = 60;   // the relay sends no checks, so our candidates matter little
const ANSWER_MS = 5000; // an offer without answer for so long: the line of sentences is dead;
const AGAIN_MS = [500, 1500]; // sooner where the sound's path seems dead too, for both go over one network: after three times what the last answer took
const UNHEARD_MS = 800; // nothing at all on the path for so long, though somebody speaks (in his pauses a packet comes each 400 ms): it may be dead;
const UNTOLD_MS = 1500; // where only we speak a report comes each second
const PATIENCE_MAX = 64; // asked twice as late each time that it was not
const WATCH_MS = 250;
const STALE_MS = 2000;  // what is known of our own sound's clock holds for so long
const UP_MS = 10000;    // no sound's path for so long after the answer: begin again

// What the browser may do to the microphone's sound, by what it was measured to cost (README.md): its noise suppression costs intelligibility
// even in noise, its automatic gain nothing. A hall's microphone often has a mixer behind it, and its level must not wander.
const processing = {
  hall: { echoCancellation: true, noiseSuppression: false, autoGainControl: false },
  person: { echoCancellation: true, noiseSuppression: false, autoGainControl: true },
  plain: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

export class Sound extends EventTarget {
  #socket; #ear; #pc = null; #sender = null; #receiver = null; #way = null; #timers = [];
  #stream = null; #device = ''; #kind = 'person'; #plain; #speaks = false;
  #offers = 0; #answers = 0; #late = 0; #offset = null; #clock = null; #seen = null; #before = null;
  #me = 0; #others = false; #came = null; #moment = null; #worker = null; #untimed = false; #patience = 1; #offered = 0; #took = 0;

  // `plain`: the microphone's sound as it is.
  constructor(socket, ear, plain) {
    super();
    this.#socket = socket;
    this.#ear = ear;
    this.#plain = plain;
    socket.rtp = () => this.rtp();
    socket.addEventListener('answer', (e) => this.#answered(e.detail));
    socket.addEventListener('lost', () => { this.#offers = this.#answers = 0; this.#others = false; clearTimeout(this.#late); });
    socket.addEventListener('speaking', (e) => { this.#others = e.detail.who.some((n) => n !== this.#me); });
    for (const [target, name] of [[window, 'online'], [navigator.connection, 'change']]) target?.addEventListener(name, () => this.moved());
    socket.addEventListener('welcome', (e) => { this.#me = e.detail.you; this.#clock = { samples: e.detail.clock, at: performance.now() }; });
  }

  // Whose microphone it will be; before it is asked for.
  expect(role) {
    this.#kind = role === 'room' ? 'hall' : 'person';
  }

  // The microphone, asked for once; may be called before it is needed.
  async microphone() {
    if (!this.#stream) {
      const audio = { ...processing[this.#plain ? 'plain' : this.#kind], channelCount: 1 };
      if (this.#device) audio.deviceId = this.#device;
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      if (this.#stream) for (const t of stream.getTracks()) t.stop(); // another asked at the same time and was first
      else this.#hold(stream);
    }
    return this.#stream;
  }

  // Another device, or its sound as it is (`plain`): what is open is opened anew.
  async choose({ device = this.#device, plain = this.#plain }) {
    this.#device = device;
    this.#plain = plain;
    this.letGo();
    const stream = await this.microphone();
    if (this.#speaks) await this.speak(true);
    return stream;
  }

  letGo() {
    for (const t of this.#stream?.getTracks() ?? []) t.stop();
    this.#stream = null;
  }

  get plain() { return this.#plain; }
  get hasMicrophone() { return this.#stream !== null; }
  get up() { return this.#pc?.connectionState === 'connected'; }
  get alive() { return this.#pc !== null && this.#pc.connectionState !== 'failed'; }

  // Begins, or begins again. `receives` false: nothing is heard, as from a device in a hall; `presents`: our page turns are to be timed.
  async start({ receives, presents = false }) {
    this.stop();
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    this.#way = pc.addTransceiver('audio', { direction: receives ? 'sendrecv' : 'sendonly' });
    this.#sender = this.#way.sender;
    this.#receiver = receives ? this.#way.receiver : null;
    pc.ontrack = (e) => { this.#ear.srcObject = new MediaStream([e.track]); this.#ear.play().catch((why) => { if (why.name === 'NotAllowedError') this.#tell('blocked'); }); };
    pc.onconnectionstatechange = () => this.#changed(pc);
    this.#timers.push(setInterval(() => this.#tellLine(pc), LINE_MS), setInterval(() => this.#watch(pc), WATCH_MS));
    if (presents) this.#time(pc, this.#sender);
    await this.#offer();
  }

  // Our own RTP time now, or undefined: nothing of ours is heard, or the browser does not tell.
  rtp() {
    const now = performance.timeOrigin + performance.now();
    const m = this.#moment;
    return this.#sender?.track && m && now - m.last < STALE_MS ? (m.rtp + Math.round((now - m.at) * SAMPLES_PER_MS)) >>> 0 : undefined;
  }

  // A worker looks at each frame that leaves (moment.js), from the first one on: Chromium takes no transform later. Without it turns are timed
  // by their arrival; where it cannot be loaded, sound begins anew without it.
  #time(pc, sender) {
    if (!window.RTCRtpScriptTransform || this.#untimed) return;
    this.#worker = new Worker('/moment.js');
    this.#worker.onmessage = ({ data }) => { if (pc === this.#pc) this.#moment = data; };
    this.#worker.onerror = () => { if (pc === this.#pc) { this.#untimed = true; this.#pc.close(); this.#tell('failed'); } };
    sender.transform = new RTCRtpScriptTransform(this.#worker);
  }

  // We may be elsewhere: an ICE restart, on the connection there is. Where no answer comes, the line of sentences is renewed, and that comes here again.
  async moved() {
    if (!this.alive || !this.#socket.connected || this.#answers < this.#offers) return;
    this.#pc.restartIce();
    await this.#offer(Math.min(AGAIN_MS[1], Math.max(AGAIN_MS[0], 3 * this.#took)));
  }

  stop() {
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    clearTimeout(this.#late);
    this.#pc?.close();
    this.#worker?.terminate();
    this.#worker = this.#moment = null;
    this.#pc = this.#sender = this.#receiver = this.#offset = this.#before = this.#came = null;
  }

  // The floor is ours (or not): a track, or none. Nothing is renegotiated, so it is heard at once.
  async speak(on) {
    this.#speaks = on;
    if (!this.#sender) return;
    const track = on ? (await this.microphone()).getAudioTracks()[0] : null;
    if (this.#speaks === on && this.#sender && this.#sender.track !== track) await this.#sender.replaceTrack(track);
  }

  // Session time now playing in the ear; running on from the newest sound while nothing is heard. Null: nothing was heard yet.
  playing() {
    const source = this.#receiver?.getSynchronizationSources?.()[0];
    const now = performance.now();
    if (source && this.#offset !== null && this.#clock) {
      const near = this.#clock.samples + (now - this.#clock.at) * SAMPLES_PER_MS;
      const low = (source.rtpTimestamp - this.#offset) >>> 0;
      const behind = (((Math.round(near) - low) % 2 ** 32) + 2 ** 32) % 2 ** 32;
      const signed = behind > 2 ** 31 ? behind - 2 ** 32 : behind;
      const wall = performance.timeOrigin + now - source.timestamp;
      this.#seen = { place: near - signed + Math.max(0, wall) * SAMPLES_PER_MS, now };
    }
    return this.#seen && this.#seen.place + (now - this.#seen.now) * SAMPLES_PER_MS;
  }

  #hold(stream) {
    this.#stream = stream;
    stream.getAudioTracks()[0].onended = () => { // it was unplugged: the next best one
      if (this.#stream !== stream) return;
      this.#stream = null;
      this.#device = '';
      if (this.#speaks) this.speak(true).catch(() => this.#tell('no-microphone'));
    };
  }

  async #offer(patience = ANSWER_MS) {
    const pc = this.#pc;
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    if (pc !== this.#pc || !this.#socket.connected) return;
    this.#offers++;
    this.#offered = performance.now();
    this.#socket.send({ kind: 'offer', sdp: pc.localDescription.sdp });
    clearTimeout(this.#late);
    this.#late = setTimeout(() => { if (this.#pc === pc) this.#socket.renew(); }, patience);
    this.#timers.push(setTimeout(() => { if (this.#pc === pc && pc.connectionState !== 'connected') this.#tell('failed'); }, UP_MS));
  }

  // Answers come in the order of the offers; only that of the newest is of use.
  async #answered({ sdp, offset }) {
    const pc = this.#pc;
    if (++this.#answers < this.#offers) return;
    clearTimeout(this.#late);
    this.#took = performance.now() - this.#offered;
    if (pc?.signalingState !== 'have-local-offer') return;
    this.#offset = offset;
    await pc.setRemoteDescription({ type: 'answer', sdp }).catch(() => { if (pc === this.#pc) this.#tell('failed'); });
  }

  #changed(pc) {
    if (pc !== this.#pc) return;
    this.#tell('state', pc.connectionState);
    if (pc.connectionState === 'failed') this.#tell('failed');
    if (pc.connectionState === 'disconnected') this.moved(); // the network has changed, or only blinked
  }

  // Browsers take up to 7 s to see that a path is dead. While sound flows either way something comes each second, sound or report.
  async #watch(pc) {
    let bytes = 0;
    for (const s of (await pc.getStats()).values()) if (s.type === 'candidate-pair') bytes += s.bytesReceived ?? 0;
    const now = performance.now();
    if (pc !== this.#pc || bytes !== this.#came?.bytes) { this.#came = { bytes, at: now }; this.#patience = 1; return; }
    const hears = this.#receiver && this.#others;
    if (!(hears || this.#sender?.track) || !this.up) this.#came.at = now;
    if (now - this.#came.at < this.#patience * (hears ? UNHEARD_MS : UNTOLD_MS)) return;
    this.#came.at = now;
    this.#patience = Math.min(2 * this.#patience, PATIENCE_MAX);
    this.moved();
  }

  async #tellLine(pc) {
    for (const r of (await pc.getStats()).values()) {
      if (r.type !== 'inbound-rtp' || pc !== this.#pc) continue;
      const lost = Math.max(0, r.packetsLost);
      const second = { received: r.packetsReceived - (this.#before?.received ?? 0), lost: Math.max(0, lost - (this.#before?.lost ?? 0)) };
      this.#before = { received: r.packetsReceived, lost: Math.max(lost, this.#before?.lost ?? 0) };
      if (!second.received && !second.lost) continue; // nobody speaks
      second.jitter_ms = Math.round((r.jitter ?? 0) * 1000);
      this.#socket.send({ kind: 'line', ...second });
      this.#tell('line', second);
    }
  }

  #tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }
}

function gathered(pc) {
  return new Promise((resolve) => {
    const done = () => { if (pc.iceGatheringState === 'complete') resolve(); };
    pc.addEventListener('icegatheringstatechange', done);
    setTimeout(resolve, GATHER_MS);
    done();
  });
}
