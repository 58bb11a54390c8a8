// What a person can do: buttons, the pointer, an upload. Each becomes a verb for the relay, which decides.
import { $ } from './draw.js';
import { text } from './text.js';
import { notice, pictureBox } from './view.js';
import { guestsOf } from './people.js';
import { speaks } from './door.js';

const POINTER_EVERY_MS = 40;

// `hall` is what main.js lends (its comment says what is in it).
export function wire(hall) {
  wireFloor(hall);
  wireChair(hall);
  wireSlides(hall);
  wirePointer(hall);
  wireLook(hall);
  $('leave').addEventListener('click', async () => { if (!speaks(hall.myself()?.role) || await hall.sure(text('leave.sure'), text('leave'))) hall.leave(); });
  $('notice-close').addEventListener('click', () => notice(''));
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

function wireChair(hall) {
  const { act, session, late } = hall;
  $('mute-all').addEventListener('click', () => act('mute-all'));
  $('open').addEventListener('click', () => act('open'));
  $('grant-next').addEventListener('click', () => { if (session().queue.length) act('grant', { who: session().queue[0] }); });
  $('take-back').addEventListener('click', () => { const [guest] = guestsOf(session()); if (guest) act('release', { who: guest.id }); });
  $('agenda-show').addEventListener('click', () => late((later) => later.agenda(hall)));
  $('agenda-next').addEventListener('click', () => act('item', { item: session().item + 1 }));
  $('checkin').addEventListener('click', () => late((later) => later.checkIn(hall)));
  $('more').addEventListener('click', () => late((later) => later.more(hall, $('more'))));
}

// A page on or back: everyone's for who presents, one's own for the others.
export function leafBy(hall, step) {
  const { slides } = hall;
  const decks = hall.session().decks;
  const deck = decks.get(slides.where?.deck) ?? [...decks.values()].at(-1);
  if (deck) goTo(hall, deck, Math.min(deck.pages, Math.max(1, (slides.where?.page ?? 0) + step)));
}

export function goTo({ act, slides, presents }, deck, page) {
  if (presents() && slides.following) act('page', { deck: deck.id, page });
  else slides.leaf(page, deck);
}

function wireSlides(hall) {
  const { slides, session, late } = hall;
  $('leaf-back').addEventListener('click', () => leafBy(hall, -1));
  $('leaf-on').addEventListener('click', () => leafBy(hall, 1));
  $('leaf-follow').addEventListener('click', () => { slides.follow(); $('leaf-on').focus(); });
  $('deck').addEventListener('change', (e) => goTo(hall, session().decks.get(e.target.value), 1));
  $('pages').addEventListener('click', () => late((later) => later.allPages(hall)));
  $('pen').addEventListener('click', () => late((later) => later.ink.take(hall)));
  $('text-toggle').addEventListener('click', () => {
    $('page-text').hidden = !$('page-text').hidden;
    $('text-toggle').setAttribute('aria-expanded', String(!$('page-text').hidden));
  });
  wireUpload(hall);
}

function wireUpload({ late, presents, uploaded }) {
  const send = (file) => { if (file) late((later) => later.upload(file, uploaded)); };
  $('upload-file').addEventListener('change', (e) => { send(e.target.files[0]); e.target.value = ''; });
  $('slide').addEventListener('dragover', (e) => { if (presents()) { e.preventDefault(); $('slide').classList.add('drop'); } });
  $('slide').addEventListener('dragleave', () => $('slide').classList.remove('drop'));
  $('slide').addEventListener('drop', (e) => { e.preventDefault(); $('slide').classList.remove('drop'); if (presents()) send(e.dataTransfer.files[0]); });
}

function wirePointer({ socket, slides, presents }) {
  let pointed = 0;
  let swiped = null;
  const point = (place) => { if (presents() && slides.where && slides.following) socket.send({ kind: 'pointer', deck: slides.where.deck, page: slides.where.page, ...place }); };
  $('slide').addEventListener('pointermove', (e) => {
    if (performance.now() - pointed < POINTER_EVERY_MS || document.body.classList.contains('draws')) return;
    pointed = performance.now();
    const box = pictureBox();
    const x = (e.clientX - box.left) / box.width;
    const y = (e.clientY - box.top) / box.height;
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) point({ x, y });
  });
  $('slide').addEventListener('pointerleave', () => point({}));
  // A finger's stroke to the side leafs, for those who do not point with it.
  $('slide').addEventListener('pointerdown', (e) => { swiped = e.pointerType === 'touch' && !presents() ? e.clientX : null; });
  $('slide').addEventListener('pointerup', (e) => {
    const moved = swiped === null ? 0 : e.clientX - swiped;
    swiped = null;
    if (Math.abs(moved) > 50) $(moved < 0 ? 'leaf-on' : 'leaf-back').click(); // the slide is never mirrored
  });
}

function wireLook(hall) {
  const look = (large) => {
    document.body.classList.toggle('large-slide', large);
    $('large').setAttribute('aria-pressed', String(large));
    hall.fit();
  };
  $('large').addEventListener('click', () => look(!document.body.classList.contains('large-slide')));
  $('help').addEventListener('click', () => hall.late((later) => later.keys(hall)));
  $('settings').addEventListener('click', () => hall.late((later) => later.settings(hall)));
  $('line').addEventListener('click', () => hall.late((later) => later.line(hall)));
  addEventListener('resize', hall.fit);
}

