// All pages of all decks, small: to find one by its look or its words, and to go there.
import { make } from './draw.js';
import { goTo } from './controls.js';
import { open } from './dialog.js';
import { number, text } from './text.js';

export async function show(hall) {
  const decks = [...hall.session().decks.values()];
  const where = hall.slides.where;
  let deck = decks.find((d) => d.id === where?.deck) ?? decks.at(-1);
  if (!deck) return;
  const list = make('ol', { class: 'thumbs' });
  const choose = make('select', { 'aria-label': text('deck') }, ...decks.map((d) => new Option(d.title, d.id, false, d.id === deck.id)));
  const search = make('input', { type: 'search', placeholder: text('pages.search'), 'aria-label': text('pages.search'), dir: 'auto' });
  const none = make('p', { class: 'quiet', role: 'status' });
  const head = make('div', { class: 'thumbs-head' }, decks.length > 1 ? choose : make('bdi', { class: 'deck-name' }, deck.title), search);
  const dialog = open(text('pages'), [head, none, list], { kind: 'wide' });
  const fill = async () => {
    const manifest = await hall.slides.manifest(deck);
    if (!manifest) { none.textContent = text('late.failed'); return; }
    list.replaceChildren(...manifest.pages.map((page, i) => thumb(page, i + 1, where?.deck === deck.id && where.page === i + 1, () => { dialog.close(); goTo(hall, deck, i + 1); })));
    list.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' });
    sift();
  };
  const sift = () => {
    const words = search.value.trim().toLocaleLowerCase();
    let found = 0;
    for (const li of list.children) { li.hidden = !li.dataset.words.includes(words); found += li.hidden ? 0 : 1; }
    none.textContent = found ? '' : text('pages.none');
  };
  choose.addEventListener('change', () => { deck = decks.find((d) => d.id === choose.value); fill(); });
  search.addEventListener('input', sift);
  list.addEventListener('keydown', (e) => move(e, list));
  await fill();
  (list.querySelector('[aria-current]') ?? list.querySelector('button'))?.focus();
}

function thumb(page, n, current, run) {
  const image = make('img', { alt: '', loading: 'lazy', src: page.small.url, width: page.small.width, height: page.small.height });
  const title = (page.text ?? '').trim().split('\n')[0].slice(0, 80);
  const b = make('button', { type: 'button', 'aria-current': current ? 'page' : null, 'aria-label': `${text('page', { page: n })} ${title}` }, image, make('span', { class: 'thumb-n' }, number(n)));
  b.addEventListener('click', run);
  const li = make('li', {}, b);
  li.dataset.words = `${n} ${page.text ?? ''}`.toLocaleLowerCase();
  return li;
}

// Arrows go through the grid as it lies.
function move(e, list) {
  const all = [...list.querySelectorAll('li:not([hidden]) button')];
  const here = all.indexOf(document.activeElement);
  if (here < 0) return;
  const columns = all.filter((b) => b.offsetTop === all[0].offsetTop).length;
  const side = document.documentElement.dir === 'rtl' ? -1 : 1;
  const to = { ArrowRight: here + side, ArrowLeft: here - side, ArrowDown: here + columns, ArrowUp: here - columns, Home: 0, End: all.length - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  all[to]?.focus();
}
