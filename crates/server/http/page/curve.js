// Precision and coverage against the cut.

import { drawn } from './axis.js';
import { svg } from './dom.js';

const HEIGHT = 240;
const LEFT = 44;
const RIGHT = 90;
const TOP = 10;
const FLOOR = 212;
/** Below this many shown cases a precision jumps about and is not drawn. */
const SHOWN_MIN = 5;

/** The picture of a back-test. */
export function curve(told) {
  return drawn((width) => picture(width, told));
}

function picture(width, { threshold_curve: points, suggested_threshold: suggested }) {
  const x = (share) => LEFT + share * (width - LEFT - RIGHT);
  const y = (share) => FLOOR - share * (FLOOR - TOP);
  const told = `Precision and coverage by cut${suggested === undefined ? '' : `; suggested ${suggested.toFixed(2)}`}`;
  return svg(
    'svg.curve',
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': told },
    grid(x, y),
    suggested !== undefined && svg('line.cut', { x1: x(suggested), x2: x(suggested), y1: TOP, y2: FLOOR }),
    line(
      'precision',
      points.filter((point) => point.shown >= SHOWN_MIN),
      x,
      y,
    ),
    line('coverage', points, x, y),
  );
}

function grid(x, y) {
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return svg(
    'g.axis',
    { 'aria-hidden': 'true' },
    steps.map((share) => [
      svg('line', { x1: x(0), x2: x(1), y1: y(share), y2: y(share) }),
      svg('text', { x: x(0) - 6, y: y(share) + 4, 'text-anchor': 'end' }, `${Math.round(share * 100)} %`),
      svg('text', { x: x(share), y: FLOOR + 18, 'text-anchor': 'middle' }, share.toFixed(1)),
    ]),
  );
}

/** A line named at its end. */
function line(name, points, x, y) {
  const known = points.filter((point) => point[name] !== undefined);
  if (known.length === 0) return false;
  const path = known
    .map(
      (point, place) =>
        `${place === 0 ? 'M' : 'L'}${x(point.threshold).toFixed(1)} ${y(point[name]).toFixed(1)}`,
    )
    .join('');
  const last = known.at(-1);
  return svg(
    `g.${name}`,
    svg('path', { d: path }),
    svg('text', { x: x(last.threshold) + 6, y: y(last[name]) + 4 }, name),
  );
}
