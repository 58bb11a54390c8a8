// Every screen of the page, one line each: its name, who opens it (role, room), the address's question, the widths it is looked at in, and
// the way there from the open door (nothing: the door itself); `at`: what stands for the door elsewhere. test_look.mjs goes through all of them in every language.
export const sizes = { phone: [360, 740], tablet: [820, 1180], laptop: [1366, 768], side: [740, 360], projector: [1920, 1080] };

const hall = async (page) => { await page.click('#door-join'); await page.waitForSelector('#hall:not([hidden]) #page-image[srcset]'); };
const talked = async (page) => { await hall(page); await page.click('#tab-chat'); await page.waitForSelector('#chat li:nth-child(3)'); };
const opened = (button, shown) => async (page) => { await hall(page); await page.click(button); await page.waitForSelector(shown); };
const pressed = (key, shown) => async (page) => { await hall(page); await page.keyboard.press(key); await page.waitForSelector(shown); };
const text = async (page) => { await hall(page); await page.click('#text-toggle'); await page.waitForSelector('#page-text:not([hidden])'); };
const raised = async (page) => { await hall(page); await page.click('#hand'); await page.waitForSelector('#floor[data-state="waiting"]'); };
const left = async (page) => { await hall(page); await page.click('#leave'); await page.waitForSelector('#door:not([hidden])'); };
const asked = async (page, { relay, session, name }) => {
  await hall(page);
  relay.ctl('message', '--session', session, '--participant', name, 'The next part begins at 10:45. Please stay near your microphones, and write questions into the chat meanwhile.');
  await page.waitForSelector('#notice:not([hidden])');
};
const waiting = async (page) => { await page.click('#door-join'); await page.waitForSelector('#hall:not([hidden])'); };

// The operator's page with a token of these rights, and a session looked into.
const operates = (rights) => async (page, { relay }) => {
  await page.fill('#entry-token', relay.ctl('token', 'create', '--rights', rights).token);
  await page.click('#entry-form button');
  await page.locator('#sessions button').first().click();
  await page.waitForSelector('#persons li');
  await page.waitForSelector('.chart-line[d*="L"]', { state: 'attached' });
};

const handy = ['phone', 'laptop'];
const all = ['phone', 'tablet', 'laptop', 'projector']; // side: a phone on its side
export const screens = [
  { name: 'the door of a listener', who: ['trainee'], widths: all },
  { name: 'the door of a speaker', who: ['lecturer'], widths: all, until: '#door-said:not(:empty)' },
  { name: 'the door of a companion', who: ['trainee', 'Aula Magna'], widths: handy },
  { name: 'the door of a hall', who: ['room', 'Aula Magna'], widths: ['laptop'], until: '#door-said:not(:empty)' },
  { name: 'a wrong link', link: '/j/0123456789abcdefghijklmnopqrstuvwxyz0123456', widths: handy },
  { name: 'no link', link: '/', widths: handy },
  { name: 'a chair\'s session', who: ['chair', 'Aula Magna'], widths: all, way: hall },
  { name: 'the chat', who: ['chair'], widths: all, way: talked },
  { name: 'the questions', who: ['trainee'], widths: handy, way: opened('#tab-questions', '#questions li') },
  { name: 'the questions as a chair sees them', who: ['chair'], widths: handy, way: opened('#tab-questions', '#questions li') },
  { name: 'the polls', who: ['trainee'], widths: handy, way: opened('#tab-polls', '#polls .share') },
  { name: 'the polls as a chair sees them', who: ['chair'], widths: handy, way: opened('#tab-polls', '#polls .share') },
  { name: 'a new poll', who: ['chair'], widths: handy, way: async (page) => { await hall(page); await page.click('#tab-polls'); await page.click('#poll-new'); await page.waitForSelector('#poll-make'); } },
  { name: 'the speaker\'s timer', who: ['chair'], widths: handy, way: async (page) => { await hall(page); await page.click('#more'); await page.click('.menu [data-act="timer"]'); await page.waitForSelector('#timer-start'); } },
  { name: 'the pen', who: ['lecturer'], widths: handy, way: opened('#pen', '.pens') },
  { name: 'checking in', who: ['trainee', 'Aula Magna'], widths: handy, way: opened('#checkin', '#checkin-code') },
  { name: 'what chairs do with the session', who: ['chair'], widths: handy, way: opened('#more', '.menu') },
  { name: 'what chairs do with one person', who: ['chair'], widths: ['laptop'], way: opened('#people [data-act="more"]', '.menu') },
  { name: 'sound and language', who: ['chair'], widths: handy, way: opened('#settings', 'dialog') },
  { name: 'all pages', who: ['lecturer'], widths: handy, way: opened('#pages', '.thumbs img') },
  { name: 'the keys', who: ['chair'], widths: ['laptop'], way: pressed('?', 'dialog kbd') },
  { name: 'the line', who: ['trainee'], widths: handy, way: opened('#line', 'dialog') },
  { name: 'a question before it is done', who: ['lecturer'], widths: handy, way: opened('#leave', '#sure-yes') },
  { name: 'a trainee\'s session', who: ['trainee'], widths: [...all, 'side'], way: raised },
  { name: 'the large slide', who: ['chair'], widths: ['laptop'], way: pressed('s', '.large-slide') },
  { name: 'a companion\'s session', who: ['trainee', 'Aula Magna'], widths: handy, way: hall },
  { name: 'a lecturer\'s session, with the page\'s text', who: ['lecturer'], widths: handy, way: text },
  { name: 'the operator\'s words', who: ['trainee'], widths: handy, way: asked },
  { name: 'the projector', who: ['trainee'], look: '&view=stage', widths: ['projector'], way: hall },
  { name: 'the PC of a hall', who: ['room', 'Aula Magna'], widths: ['projector'], way: hall },
  { name: 'a session that is planned', who: ['trainee'], planned: true, widths: handy, way: waiting },
  { name: 'a chair before the session', who: ['chair'], planned: true, widths: handy, way: waiting },
  { name: 'the operator\'s page asks for a token', link: '/operator', widths: handy, at: '#entry:not([hidden])' },
  { name: 'the operator\'s page', link: '/operator', widths: all, at: '#entry:not([hidden])', way: operates('read,sessions') },
  { name: 'the operator\'s page for who may only read', link: '/operator', widths: handy, at: '#entry:not([hidden])', way: operates('read') },
  { name: 'a certificate that nobody has', link: '/verify/aaaa-bbbb-cccc', widths: handy, at: 'main dl' },
  { name: 'having left', who: ['trainee'], widths: handy, way: left },
];
