// Joins by a link in Chromium, as a person does, and leaves. usage: node join_once.mjs URL
import { Browser } from './browser.mjs';

const browser = await Browser.launch();
try {
  await browser.join(process.argv[2]);
  if (browser.problems.length > 0) throw new Error(browser.problems.join('\n'));
  console.log('joined');
} finally {
  await browser.close();
}
