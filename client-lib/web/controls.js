// What a person can do: buttons, keys, the pointer, an upload. Each becomes a verb for the relay, which decides.
import { text } from '/text.js';
import { $, notice, pictureBox } from '/view.js';

const POINTER_EVERY_MS = 40;

// `hall` is what main.js lends: act, socket, sound, slides, myself(), session(), presents(), leave().
export function wire(hall) {
  wireFloor(hall);
  wireChair(hall);
  wireSlides(hall);
  wirePointer(hall);
  wireKeys(hall);
  $('leave').addEventListener('click', hall.leave);
  $('notice-close').addEventListener('click', () => notice(''));
  $('chat-form').addEventListener('submit', (e) => {
    e.preventDefault();
    const words = $('chat-text').value.trim();
    if (words) hall.act('chat', { text: words }).then((done) => { if (done) $('chat-text').value = ''; });
  });
}

function wireFloor({ act, sound, myself }) {
  $('hand').addEventListener('click', () => {
    const up = !myself()?.hand;
    if (up) sound.microphone().catch(() => notice(text('no-microphone'))); // now, so that nothing is asked at the grant
    act(up ? 'hand-up' : 'hand-down');
  });
  $('mic').addEventListener('click', () => act(myself()?.muted ? 'unmute' : 'mute'));
  $('release').addEventListener('click', () => act('release'));
}

function wireChair({ act, session }) {
  $('mute-all').addEventListener('click', () => act('mute-all'));
  $('lock').addEventListener('click', () => act(session().locked ? 'unlock' : 'lock'));
  $('open').addEventListener('click', () => act('open'));
  $('end').addEventListener('click', () => confirm(text('end.sure')) && act('end'));
  $('grant-next').addEventListener('click', () => { if (session().queue.length) act('grant', { who: session().queue[0] }); });
}

function wireSlides({ act, slides, session, presents, upload }) {
  const leaf = (step) => {
    const where = slides.where;
    const deck = session().decks.get(where?.deck) ?? [...session().decks.values()].at(-1);
    if (!deck) return;
    const page = Math.min(deck.pages, Math.max(1, (where?.page ?? 0) + step));
    if (presents() && slides.following) act('page', { deck: deck.id, page });
    else if (where) slides.leaf(page, deck);
  };
  $('leaf-back').addEventListener('click', () => leaf(-1));
  $('leaf-on').addEventListener('click', () => leaf(1));
  $('leaf-follow').addEventListener('click', () => slides.follow());
  $('deck').addEventListener('change', (e) => act('page', { deck: e.target.value, page: 1 }));
  $('text-toggle').addEventListener('click', () => {
    $('page-text').hidden = !$('page-text').hidden;
    $('text-toggle').setAttribute('aria-expanded', String(!$('page-text').hidden));
  });
  $('upload-file').addEventListener('change', (e) => { if (e.target.files[0]) upload(e.target.files[0]); e.target.value = ''; });
}

function wirePointer({ socket, slides, presents }) {
  let pointed = 0;
  const point = (place) => { if (presents() && slides.where && slides.following) socket.send({ kind: 'pointer', deck: slides.where.deck, page: slides.where.page, ...place }); };
  $('slide').addEventListener('pointermove', (e) => {
    if (performance.now() - pointed < POINTER_EVERY_MS) return;
    pointed = performance.now();
    const box = pictureBox();
    const x = (e.clientX - box.left) / box.width;
    const y = (e.clientY - box.top) / box.height;
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) point({ x, y });
  });
  $('slide').addEventListener('pointerleave', () => point({}));
}

// Keys are as good as buttons: H hand, M microphone, G the floor to the next (chairs), arrows for pages.
function wireKeys() {
  const mirrored = document.documentElement.dir === 'rtl'; // as the buttons are
  const keys = { PageDown: 'leaf-on', [mirrored ? 'ArrowLeft' : 'ArrowRight']: 'leaf-on', PageUp: 'leaf-back', [mirrored ? 'ArrowRight' : 'ArrowLeft']: 'leaf-back', h: 'hand', m: 'mic', g: 'grant-next' };
  addEventListener('keydown', (e) => {
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) || e.ctrlKey || e.metaKey || e.altKey || $('hall').hidden) return;
    const key = keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    const scrolls = e.target.scrollHeight > e.target.clientHeight && e.target.tabIndex >= 0 && e.key.startsWith('Page');
    if (key && !$(key).hidden && !scrolls) { e.preventDefault(); $(key).click(); }
  });
}

// The deck that a PDF became, or null; what went wrong is told.
export function upload(file, token) {
  const bar = $('upload-progress');
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/v1/decks');
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('Content-Type', 'application/pdf');
    request.setRequestHeader('X-Aula-Title', encodeURIComponent(file.name.replace(/\.pdf$/i, '')));
    request.upload.onprogress = (e) => { bar.hidden = false; bar.value = e.loaded / e.total; if (e.loaded === e.total) notice(text('upload.working')); };
    request.onloadend = () => {
      bar.hidden = true;
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no sentence came */ }
      notice(request.status === 201 ? '' : answer.error ?? text('upload.failed'));
      resolve(request.status === 201 ? answer.deck : null);
    };
    request.send(file);
  });
}
