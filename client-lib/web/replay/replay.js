// The player: sound, slide, speakers and chapters on one clock, which is the sound's.
'use strict';
globalThis.aula ??= {};

(function () {
  const $ = (id) => document.getElementById(id);
  const ROUNDING = .01; // s: a player that is sent to a page turn may say that it is just before it
  const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2, 2.5];
  const sound = $('sound');
  let words, code, story, channel, duration = 0, now = 0, chapterList = [], seeking = false;

  function word(name, fill) {
    return words[name].replace(/\{(\w+)\}/g, (all, key) => {
      const value = fill[key];
      return typeof value === 'number' ? value.toLocaleString(words.locale) : '\u2068' + value + '\u2069';
    });
  }

  function clock(seconds) {
    const s = Math.max(0, Math.floor(seconds)), two = (n) => n.toLocaleString(words.locale, { minimumIntegerDigits: 2 });
    const h = Math.floor(s / 3600);
    return (h ? h.toLocaleString(words.locale) + ':' : '') + two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
  }

  const name = (id) => id === 0 ? word('operator') : story.people.get(id) || word('someone', { id });
  const label = (id, text) => { $(id).setAttribute('aria-label', text); $(id).title = text; };

  function notice(text) {
    $('notice').hidden = !text;
    $('notice').textContent = text || '';
  }

  // --- what is true at `now` ---

  function draw() {
    const t = now + ROUNDING;
    aula.board.show(story, t, word);
    const who = aula.timeline.speakersAt(story, t);
    const line = who.length ? word('speaking', { names: who.map((id) => '\u2068' + name(id) + '\u2069').join(words.dir === 'rtl' ? '، ' : ', ') }) : word('nobody');
    if ($('speakers').textContent !== line) $('speakers').textContent = line;
    $('speakers').classList.toggle('quiet', !who.length);
    if (!seeking) $('seek').value = now;
    const time = word('time', { now: clock(now), end: clock(duration) });
    $('time').textContent = clock(now) + ' / ' + clock(duration);
    $('seek').setAttribute('aria-valuetext', time);
    let current = -1;
    chapterList.forEach((c, i) => { if (c.t <= now + .05) current = i; });
    for (const [i, item] of [...$('chapters').children].entries()) {
      if (i === current) item.setAttribute('aria-current', 'true'); else item.removeAttribute('aria-current');
    }
    $('play').classList.toggle('playing', !sound.paused);
    label('play', word(sound.paused ? 'play' : 'pause'));
  }

  function tick() {
    if (!seeking && !sound.paused) { now = sound.currentTime; draw(); }
    requestAnimationFrame(tick);
  }

  function seek(t) {
    now = Math.min(Math.max(t, 0), duration);
    if (sound.readyState > 0) sound.currentTime = now; else sound.addEventListener('loadedmetadata', () => { sound.currentTime = now; }, { once: true });
    draw();
  }

  const toggle = () => { if (sound.paused) sound.play().catch(() => {}); else sound.pause(); };

  function turn(step) {
    const times = story.turns.map((x) => Math.max(x.t, 0));
    const target = step > 0 ? times.find((t) => t > now + .1) : times.filter((t) => t < now - 1).pop() ?? 0;
    if (target !== undefined) seek(target);
  }

  function faster(step) {
    const i = SPEEDS.indexOf(Number($('speed').value)) + step;
    if (i < 0 || i >= SPEEDS.length) return;
    $('speed').value = SPEEDS[i];
    sound.playbackRate = SPEEDS[i];
  }

  // --- lists ---

  function entry(t, title, more) {
    const item = document.createElement('li'), button = document.createElement('button');
    const time = document.createElement('time'), text = document.createElement('span');
    time.textContent = t === null ? word('never') : clock(t);
    text.textContent = title;
    text.dir = 'auto';
    button.type = 'button';
    button.disabled = t === null;
    button.append(time, text);
    if (more) { const small = document.createElement('small'); small.textContent = more; small.dir = 'auto'; button.append(small); }
    button.addEventListener('click', () => seek(t));
    item.append(button);
    return item;
  }

  const pageName = (c) => word('page', { page: c.page, title: c.deckTitle });

  function lists() {
    chapterList = aula.timeline.chapters(story);
    $('chapters').replaceChildren(...chapterList.map((c) => {
      if (c.kind === 'page') return entry(c.t, c.title || pageName(c), c.title ? pageName(c) : '');
      if (c.kind === 'question') return entry(c.t, word('chapter-question', { text: c.title }));
      const item = entry(c.t, c.title || word('chapter-item', { number: c.number }), c.name);
      item.className = 'item';
      return item;
    }));
    if (!chapterList.length) $('chapters').textContent = word('no-chapters');
    $('talk-part').hidden = !story.talk.length;
    $('talk').replaceChildren(...story.talk.map((x) => entry(Math.max(x.t, 0), x.text, name(x.who))));
    $('marks').replaceChildren(...(duration ? chapterList.filter((c) => c.t <= duration) : []).map((c) => {
      const mark = document.createElement('i');
      mark.style.left = 100 * c.t / duration + '%';
      return mark;
    }));
  }

  function search() {
    const asked = $('words').value.trim(), found = aula.timeline.search(story, asked);
    $('found-part').hidden = !asked;
    $('found-title').textContent = word(found.length === 0 ? 'found-none' : found.length === 1 ? 'found-one' : 'found', { count: found.length, words: asked });
    $('found').replaceChildren(...found.slice(0, 100).map((f) => entry(f.t, f.text || pageName(f), pageName(f))));
    return found;
  }

  // --- language ---

  function speak(language) {
    code = aula.words[language] ? language : 'en';
    words = aula.words[code];
    document.documentElement.lang = code;
    document.documentElement.dir = words.dir;
    for (const [id, text] of [['back', 'back'], ['on', 'on'], ['seek', 'seek'], ['speed', 'speed'], ['help', 'help'], ['words', 'search']]) label(id, word(text));
    $('words').placeholder = word('search');
    $('speed-label').textContent = word('speed');
    $('chapters-title').textContent = word('chapters');
    $('talk-title').textContent = word('talk');
    $('keys-title').textContent = word('help');
    $('keys-close').textContent = word('close');
    $('language').textContent = words.other;
    $('language').lang = words['other-code'];
    $('speed').replaceChildren(...SPEEDS.map((s) => new Option(word('times', { n: s }), s, s === 1, s === (sound.playbackRate || 1))));
    const keys = [[word('keys-space') + ', K', 'play'], ['← →', 'seek'], ['J L', 'ten'], ['P N', 'page'], ['< >', 'speed'], ['0 … 9', 'part'], ['Home End', 'ends'], ['/', 'search'], ['F', 'full']];
    $('keys-list').replaceChildren(...keys.flatMap(([key, text]) => {
      const dt = document.createElement('dt'), dd = document.createElement('dd');
      dt.textContent = key;
      dt.dir = 'ltr';
      dd.textContent = word('keys-' + text);
      return [dt, dd];
    }));
  }

  function titles() {
    $('title').textContent = story.title || word('no-title');
    $('title').dir = 'auto';
    document.title = story.title || word('no-title');
    $('when').textContent = story.began ? new Date(story.began).toLocaleString(words.locale, { dateStyle: 'full', timeStyle: 'short' }) : '';
  }

  function speakAgain(language) {
    speak(language);
    titles();
    lists();
    if ($('words').value.trim()) search();
    aula.board.again();
    draw();
  }

  // --- hands ---

  function keydown(e) {
    const typing = e.target.matches('input[type="search"], select') || $('keys').open;
    if (e.ctrlKey || e.altKey || e.metaKey || (typing && e.key !== 'Escape')) return;
    const onButton = e.target.matches('button');
    const acts = {
      k: toggle, K: toggle, ArrowLeft: () => seek(now - 5), ArrowRight: () => seek(now + 5), j: () => seek(now - 10), l: () => seek(now + 10),
      p: () => turn(-1), n: () => turn(1), PageUp: () => turn(-1), PageDown: () => turn(1), '<': () => faster(-1), '>': () => faster(1), Home: () => seek(0), End: () => seek(duration),
      '/': () => $('words').focus(), '?': () => $('keys').showModal(), f: full, Escape: () => { if (typing && $('words').value) { $('words').value = ''; search(); } },
    };
    let act = acts[e.key];
    if (e.key === ' ' && !onButton) act = toggle;
    if (/^[0-9]$/.test(e.key)) act = () => seek(duration * Number(e.key) / 10);
    if (!act) return;
    e.preventDefault();
    act();
  }

  function full() {
    if (document.fullscreenElement) document.exitFullscreen(); else $('slide').requestFullscreen().catch(() => {});
  }

  function listen() {
    $('play').addEventListener('click', toggle);
    $('back').addEventListener('click', () => seek(now - 10));
    $('on').addEventListener('click', () => seek(now + 10));
    $('seek').addEventListener('input', () => { seeking = true; seek(Number($('seek').value)); });
    $('seek').addEventListener('change', () => { seeking = false; });
    $('speed').addEventListener('change', () => { sound.playbackRate = Number($('speed').value); });
    $('help').addEventListener('click', () => $('keys').showModal());
    $('keys-close').addEventListener('click', () => $('keys').close());
    $('words').addEventListener('input', search);
    $('search').addEventListener('submit', (e) => { e.preventDefault(); const hit = search().find((f) => f.t !== null); if (hit) seek(hit.t); });
    $('language').addEventListener('click', () => speakAgain(words['other-code']));
    $('page').addEventListener('load', () => { aula.board.measure(); draw(); });
    document.addEventListener('keydown', keydown);
    window.addEventListener('resize', () => { aula.board.measure(); draw(); });
    for (const event of ['play', 'pause', 'seeked', 'ended']) sound.addEventListener(event, () => { if (!seeking) now = sound.currentTime; draw(); });
  }

  // --- sound ---

  // What the index says, where the recording is over; else what the player finds out.
  function knowDuration() {
    const told = channel && Number.isFinite(channel.end) ? (channel.end - channel.start) / 48000 : 0;
    duration = Number.isFinite(sound.duration) && sound.duration > 0 ? sound.duration : told;
    $('seek').max = duration;
    lists();
    draw();
  }

  function beginSound() {
    if (!channel || channel.start === undefined) { notice(word('no-sound')); return; }
    const sources = [['opus', 'audio/ogg; codecs=opus'], ['mp4', 'audio/mp4; codecs=opus']].map(([key, type]) => {
      const source = document.createElement('source');
      source.src = channel[key];
      source.type = type;
      return source;
    });
    sources[1].addEventListener('error', () => notice(word('bad-sound')));
    sound.addEventListener('durationchange', knowDuration);
    sound.append(...sources);
    sound.load();
  }

  async function begin() {
    const asked = new URLSearchParams(location.search).get('lang');
    speak(asked || (navigator.language || 'en').slice(0, 2));
    try {
      ({ story, channel } = await aula.load());
    } catch (e) {
      console.error(e);
      notice(word('not-here'));
      return;
    }
    titles();
    listen();
    knowDuration();
    beginSound();
    const at = Number((location.hash.match(/^#t=(\d+(\.\d+)?)$/) || [])[1]);
    if (at) seek(at);
    requestAnimationFrame(tick);
  }

  begin();
}());
