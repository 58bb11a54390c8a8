// Checking in with the code that a hall's screen shows.
import { make } from './draw.js';
import { field, open } from './dialog.js';
import { text } from './text.js';

export function show(hall) {
  const code = make('input', { id: 'checkin-code', maxlength: 8, autocomplete: 'off', autocapitalize: 'characters', spellcheck: 'false', class: 'code-large', required: true });
  const form = make('form', { class: 'compose' }, make('p', {}, text('checkin.what')), field(text('checkin.code'), code),
    make('p', { class: 'acts-row' }, make('button', { class: 'primary', id: 'checkin-send' }, text('checkin'))));
  const dialog = open(text('checkin'), [form]);
  code.focus();
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    if (await hall.act('check-in', { code: code.value.trim().toUpperCase() })) dialog.close();
  });
}
