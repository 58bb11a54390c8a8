// Lines on the slide: those that came are drawn, and who presents draws with a pen, a finger or the mouse. Fetched with the first line.
import { $, button, make } from './draw.js';
import { text } from './text.js';
import { pictureBox } from './view.js';

const inks = { red: '#e0281b', blue: '#1c5fd0', green: '#12813c', yellow: '#ffd400', black: '#111', white: '#fff' };
const SCALE = 10000;     // a point's x and y are ten-thousandths of the page
const POINTS_MAX = 256;  // of one line
const WIDTH = 4;         // thousandths of the page's width
const MARKER = 24;       // yellow marks words that stay readable below it
const NEAR = 12;         // ten-thousandths: a point closer to the line than this is left out

let ink = 'red';
let taken = false;
const TELL_MS = 110;     // while a line is drawn, how often the others are told
const live_ = new Map(); // lines that others are drawing, by who draws
let told = 0;
let line = null; // what is being drawn: {element, points}

function element(of) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  e.setAttribute('stroke', inks[of.ink] ?? inks.red);
  e.setAttribute('vector-effect', 'non-scaling-stroke');
  if (of.ink === 'yellow') e.setAttribute('opacity', '.5');
  shape(e, of);
  return e;
}

function shape(e, { points, width }) {
  let d = '';
  for (let i = 0; i + 1 < points.length; i += 2) d += `${i ? 'L' : 'M'}${points[i]} ${points[i + 1]}`;
  if (points.length === 2) d += `L${points[0]} ${points[1]}`; // a dot
  e.setAttribute('d', d);
  e.setAttribute('stroke-width', (width * pictureBox().width) / 1000);
}

// All lines of the page that is shown.
export function draw(strokes, where) {
  const now = performance.now();
  const here = strokes.filter((s) => s.deck === where?.deck && s.page === where?.page && !(s.held > now));
  const width = Math.round(pictureBox().width);
  const sign = `${width} ${here.map((s) => s.n).join(' ')}`;
  if ($('ink').dataset.sign === sign) return;
  $('ink').dataset.sign = sign;
  for (const s of here) live_.delete(s.by); // it is whole now
  $('ink').replaceChildren(...here.map(element), ...live_.values(), ...(line ? [line.element] : []));
}

// A line that is being drawn, all of it so far; without points it was given up.
export function live(drawing, where) {
  live_.get(drawing.who)?.remove();
  live_.delete(drawing.who);
  if (!drawing.points || drawing.deck !== where?.deck || drawing.page !== where?.page) return;
  const e = element(drawing);
  live_.set(drawing.who, e);
  $('ink').append(e);
}

// Leaves out what the eye does not miss (Ramer, Douglas, Peucker), and more where there are still too many.
export function fewer(points, near = NEAR) {
  const keep = new Set([0, points.length - 1]);
  const split = [[0, points.length - 1]];
  while (split.length) {
    const [from, to] = split.pop();
    const [ax, ay] = points[from];
    const [bx, by] = points[to];
    const long = Math.hypot(bx - ax, by - ay) || 1;
    let [most, at] = [near, 0];
    for (let i = from + 1; i < to; i++) {
      const [x, y] = points[i];
      const far = bx === ax && by === ay ? Math.hypot(x - ax, y - ay) : Math.abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / long;
      if (far > most) [most, at] = [far, i];
    }
    if (at) { keep.add(at); split.push([from, at], [at, to]); }
  }
  const rest = points.filter((_, i) => keep.has(i));
  return rest.length > POINTS_MAX ? fewer(rest, near * 2) : rest;
}

// The pen is taken, or laid down.
export function take(hall) {
  taken = !taken;
  document.body.classList.toggle('draws', taken);
  $('pen').setAttribute('aria-pressed', String(taken));
  document.querySelector('.pens')?.remove();
  if (taken) $('slide').append(pens(hall));
  wire(hall);
}

function pens(hall) {
  const colours = Object.keys(inks).map((name) => {
    const b = make('button', { type: 'button', class: `icon swatch ink-${name}`, 'aria-pressed': String(name === ink), 'aria-label': text(`ink.${name}`), title: text(`ink.${name}`) }, make('i'));
    b.addEventListener('click', () => {
      ink = name;
      for (const other of b.parentElement.querySelectorAll('.swatch')) other.setAttribute('aria-pressed', String(other === b));
    });
    return b;
  });
  const clear = button(text('ink.clear'), 'erase', () => { const { deck, page } = hall.slides.where ?? {}; if (deck) hall.act('clear', { deck, page }); }, { bare: true });
  return make('div', { class: 'pens', role: 'toolbar', 'aria-label': text('pen') }, ...colours, clear, button(text('ink.close'), 'cross', () => take(hall), { bare: true }));
}

const lineSoFar = () => ({ deck: line.where.deck, page: line.where.page, ink: line.ink, width: line.width, points: fewer(line.all).flat() });

let wired = false;
function wire(hall) {
  if (wired) return;
  wired = true;
  const sheet = $('sheet');
  const at = (e) => {
    const box = pictureBox();
    const within = (x) => Math.round(Math.min(1, Math.max(0, x)) * SCALE);
    return [within((e.clientX - box.left) / box.width), within((e.clientY - box.top) / box.height)];
  };
  sheet.addEventListener('pointerdown', (e) => {
    if (!taken || e.button !== 0 || !hall.presents()) return;
    e.preventDefault();
    sheet.setPointerCapture(e.pointerId);
    const stroke = { ink, width: ink === 'yellow' ? MARKER : WIDTH, points: at(e) };
    line = { ...stroke, all: [at(e)], element: element(stroke), where: hall.slides.where };
    $('ink').append(line.element);
  });
  sheet.addEventListener('pointermove', (e) => {
    if (!line) return;
    for (const one of e.getCoalescedEvents?.() ?? [e]) line.all.push(at(one));
    shape(line.element, { points: line.all.flat(), width: line.width });
    if (performance.now() - told < TELL_MS) return;
    told = performance.now();
    hall.socket.send({ kind: 'drawing', ...lineSoFar() });
  });
  const end = async () => {
    if (!line) return;
    const drawn = lineSoFar();
    const e = line.element;
    line = null;
    await hall.act('stroke', drawn);
    e.remove(); // the relay's own is there now
    delete $('ink').dataset.sign;
    hall.draw();
  };
  sheet.addEventListener('pointerup', end);
  sheet.addEventListener('pointercancel', end);
}
