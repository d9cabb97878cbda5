// When a class occurred, how long it stayed away, and what was promised meanwhile.

import { drawn, timeAxis, timeScale } from './axis.js';
import { el, svg } from './dom.js';
import { nowOf } from './spark.js';
import { count, date, minutes, short } from './words.js';

const HEIGHT = 132;
const OCCURRED_Y = 40;
const PROMISED_Y = 74;
const FLOOR = 104;
const RADIUS = 6;
/** The room that a dot of full size wants. */
const DOT_PX = 12;
/** The least room that the number of a gap needs. */
const GAP_PX = 34;
const DAY_MS = 86_400_000;

/** The picture of a class; false where no occurrence is dated. */
export function timeline({ failure_class: found, members, action_items: items }) {
  const dated = members.filter((member) => member.started_at);
  if (dated.length === 0) return false;
  const told = `${count(dated.length, 'occurrence', 'occurrences')} from ${date(dated[0].started_at, true)} to ${date(dated.at(-1).started_at, true)}`;
  return el('figure',
    drawn((width) => picture(width, found, dated, items, told)),
    el('figcaption',
      key('circle', 'occurrence, larger the longer it took'), key('tick', 'follow-up done'), key('cross', 'follow-up overdue since'), el('span', 'numbers are days between')));
}

function key(shape, word) {
  return el('span.key', svg('svg', { viewBox: '-8 -8 16 16', 'aria-hidden': 'true' }, SHAPES[shape](0, 0, 5)), ` ${word}`);
}

const SHAPES = {
  circle: (x, y, r) => svg('circle.occurred', { cx: x, cy: y, r }),
  tick: (x, y, r) => svg('path.done', { d: `M${x - r} ${y}l${r * 0.7} ${r * 0.8}l${r * 1.2} ${-r * 1.7}` }),
  cross: (x, y, r) => svg('path.overdue', { d: `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}` }),
};

function picture(width, found, dated, items, told) {
  const times = dated.map((member) => Date.parse(member.started_at));
  const scale = timeScale(times[0], Math.max(nowOf([found]), times.at(-1)), 12, width - 12);
  const size = Math.min(1, width / (dated.length * DOT_PX));
  return svg('svg.timeline', { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': told },
    timeAxis(scale, 14, FLOOR),
    svg('line.lane', { x1: scale.left, x2: scale.right, y1: OCCURRED_Y, y2: OCCURRED_Y }),
    gaps(times, scale),
    dated.map((member, place) => occurred(member, scale(times[place]), size)),
    items.map((item) => promised(item, scale)));
}

function gaps(times, scale) {
  return times.slice(1).map((time, place) => {
    const [from, to] = [scale(times[place]), scale(time)];
    const whole = Math.floor(time / DAY_MS) - Math.floor(times[place] / DAY_MS);
    return to - from >= GAP_PX && svg('text.gap', { x: (from + to) / 2, y: OCCURRED_Y - 10, 'text-anchor': 'middle' }, short(whole));
  }).filter(Boolean);
}

function occurred(member, x, size) {
  const taken = member.time_to_resolve_minutes;
  // Its area grows with the time taken: an hour is the usual size.
  const radius = taken === undefined ? RADIUS : Math.max(3.5, Math.min(13, RADIUS * Math.sqrt(taken / 60)));
  const node = SHAPES.circle(x, OCCURRED_Y, Math.max(2, radius * size));
  node.append(svg('title', `${date(member.started_at, member.started_at_date_only)} ${member.title}${taken === undefined ? '' : `, ${minutes(taken)}`}`));
  return node;
}

function promised(item, scale) {
  const [shape, time, word] = item.closed_at && item.state === 'ITEM_STATE_DONE'
    ? ['tick', Date.parse(item.closed_at), 'done'] : ['cross', Date.parse(item.due), 'due'];
  if (Number.isNaN(time) || (shape === 'cross' && item.days_overdue === 0) || time < scale.begin || time > scale.end) return [];
  const node = SHAPES[shape](scale(time), PROMISED_Y, 5);
  node.append(svg('title', `${word} ${new Date(time).toISOString().slice(0, 10)}: ${item.action}`));
  return node;
}
