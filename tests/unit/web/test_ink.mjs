// A drawn line with fewer points (client-lib/web/ink.js): its ends stay, the eye misses nothing, and it fits into a sentence.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = readFileSync(new URL('../../../client-lib/web/ink.js', import.meta.url), 'utf8').replace(/^import .*$/gm, '');
const { fewer } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const distance = ([x, y], [[ax, ay], [bx, by]]) => {
  const long2 = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = long2 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long2)) : 0;
  return Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
};
const off = (points, line) => Math.max(...points.map((p) => Math.min(...line.slice(1).map((q, i) => distance(p, [line[i], q])))));

const rows = [
  ['a dot', [[5, 5]], 1],
  ['two points', [[0, 0], [10000, 10000]], 2],
  ['a straight line', Array.from({ length: 500 }, (_, i) => [i * 20, 5000]), 2],
  ['there and back', [[0, 0], [5000, 0], [0, 0]], 3],
  ['a corner', [...Array.from({ length: 100 }, (_, i) => [i * 10, 0]), ...Array.from({ length: 100 }, (_, i) => [990, i * 10])], 3],
];
for (const [name, points, count] of rows) test(name, () => assert.equal(fewer(points).length, count));

test('a long scribble stays what it was, with 256 points at most', () => {
  const points = Array.from({ length: 5000 }, (_, i) => [Math.round(5000 + 4000 * Math.sin(i / 40) * Math.cos(i / 300)), Math.round(5000 + 4000 * Math.sin(i / 55))]);
  const line = fewer(points);
  assert.ok(line.length <= 256 && line.length > 50, `${line.length}`);
  assert.deepEqual([line[0], line.at(-1)], [points[0], points.at(-1)]);
  assert.ok(off(points, line) < 400, `${off(points, line)} ten-thousandths off`);
});

test('a wave is met to the width of a hair', () => {
  const points = Array.from({ length: 400 }, (_, i) => [i * 25, Math.round(5000 + 1000 * Math.sin(i / 30))]);
  const line = fewer(points);
  assert.ok(line.length < 80, `${line.length}`);
  assert.ok(off(points, line) <= 13, `${off(points, line)}`);
});
