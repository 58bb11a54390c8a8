// What the browser's commands share, as figures.py for the others: a table and goals, shown as text or as the same JSON.
const number = (x) => (typeof x !== 'number' ? `${x}` : Math.abs(x) < 100 ? `${Number(x.toPrecision(3))}` : x.toFixed(0));

export class Result {
  constructor(title, columns) { Object.assign(this, { title, columns, rows: [], goals: [] }); }

  row(...cells) { this.rows.push(cells.map(number)); }

  // `figure` must stay below or at `limit`.
  goal(what, figure, limit, unit) { this.goals.push({ what, figure, limit, unit, met: figure <= limit }); }

  #text() {
    const table = [this.columns, ...this.rows];
    const widths = this.columns.map((_, i) => Math.max(...table.map((r) => r[i].length)));
    const lines = table.map((r) => r.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join('  ').trimEnd());
    const goals = this.goals.map((g) => `${g.met ? 'met   ' : 'MISSED'} ${g.what}: ${number(g.figure)} ${g.unit} (at most ${g.limit})`);
    return [this.title, '', ...lines, ...(goals.length ? [''] : []), ...goals].join('\n');
  }

  // Times are shown, never judged: the exit status is 0 whatever they are.
  print() {
    const { title, columns, rows, goals } = this;
    console.log(process.argv.includes('--json') ? JSON.stringify({ title, columns, rows, goals }) : this.#text());
  }
}

// The value below which a share of the values lies.
export const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]; // the nearest rank

// Answers --help with the words; refuses what is no option.
export function options(words, known = {}) {
  const given = process.argv.slice(2);
  if (given.includes('--help') || given.includes('-h')) { console.log(words); process.exit(0); }
  for (let i = 0; i < given.length; i++) {
    const name = given[i].slice(2);
    if (given[i] === '--json') continue;
    if (!(name in known) || !(Number(given[i + 1]) > 0)) { console.error(`there is no option ${given[i]}, or its number is missing; --help lists them`); process.exit(2); }
    known[name] = Number(given[++i]);
  }
  return known;
}
