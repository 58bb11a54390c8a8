// How the line is (client-lib/web/line.js), second by second.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const source = readFileSync(new URL('../../../client-lib/web/line.js', import.meta.url), 'utf8');
const { Line } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

// Rows: seconds as [received, lost, jitter_ms], and the state after them.
const rows = [
  [[], 'good'],
  [[[50, 0, 2]], 'good'],
  [[[50, 1, 2], [50, 1, 2]], 'good'],
  [[[50, 2, 2], [50, 2, 2]], 'weak'],
  [[[50, 0, 2], [50, 0, 2], [50, 0, 2], [45, 5, 2]], 'weak'],
  [[[40, 10, 2]], 'bad'],
  [[[0, 50, 0]], 'bad'],
  [[[50, 0, 61]], 'weak'],
  [[[50, 0, 201]], 'bad'],
  [[[50, 0]], 'good'],
  [[[0, 0, 0]], 'good'],
  [[[10, 40, 2], [50, 0, 2], [50, 0, 2], [50, 0, 2], [50, 0, 2], [50, 0, 2]], 'good'], // the bad second is forgotten
];

for (const [i, [seconds, state]] of rows.entries()) test(`row ${i + 1}: ${state}`, () => {
  const line = new Line();
  for (const [received, lost, jitter_ms] of seconds) line.second({ received, lost, jitter_ms });
  assert.equal(line.state, state);
});

test('forgotten is as new', () => {
  const line = new Line();
  line.second({ received: 0, lost: 50, jitter_ms: 300 });
  line.forget();
  assert.deepEqual([line.state, line.loss, line.jitter_ms], ['good', 0, 0]);
});
