// Polls and quizzes: made by a chair, answered by everyone, their results shown when the chair says so.
import { $, bdi, button, change, drawRows, icon, make, nothingYet } from './draw.js';
import { field, open, sure } from './dialog.js';
import { number, text } from './text.js';

const OPTIONS_MAX = 10;
let hall = null;
let list = null;

export function begin(lent) {
  if (hall) return;
  hall = lent;
  list = make('ul', { id: 'polls', class: 'cards', 'aria-labelledby': 'tab-polls' });
  const add = button(text('poll.new'), 'plus', () => compose());
  add.id = 'poll-new';
  $('panel-polls').append(list, add);
}

// `mine`: what only we know (asides.js).
export function draw(s, me, leads, mine) {
  const drafts = [...mine.prepared.values()].filter((p) => !s.polls.has(p.id)).map((p) => ({ ...p, state: 'draft' }));
  const all = [...drafts, ...[...s.polls.values()].reverse()].map((p) => ({ ...p, counts: p.counts ?? mine.tallies.get(p.id), right: p.right ?? mine.prepared.get(p.id)?.right }));
  $('poll-new').hidden = !leads;
  drawRows(list, all, (p) => [p.state, p.text, p.counts, p.right, leads, mine.answers.get(p.id)], (p) => card(p, leads, mine));
  // How many have answered changes often; the card, with what is half chosen on it, stays.
  for (const p of all) { const said = list.querySelector(`[data-key="${p.id}"] .poll-people`); if (said) change(said, text('poll.people', { count: number(p.people ?? 0) })); }
  const empty = $('panel-polls').querySelector('.empty');
  if (all.length) empty?.remove();
  else if (!empty) list.before(nothingYet('poll', text('poll.none')));
}

function card(p, leads, mine) {
  const given = mine.answers.get(p.id);
  const li = make('li', { class: 'card' }, make('p', { class: 'said poll-text', dir: 'auto' }, p.text));
  li.append(p.state === 'open' && !given ? choices(p, (chosen) => answer(p.id, chosen, mine)) : results(p, given));
  const people = make('p', { class: 'quiet poll-people' });
  if (p.state !== 'draft') li.append(people);
  if (given && p.state === 'open') {
    li.append(make('p', { class: 'quiet' }, text('poll.thanks')),
      make('p', { class: 'card-acts' }, button(text('poll.change'), null, () => { mine.answers.delete(p.id); hall.draw(); }, { act: 'change' })));
  }
  if (leads && p.state !== 'shown') li.append(chairs(p));
  return li;
}

async function answer(poll, chosen, mine) {
  if (!await hall.act('answer', { poll, choices: chosen })) return;
  mine.answers.set(poll, chosen);
  hall.draw();
}

function choices(p, send_) {
  const form = make('form', { class: 'choices' });
  const group = make('fieldset', {}, make('legend', { class: 'unseen' }, p.text));
  p.options.forEach((words, i) => group.append(make('label', { class: 'choice' }, make('input', { type: p.several ? 'checkbox' : 'radio', name: `poll-${p.id}`, value: i + 1 }), make('span', { dir: 'auto' }, words))));
  const send = make('button', { class: 'primary', 'data-act': 'answer' }, text('poll.answer'));
  form.append(group, p.several ? make('p', { class: 'quiet' }, text('poll.several')) : '', send);
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    const chosen = [...form.querySelectorAll('input:checked')].map((input) => Number(input.value));
    if (chosen.length) send_(chosen);
  });
  return form;
}

function results(p, answer) {
  const most = Math.max(1, ...(p.counts ?? []));
  return make('ul', { class: 'results' }, ...p.options.map((words, i) => {
    const mine = answer?.includes(i + 1);
    const right = p.right?.includes(i + 1);
    const li = make('li', { class: `${mine ? 'mine' : ''}${right ? ' right' : ''}` }, make('span', { class: 'option' }, bdi(words),
      right ? make('span', { class: 'tag' }, icon('check'), text('poll.right')) : '', mine ? make('small', {}, ` (${text('poll.yours')})`) : ''));
    if (p.counts) {
      const share = p.people ? Math.round((100 * p.counts[i]) / p.people) : 0;
      const bar = make('i');
      bar.style.inlineSize = `${(100 * p.counts[i]) / most}%`;
      li.append(make('b', {}, `${number(p.counts[i])} · ${text('percent', { percent: share })}`), make('span', { class: 'share', 'aria-hidden': 'true' }, bar));
    }
    return li;
  }));
}

function chairs(p) {
  const acts = make('p', { class: 'card-acts' });
  const add = (verb, words, symbol) => acts.append(button(text(words), symbol, () => hall.act(verb, { poll: p.id }), { act: verb }));
  if (p.state === 'draft') add('poll-open', 'poll.open', 'check');
  if (p.state === 'open') add('poll-close', 'poll.close', 'end');
  if (p.state === 'closed') add('poll-show', 'poll.show', 'poll');
  if (p.state === 'draft') acts.append(button(text('poll.drop'), 'cross', async () => { if (await sure(text('poll.drop.sure'), text('poll.drop'))) hall.act('poll-drop', { poll: p.id }); }, { act: 'poll-drop', bare: true, kind: 'small' }));
  return acts;
}

function compose() {
  const question = make('input', { maxlength: 500, dir: 'auto', required: true, id: 'poll-question' });
  const options = make('ol', { class: 'poll-options' });
  const several = make('input', { type: 'checkbox' });
  const quiz = make('input', { type: 'checkbox', id: 'poll-quiz' });
  const more = button(text('poll.option.more'), 'plus', () => { option(); options.lastElementChild.querySelector('input').focus(); });
  const option = () => {
    const n = options.children.length + 1;
    const right = make('input', { type: 'checkbox', class: 'right-mark', 'aria-label': text('poll.right') });
    right.hidden = !quiz.checked;
    options.append(make('li', {}, make('input', { maxlength: 200, dir: 'auto', 'aria-label': text('poll.option', { n }), placeholder: text('poll.option', { n }) }), right));
    more.hidden = n >= OPTIONS_MAX;
  };
  option();
  option();
  quiz.addEventListener('change', () => { for (const r of options.querySelectorAll('.right-mark')) r.hidden = !quiz.checked; });
  const form = make('form', { class: 'compose' }, field(text('poll.question'), question), options, more, tick(several, 'poll.several'), tick(quiz, 'poll.quiz'),
    make('p', { class: 'acts-row' }, make('button', { class: 'primary', id: 'poll-make' }, text('poll.make'))));
  const dialog = open(text('poll.new'), [form]);
  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    const rows = [...options.children].map((li) => ({ words: li.querySelector('input').value.trim(), right: li.querySelector('.right-mark').checked })).filter((r) => r.words);
    const poll = { text: question.value.trim(), options: rows.map((r) => r.words), several: several.checked };
    if (quiz.checked) Object.assign(poll, { quiz: true, right: rows.flatMap((r, i) => (r.right ? [i + 1] : [])) });
    if (poll.text && rows.length > 1 && await hall.act('poll', poll)) dialog.close();
  });
}

const tick = (input, words) => make('label', { class: 'tick' }, input, make('span', {}, text(words)));
