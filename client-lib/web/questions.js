// Written questions: asked, voted for, answered; where a chair looks at them first, they wait for him.
import { $, bdi, button, change, drawRows, make, nothingYet, placeOf, rove } from './draw.js';
import { number, text } from './text.js';

let hall = null;
let list = null;

export function begin(lent) {
  if (hall) return;
  hall = lent;
  const input = make('input', { id: 'question-text', maxlength: 500, autocomplete: 'off', dir: 'auto' });
  const form = make('form', { class: 'write', id: 'question-form' }, make('label', { class: 'unseen', for: 'question-text' }, text('question.write')), input,
    button(text('question.ask'), 'send', () => {}, { bare: true, kind: 'primary' }));
  input.placeholder = text('question.write');
  form.querySelector('button').type = 'submit';
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    const words = input.value.trim();
    if (words) hall.act('ask', { text: words }).then((done) => { if (done) input.value = ''; });
  });
  list = make('ul', { id: 'questions', class: 'cards', 'aria-labelledby': 'tab-questions' });
  rove(list);
  $('panel-questions').append(list, make('p', { id: 'questions-said', class: 'quiet', role: 'status' }), form);
}

// `mine`: what only we know (asides.js).
export function draw(s, me, leads, mine) {
  const waiting = [...mine.waiting.values()].map((q) => ({ ...q, key: `w${q.id}`, waits: true }));
  const asked = [...s.questions.values()].sort((a, b) => a.answered - b.answered || b.votes - a.votes || a.id - b.id);
  const all = [...waiting, ...asked];
  drawRows(list, all, (q) => [q.text, q.votes, q.answered, q.waits, mine.votes.has(q.id), leads, s.names.get(q.who), q.who === me], (q) => card(s, q, me, leads, mine));
  change($('questions-said'), s.moderated && !leads ? text('question.moderated') : '');
  let empty = $('panel-questions').querySelector('.empty');
  if (all.length) empty?.remove();
  else if (!empty) list.before(nothingYet('question', text('question.none')));
}

function card(s, q, me, leads, mine) {
  const p = s.participants.get(q.who);
  const voted = mine.votes.has(q.id);
  const li = make('li', { class: `card${q.answered ? ' done' : ''}${q.waits ? ' waits' : ''}` }, make('p', { class: 'said', dir: 'auto' }, q.text),
    make('p', { class: 'by' }, bdi(s.names.get(q.who)), p ? make('small', {}, ` · ${placeOf(p)}`) : '', q.answered ? make('small', { class: 'tag' }, text('question.answered')) : '', q.waits ? make('small', { class: 'tag' }, text('question.waits')) : ''));
  const acts = make('p', { class: 'card-acts' });
  if (!q.waits && !q.answered) {
    const b = button(text('question.votes', { count: number(q.votes) }), 'up', () => vote(q.id, voted, mine), { act: 'vote', kind: 'vote' });
    b.setAttribute('aria-pressed', String(voted));
    b.setAttribute('aria-label', text('question.vote', { count: number(q.votes) }));
    b.disabled = q.who === me;
    acts.append(b);
  }
  if (leads && q.waits) acts.append(button(text('question.show'), 'check', () => hall.act('approve', { question: q.id }), { act: 'approve' }));
  if (leads && !q.waits && !q.answered) acts.append(button(text('question.answer'), 'check', () => hall.act('answered', { question: q.id }), { act: 'answered' }));
  if (leads && !q.answered) acts.append(button(text('question.dismiss'), 'cross', () => hall.act('dismiss', { question: q.id }), { act: 'dismiss', bare: true, kind: 'small' }));
  if (acts.children.length) li.append(acts);
  return li;
}

async function vote(id, voted, mine) {
  if (!await hall.act(voted ? 'unvote' : 'vote', { question: id })) return;
  if (voted) mine.votes.delete(id); else mine.votes.add(id);
  hall.draw();
}
