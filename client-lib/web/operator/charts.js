// Small history charts: one line of SVG each. The line itself is made in line.js.
import { make } from '../draw.js';
import { number } from '../text.js';
import { say } from './words.js';
import { path, top, WIDTH, HEIGHT } from './line.js';

const svg = (tag, attributes, ...children) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
};
const shown = (n) => (n === null ? '–' : number(Math.round(n)));

// A chart of its own element; draw() is told all its values, the newest last.
export class Chart {
  constructor(box, key, { most, minutes }) {
    Object.assign(this, { key, most, minutes });
    this.line = svg('path', { class: 'chart-line', 'vector-effect': 'non-scaling-stroke' });
    this.under = svg('path', { class: 'chart-under' });
    this.picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', class: 'chart-picture' }, this.under, this.line);
    this.name = make('span', { class: 'chart-name' });
    this.now = make('b', { class: 'chart-now' });
    this.highest = make('small', {});
    box.append(make('figure', { class: 'chart', 'data-chart': key }, make('figcaption', {}, this.name, this.now, this.highest), this.picture));
  }

  draw(values) {
    const known = values.filter((v) => v !== null);
    const now = values.at(-1) ?? null;
    const most = known.length ? Math.max(...known) : null;
    const name = say(`chart.${this.key}`);
    const scale = top(most ?? 0);
    this.line.setAttribute('d', path(values, scale, this.most));
    this.under.setAttribute('d', path(values, scale, this.most, true));
    this.name.textContent = name;
    this.now.textContent = shown(now);
    this.highest.textContent = say('chart.most', { most: shown(most) });
    this.picture.setAttribute('aria-label', say('chart.says', { name, now: shown(now), most: shown(most), minutes: this.minutes }));
  }
}
