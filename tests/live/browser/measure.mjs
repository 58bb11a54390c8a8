// What is measured of the page in Chromium: by tests that fail on gross errors alone, and by bench/page, which shows the figures.
import { join } from 'node:path';
import { source, until } from './relay.mjs';
import { stats } from './browser.mjs';
import { badLine } from './line.mjs';
import { lecturerPage, turnsAgainstSound } from './turns.mjs';

// From a grant to the first sound of it at another page, which hears nothing else.
export async function fromGrantToSound(relay, session, speaker, name, listener) {
  await speaker.click('#hand');
  await speaker.waitForSelector('#floor[data-state="waiting"]');
  const before = (await stats(listener))['inbound-rtp']?.packetsReceived ?? 0;
  const heard = listener.evaluate((n) => new Promise((done) => {
    const look = setInterval(async () => {
      for (const s of (await window.connections.at(-1).getStats()).values()) if (s.type === 'inbound-rtp' && s.packetsReceived > n) { clearInterval(look); done(performance.timeOrigin + performance.now()); }
    }, 10);
  }), before);
  const begun = Date.now();
  relay.ctl('grant', '--session', session, '--participant', name);
  return await heard - begun;
}

// What a page has sent since its join: packets by its own statistics, and at the relay.
export async function sentBy(relay, session, page, name) {
  const p = relay.person(session, name);
  return { page: (await stats(page))['outbound-rtp']?.packetsSent ?? 0, relay: p.packets_in, refused: p.refused ?? 0 };
}

// Page turns of a lecturer in Chromium against their sound at a listener whose line is delayed, ms. The browser is launched with bypassCSP.
export async function turns(relay, browser, { delay, jitter, count }) {
  const session = relay.session(`Turns, ${delay} ms`);
  relay.ctl('deck', 'add', '--session', session, join(source, 'relay/demo-deck/how-sound-travels.pdf'));
  relay.ctl('page', '--session', session, '--deck', relay.show(session).decks[0].id, '--page', '5');
  const said = [];
  const lecturer = await lecturerPage(browser, relay.link(session, 'lecturer', 'Ada'), said);
  const line = delay ? await badLine(relay, delay, jitter) : null;
  const link = relay.link(session, 'trainee', 'Bob');
  const listener = await browser.context.newPage();
  if (line) await listener.addInitScript(line.first);
  await listener.goto(line ? line.url(link) : link);
  await listener.click('#door-join');
  await listener.waitForSelector('#hall:not([hidden]) #page-image[srcset]');
  await until('the lecturer is heard', () => relay.person(session, 'Ada').audible);
  const result = await turnsAgainstSound(lecturer, listener, count);
  await lecturer.close();
  await listener.close();
  line?.close();
  return { ...result, rtp: said.filter((s) => Number.isInteger(s.rtp)).length };
}
