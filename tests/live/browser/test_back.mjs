// The relay is killed and comes back; the microphone is refused; the same link is opened twice.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, sleep, speech, until } from './relay.mjs';
import { Browser, says, stats } from './browser.mjs';

const relay = new Relay();
let browser, session, trainee, speaker;

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  session = relay.session('A bad day');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('killed and restarted: the same seat, hand and floor, and sound again, nothing asked', async (t) => {
  speaker = await browser.join(relay.link(session, 'lecturer', 'Ada'));
  trainee = await browser.join(relay.link(session, 'trainee', 'Bob'));
  await trainee.click('#hand');
  await says(trainee, '#floor-words', 'Waiting: number 1 in the queue');
  await trainee.keyboard.press('c'); // into the chat
  await trainee.fill('#chat-text', 'before');
  await trainee.press('#chat-text', 'Enter');
  await trainee.waitForSelector('#chat li:has-text("before")');
  await until('sound comes', async () => (await stats(trainee))['inbound-rtp']?.packetsReceived > 50);
  const seat = relay.person(session, 'Bob').id;
  await relay.kill();
  await trainee.waitForSelector('#line[data-state="bad"]');
  await relay.start();
  const begun = Date.now();
  await until('sound again', async () => await trainee.evaluate(() => window.connections.length) > 1 && (await stats(trainee))['inbound-rtp']?.packetsReceived > 20);
  const took = Date.now() - begun;
  t.diagnostic(`sound again ${took} ms after the relay was back`);
  const bob = relay.person(session, 'Bob');
  assert.deepEqual([bob.id, bob.hand, bob.present], [seat, true, true]);
  await says(trainee, '#floor-words', 'Waiting: number 1 in the queue');
  await says(speaker, '#floor-words', 'You are heard');
  assert.ok(await trainee.isHidden('#door'));
  assert.equal(await trainee.$$eval('#chat li', (all) => all.length), 1);
  await trainee.waitForSelector('#line[data-state="good"]');
  await trainee.waitForSelector('#speaking:has-text("Ada")');
});

test('a hand that is granted after the restart is heard', async () => {
  relay.ctl('grant', '--session', session, '--participant', 'Bob');
  await trainee.waitForSelector('#floor[data-state="heard"]');
  await until('his sound comes in', () => relay.person(session, 'Bob').packets_in > 25);
});

test('the language that was chosen outlives the relay, the line and the page', async () => {
  const leyla = await browser.join(relay.link(session, 'trainee', 'Leyla'));
  const inPersian = async () => {
    assert.deepEqual(await leyla.$eval('html', (e) => [e.lang, e.dir]), ['fa', 'rtl']);
    await says(leyla, '#floor-words', 'شنونده هستید');
    await says(leyla, '#line-words', 'ارتباط خوب');
  };
  await leyla.click('#settings');
  await leyla.selectOption('dialog select:has(option[value="fa"])', 'fa');
  await inPersian();
  await relay.kill();
  await leyla.waitForSelector('#line[data-state="bad"]');
  await relay.start();
  await until('she is back', () => relay.person(session, 'Leyla')?.present, 15000);
  await leyla.waitForSelector('#line[data-state="good"]', { timeout: 15000 });
  await inPersian();
  await leyla.reload();
  await leyla.click('#door-join');
  await inPersian();
  await leyla.evaluate(() => localStorage.clear()); // the others' pages are of the same browser
  await leyla.close();
});

test('the line of sentences breaks and comes back while sound goes on', async () => {
  const before = (await stats(trainee))['inbound-rtp'].packetsReceived;
  await trainee.context().setOffline(true);
  await sleep(300);
  await trainee.context().setOffline(false);
  await until('sound goes on', async () => (await stats(trainee))['inbound-rtp'].packetsReceived > before);
  await trainee.fill('#chat-text', 'after');
  await trainee.press('#chat-text', 'Enter');
  await speaker.waitForSelector('#chat li:has-text("after")', { state: 'attached' });
});

test('the same link in another window takes the seat; the first says so and sends nothing more', async () => {
  const link = trainee.url();
  const second = await browser.join(link);
  await trainee.waitForSelector('#door-text:text("another window")');
  await second.waitForSelector('#floor[data-state="heard"]');
  assert.equal(relay.show(session).participants.filter((p) => p.name === 'Bob').length, 1);
  await trainee.waitForFunction(() => window.connections.every((c) => c.connectionState === 'closed'));
  trainee = second;
});

test('removed: told so, and the link opens nothing any more', async () => {
  relay.ctl('remove', '--session', session, '--participant', 'Bob');
  await trainee.waitForSelector('#door-text:text("You were removed")');
  await trainee.reload();
  await trainee.waitForSelector('#door-text:text("Copy the whole link")');
  assert.ok(await trainee.isHidden('#door-join'));
});

test('the door waits while the relay is away, and opens by itself', async () => {
  const link = relay.link(session, 'trainee', 'Eva');
  const page = await browser.page(link);
  await page.waitForSelector('#door-join:not([hidden])');
  await relay.kill();
  await page.click('#door-join');
  await page.waitForSelector('#door-error:text("cannot be reached")');
  await relay.start();
  await page.waitForSelector('#hall:not([hidden])');
});

test('nothing went wrong in any page but what was made to', () => assert.deepEqual(browser.problems.filter((p) => !/WebSocket|ERR_INTERNET|ERR_CONNECTION/.test(p)), []));
