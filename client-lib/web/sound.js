// Sound: one peer connection, the way in negotiated at the join and silent until the floor is ours; the listener's place on the session clock.

const SAMPLES_PER_MS = 48;
const LINE_MS = 1000;

export class Sound extends EventTarget {
  #socket; #ear; #pc = null; #sender = null; #receiver = null; #stream = null; #offset = null; #clock = null; #line = 0; #seen = null;

  constructor(socket, ear) {
    super();
    this.#socket = socket;
    this.#ear = ear;
    socket.addEventListener('answer', (e) => this.#answered(e.detail));
    socket.addEventListener('welcome', (e) => { this.#clock = { samples: e.detail.clock, at: performance.now() }; });
  }

  // Asks for the microphone; may be called before it is needed. `hall` keeps the browser's echo cancellation for a loudspeaker in the room.
  async microphone() {
    this.#stream ??= await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 } });
    return this.#stream;
  }

  get hasMicrophone() { return this.#stream !== null; }
  get up() { return this.#pc?.connectionState === 'connected'; }

  async start({ sends, receives }) {
    this.stop();
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    this.#pc = pc;
    const direction = sends && receives ? 'sendrecv' : sends ? 'sendonly' : 'recvonly';
    const way = pc.addTransceiver('audio', { direction });
    this.#sender = way.sender;
    this.#receiver = receives ? way.receiver : null;
    pc.ontrack = (e) => { this.#ear.srcObject = e.streams[0] ?? new MediaStream([e.track]); this.#ear.play().catch(() => this.#tell('blocked')); };
    pc.onconnectionstatechange = () => this.#changed();
    await this.#offer();
    this.#line = setInterval(() => this.#tellLine(), LINE_MS);
  }

  stop() {
    clearInterval(this.#line);
    this.#pc?.close();
    this.#pc = null;
    this.#offset = null;
  }

  // The floor is ours (or not): a track, or none. Nothing is renegotiated, so it is heard at once.
  async speak(on) {
    if (!this.#sender) return;
    const track = on ? (await this.microphone()).getAudioTracks()[0] : null;
    if (this.#sender.track !== track) await this.#sender.replaceTrack(track);
  }

  async restart() {
    if (this.#pc) { this.#pc.restartIce(); await this.#offer(); }
  }

  // Session time now playing in the ear; running on from the welcome's clock while nothing is heard.
  playing() {
    const source = this.#receiver?.getSynchronizationSources?.()[0];
    const now = performance.now();
    if (source && this.#offset !== null && this.#clock) {
      const near = this.#clock.samples + (now - this.#clock.at) * SAMPLES_PER_MS;
      const low = (source.rtpTimestamp - this.#offset) >>> 0;
      const behind = ((Math.round(near) % 2 ** 32) - low + 2 ** 32) % 2 ** 32;
      const signed = behind > 2 ** 31 ? behind - 2 ** 32 : behind;
      const wall = performance.timeOrigin + now - source.timestamp;
      const place = near - signed + Math.max(0, wall) * SAMPLES_PER_MS;
      this.#seen = { place, now };
      return place;
    }
    if (this.#seen) return this.#seen.place + (now - this.#seen.now) * SAMPLES_PER_MS;
    return null;
  }

  async #offer() {
    const offer = await this.#pc.createOffer();
    await this.#pc.setLocalDescription(offer);
    await this.#gathered();
    this.#socket.send({ kind: 'offer', sdp: this.#pc.localDescription.sdp });
  }

  // The relay never sends checks, so our candidates matter little: wait a moment at the most.
  #gathered() {
    const pc = this.#pc;
    if (pc.iceGatheringState === 'complete') return Promise.resolve();
    return new Promise((resolve) => {
      const done = setTimeout(resolve, 60);
      pc.addEventListener('icegatheringstatechange', () => { if (pc.iceGatheringState === 'complete') { clearTimeout(done); resolve(); } });
    });
  }

  async #answered({ sdp, offset }) {
    this.#offset = offset;
    if (this.#pc?.signalingState === 'have-local-offer') await this.#pc.setRemoteDescription({ type: 'answer', sdp });
  }

  #changed() {
    const state = this.#pc?.connectionState;
    this.#tell('state', state);
    if (state === 'disconnected') this.restart();
    if (state === 'failed') this.#tell('failed');
  }

  async #tellLine() {
    if (!this.#pc) return;
    for (const r of (await this.#pc.getStats()).values()) {
      if (r.type !== 'inbound-rtp' || !r.packetsReceived) continue;
      this.#socket.send({ kind: 'line', received: r.packetsReceived, lost: Math.max(0, r.packetsLost), jitter_ms: Math.round((r.jitter ?? 0) * 1000) });
      this.#tell('line', { received: r.packetsReceived, lost: Math.max(0, r.packetsLost) });
    }
  }

  #tell(kind, detail) { this.dispatchEvent(new CustomEvent(kind, { detail })); }
}
