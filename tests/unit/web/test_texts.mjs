// The catalogues of texts: the same keys and the same places to fill in, in every language; and every key the page asks for is there.
import assert from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const web = new URL('../../../client-lib/web/', import.meta.url);
const read = (name) => readFileSync(new URL(name, web), 'utf8');
const catalogue = async (name) => (await import(`data:text/javascript,${encodeURIComponent(read(`text/${name}`))}`)).default;
const names = readdirSync(new URL('text/', web)).filter((n) => /^\w+\.js$/.test(n));
const en = await catalogue('en.js');

for (const name of names) test(`${name} is complete`, async () => {
  const texts = await catalogue(name);
  assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort());
  for (const [key, words] of Object.entries(texts)) {
    assert.ok(words.trim(), key);
    assert.deepEqual([...words.matchAll(/\{\w+\}/g)].map(String).sort(), [...en[key].matchAll(/\{\w+\}/g)].map(String).sort(), key);
  }
});

test('every catalogue is offered, and only those', () => {
  const [, offered] = /const catalogues = \{(.*?)\};/.exec(read('text.js'));
  assert.deepEqual([...offered.matchAll(/text\/(\w+\.js)/g)].map((m) => m[1]).sort(), [...names].sort());
});

test('what the page asks for is there', () => {
  const asked = new Set();
  for (const m of read('index.html').matchAll(/data-(?:text|label)="([^"]+)"/g)) asked.add(m[1]);
  for (const file of readdirSync(web).filter((n) => n.endsWith('.js'))) for (const m of read(file).matchAll(/\b(?:text\(|words: )'([^'$]+)'/g)) asked.add(m[1]);
  assert.ok(asked.size > 90);
  for (const key of asked) assert.ok(Object.hasOwn(en, key), key);
});
