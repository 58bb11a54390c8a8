// What the operator does: asked about first, then done over the API, then told.
import { button, make } from '../draw.js';
import { open, sure } from '../dialog.js';
import { act } from './api.js';
import { say } from './words.js';

// Said in a window: an operator must not overlook that something was not done.
function refused({ status, body }) {
  const words = status === 0 ? say('refused.lost') : status === 403 ? say('refused.right') : body.error ?? say('refused');
  open(say('refused'), [make('p', status === 0 || status === 403 ? {} : { lang: 'en', dir: 'ltr' }, words)]);
}

export class Acts {
  constructor(done) { this.done = done; }

  async run(session, verb, body, fill) {
    const answer = await act(session, verb, body);
    if (answer.status >= 200 && answer.status < 300) this.done(say(`done.${verb}`, fill));
    else refused(answer);
  }

  async person(session, verb, p) {
    if (verb === 'message') return this.message(session, p);
    if (await sure(say(`sure.${verb}`, { name: p.name }), say(verb))) await this.run(session, verb, { participant: p.id }, { name: p.name });
  }

  async end(session, title) {
    if (await sure(say('sure.end', { title }), say('end'))) await this.run(session, 'end');
  }

  // To one, or without `p` to all.
  message(session, p) {
    const words = make('input', { id: 'message-text', maxlength: '2000', autocomplete: 'off', dir: 'auto', required: true });
    const form = make('form', {}, make('label', { class: 'field' }, make('span', {}, say('message.text')), words),
      make('p', { class: 'acts-row' }, make('button', { class: 'primary', id: 'message-send' }, say('message.send'))));
    const dialog = open(p ? say('message.to', { name: p.name }) : say('message.all'), [form]);
    form.addEventListener('submit', (e) => {
      e.preventDefault();
      const text = words.value.trim();
      if (!text) return;
      dialog.close();
      this.run(session, 'message', p ? { text, participant: p.id } : { text });
    });
    words.focus();
  }
}

// The buttons that are right for a person as he is now.
export function verbsFor(p) {
  if (!p.present) return ['remove'];
  return [p.floor ? 'release' : 'grant', ...(p.muted ? [] : ['mute']), 'message', 'remove'];
}

export const actButton = (verb, label, name, run) => {
  const b = button(label, null, run, { act: verb, kind: verb === 'remove' || verb === 'end' ? 'danger' : '' });
  if (name) b.setAttribute('aria-label', `${label}: ${name}`);
  return b;
};
