// The texts of the operator's page, in the language that /text.js has chosen.
import { language, languageNames, number, speak } from '../text.js';

const catalogues = { en: () => import('./text/en.js'), fa: () => import('./text/fa.js') };
const load = async () => (await catalogues[language]()).default;
let texts = await load();

export const knows = (key) => Object.hasOwn(texts, key);

export function say(key, fill = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, k) => `\u2068${typeof fill[k] === 'number' ? number(fill[k]) : fill[k] ?? ''}\u2069`);
}

export function translate() {
  document.title = `${say('title')} – aula`;
  for (const e of document.querySelectorAll('[data-say]')) e.textContent = say(e.dataset.say);
  for (const e of document.querySelectorAll('[data-say-label]')) e.setAttribute('aria-label', say(e.dataset.sayLabel));
}

// The choices of a language; `changed` draws all anew.
export function offerLanguages(changed) {
  const choices = [...document.querySelectorAll('select.language')];
  for (const choice of choices) {
    for (const [key, name] of Object.entries(languageNames)) choice.add(new Option(name, key));
    choice.value = language;
    choice.addEventListener('change', async () => {
      await speak(choice.value);
      texts = await load();
      for (const other of choices) other.value = language;
      translate();
      changed();
    });
  }
}
