// A PDF on its way to the relay, with how far it is.
import { $, change } from './draw.js';
import { number, text } from './text.js';
import { notice } from './view.js';

const token = location.pathname.slice(3);
const LARGEST_MB = 50; // the relay takes no more

// `done(deck)` when its pages are made; what went wrong is told.
export function send(file, done) {
  if (file.size > LARGEST_MB * 1024 * 1024) { notice(text('upload.large', { most: LARGEST_MB })); return; }
  const box = $('uploading');
  const bar = $('upload-progress');
  const request = new XMLHttpRequest();
  const show = (words) => { box.hidden = false; change($('uploading-words'), words); };
  request.open('POST', '/api/v1/decks');
  request.setRequestHeader('Authorization', `Bearer ${token}`);
  request.setRequestHeader('Content-Type', 'application/pdf');
  request.setRequestHeader('X-Aula-Title', encodeURIComponent(file.name.replace(/\.pdf$/i, '')));
  request.upload.onprogress = (e) => {
    bar.value = e.loaded / e.total;
    show(e.loaded === e.total ? text('upload.working') : text('upload.sending', { percent: number(Math.floor((100 * e.loaded) / e.total)) }));
    if (e.loaded === e.total) bar.removeAttribute('value'); // for as long as it takes
  };
  request.onloadend = () => {
    box.hidden = true;
    bar.value = 0;
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* no sentence came */ }
    notice(request.status === 201 ? '' : answer.error ?? text('upload.failed'));
    if (request.status === 201) done(answer.deck);
  };
  show(text('upload.sending', { percent: number(0) }));
  request.send(file);
}
