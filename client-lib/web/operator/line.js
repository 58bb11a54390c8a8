// The line of a chart: from values to an SVG path. The time runs from left to right, the newest value at the right edge.
export const WIDTH = 300;
export const HEIGHT = 60;

// The end of the scale: the next of 5, 10, 20, 50, 100, …
export function top(most) {
  for (let power = 1; ; power *= 10) for (const step of [1, 2, 5]) if (step * power >= Math.max(5, most)) return step * power;
}

const round = (n) => Math.round(n * 10) / 10;

// `values`, null where nothing is known: the line has a gap there. `closed`: the area below it.
export function path(values, scale, most, closed = false) {
  const step = WIDTH / (most - 1);
  const left = WIDTH - (values.length - 1) * step;
  let d = '', from = null, x = 0;
  const close = () => { if (closed && from !== null) d += `L${x} ${HEIGHT}L${from} ${HEIGHT}Z`; from = null; };
  values.forEach((v, i) => {
    if (v === null) return close();
    x = round(left + i * step);
    d += `${from === null ? 'M' : 'L'}${x} ${round(HEIGHT - 1 - Math.min(v / scale, 1) * (HEIGHT - 2))}`;
    from ??= x;
  });
  close();
  return d;
}
