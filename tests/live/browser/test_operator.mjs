// The operator's page: a token opens it, a session, its people and an alarm are named, what the token may is offered and done, and a relay
// that was gone is seen again.
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { Relay, until, wav } from './relay.mjs';
import { Browser } from './browser.mjs';

const relay = new Relay();
let browser, session, page;

before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('Acoustics <b>of</b> halls');
  relay.session('An empty room');
  // Her microphone is muted at the device: what it gives is silence.
  relay.native(relay.link(session, 'lecturer', 'Elena Conti'), ...Array(20).fill(['--play', relay.file('silence.wav', wav(Buffer.alloc(96000 * 120)))]).flat());
  relay.native(relay.link(session, 'trainee', 'شیرین رضایی'), '--no-audio');
  await until('both are there', () => relay.show(session).participants.filter((p) => p.present).length === 2);
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

const token = (rights) => relay.ctl('token', 'create', '--rights', rights).token;

async function open(rights) {
  const p = await browser.page(`${relay.url}/operator?lang=en`);
  await p.fill('#entry-token', rights.includes(':') ? rights.slice(1) : token(rights));
  await p.click('#entry-form button');
  return p;
}

const choose = async (p) => { await p.click('#sessions button:has-text("Acoustics")'); await p.waitForSelector('#persons li:has-text("Elena Conti")'); };

test('a wrong token is told, and kept nowhere', async () => {
  const p = await open(':wrong');
  await p.waitForSelector('#entry-why:has-text("not valid")');
  assert.equal(await p.evaluate(() => sessionStorage.length), 0);
  await p.fill('#entry-token', 'no token\u00e9');
  await p.click('#entry-form button');
  await p.waitForSelector('#entry-why:has-text("not valid")');
  await p.close();
});

test('a token that may only read names the session, its people and what is wrong, and offers nothing to do', async () => {
  const p = await open('read');
  await choose(p);
  await p.waitForSelector('#persons li:has-text("شیرین رضایی")');
  await p.waitForSelector('#session-name:has-text("Acoustics <b>of</b> halls")');
  await p.waitForSelector('#alarms li:has-text("Elena Conti sends only silence")');
  await p.waitForSelector('#sessions li:first-child :text("alarms")');
  await p.waitForSelector('#persons li:has-text("Elena Conti") .pill:text("Good line")');
  await p.waitForSelector('.chart[data-chart="people"] .chart-line[d*="L"]', { state: 'attached' });
  assert.equal(await p.locator('.acts-of button').count(), 0);
  assert.deepEqual(await p.evaluate(() => [location.href, document.cookie]), [`${relay.url}/operator?lang=en`, '']);
  await p.fill('#search', 'empty');
  assert.equal(await p.locator('#sessions li').count(), 1);
  await p.close();
});

test('one that may act mutes, speaks to and removes a person, after asking', async () => {
  page = await open('read,sessions');
  await choose(page);
  const person = page.locator('#persons li:has-text("Elena Conti")');
  await person.locator('[data-act="mute"]').click();
  await page.click('#sure-no');
  assert.equal(relay.person(session, 'Elena Conti').muted, false);
  await person.locator('[data-act="mute"]').click();
  await page.click('#sure-yes');
  await page.waitForSelector('#persons li:has-text("Elena Conti") .pill:text("muted")');
  assert.equal(relay.person(session, 'Elena Conti').muted, true);
  await person.locator('[data-act="message"]').click();
  await page.fill('#message-text', 'The microphone, please.');
  await page.click('#message-send');
  await page.waitForSelector('#told:text("was sent")', { state: 'attached' });
  await page.locator('#persons li:has-text("شیرین") [data-act="remove"]').click();
  await page.click('#sure-yes');
  await page.waitForSelector('#persons li:has-text("شیرین")', { state: 'detached' });
});

test('a relay that is gone is told, and is seen again by itself', async () => {
  await relay.kill();
  await page.waitForSelector('.old #link:has-text("No answer from the relay since")');
  assert.ok(await page.isVisible('#persons li:has-text("Elena Conti")'));
  const [listen, media] = [relay.listen, relay.media];
  await relay.start();
  assert.deepEqual([relay.listen, relay.media], [listen, media]);
  await page.waitForSelector('.desk:not(.old) #link:text("Live")');
});

test('a session is ended, and the page says that it is over', async () => {
  await page.click('#session-acts [data-act="end"]');
  await page.click('#sure-yes');
  await page.waitForSelector('#session-none:text("over"), #session-facts :text("ended")');
  await until('it has ended', () => relay.ctl('list').sessions.every((s) => s.id !== session || s.state === 'ended'));
  await page.click('#forget');
  await page.waitForSelector('#entry:not([hidden])');
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});
