// Slides: the pages' pictures, fetched ahead, and turned when the listener hears the word.

const LATEST_MS = 1000; // a turn is never shown later than this after it came
const SAMPLES_PER_MS = 48;
const AHEAD = 2;

export class Slides extends EventTarget {
  #playing; #width; #decks = new Map(); #shown = null; #own = null; #turns = 0; #drawn = 0;

  // `playing()` gives the session time now in the listener's ear, or null; `width()` the CSS pixels a slide has.
  constructor(playing, width) {
    super();
    this.#playing = playing;
    this.#width = width;
  }

  get following() { return this.#own === null; }
  get where() { return this.#own ?? this.#shown; }

  // The ms until the sound of that moment is in the listener's ear; 0 where nothing was heard yet, 1 s at most.
  wait(media) {
    const playing = this.#playing();
    return playing === null ? 0 : Math.min(LATEST_MS, Math.max(0, (media - playing) / SAMPLES_PER_MS));
  }

  // A page turn came. `atOnce`: no sound to wait for (own room, companion, presenter, late joiner).
  turn(page, deck, atOnce) {
    const turn = ++this.#turns;
    this.#fetch(deck, page.page);
    const wait = atOnce ? 0 : this.wait(page.media);
    const show = () => {
      if (turn < this.#drawn) return; // a later turn did not wait
      this.#drawn = turn;
      this.#shown = page;
      if (this.following) this.#show();
    };
    if (wait > 0) setTimeout(show, wait); else show();
  }

  // Alone, without the presenter.
  leaf(page, deck) {
    this.#own = { deck: deck.id, page };
    this.#fetch(deck, page);
    this.#show();
  }

  // What a deck's pages are: {title, pages}; null where it cannot be had now.
  async manifest(deck) {
    this.#know(deck);
    return this.#decks.get(deck.id);
  }

  follow() {
    this.#own = null;
    this.#show();
  }

  async #show() {
    const where = this.where;
    if (!where) return;
    const manifest = await this.#decks.get(where.deck);
    if (where === this.where) this.dispatchEvent(new CustomEvent('show', { detail: { ...where, content: manifest?.pages[where.page - 1] ?? null } }));
  }

  #fetch(deck, from) {
    if (!deck) return;
    this.#know(deck);
    this.#decks.get(deck.id).then((m) => {
      for (let n = from; m && n <= Math.min(from + AHEAD, m.pages.length); n++) {
        const image = new Image();
        image.sizes = `${this.#width()}px`;
        image.srcset = srcset(m.pages[n - 1]);
      }
    });
  }

  #know(deck) {
    if (!this.#decks.has(deck.id)) this.#decks.set(deck.id, this.#manifest(deck));
  }

  // Null where it cannot be had now: it is asked for again at the next turn.
  async #manifest(deck) {
    try {
      const response = await fetch(deck.manifest);
      if (response.ok) return await response.json();
    } catch { /* offline */ }
    this.#decks.delete(deck.id);
    return null;
  }
}

export function srcset(page) {
  return `${page.small.url} ${page.small.width}w, ${page.full.url} ${page.full.width}w`;
}
