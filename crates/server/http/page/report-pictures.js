// The pictures of a report: how much came in when, and when each failure did.

import { binned, drawn, timeAxis, timeScale } from './axis.js';
import { el, svg } from './dom.js';
import { classAddress, rowLink } from './link.js';
import { timesOf } from './spark.js';
import { count, fixStatus, thousands } from './words.js';

const LANES = 15;
const LANE_HEIGHT = 22;
const TRAFFIC_HEIGHT = 120;
const TRAFFIC_FLOOR = 96;
/** How wide a bar is at least. */
const BAR_PX = 14;

/** The times from which to which a report is drawn, in ms; undefined where nothing is dated. */
function spanOf({ scope, classes, one_offs: oneOffs }) {
  const times = [...classes.flatMap((row) => timesOf(row.failure_class)), ...oneOffs.map(timeOf)].filter(
    Number.isFinite,
  );
  if (times.length === 0) return undefined;
  const from = scope.since ? Date.parse(scope.since) : times.reduce((first, time) => Math.min(first, time));
  return [from, Date.parse(scope.until)];
}

function timeOf({ started_at: at }) {
  return at ? Date.parse(at) : NaN;
}

function within([from, to]) {
  return (time) => time >= from && time <= to;
}

/** Incidents over time, of failures that keep coming back and others; of a list that was cut nothing is drawn. */
export function traffic(report) {
  const { classes, one_offs: oneOffs, counts } = report;
  const span = spanOf(report);
  if (classes.length < counts.classes || !span) return false;
  const areCut = oneOffs.length < counts.one_offs;
  const back = classes.flatMap((row) => timesOf(row.failure_class)).filter(within(span));
  const once = areCut ? [] : oneOffs.map(timeOf).filter(within(span));
  const told = `${back.length} incidents of failures that keep coming back and ${once.length} one-offs over time`;
  return el(
    'figure',
    el('h2', 'Incidents over time'),
    drawn((width) => bars(width, span, back, once, told)),
    el(
      'figcaption',
      el('span.key.back', 'came back'),
      areCut
        ? `${thousands(counts.one_offs)} one-offs are too many to draw: choose a shorter period`
        : el('span.key.once', 'one-offs'),
    ),
  );
}

function bars(width, span, back, once, told) {
  const scale = timeScale(...span, 28, width - 4);
  const number = Math.max(1, Math.min(48, Math.floor((scale.right - scale.left) / BAR_PX)));
  const step = (scale.right - scale.left) / number;
  const [lower, upper] = [back, once].map((times) => binned(times, scale, number));
  const most = Math.max(1, ...lower.map((low, place) => low + upper[place]));
  const height = (value) => (value / most) * (TRAFFIC_FLOOR - 14);
  const rect = (kind, place, value, above) =>
    value > 0 &&
    svg(`rect.${kind}`, {
      x: scale.left + place * step + 1,
      width: Math.max(1, step - 2),
      height: height(value),
      y: TRAFFIC_FLOOR - height(above) - height(value),
    });
  return svg(
    'svg',
    {
      width,
      height: TRAFFIC_HEIGHT,
      viewBox: `0 0 ${width} ${TRAFFIC_HEIGHT}`,
      role: 'img',
      'aria-label': told,
    },
    timeAxis(scale, 8, TRAFFIC_FLOOR),
    svg('text.label', { x: scale.left - 6, y: 18, 'text-anchor': 'end' }, String(most)),
    svg('text.label', { x: scale.left - 6, y: TRAFFIC_FLOOR, 'text-anchor': 'end' }, '0'),
    lower.map((low, place) => [rect('back', place, low, 0), rect('once', place, upper[place], low)]),
  );
}

/** When each of the most frequent failures came. */
export function lanes(report) {
  const shown = report.classes.slice(0, LANES);
  const span = spanOf(report);
  if (shown.length === 0 || !span) return false;
  const left = report.counts.classes - shown.length;
  return el(
    'figure',
    el('h2', 'When each came'),
    el(
      'ol.lanes',
      shown.map((row) => lane(row.failure_class, span)),
      el(
        'li.axis-line',
        el('span'),
        drawn((width) => axisOf(width, span)),
      ),
    ),
    left > 0 &&
      el(
        'figcaption',
        `The ${shown.length} most frequent; ${count(left, 'failure', 'failures')} more in the table.`,
      ),
  );
}

function lane(found, span) {
  const times = timesOf(found).filter(within(span));
  const [word, tone] = fixStatus(found.fix_status);
  return el(
    'li.row',
    el('p', rowLink(classAddress(found.id), found.name), ' ', el(`span.chip.${tone}`, word)),
    drawn((width) => {
      const scale = timeScale(...span, 8, width - 8);
      const middle = LANE_HEIGHT / 2;
      return svg(
        'svg',
        { width, height: LANE_HEIGHT, role: 'img', 'aria-label': `${times.length} in the period` },
        svg('line.lane', { x1: scale.left, x2: scale.right, y1: middle, y2: middle }),
        times.map((time) => svg('circle.occurred', { cx: scale(time), cy: middle, r: 5 })),
      );
    }),
  );
}

function axisOf(width, span) {
  return svg(
    'svg',
    { width, height: 20, 'aria-hidden': 'true' },
    timeAxis(timeScale(...span, 8, width - 8), 0, 4),
  );
}
