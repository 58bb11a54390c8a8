// What is ugly on a screen, found by a script, and a session with people in it to look at. Used by test_look.mjs and screenshot.mjs.
import { join } from 'node:path';
import { sleep, source, speech, until } from './relay.mjs';

// Runs in the page. What is clipped (but for names that end in dots on purpose), beyond the edge, under another, or too small to be pressed.
export function faults() {
  const shown = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length > 0;
  const name = (e) => e.id || `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className} ${e.textContent.trim().slice(0, 30)}`;
  const found = [];
  const top = document.querySelector('dialog[open]') ?? document.body;
  const scrolls = (e) => { for (let p = e; p && p !== document.body; p = p.parentElement) if (/auto|scroll/.test(getComputedStyle(p).overflowY)) return true; return false; };
  for (const e of top.querySelectorAll('h1, h2, h3, p, button, label, output, select, b, small, dt, dd, li, legend, summary')) {
    if (!shown(e) || e.closest('.unseen, svg')) continue;
    const style = getComputedStyle(e);
    if (style.clipPath !== 'none') continue; // for those who listen
    const box = e.getBoundingClientRect();
    const dots = style.textOverflow === 'ellipsis';
    if (!dots && style.display !== 'inline' && e.clientWidth > 0 && (e.scrollWidth > e.clientWidth + 1 || style.overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1)) found.push(`clipped: ${name(e)}`);
    if (dots && e.clientWidth < 24 && e.textContent.trim()) found.push(`only dots: ${name(e)}`);
    if (box.left < -1 || box.right > innerWidth + 1) found.push(`beyond the side: ${name(e)}`);
    if ((box.top < -1 || box.bottom > innerHeight + 1) && !scrolls(e)) found.push(`beyond the end: ${name(e)}`);
  }
  const pressed = [...top.querySelectorAll('button, select, input, label.button')].filter((e) => shown(e) && !e.closest('.unseen') && !(e.type === 'file') && getComputedStyle(e).opacity !== '0');
  for (const e of pressed) {
    const box = e.getBoundingClientRect();
    const touch = innerWidth < 900 && !['checkbox', 'radio'].includes(e.type) ? 44 : 0;
    if (e.tagName === 'BUTTON' && (box.height < Math.max(24, touch) - 0.5 || box.width < Math.max(24, touch ? 40 : 0) - 0.5)) found.push(`small: ${name(e)} ${Math.round(box.width)} x ${Math.round(box.height)}`);
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    const inside = x > 0 && y > 0 && x < innerWidth && y < innerHeight;
    if (inside && hit && !e.contains(hit) && !hit.contains(e) && !hit.closest('.notice, .toast, .menu') && !(innerWidth < 900 && hit.closest('.tabs')) /* it sticks over its list */ && !e.disabled && !cut(e)) found.push(`covered: ${name(e)} by ${name(hit)}`);
  }
  // Scrolled out of its own list.
  function cut(e) {
    const box = e.getBoundingClientRect();
    for (let p = e.parentElement; p; p = p.parentElement) {
      const around = p.getBoundingClientRect();
      if (getComputedStyle(p).overflowY !== 'visible' && (box.top + box.height / 2 < around.top || box.top + box.height / 2 > around.bottom)) return true;
    }
    return false;
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than its window');
  return [...new Set(found)];
}

const people = [['chair', 'Marta Ruiz'], ['room', 'Aula Magna', 'Aula Magna'], ['trainee', 'شیرین رضایی'], ['trainee', 'Amadou Diallo'], ['trainee', 'Li Wei', 'Aula Magna'],
  ['trainee', 'Jonas Berg'], ['trainee', 'Noor Haddad'], ['trainee', 'Maximiliana von Hohenstein-Oberndorff zu Waldeck und Pyrmont'], ['trainee', 'Ana Lima', 'Aula Magna'],
  ['trainee', 'Yuki Tanaka'], ['trainee', 'Kofi Mensah'], ['interpreter', 'Leïla Ben Salah']];

// A session as it is in the middle of a lecture.
export async function lecture(relay, title) {
  const session = relay.session(title, '--room', 'Aula Magna', '--record');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  const natives = people.map(([role, name, room]) => relay.native(relay.link(session, role, name, room), '--no-audio'));
  const lecturer = relay.native(relay.link(session, 'lecturer', 'Dr. Elena Conti'), '--play', speech('it'));
  await until('all are there', () => relay.show(session).participants.filter((p) => p.present !== false).length === people.length + 1);
  lecturer.say('page 6');
  const said = [[3, 'hand up'], [2, 'hand up'], [7, 'hand up'], [3, 'chat Is the first reflection always the loudest?'], [2, 'chat سلام، صدا خوب است.'],
    [5, 'chat Page 5 helped, thank you.'], [5, `chat See also https://example.org/${'long'.repeat(20)}`]];
  for (const [who, words] of said) { natives[who].say(words); await sleep(150); }
  await until('all is said', () => relay.show(session).participants.filter((p) => p.hand).length === 3);
  return { session, natives, lecturer };
}

// Questions, polls and a timer, made by a chair's page as a chair makes them.
export async function talk(page) {
  const fill = async (fields) => { for (const [selector, words] of fields) await page.fill(selector, words); };
  const ask = async (words) => { await fill([['#question-text', words]]); await page.press('#question-text', 'Enter'); await page.waitForSelector(`#questions :text(${JSON.stringify(words)})`); };
  const poll = async (question, options, right) => {
    await page.click('#poll-new');
    for (let n = 2; n < options.length; n++) await page.click('.compose button:has-text("One more answer")');
    if (right) { await page.check('#poll-quiz'); await page.check(`.poll-options li:nth-child(${right}) .right-mark`); }
    await fill([['#poll-question', question], ...options.map((words, i) => [`.poll-options li:nth-child(${i + 1}) input:not([type])`, words])]);
    await page.click('#poll-make');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.click('#polls [data-act="poll-open"]');
    await page.waitForSelector('#polls [data-act="poll-close"]');
  };
  await page.click('#tab-questions');
  await ask('How long is the reverberation of this hall when it is full, and how was it measured?');
  await ask('آیا می‌توان این اندازه‌گیری را با گوشی انجام داد؟');
  await page.click('#questions [data-act="answered"]');
  await page.click('#tab-polls');
  await poll('How fast is sound?', ['34 m/s', '343 m/s'], 2);
  await page.click('#polls [data-act="poll-close"]');
  await page.click('#polls [data-act="poll-show"]');
  await page.waitForSelector('#polls .share');
  await poll('Which part should we repeat tomorrow morning?', ['Reverberation', 'Early reflections and why they help', 'Measuring with a clap']);
  await page.click('#more');
  await page.click('.menu [data-act="timer"]');
  await page.fill('#timer-minutes', '90');
  await page.click('#timer-start');
  await page.waitForSelector('#timer');
}
