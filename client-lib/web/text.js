// Every text of the page, from the catalogue of the reader's language: one file, complete by itself (tests/unit/web/test_texts.mjs).
const catalogues = { en: () => import('./text/en.js'), fa: () => import('./text/fa.js') };
const refusals = { fa: () => import('./text/fa-refusals.js') };
export const languageNames = { en: 'English', fa: 'فارسی' };

function remembered() {
  try { return localStorage.getItem('aula.language'); } catch { return null; } // a browser that keeps nothing
}

const wanted = [new URLSearchParams(location.search).get('lang'), remembered(), ...(navigator.languages ?? [])].filter(Boolean).map((l) => l.slice(0, 2));
export let language = wanted.find((l) => Object.hasOwn(catalogues, l)) ?? 'en';
let { default: texts } = await catalogues[language]();

// Another language from now on, on every screen that is drawn anew.
export async function speak(other) {
  texts = (await catalogues[other]()).default;
  language = other;
  try { localStorage.setItem('aula.language', other); } catch { /* it is asked again next time */ }
  translatePage();
  dispatchEvent(new Event('languagechange'));
}

export const hasText = (key) => Object.hasOwn(texts, key);

// The reader's own variety of the language, for times.
export const locale = () => (navigator.languages ?? []).find((l) => l.slice(0, 2) === language) ?? language;

// Numbers in the digits of the language, with at least so many of them.
export const number = (n, digits = 1) => n.toLocaleString(language, { useGrouping: false, minimumIntegerDigits: digits });

// The text of a key; {names} in it are filled in and isolated from the direction of what stands around them.
export function text(key, fill = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, k) => `\u2068${typeof fill[k] === 'number' ? number(fill[k]) : fill[k] ?? ''}\u2069`);
}

// What the relay says against it, in the reader's language: its own sentence is English.
export async function refusal(code, sentence) {
  const known = await refusals[language]?.().catch(() => {});
  return known?.default[code] ?? sentence;
}

export function translatePage(root = document) {
  document.documentElement.lang = language;
  document.documentElement.dir = texts.dir;
  for (const e of root.querySelectorAll('[data-text]')) e.textContent = text(e.dataset.text);
  for (const e of root.querySelectorAll('[data-hint]')) e.placeholder = text(e.dataset.hint);
  for (const e of root.querySelectorAll('[data-label]')) { e.setAttribute('aria-label', text(e.dataset.label)); if (e.tagName === 'BUTTON' || e.tagName === 'LABEL') e.title = text(e.dataset.label); }
}
