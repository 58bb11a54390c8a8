// What nobody needs until there is sound: the build makes one file of it, main.js fetches it. It stands on what the page has by then.
// (Named imports alone: for `import * as` esbuild makes a helper, which would be one more file that all wait for.)
import './main.js';
import { again, begin as beginFind, choosePlace, forget, found, more as moreFound, person as personFound, place, results } from './find.js';
import { draw as drawInk, live, take } from './ink.js';
import { begin as beginPolls, draw as drawPolls } from './polls.js';
import { begin as beginQuestions, draw as drawQuestions } from './questions.js';

export { show as agenda } from './agenda-list.js';
export { more, person } from './chair.js';
export { show as checkIn } from './checkin.js';
export { sure } from './dialog.js';
export { keys, line } from './help.js';
export { show as allPages } from './pages.js';
export { show as settings } from './settings.js';
export { send as upload } from './upload.js';
export const find = { again, begin: beginFind, choosePlace, forget, found, more: moreFound, person: personFound, place, results };
export const ink = { draw: drawInk, live, take };
export const polls = { begin: beginPolls, draw: drawPolls };
export const questions = { begin: beginQuestions, draw: drawQuestions };
