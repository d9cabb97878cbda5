// When a class occurred, how long it stayed away, and what was promised meanwhile.

import { binned, drawn, timeAxis, timeScale } from './axis.js';
import { el, svg } from './dom.js';
import { nowOf } from './spark.js';
import { DAY_MS, count, date, joined, minutes, short } from './words.js';

const HEIGHT = 132;
const OCCURRED_Y = 40;
const PROMISED_Y = 74;
const FLOOR = 104;
const RADIUS = 6;
const RADIUS_MIN = 3.5;
const RADIUS_MAX = 13;
/** The time taken whose dot has the usual size. */
const USUAL_MINUTES = 60;
/** From so many occurrences on they are counted in bars. */
const CROWD = 60;
const BAR_PX = 8;
const BARS_FLOOR = 58;
const BARS_HEIGHT = 40;
/** The least room that the number of a gap needs. */
const GAP_PX = 34;

/** The picture of a class; false where no occurrence is dated. */
export function timeline({ failure_class: found, members, action_items: items }) {
  const dated = members.filter((member) => member.started_at);
  if (dated.length === 0) return false;
  const [first, last] = [dated[0], dated.at(-1)].map((member) => date(member.started_at, true));
  const told = `${count(dated.length, 'occurrence', 'occurrences')} from ${first} to ${last}`;
  return el(
    'figure',
    drawn((width) => picture(width, found, dated, items, told)),
    el(
      'figcaption',
      dated.length > CROWD
        ? el('span.key.back', 'occurrences, counted')
        : key('circle', 'occurrence, larger the longer it took; numbers are days between'),
      key('tick', 'follow-up done'),
      key('cross', 'follow-up overdue since'),
    ),
  );
}

function key(shape, word) {
  return el(
    'span.key',
    svg('svg', { viewBox: '-8 -8 16 16', 'aria-hidden': 'true' }, SHAPES[shape](0, 0, 5)),
    ` ${word}`,
  );
}

const SHAPES = {
  circle: (x, y, r) => svg('circle.occurred', { cx: x, cy: y, r }),
  tick: (x, y, r) => svg('path.done', { d: `M${x - r} ${y}l${r * 0.7} ${r * 0.8}l${r * 1.2} ${-r * 1.7}` }),
  cross: (x, y, r) =>
    svg('path.overdue', { d: `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}` }),
};

function picture(width, found, dated, items, told) {
  const times = dated.map((member) => Date.parse(member.started_at));
  const scale = timeScale(times[0], Math.max(nowOf([found]), times.at(-1)), 12, width - 12);
  return svg(
    'svg.timeline',
    { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': told },
    timeAxis(scale, 14, FLOOR),
    dated.length > CROWD ? crowd(times, scale) : single(dated, times, scale),
    items.map((item) => promised(item, scale)),
  );
}

/** Too many to tell apart: how many there were. */
function crowd(times, scale) {
  const number = Math.max(1, Math.floor((scale.right - scale.left) / BAR_PX));
  const step = (scale.right - scale.left) / number;
  const bins = binned(times, scale, number);
  const most = Math.max(...bins);
  const rect = (value, place) => {
    const height = (value / most) * BARS_HEIGHT;
    return svg('rect.back', {
      x: scale.left + place * step,
      width: step - 1,
      y: BARS_FLOOR - height,
      height,
    });
  };
  return [svg('text', { x: scale.left, y: 11 }, `up to ${most} in a bar`), bins.map(rect)];
}

function single(dated, times, scale) {
  return [
    svg('line.lane', { x1: scale.left, x2: scale.right, y1: OCCURRED_Y, y2: OCCURRED_Y }),
    gaps(times, scale),
    dated.map((member, place) => occurred(member, scale(times[place]))),
  ];
}

function gaps(times, scale) {
  return times
    .slice(1)
    .map((time, place) => {
      const [from, to] = [scale(times[place]), scale(time)];
      const whole = Math.floor(time / DAY_MS) - Math.floor(times[place] / DAY_MS);
      return (
        to - from >= GAP_PX &&
        svg('text.gap', { x: (from + to) / 2, y: OCCURRED_Y - 10, 'text-anchor': 'middle' }, short(whole))
      );
    })
    .filter(Boolean);
}

function occurred(member, x) {
  const taken = member.time_to_resolve_minutes;
  const node = SHAPES.circle(x, OCCURRED_Y, radiusOf(taken));
  const at = date(member.started_at, member.started_at_date_only);
  node.append(svg('title', joined([`${at} ${member.title}`, taken !== undefined && minutes(taken)])));
  return node;
}

/** The area of a dot grows with the time taken. */
function radiusOf(taken) {
  if (taken === undefined) return RADIUS;
  return Math.max(RADIUS_MIN, Math.min(RADIUS_MAX, RADIUS * Math.sqrt(taken / USUAL_MINUTES)));
}

function promised(item, scale) {
  const [shape, time, word] =
    item.closed_at && item.state === 'ITEM_STATE_DONE'
      ? ['tick', Date.parse(item.closed_at), 'done']
      : ['cross', Date.parse(item.due), 'due'];
  if (
    Number.isNaN(time) ||
    (shape === 'cross' && item.days_overdue === 0) ||
    time < scale.begin ||
    time > scale.end
  )
    return [];
  const node = SHAPES[shape](scale(time), PROMISED_Y, 5);
  node.append(svg('title', `${word} ${new Date(time).toISOString().slice(0, 10)}: ${item.action}`));
  return node;
}
