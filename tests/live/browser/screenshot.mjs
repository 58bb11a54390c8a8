// Makes client-lib/web/page.png, the picture in the README: node tests/live/browser/screenshot.mjs [FOLDER]
// With a folder it also puts every screen there (laptop, phone, projector; English and Persian), to be looked at.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Relay, sleep, source, speech } from './relay.mjs';
import { Browser } from './browser.mjs';

const PICTURE = join(source, 'client-lib/web/page.png');
const folder = process.argv[2];
const people = [['chair', 'Marta Ruiz'], ['room', 'Aula Magna', 'Aula Magna'], ['trainee', 'شیرین رضایی'], ['trainee', 'Amadou Diallo'], ['trainee', 'Li Wei', 'Aula Magna'],
  ['trainee', 'Jonas Berg'], ['trainee', 'Noor Haddad'], ['trainee', 'Maximiliana von Hohenstein-Oberndorff']];
const relay = new Relay();
let browser;

async function hall() {
  const session = relay.session('Acoustics of lecture halls — day one', '--room', 'Aula Magna', '--record');
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  const natives = people.map(([role, name, room]) => relay.native(relay.link(session, role, name, room), '--no-audio'));
  const lecturer = relay.native(relay.link(session, 'lecturer', 'Dr. Elena Conti'), '--play', speech('it'));
  await sleep(1500);
  lecturer.say('page 6');
  const said = [[3, 'hand up'], [2, 'hand up'], [6, 'hand up'], [3, 'chat Is the first reflection always the loudest?'], [2, 'chat سلام، صدا خوب است.'], [5, 'chat Page 5 helped, thank you.']];
  for (const [who, words] of said) { natives[who].say(words); await sleep(250); }
  return session;
}

async function shoot(url, look, size, file) {
  const page = await browser.context.newPage();
  await page.setViewportSize(size);
  await page.goto(`${url}?${look}`);
  await page.waitForSelector('#door-join:not([hidden])');
  await sleep(500);
  if (folder) await page.screenshot({ path: join(folder, `door-${file}`) });
  await page.click('#door-join');
  await page.waitForSelector('#page-image[srcset]');
  await page.waitForSelector('#speaking:has-text("Elena")');
  await page.keyboard.press('m');
  await page.mouse.move(0, 0);
  await sleep(800);
  await page.screenshot({ path: file.includes('/') ? file : join(folder, file), fullPage: size.width < 600 });
  await page.close();
}

try {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  const session = await hall();
  const chair = relay.link(session, 'chair', 'Ingrid Holm');
  const trainee = relay.link(session, 'trainee', 'Bob Okafor');
  for (const language of folder ? ['en', 'fa'] : []) {
    await shoot(chair, `lang=${language}`, { width: 1366, height: 768 }, `laptop-${language}.png`);
    await shoot(trainee, `lang=${language}`, { width: 360, height: 740 }, `phone-${language}.png`);
    await shoot(trainee, `lang=${language}&view=stage`, { width: 1920, height: 1080 }, `stage-${language}.png`);
  }
  if (!folder) {
    await shoot(chair, 'lang=en', { width: 1366, height: 768 }, PICTURE);
    console.log(`${PICTURE}: ${statSync(PICTURE).size} bytes`);
  }
} finally {
  await browser?.close();
  await relay.stop();
}
