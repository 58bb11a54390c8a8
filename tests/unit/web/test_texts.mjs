// The catalogues of texts: the same keys and the same places to fill in, in every language; and every key the page asks for is there.
// Each file of the page is one that the build serves, and all of them together are light.
import assert from 'node:assert';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

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
  const [, offered] = /const languages = \[(.*?)\]/.exec(read('text.js'));
  assert.deepEqual(offered.match(/\w+/g).sort(), names.map((n) => n.replace('.js', '')).sort());
});

test('what the page asks for is there', () => {
  const asked = new Set();
  for (const m of read('index.html').matchAll(/data-(?:text|label)="([^"]+)"/g)) asked.add(m[1]);
  for (const file of readdirSync(web).filter((n) => n.endsWith('.js'))) for (const m of read(file).matchAll(/\b(?:text\(|words: )'([^'$]+)'/g)) asked.add(m[1]);
  assert.ok(asked.size > 90);
  for (const key of asked) assert.ok(Object.hasOwn(en, key), key);
});

const served = (folder) => readdirSync(new URL(folder, web)).filter((n) => /\.(html|css|svg|js)$/.test(n));

test('the build serves each file', () => {
  for (const folder of ['', 'text/']) for (const file of served(folder)) assert.ok(read(`${folder}meson.build`).includes(`'${file}'`), folder + file);
});

const HEADERS_BYTES = 600; // of one answer
const wire = (files) => files.reduce((sum, file) => sum + gzipSync(read(file), { level: 9 }).length + HEADERS_BYTES, 0);
// The longest language; what comes before sound is what the page itself names.
const first = ['index.html', 'style.css', 'icon.svg', 'icons.svg', 'main.js', 'text/fa.js', ...[...read('index.html').matchAll(/modulepreload" href="\/(\w+\.js)"/g)].map((m) => m[1])];

test('what is loaded until sound is at most 60 KB on the wire, all together 150 KB', () => {
  const imported = new Set(first.filter((f) => f.endsWith('.js')).flatMap((f) => [...read(f).matchAll(/^(?:import|export) .*from '\/(\w+\.js)';$/gm)].map((m) => m[1])));
  for (const file of imported) assert.ok(first.includes(file), `${file} is not preloaded`);
  assert.ok(first.length > 15 && wire(first) <= 60000, `${wire(first)} bytes`);
  const all = [...served(''), 'text/fa.js'];
  assert.ok(all.length > first.length && wire(all) <= 150000, `${wire(all)} bytes`);
});
