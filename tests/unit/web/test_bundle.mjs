// What client-lib/web/bundle.py makes of the page: one script and one style sheet a page, names by content, compressed, readable by their source
// maps, and light. The folder it made is the argument.
import assert from 'node:assert';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

const source = new URL('../../../client-lib/web/', import.meta.url).pathname;
const made = process.argv[2];
const files = readdirSync(made, { recursive: true }).filter((name) => statSync(join(made, name)).isFile());
const read = (name) => readFileSync(join(made, name), 'utf8');
const sizeOf = (name) => statSync(join(made, `${name}.br`)).size;
const HASHED = /-[A-Z2-7]{8}\.(js|css)$/;

// What a page's HTML names, by the page.
const pages = { 'index.html': null, 'operator/index.html': null, 'replay/index.html': 'replay' };
const named = (page) => {
  const html = read(page);
  const script = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map((m) => m[1]);
  const style = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map((m) => m[1]);
  return { html, script, style };
};
const place = (page, name) => (name.startsWith('/') ? name.slice(1) : join(pages[page], name));
const namedBy = (suffix) => new RegExp(`^${suffix}-[A-Z2-7]{8}\\.js$`);
const one = (suffix) => { const [name, ...more] = files.filter((f) => namedBy(suffix).test(f)); assert.ok(name && !more.length, suffix); return name; };
const holds = (name, module) => JSON.parse(read(`${name}.map`)).sources.includes(module);
const catalogue = (module) => files.find((f) => f.endsWith('.js') && existsSync(join(made, `${f}.map`)) && holds(f, module));

for (const page of Object.keys(pages)) test(`${page}: one script, one style sheet, nothing inline`, () => {
  const { html, script, style } = named(page);
  assert.deepEqual([script.length, style.length], [1, 1]);
  for (const name of [...script, ...style]) assert.ok(files.includes(place(page, name)), name);
  if (!pages[page]) for (const name of [...script, ...style]) assert.match(name, HASHED);
  assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|style="|\son\w+="|icons\.svg/);
  for (const [, icon] of html.matchAll(/href="#i-([\w-]+)"/g)) assert.ok(html.includes(`id="i-${icon}"`), icon);
});

test('no script of a page waits for a second one; the later one stands on the first', () => {
  for (const page of Object.keys(pages)) assert.doesNotMatch(read(place(page, named(page).script[0])), /^import\b|[;}]import["{*]|\}from"/);
  const [first] = named('index.html').script;
  assert.ok(read(one('later')).includes(`from".${first}"`));
  for (const language of ['en', 'fa']) assert.doesNotMatch(read(catalogue(`text/${language}.js`)), /^import\b|\}from"/);
});

test('whatever a script fetches is there', () => {
  const fetched = files.filter((f) => f.endsWith('.js')).flatMap((f) => [...read(f).matchAll(/(?:import\(|import|from)"\.\/([^"]+)"/g)].map((m) => m[1]));
  assert.ok(fetched.length >= 6);
  for (const name of fetched) assert.ok(files.includes(name), name);
});

test('each file is beside its compressed ones, which hold the same', () => {
  const plain = files.filter((f) => !/\.(br|gz)$/.test(f));
  assert.ok(plain.length > 15);
  for (const name of plain) {
    const bytes = readFileSync(join(made, name));
    assert.ok(gunzipSync(readFileSync(join(made, `${name}.gz`))).equals(bytes), name);
    if (!name.endsWith('.map')) assert.ok(brotliDecompressSync(readFileSync(join(made, `${name}.br`))).equals(bytes), name);
    for (const coding of ['gz', 'br'].filter((c) => files.includes(`${name}.${c}`))) assert.ok(statSync(join(made, `${name}.${coding}`)).mtimeMs >= statSync(join(made, name)).mtimeMs, name);
  }
});

test('source maps name every module and hold it whole', () => {
  const modules = new Map();
  for (const name of files.filter((f) => f.endsWith('.map'))) {
    const map = JSON.parse(read(name));
    map.sources.forEach((module, i) => modules.set(module, map.sourcesContent[i]));
    assert.match(read(name.replace(/\.map$/, '')), /sourceMappingURL=[^/]+\.map( \*\/)?\s*$/);
  }
  const written = readdirSync(source, { recursive: true }).filter((f) => /\.(js|css)$/.test(f));
  for (const module of written.filter((f) => f !== 'later.js')) assert.equal(modules.get(module), readFileSync(join(source, module), 'utf8'), module);
});

test('meson.build names each file, so that it is built anew when one changes', () => {
  const named = readFileSync(join(source, 'meson.build'), 'utf8');
  for (const file of readdirSync(source, { recursive: true }).filter((f) => /\.(html|css|svg|js)$/.test(f))) assert.ok(named.includes(`'${file}'`), file);
});

// Bodies alone, in the longest language; the whole, with all that is around them, is counted on the wire (tests/live/browser/test_wire.mjs).
test('what is loaded until sound is at most 32 KB, all together 48 KB; the operator\'s page 24 KB', () => {
  const weigh = (page, ...more) => [page, ...named(page).script, ...named(page).style].map((name) => name.replace(/^\//, '')).concat(more).reduce((sum, name) => sum + sizeOf(name), 0);
  const first = weigh('index.html', catalogue('text/fa.js'), 'icon.svg');
  assert.ok(first > 15000 && first <= 32000, `${first} bytes`);
  const all = first + [one('later'), catalogue('text/fa-refusals.js'), 'moment.js'].reduce((sum, name) => sum + sizeOf(name), 0);
  assert.ok(all <= 48000, `${all} bytes`);
  const operator = weigh('operator/index.html', catalogue('text/fa.js'), catalogue('operator/text/fa.js'));
  assert.ok(operator <= 24000, `${operator} bytes`);
});
