// A chair without a mouse: joins, runs a queue of ten, mutes, asks, locks, ends. Every step is a key; no step loses the focus.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, speech, until } from './relay.mjs';
import { Browser, says } from './browser.mjs';

const relay = new Relay();
const names = ['Ada', 'Bo', 'Cem', 'Dina', 'Edo', 'Fay', 'Gil', 'Hana', 'Ivo', 'Jun'];
let browser, session, page, natives;

const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
const queue = () => page.$$eval('#queue bdi', (all) => all.map((e) => e.textContent));
const focused = () => page.evaluate(() => document.activeElement.dataset.act ?? document.activeElement.id);
const floorOf = (name) => relay.person(session, name).floor;

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  session = relay.session('Ten questions');
  natives = names.map((name) => relay.native(relay.link(session, 'trainee', name), '--no-audio'));
  for (const [i, name] of names.entries()) {
    await until(`${name} is there`, () => relay.person(session, name));
    natives[i].say('hand up');
    await until(`${name} waits`, () => relay.person(session, name).hand);
  }
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('joins', async () => {
  page = await browser.page(relay.link(session, 'chair', 'Chiara'));
  await page.waitForSelector('#door-join:not([hidden])');
  await until('the button has the focus', async () => await focused() === 'door-join');
  await press('Enter');
  await page.waitForSelector('#hall:not([hidden])');
  await until('ten wait', async () => (await queue()).length === 10);
  assert.deepEqual(await queue(), names);
});

test('the next one, and the floor back, by one key each', async () => {
  await press('g');
  await until('Ada has the floor', () => floorOf('Ada'));
  await says(page, '#take-back-words', 'Take back from Ada');
  await press('b');
  await until('Ada has given it back', () => !floorOf('Ada'));
  assert.deepEqual(await queue(), names.slice(1));
});

test('any other in the queue, by the arrows; the focus stays in the list', async () => {
  await press('q');
  assert.equal(await focused(), 'grant');
  await press('ArrowDown', 'ArrowDown', 'Enter');
  await until('Dina has the floor', () => floorOf('Dina'));
  await until('eight wait', async () => (await queue()).length === 8);
  assert.equal(await focused(), 'grant');
  await press('Home', 'ArrowRight');
  assert.equal(await focused(), 'hand-down');
  await press('Enter');
  await until('the hand of Bo is down', () => !relay.person(session, 'Bo').hand);
  await until('seven wait', async () => (await queue()).length === 7);
  assert.equal(await focused(), 'hand-down');
  await press('b');
  await until('Dina has given it back', () => !floorOf('Dina'));
});

test('the rest of the ten, one after the other', async () => {
  for (const name of ['Cem', 'Edo', 'Fay', 'Gil', 'Hana', 'Ivo', 'Jun']) {
    await press('g');
    await until(`${name} has the floor`, () => floorOf(name));
    await page.waitForFunction((n) => document.querySelector('#take-back-words').textContent.includes(n), name);
    await press('b');
    await until(`${name} has given it back`, () => !floorOf(name));
    await page.waitForSelector('#take-back', { state: 'hidden' });
  }
  assert.deepEqual(await queue(), []);
});

test('one person: found, given the floor, muted, asked to unmute, by menu and by buttons', async () => {
  await press('p');
  assert.equal(await focused(), 'tab-people');
  await page.keyboard.press('Tab');
  for (let n = 0; n < 8 && await focused() !== 'grant'; n++) await press('Tab');
  await press('End', 'ArrowRight');
  assert.equal(await focused(), 'more');
  await press('Enter');
  await page.waitForSelector('.menu');
  await press('ArrowDown', 'ArrowUp', 'Enter'); // the first: to give the floor
  await until('Jun has the floor', () => floorOf('Jun'));
  await page.waitForSelector('.menu', { state: 'detached' });
  await press('a');
  await until('Jun is muted', () => relay.person(session, 'Jun').muted);
});

test('the session: menus and questions open, close with Escape, and give the focus back', async () => {
  await press('.');
  await page.waitForSelector('.menu');
  assert.equal(await focused(), 'mute-all');
  await press('Escape');
  await page.waitForSelector('.menu', { state: 'detached' });
  assert.equal(await focused(), 'more');
  await press('?');
  await page.waitForSelector('dialog kbd');
  await press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  assert.equal(await focused(), 'more');
  await press('c');
  assert.equal(await focused(), 'chat-text');
  await page.keyboard.type('ghm all keys are letters here');
  await press('Enter');
  await page.waitForSelector('#chat li:has-text("ghm all keys")');
  await press('Escape', 'm');
  await page.waitForSelector('#floor[data-state="muted"]');
});

test('no trap: Tab goes through the whole page and round', async () => {
  const seen = new Set();
  let rounds = 0;
  for (let n = 0; n < 100 && rounds < 2; n++) {
    await press('Tab');
    const at = await page.evaluate(() => { const e = document.activeElement; return e === document.body ? 'body' : e.id || e.dataset.act || e.className; });
    if (at === 'body') rounds++; // the browser's own bar, then again from the start
    seen.add(at);
  }
  for (const id of ['line', 'settings', 'help', 'mic', 'more', 'leave', 'tab-chat', 'chat-text']) assert.ok(seen.has(id), `${id} is not among ${[...seen]}`);
});

test('ends the session', async () => {
  await press('.');
  await page.waitForSelector('.menu');
  await press('End', 'Enter');
  await page.waitForSelector('#sure-no');
  assert.equal(await focused(), 'sure-no', 'the harmless answer first');
  await press('Tab', 'Enter');
  await page.waitForSelector('#door-text:text("The session has ended")');
});

test('nothing went wrong in the page', () => assert.deepEqual(browser.problems, []));
