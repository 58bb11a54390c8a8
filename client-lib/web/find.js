// Looking for somebody in a session too large to list everyone: the relay is asked, a page at a time.
import { tell } from './draw.js';
import { text } from './text.js';

const PAUSE_MS = 300; // of typing, until the relay is asked
const AGAIN_MS = 700; // after it said that was too fast
const WORDS_MAX = 64; // characters that the relay takes

let hall = null;
let wanted = { words: '', place: null };
let result = null; // what came: people, found, more
let round = 0;     // of questions: an answer to an earlier one is late
let timer = 0;

export const begin = (lent) => { hall = lent; };
export const place = () => wanted.place;
export const person = (id) => result?.people.find((p) => p.id === id);

// What is found for these words; null where nothing is looked for, or nothing has come yet.
export function results(words) {
  const cut = words.trim().slice(0, WORDS_MAX);
  if (cut !== wanted.words) { wanted.words = cut; soon(PAUSE_MS); }
  return wanted.words || wanted.place ? result : null;
}

// Those in this place, or in all again.
export function choosePlace(chosen) {
  wanted.place = wanted.place === chosen ? null : chosen;
  soon(0);
  hall.draw();
}

// Somebody who is shown may have changed.
export function again() {
  if (result) ask(0, false);
}

export const more = () => ask(result.people.at(-1)?.id ?? 0, true);

export function forget() {
  wanted = { words: '', place: null };
  result = null;
  round++;
  clearTimeout(timer);
}

function soon(ms) {
  round++;
  clearTimeout(timer);
  if (wanted.words || wanted.place) timer = setTimeout(() => ask(0, true), ms);
  else result = null;
}

async function ask(after, aloud) {
  const mine = ++round;
  const query = { ...(wanted.words && { text: wanted.words }), ...(wanted.place && { place: wanted.place }), ...(after && { after }) };
  let answer;
  try {
    answer = await hall.socket.search(query);
  } catch (e) {
    if (e.code === 'too-fast' && mine === round) timer = setTimeout(() => ask(after, aloud), AGAIN_MS);
    return;
  }
  if (mine !== round) return;
  result = { people: after ? [...result.people, ...answer.participants] : answer.participants, found: answer.found, more: Boolean(answer.more) };
  if (aloud) tell(found(result));
  hall.draw();
}

export function found({ people, found: count }) {
  if (!count) return text('people.none');
  return people.length < count ? text('people.first', { shown: people.length, count }) : text('people.found', { count });
}
