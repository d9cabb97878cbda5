// A class at a glance: when it occurred, in twenty-four bars up to now.

import { svg } from './dom.js';
import { DAY_MS } from './words.js';

const BARS = 24;
const WIDTH = 120;
const HEIGHT = 22;
/** As far back as a row of bars looks, in days. */
const SPAN_DAYS = 730;

/** The times of the dated occurrences of a class, in ms, oldest first: its gaps, laid end to end. */
export function timesOf(found) {
  if (!found.first_seen) return [];
  const times = [Date.parse(found.first_seen)];
  for (const gap of found.gap_days?.gaps ?? []) times.push(times.at(-1) + gap * DAY_MS);
  return times;
}

/** The time that some classes are told for, in ms. */
export function nowOf(classes) {
  return Math.max(
    ...classes.map((found) =>
      found.last_seen ? Date.parse(found.last_seen) + (found.quiet_days ?? 0) * DAY_MS : 0,
    ),
  );
}

/** The bars of one class. */
export function spark(found, now = nowOf([found])) {
  const counts = new Array(BARS).fill(0);
  const span = SPAN_DAYS * DAY_MS;
  for (const time of timesOf(found)) {
    const place = BARS - 1 - Math.floor(((now - time) / span) * BARS);
    if (place >= 0) counts[Math.min(place, BARS - 1)] += 1;
  }
  const most = Math.max(3, ...counts);
  const step = WIDTH / BARS;
  const one = (number, place) => {
    const height = number === 0 ? 1 : Math.max(5, (number / most) * HEIGHT);
    return svg(number === 0 ? 'rect.none' : 'rect', {
      x: place * step,
      y: HEIGHT - height,
      width: step - 1.5,
      height,
    });
  };
  const counted = counts.reduce((sum, number) => sum + number, 0);
  return svg(
    'svg.spark',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${counted} in the last two years` },
    counts.map(one),
  );
}
