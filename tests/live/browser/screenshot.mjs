// Makes client-lib/web/page.png, the picture in the README: node tests/live/browser/screenshot.mjs
// (AULA_LOOKS=FOLDER node tests/live/browser/test_look.mjs makes a picture of every screen.)
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Relay, sleep, source, speech } from './relay.mjs';
import { Browser } from './browser.mjs';
import { lecture } from './looks.mjs';

const PICTURE = join(source, 'client-lib/web/page.png');
const relay = new Relay();
let browser;

try {
  await relay.start();
  browser = await Browser.launch({ voice: speech('en') });
  const { session } = await lecture(relay, 'Acoustics of lecture halls — day one');
  const page = await browser.join(`${relay.link(session, 'chair', 'Ingrid Holm')}?lang=en`);
  await page.waitForSelector('#page-image[srcset]');
  await page.keyboard.press('m');
  await page.waitForSelector('#speaking:has-text("Elena")');
  await page.click('#more');
  await page.click('.menu [data-act="timer"]');
  await page.selectOption('#timer-whom', { label: 'Dr. Elena Conti' });
  await page.fill('#timer-minutes', '15');
  await page.click('#timer-start');
  await page.click('#pen');
  const box = await page.locator('#page-image').boundingBox();
  const at = (x, y) => page.mouse.move(box.x + x * box.width, box.y + y * box.height);
  await at(0.16, 0.385);
  await page.mouse.down();
  for (let i = 0; i <= 30; i++) await at(0.16 + i * 0.009, 0.385 + 0.004 * Math.sin(i));
  await page.mouse.up();
  await page.click('#pen');
  await page.waitForSelector('#ink path');
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement.blur());
  await sleep(1500);
  await page.screenshot({ path: PICTURE });
  console.log(`${PICTURE}: ${statSync(PICTURE).size} bytes`);
} finally {
  await browser?.close();
  await relay.stop();
}
