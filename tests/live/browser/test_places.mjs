// Places: a hall's PC, a companion in the hall, and those who are asked for a microphone at the door; one who refuses it.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, score, sleep, speech, still, until } from './relay.mjs';
import { Browser, record, says, stats } from './browser.mjs';

const relay = new Relay();
let browser, session, hall, companion, carlo;

before(async () => {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  session = relay.session('Two halls', '--room', 'Aula Magna', '--record');
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

test('who will speak sees his microphone move at the door, and that the session is recorded', async () => {
  hall = await browser.page(relay.link(session, 'room', 'Aula Magna', 'Aula Magna'));
  await says(hall, '#door-said', 'Your microphone works.');
  await until('the meter moves', () => hall.$eval('#door-meter', (m) => m.getAttribute('aria-valuenow') > 30));
  assert.ok(await hall.isVisible('#door-recorded'));
});

test('the PC of a hall shows the stage, is heard and hears', async () => {
  await hall.click('#door-join');
  await hall.waitForSelector('#hall:not([hidden])');
  assert.ok(await hall.$eval('body', (b) => b.classList.contains('stage-only')));
  assert.ok(await hall.isHidden('.side'));
  await until('its sound comes in', () => relay.person(session, 'Aula Magna').packets_in > 50);
  carlo = relay.native(relay.link(session, 'lecturer', 'Carlo'), '--play', speech('it'));
  await until('it hears the lecturer', async () => (await stats(hall))['inbound-rtp']?.totalAudioEnergy > 0);
  assert.ok(await hall.$eval('#ear', (a) => !a.muted && !a.paused));
  assert.ok(await hall.isVisible('#recorded'));
});

test('a companion neither hears nor sends, and says so', async () => {
  companion = await browser.page(`${relay.link(session, 'trainee', 'Bob', 'Aula Magna')}?mic=plain`);
  await says(companion, '#door-who', 'Bob, trainee in Aula Magna');
  await companion.click('#door-join');
  await says(companion, '#floor-words', 'You hear the hall; this device is silent');
  await until('its way in stands', async () => (await stats(companion)).transport?.dtlsState === 'connected');
  await sleep(1500);
  const s = await stats(companion);
  assert.equal(s['inbound-rtp']?.packetsReceived ?? 0, 0);
  assert.equal(s['outbound-rtp']?.packetsSent ?? 0, 0);
  const bob = relay.person(session, 'Bob');
  assert.deepEqual([bob.packets_in, bob.packets_out], [0, 0]);
});

test('with the floor it is a seat microphone: heard, and still silent itself', async () => {
  await companion.click('#hand');
  await hall.waitForTimeout(300);
  relay.ctl('grant', '--session', session, '--participant', 'Bob');
  await companion.waitForSelector('#floor[data-state="heard"]');
  await until('its sound comes in', () => relay.person(session, 'Bob').packets_in > 25);
  await companion.waitForSelector('#speaking:has-text("Bob")');
  assert.equal((await stats(companion))['inbound-rtp']?.packetsReceived ?? 0, 0);
  assert.equal(await companion.$eval('#ear', (a) => a.srcObject), null);
});

test('a hall\'s PC and three companions, one of them with the floor: no echo, no howl, no double voice', async (t) => {
  const others = [];
  for (const name of ['Cem', 'Dina']) others.push(await browser.join(relay.link(session, 'trainee', name, 'Aula Magna')));
  const remote = await browser.join(relay.link(session, 'trainee', 'Remote'));
  carlo.say('mute');
  await until('only the seat is heard', () => { const heard = relay.show(session).participants.filter((p) => p.audible).map((p) => p.name); return heard.length === 1 && heard[0] === 'Bob'; });
  const came = async (page) => (await stats(page))['inbound-rtp']?.packetsReceived ?? 0;
  const before = { hall: await still('what the hall hears, with the closing silence of the lecturer', () => came(hall)), spoken: await remote.evaluate(() => window.heard.length) };
  let estoi = 0;
  for (let n = 0; n < 3 && estoi < 0.95; n++) {
    await sleep(1000);
    estoi = Math.max(estoi, score(speech('en'), relay.file('remote.wav', await record(remote, 5))).estoi);
  }
  t.diagnostic(`ESTOI ${estoi} of one voice at two microphones of a hall`);
  assert.ok(estoi >= 0.95, `the voice is heard once: ESTOI ${estoi}`);
  assert.equal(await came(hall), before.hall, 'nothing of its own hall comes back into it');
  const ids = Object.fromEntries(relay.show(session).participants.map((p) => [p.name, p.id]));
  const told = await remote.evaluate((from) => window.heard.slice(from).filter((m) => m.kind === 'speaking').map((m) => m.who), before.spoken);
  assert.ok(told.every((who) => !who.includes(ids['Aula Magna'])), `speaking: ${JSON.stringify(told)}`);
  for (const page of [companion, ...others]) {
    assert.equal(await came(page), 0);
    assert.equal(await page.$eval('#ear', (a) => a.srcObject), null);
  }
  for (const name of ['Cem', 'Dina']) assert.deepEqual([relay.person(session, name).packets_in, relay.person(session, name).packets_out], [0, 0]);
  for (const page of [...others, remote]) await page.close();
  carlo.say('unmute');
});

test('the projector view asked for by name shows slide and speaker, and nothing else', async () => {
  const stage = await browser.page(`${relay.link(session, 'trainee', 'Projector')}?view=stage`);
  await stage.click('#door-join');
  await stage.waitForSelector('#speaking:has-text("Bob")');
  for (const hidden of ['.side', '.leaf', '#chat-form']) assert.ok(await stage.isHidden(hidden), hidden);
  await stage.close();
});

test('without a microphone one joins, is told what to do, and listens', async () => {
  const other = await Browser.launch({ microphone: false });
  try {
    await other.context.clearPermissions();
    const page = await other.page(relay.link(session, 'chair', 'Chiara'));
    await page.waitForSelector('#door-said:text("gave no microphone")');
    await page.click('#door-join');
    await page.waitForSelector('#floor[data-state="deaf"]');
    await page.waitForSelector('#notice-act:text("Try again")');
    await until('she hears', async () => (await stats(page))['inbound-rtp']?.packetsReceived > 20);
  } finally {
    await other.close();
  }
});

test('nothing went wrong in any page', () => assert.deepEqual(browser.problems, []));
