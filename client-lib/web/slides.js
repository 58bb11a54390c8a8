// Slides: the pages' pictures, fetched ahead, and turned when the listener hears the word.

const LATEST_MS = 1000; // a turn is never shown later than this after it came
const SAMPLES_PER_MS = 48;
const AHEAD = 2;

export class Slides extends EventTarget {
  #playing; #decks = new Map(); #shown = null; #own = null; #due = [];

  // `playing()` gives the session time now in the listener's ear, or null.
  constructor(playing) {
    super();
    this.#playing = playing;
  }

  get following() { return this.#own === null; }
  get where() { return this.#own ?? this.#shown; }

  // A page turn came. `atOnce`: no sound to wait for (own room, companion, presenter, late joiner).
  turn(page, deck, atOnce) {
    this.#fetch(deck, page.page);
    const now = performance.now();
    const playing = atOnce ? null : this.#playing();
    const wait = playing === null ? 0 : Math.min(LATEST_MS, Math.max(0, (page.media - playing) / SAMPLES_PER_MS));
    this.#due.push(setTimeout(() => { this.#shown = page; this.#show(); }, wait));
    return now + wait;
  }

  forget() {
    this.#due.forEach(clearTimeout);
    this.#due = [];
  }

  leaf(step, deck) {
    const from = this.where;
    if (!from || !deck) return;
    const page = Math.min(deck.pages, Math.max(1, from.page + step));
    this.#own = { deck: deck.id, page };
    this.#show();
    this.#fetch(deck, page);
  }

  follow() {
    this.#own = null;
    this.#show();
  }

  async page(deckId, number) {
    const manifest = await this.#decks.get(deckId);
    return manifest?.pages[number - 1] ?? null;
  }

  async #show() {
    const where = this.where;
    if (!where) return;
    const page = await this.page(where.deck, where.page);
    if (where === this.where) this.dispatchEvent(new CustomEvent('show', { detail: { ...where, page } }));
  }

  #fetch(deck, from) {
    if (!deck) return;
    if (!this.#decks.has(deck.id))
      this.#decks.set(deck.id, fetch(deck.manifest).then((r) => (r.ok ? r.json() : null)).catch(() => { this.#decks.delete(deck.id); return null; }));
    this.#decks.get(deck.id).then((m) => {
      for (let n = from; m && n <= Math.min(from + AHEAD, m.pages.length); n++) {
        const image = new Image();
        image.srcset = srcset(m.pages[n - 1]);
        image.sizes = '70vw';
      }
    });
  }
}

export function srcset(page) {
  return `${page.small.url} ${page.small.width}w, ${page.full.url} ${page.full.width}w`;
}
