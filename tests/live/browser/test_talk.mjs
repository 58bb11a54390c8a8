// What goes on beside the sound: questions and votes, polls, the speaker's timer, drawing, locks, chairs and deputies, check-in. A chair, a
// lecturer, a trainee and a hall's PC in one Chromium.
import assert from 'node:assert';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Relay, source, until } from './relay.mjs';
import { Browser, says } from './browser.mjs';

const HOSTILE = '<img src=x onerror="window.pwned=1"> שלום';
const relay = new Relay();
let browser, session, chair, trainee, lecturer, hall, companion;

const texts = (page, selector) => page.$$eval(selector, (all) => all.map((e) => e.textContent.trim()));
const pick = async (page, act) => { await page.click('#more'); await page.click(`.menu [data-act="${act}"]`); };
const has = (page, selector, words) => page.waitForSelector(`${selector}:has-text(${JSON.stringify(words)})`);

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('Talk', '--room', 'Lab');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  chair = await browser.join(relay.link(session, 'chair', 'Chiara'));
  lecturer = await browser.join(relay.link(session, 'lecturer', 'Lev'));
  trainee = await browser.join(relay.link(session, 'trainee', 'Tom'));
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('a question waits for a chair, is shown to all, voted for once, and answered', async () => {
  await trainee.click('#tab-questions');
  await trainee.fill('#question-text', HOSTILE);
  await trainee.press('#question-text', 'Enter');
  await has(trainee, '#questions .waits', 'onerror'); // his own
  await until('the chair is told by a number', async () => await chair.textContent('#questions-new') === '1');
  await lecturer.click('#tab-questions');
  assert.deepEqual(await texts(lecturer, '#questions .said'), []);
  await chair.click('#tab-questions');
  await chair.click('#questions [data-act="approve"]');
  await has(lecturer, '#questions .said', 'onerror');
  assert.ok(await trainee.isDisabled('#questions [data-act="vote"]'), 'nobody votes for his own');
  await lecturer.click('#questions [data-act="vote"]');
  await has(trainee, '#questions [data-act="vote"]', '1');
  assert.equal(await lecturer.getAttribute('#questions [data-act="vote"]', 'aria-pressed'), 'true');
  await lecturer.click('#questions [data-act="vote"]');
  await has(trainee, '#questions [data-act="vote"]', '0');
  await chair.click('#questions [data-act="answered"]');
  await has(trainee, '#questions .tag', 'answered');
  assert.equal(await trainee.evaluate(() => window.pwned), undefined);
});

test('without moderation a question is there at once', async () => {
  await pick(chair, 'moderate');
  await trainee.fill('#question-text', 'And now?');
  await trainee.press('#question-text', 'Enter');
  await has(lecturer, '#questions .said', 'And now?');
  await chair.click('#questions li:has-text("And now?") [data-act="dismiss"]');
  await trainee.waitForFunction(() => !document.querySelector('#questions').textContent.includes('And now?'));
});

test('a quiz: made, opened, answered, changed, closed, shown', async () => {
  await chair.click('#tab-polls');
  await chair.click('#poll-new');
  await chair.fill('#poll-question', 'How fast is sound?');
  await chair.check('#poll-quiz');
  await chair.fill('.poll-options li:nth-child(1) input:not([type])', '34 m/s');
  await chair.fill('.poll-options li:nth-child(2) input:not([type])', '343 m/s');
  await chair.check('.poll-options li:nth-child(2) .right-mark');
  await chair.click('#poll-make');
  await chair.waitForSelector('#polls [data-act="poll-open"]');
  assert.ok(await trainee.isHidden('#tab-polls'), 'nobody else knows of it');
  await chair.click('#polls [data-act="poll-open"]');
  await trainee.click('#notice-act'); // to the poll
  await trainee.waitForSelector('#polls .choice');
  assert.equal((await trainee.textContent('#polls')).includes('right'), false);
  for (const [choice, label] of [[1, '34 m/s'], [2, '343 m/s']]) {
    await trainee.check(`#polls .choice:nth-of-type(${choice}) input`);
    await trainee.click('#polls [data-act="answer"]');
    await has(trainee, '#polls .results .mine', label);
    await has(chair, '#polls .poll-people', '1');
    if (choice === 1) await trainee.click('#polls [data-act="change"]');
  }
  await chair.click('#polls [data-act="poll-close"]');
  await chair.click('#polls [data-act="poll-show"]');
  await has(trainee, '#polls .results .right', '343 m/s');
  await has(trainee, '#polls .results .right', '100');
  await lecturer.click('#tab-polls');
  await has(lecturer, '#polls .results .right', '343 m/s');
});

test('the speaker\'s timer runs everywhere, is made longer, and stopped', async () => {
  await pick(chair, 'timer');
  await chair.selectOption('#timer-whom', { label: 'Lev' });
  await chair.fill('#timer-minutes', '2');
  await chair.click('#timer-start');
  for (const page of [trainee, lecturer, chair]) {
    await has(page, '#timer-who', 'Lev');
    await until('it runs', async () => /^1:\d\d$/.test(await page.textContent('#timer-left')));
  }
  await pick(chair, 'timer');
  await chair.click('#timer-longer');
  await until('a minute more', async () => /^2:\d\d$/.test(await trainee.textContent('#timer-left')));
  await pick(chair, 'timer');
  await chair.click('#timer-stop');
  await trainee.waitForSelector('#timer', { state: 'hidden' });
});

test('a line is drawn with the mouse, seen by all, by who comes late too, and cleared', async () => {
  await lecturer.click('#leaf-on');
  for (const page of [lecturer, trainee]) await page.waitForSelector('#page-image[srcset]');
  await lecturer.click('#pen');
  const box = await lecturer.locator('#page-image').boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await lecturer.mouse.move(...at(0.2, 0.3));
  await lecturer.mouse.down();
  for (let i = 1; i <= 20; i++) await lecturer.mouse.move(...at(0.2 + i * 0.02, 0.3 + 0.1 * Math.sin(i / 3)));
  await lecturer.mouse.up();
  await trainee.waitForSelector('#ink path');
  await until('the whole line is there once', async () => (await lecturer.$$('#ink path')).length === 1 && (await trainee.$$('#ink path')).length === 1);
  const [first] = await trainee.$$eval('#ink path', (all) => all.map((e) => e.getAttribute('d')));
  const [, x, y] = /^M(\d+) (\d+)L/.exec(first).map(Number);
  assert.ok(Math.abs(x - 2000) < 30 && Math.abs(y - 3000) < 30, `begins at ${x}, ${y}`);
  const late = await browser.join(relay.link(session, 'trainee', 'Late'));
  await late.waitForSelector('#ink path');
  await late.close();
  await lecturer.click('.pens [aria-label="Clear this page"]');
  for (const page of [lecturer, trainee]) await page.waitForSelector('#ink path', { state: 'detached' });
  await lecturer.click('#pen');
  assert.ok(await trainee.isHidden('#pen'));
});

test('hands and chat are locked and unlocked, and it is said', async () => {
  await pick(chair, 'lock-hands');
  await pick(chair, 'lock-chat');
  await trainee.waitForSelector('#hand:disabled');
  await trainee.waitForSelector('#chat-text:disabled', { state: 'attached' });
  assert.ok(await chair.isEnabled('#chat-text'));
  await pick(chair, 'lock-hands');
  await pick(chair, 'lock-chat');
  await trainee.waitForSelector('#hand:enabled');
});

test('the chair names a deputy, who leads once no chair is there', async () => {
  await chair.click('#tab-people');
  await chair.click('#people li:has-text("Lev") [data-act="more"]');
  await chair.click('.menu [data-act="deputy"]');
  await lecturer.click('#tab-people');
  await has(lecturer, '#people li:has-text("Lev")', 'deputy chair');
  assert.ok(await lecturer.isHidden('#more'));
  await chair.close();
  await lecturer.waitForSelector('#more');
  chair = await browser.join(relay.link(session, 'chair', 'Carol'));
  await lecturer.waitForSelector('#more', { state: 'hidden' });
});

test('the chair is passed on', async () => {
  await chair.click('#people li:has-text("Lev") [data-act="more"]');
  await chair.click('.menu [data-act="pass"]');
  await chair.click('#sure-yes');
  await lecturer.waitForSelector('#more');
  await chair.waitForSelector('#more', { state: 'hidden' });
  assert.deepEqual(['Lev', 'Carol'].map((name) => relay.person(session, name).role), ['chair', 'lecturer']);
});

test('a hall shows its code, and a companion checks in with it', async () => {
  hall = await browser.join(relay.link(session, 'room', 'Lab', 'Lab'));
  await until('the code is on the stage', async () => (await hall.textContent('#code-code')).length >= 4);
  companion = await browser.join(relay.link(session, 'trainee', 'Cem', 'Lab'));
  await companion.click('#checkin');
  await companion.fill('#checkin-code', 'WRONG');
  await companion.click('#checkin-send');
  await has(companion, '#notice-words', 'No room has this code');
  await companion.fill('#checkin-code', (await hall.textContent('#code-code')).toLowerCase());
  await companion.click('#checkin-send');
  await has(companion, '#notice-words', 'You are checked in');
  await companion.waitForSelector('#checkin', { state: 'hidden' });
  const code = await hall.textContent('#code-code');
  await hall.reload();
  await hall.click('#door-join');
  await says(hall, '#code-code', code); // it stays the same
});

test('before the opening: who speaks is backstage, the others see the time left', async () => {
  const planned = relay.session('Tomorrow', '--planned');
  const chiara = await browser.join(relay.link(planned, 'chair', 'Chiara'));
  const tom = await browser.join(relay.link(planned, 'trainee', 'Tom'));
  await chiara.waitForSelector('#banner:has-text("Backstage")');
  await tom.waitForSelector('#no-page.waits');
  await pick(chiara, 'schedule');
  await chiara.fill('#schedule-when', new Date(Date.now() + 30 * 60000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16));
  await chiara.click('#schedule-set');
  await has(tom, '#no-page-more', 'in ');
  const door = await browser.page(relay.link(planned, 'trainee', 'Ann'));
  await has(door, '#door-when', 'Begins at');
  await chiara.click('#open');
  await tom.waitForSelector('#no-page:not(.waits)');
  await chiara.waitForSelector('#banner', { state: 'hidden' });
});

test('a refusal is said in the reader\'s language', async () => {
  const other = await browser.join(`${relay.link(session, 'trainee', 'Reza', 'Lab')}?lang=fa`);
  await other.click('#checkin');
  await other.fill('#checkin-code', 'WRONG');
  await other.click('#checkin-send');
  await has(other, '#notice-words', 'هیچ سالنی این کد را ندارد');
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
