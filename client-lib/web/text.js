// Every text of the page, from the catalogue of the reader's language: one file, complete by itself (tests/unit/web/test_texts.mjs).
const languages = ['en', 'fa'];
const wanted = [new URLSearchParams(location.search).get('lang'), ...(navigator.languages ?? [])].filter(Boolean).map((l) => l.slice(0, 2));
export const language = wanted.find((l) => languages.includes(l)) ?? 'en';
const { default: texts } = await import(`/text/${language}.js`);

export const hasText = (key) => Object.hasOwn(texts, key);

// The reader's own variety of the language, for times.
export const locale = (navigator.languages ?? []).find((l) => l.slice(0, 2) === language) ?? language;

// Numbers in the digits of the language.
export const number = (n) => n.toLocaleString(language, { useGrouping: false });

// The text of a key; {names} in it are filled in and isolated from the direction of what stands around them.
export function text(key, fill = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, k) => `\u2068${typeof fill[k] === 'number' ? number(fill[k]) : fill[k] ?? ''}\u2069`);
}

export function translatePage() {
  document.documentElement.lang = language;
  document.documentElement.dir = texts.dir;
  for (const e of document.querySelectorAll('[data-text]')) e.textContent = text(e.dataset.text);
  for (const e of document.querySelectorAll('[data-label]')) { e.setAttribute('aria-label', text(e.dataset.label)); if (e.tagName === 'BUTTON') e.title = text(e.dataset.label); }
}
