// A class in one hall: joining by a click, hearing, the queue, the floor, chat. One Chromium speaks English from a file; a native
// lecturer speaks Italian, a native trainee records.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, score, sleep, speech, still, until } from './relay.mjs';
import { Browser, record, says, stats } from './browser.mjs';

const TRAINEE = '<img src=x onerror="window.pwned=1"><b>Bob</b>';
const relay = new Relay();
let browser, session, trainee, chair, lecturer, listener;

const texts = (page, selector) => page.$$eval(selector, (all) => all.map((e) => e.textContent.trim()));

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  session = relay.session('Acoustics, <i>day one</i>');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('a wrong link says what to do, and lets nobody in', async () => {
  const page = await browser.page(`${relay.url}/j/0123456789abcdefghijklmnopqrstuvwxyz0123456`);
  await page.waitForSelector('#door-text:text("Copy the whole link")');
  assert.ok(await page.isHidden('#door-join'));
  await page.goto(relay.url);
  await page.waitForSelector('#door-text:text("personal link")');
  await page.close();
});

test('the door says who, what and where before anybody has joined', async () => {
  trainee = await browser.page(`${relay.link(session, 'trainee', TRAINEE)}?mic=plain`);
  await trainee.waitForSelector('#door-join:not([hidden])');
  assert.equal(await trainee.textContent('#door-title'), 'Acoustics, <i>day one</i>');
  await says(trainee, '#door-who', `${TRAINEE}, trainee`);
  assert.ok(await trainee.isHidden('#door-check'), 'who only listens needs no microphone');
  assert.equal(relay.show(session).participants.length, 0);
});

test('from the click to sound', async (t) => {
  lecturer = relay.native(relay.link(session, 'lecturer', 'Ada'), '--play', speech('it'));
  await until('the lecturer sends', () => relay.person(session, 'Ada')?.packets_in > 20);
  const begun = Date.now();
  await trainee.click('#door-join');
  await until('sound is heard', async () => (await stats(trainee))['inbound-rtp']?.totalAudioEnergy > 0);
  const took = Date.now() - begun;
  t.diagnostic(`sound ${took} ms after the click`);
  await says(trainee, '#floor-words', 'You are listening');
});

test('the lecturer is heard well, nothing concealed, and nothing is sent', async () => {
  let estoi = 0, concealed = 1;
  for (let n = 0; n < 3 && (estoi < 0.95 || concealed >= 0.02); n++) { // Chromium stretches sound for a while after the start, and after each stall of a busy machine
    await sleep(1500);
    const { 'inbound-rtp': first } = await stats(trainee);
    estoi = score(speech('it'), relay.file('chromium.wav', await record(trainee, 6))).estoi;
    const { 'inbound-rtp': last } = await stats(trainee);
    concealed = (last.concealedSamples - first.concealedSamples) / (last.totalSamplesReceived - first.totalSamplesReceived);
  }
  assert.ok(estoi >= 0.95, `ESTOI ${estoi}`);
  assert.ok(concealed < 0.02, `${concealed} of it is concealed`);
  const { 'inbound-rtp': way, 'outbound-rtp': out, transport } = await stats(trainee);
  assert.match(transport.srtpCipher, /AES_128_GCM/);
  assert.ok(way.packetsReceived > 350, `${way.packetsReceived} packets`);
  assert.equal(way.packetsLost, 0);
  assert.equal(out?.packetsSent ?? 0, 0);
  assert.equal(relay.person(session, TRAINEE).packets_in, 0);
});

test('who speaks, and who is here, with names that stay text', async () => {
  await trainee.waitForSelector('#speaking:has-text("Ada")');
  const people = await texts(trainee, '#people .who bdi');
  assert.deepEqual(people, ['Ada', TRAINEE]);
  assert.equal(await trainee.$$eval('#hall img[src="x"], #hall #people b', (all) => all.length), 0);
});

test('chat of every kind stays text, both ways', async () => {
  const hostile = ['<script>window.pwned=1</script>', '"><svg onload=window.pwned=1>', 'javascript:alert(1)', 'سلام دنیا', 'Z\u0351\u0352\u0353\u0354a\u0362lgo'];
  listener = relay.native(relay.link(session, 'trainee', 'Nat'), '--record', relay.file('native.wav'), '--events', relay.file('native.jsonl'));
  await trainee.waitForSelector('#people:has-text("Nat")');
  for (const words of hostile) listener.say(`chat ${words}`);
  await until('what came unseen is counted', async () => await trainee.textContent('#chat-new') === `${hostile.length}`);
  await trainee.click('#tab-chat');
  await trainee.waitForSelector('#chat-new', { state: 'hidden' });
  await trainee.fill('#chat-text', hostile[0]);
  await trainee.press('#chat-text', 'Enter');
  await until('all texts', async () => (await trainee.$$('#chat li')).length === hostile.length + 1);
  assert.deepEqual((await texts(trainee, '#chat li p[dir]')).sort(), [...hostile, hostile[0]].sort());
  assert.equal(await trainee.evaluate(() => window.pwned), undefined);
  // A text that turns direction turns nothing beside it: each stands in an element that isolates it.
  assert.deepEqual([...new Set(await trainee.$$eval('#chat li p[dir], #chat li bdi, #people .who bdi', (all) => all.map((e) => getComputedStyle(e).unicodeBidi)))].filter((b) => !/isolate|plaintext/.test(b)), []);
  assert.equal(await trainee.inputValue('#chat-text'), '');
});

test('a hand is raised by a click, and the chair sees the queue', async () => {
  chair = await browser.join(relay.link(session, 'chair', 'Chiara'));
  await chair.keyboard.press('m'); // her microphone is the same file: the voices must not meet
  await chair.waitForSelector('#floor[data-state="muted"]');
  listener.say('hand up');
  await chair.waitForSelector('#queue:has-text("Nat")');
  await trainee.click('#hand');
  await chair.waitForFunction(() => document.querySelectorAll('#queue li').length === 2);
  await says(trainee, '#floor-words', 'Waiting: number 2 in the queue');
  assert.deepEqual(await texts(chair, '#queue .who bdi'), ['Nat', TRAINEE]);
  listener.say('hand down');
  await chair.waitForFunction(() => document.querySelectorAll('#queue li').length === 1);
});

test('the chair grants by keyboard alone, and sound flows', async (t) => {
  const button = chair.locator('#queue [data-act="grant"]');
  for (let n = 0; n < 60 && !(await button.evaluate((e) => e === document.activeElement)); n++) await chair.keyboard.press('Tab');
  assert.ok(await button.evaluate((e) => e === document.activeElement), 'the button is reached by Tab');
  const sent = trainee.evaluate(() => new Promise((done) => {
    const look = setInterval(async () => {
      for (const s of (await window.connections.at(-1).getStats()).values()) if (s.type === 'outbound-rtp' && s.packetsSent > 0) { clearInterval(look); done(performance.timeOrigin + performance.now()); }
    }, 10);
  }));
  const pressed = Date.now();
  await chair.keyboard.press('Enter');
  const took = await sent - pressed;
  t.diagnostic(`the first packet left ${Math.round(took)} ms after the grant`);
  await trainee.waitForSelector('#floor[data-state="heard"]');
  assert.equal(await chair.$$eval('#queue li', (all) => all.length), 0);
});

test('the trainee is heard by a native listener', async () => {
  lecturer.say('mute'); // his voice would be mixed in
  await trainee.waitForFunction(() => !document.querySelector('#speaking').textContent.includes('Ada'));
  let estoi = 0;
  for (let n = 0; n < 3 && estoi < 0.95; n++) {
    const begun = relay.person(session, TRAINEE).packets_in;
    await until('nine seconds of his voice', () => relay.person(session, TRAINEE).packets_in - begun > 450);
    estoi = score(speech('en'), relay.tail('native.wav', 8)).estoi;
  }
  await listener.end();
  assert.ok(estoi >= 0.95, `ESTOI ${estoi}`);
});

test('mute, unmute and the floor given back', async () => {
  await trainee.keyboard.press('m');
  await trainee.waitForSelector('#floor[data-state="muted"]');
  await still('what a muted page sends', async () => (await stats(trainee))['outbound-rtp'].packetsSent);
  await chair.hover(`#people li:has-text("Bob")`);
  await chair.click('#people li:has-text("Bob") [data-act="ask-unmute"]');
  await trainee.click('#notice-act');
  await trainee.waitForSelector('#floor[data-state="heard"]');
  await trainee.click('#release');
  await trainee.waitForSelector('#floor[data-state="none"]');
  assert.ok(await trainee.isVisible('#hand'));
});

test('leaving says so, and the chair ends the session for everyone', async () => {
  const other = await browser.join(relay.link(session, 'trainee', 'Dan'));
  await other.click('#leave');
  await other.waitForSelector('#door-text:text("You have left")');
  await chair.click('#more');
  await chair.click('.menu [data-act="end"]');
  await chair.click('#sure-yes');
  await trainee.waitForSelector('#door-text:text("The session has ended")');
  await trainee.reload(); // the door of a session that is over
  await trainee.waitForSelector('#door-text:text("The session has ended")');
  assert.ok(await trainee.isHidden('#door-join'));
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
