// A recording in a browser: under its link on the relay, and as a folder opened from disk; sound, page, search, keys, both directions, and
// the MP4 file for whoever plays no Ogg Opus.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { Relay, sleep, source, speech, until } from './relay.mjs';
import { Browser } from './browser.mjs';
import { faults } from './looks.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const relay = new Relay();
let browser, session, link, folder;
let turned; // when pages 2 and 4 were, in seconds of the recording

// Ten seconds of a lecture: pages 1, 2, 4, a chat message; then the session ends.
before(async () => {
  await relay.start();
  browser = await Browser.launch();
  session = relay.session('Acoustics, day 1 · آکوستیک', '--record');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  const deck = relay.show(session).decks[0].id;
  const turn = (page) => relay.ctl('page', '--session', session, '--deck', deck, '--page', String(page));
  turn(1);
  const ada = relay.native(relay.link(session, 'lecturer', 'Ada Brandt'), '--play', speech('es'));
  await until('Ada is heard', () => relay.person(session, 'Ada Brandt')?.audible);
  await sleep(3000);
  turn(2);
  ada.say('chat <b>شیرین</b> asks');
  await sleep(3000);
  turn(4);
  await sleep(3000);
  relay.ctl('end', '--session', session);
  link = relay.ctl('recording', '--session', session).url;
  folder = relay.file('folder');
  relay.ctl('recording', '--session', session, '--out', folder);
  const read = (name) => readFileSync(join(folder, name), 'utf8');
  const { start } = JSON.parse(read('index.json')).channels[0];
  const lines = read('timeline.jsonl').trim().split('\n').map((line) => JSON.parse(line));
  turned = [2, 4].map((n) => (lines.find((l) => l.kind === 'page' && l.page === n).media - start) / 48000);
});

after(async () => {
  await browser?.close();
  await relay.stop();
});

async function open(url) {
  const page = await browser.page(url);
  await page.waitForSelector('#chapters li');
  await page.waitForFunction(() => document.getElementById('sound').readyState > 0);
  return page;
}

const shown = (page) => page.$eval('#page', (e) => [Number((/^Page \D*(\d+)/.exec(e.alt) ?? [])[1] ?? 0), e.complete && e.naturalWidth > 0]);
const now = (page) => page.$eval('#sound', (e) => e.currentTime);

// The page at a moment, once the sound is there.
async function at(page, seconds) {
  await page.$eval('#seek', (e, t) => { e.value = t; e.dispatchEvent(new Event('input')); e.dispatchEvent(new Event('change')); }, seconds);
  await page.waitForFunction((t) => Math.abs(document.getElementById('sound').currentTime - t) < 0.2 && !document.getElementById('sound').seeking, seconds);
  await page.waitForFunction(() => document.getElementById('page').complete);
  return shown(page);
}

async function plays(page) {
  const duration = await page.$eval('#sound', (e) => e.duration);
  assert.ok(duration > 8 && duration < 30, `it lasts ${duration} s`);
  await page.keyboard.press('k');
  await page.waitForFunction(() => document.getElementById('sound').currentTime > 1);
  assert.match(await page.textContent('#speakers'), /Ada Brandt/);
  await page.keyboard.press(' ');
  assert.ok(await page.$eval('#sound', (e) => e.paused));
}

async function seeks(page) {
  const seen = [], [second, third] = turned;
  for (const t of [0, third + 1.5, second / 2, (second + third) / 2 + 0.5]) seen.push(await at(page, t));
  assert.deepEqual(seen, [[1, true], [4, true], [1, true], [2, true]]);
  await page.keyboard.press('n');
  await page.waitForFunction(() => /^Page \D*4/.test(document.getElementById('page').alt));
  await page.keyboard.press('p');
  await page.waitForFunction(() => /^Page \D*2/.test(document.getElementById('page').alt));
  const before = await now(page);
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction((t) => document.getElementById('sound').currentTime <= Math.max(0, t - 2.5), before);
  await page.keyboard.press('>');
  assert.equal(await page.$eval('#sound', (e) => e.playbackRate), 1.25);
}

async function searches(page) {
  await page.keyboard.press('/');
  await page.keyboard.type('PUSH wanders');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => /^Page \D*2/.test(document.getElementById('page').alt));
  await page.fill('#words', 'no such word');
  assert.equal(await page.$$eval('#found li', (all) => all.length), 0);
  await page.fill('#words', '');
}

async function speaksPersian(page) {
  await page.click('#language');
  assert.equal(await page.$eval('html', (e) => e.dir + e.lang), 'rtlfa');
  assert.match(await page.textContent('#chapters-title'), /بخش/);
  assert.equal(await page.$$eval('#talk b', (all) => all.length), 0, 'what people typed is only text');
  await page.click('#language');
}

for (const place of ['relay', 'disk']) {
  test(`from the ${place}`, async () => {
    const page = await open(place === 'relay' ? link : pathToFileURL(join(folder, 'index.html')).href);
    await plays(page);
    await seeks(page);
    await searches(page);
    await speaksPersian(page);
    await page.close();
  });
}

test('within a report, from disk: the link there leads to sound that plays and slides that turn', async () => {
  const report = relay.file('report');
  execFileSync(join(process.env.AULA_BUILD ?? join(source, 'build'), 'relay/ctl/aulactl'), ['--data', relay.data, 'report', '--session', session, '--out', report]);
  const page = await browser.page(pathToFileURL(join(report, 'index.html')).href);
  await page.click('a:has-text("Watch the recording")');
  await page.waitForSelector('#chapters li');
  await page.waitForFunction(() => document.getElementById('sound').readyState > 0);
  assert.match(page.url(), /^file:.*\/report\/recordings\/1\/index\.html$/);
  await plays(page);
  assert.deepEqual(await at(page, turned[1] + 1.5), [4, true]);
  await page.close();
});

test('the same sound from the MP4 file', async () => {
  const page = await open(pathToFileURL(join(folder, 'index.html')).href);
  const ogg = await page.$eval('#sound', (e) => e.duration);
  await page.$eval('#sound', (e) => { e.querySelector('source').remove(); e.load(); });
  await page.waitForFunction(() => document.getElementById('sound').readyState > 0 && /mp4$/.test(document.getElementById('sound').currentSrc));
  const mp4 = await page.$eval('#sound', (e) => e.duration);
  assert.ok(Math.abs(ogg - mp4) < 0.05, `${ogg} s and ${mp4} s`);
  await plays(page);
  assert.deepEqual(await at(page, turned[1] + 1.5), [4, true]);
  await page.close();
});

test('nothing is clipped or covered, and axe-core finds nothing', async () => {
  for (const [width, height] of [[1366, 768], [390, 844]]) for (const language of ['en', 'fa']) {
    const page = await open(`${link}?lang=${language}`);
    await page.setViewportSize({ width, height });
    await page.fill('#words', 'sound');
    await page.evaluate(axe);
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`), [], `${width} ${language}`);
    assert.deepEqual((await page.evaluate(faults)).filter((f) => width > 500 || !/beyond the end/.test(f)), [], `${width} ${language}`);
    if (process.env.AULA_LOOKS) await page.screenshot({ path: join(process.env.AULA_LOOKS, `replay-${width}-${language}.png`) });
    await page.close();
  }
});

test('a wrong key opens nothing, and no page complained', async () => {
  const page = await browser.context.newPage();
  const answer = await page.goto(link.replace(/.\/$/, (end) => (end === '0/' ? '1/' : '0/')));
  assert.equal(answer.status(), 404);
  assert.deepEqual(browser.problems, []);
});
