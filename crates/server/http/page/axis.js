// Time along a picture.

import { svg } from './dom.js';
import { DAY_MS } from './words.js';

/** Widths of ticks, in months. */
const STEPS = [1, 2, 3, 6, 12, 24, 60];
const TICK_PX = 70;

/** The scale from times, in ms, to places, in px; never of no length. */
export function timeScale(from, to, left, right) {
  const [begin, end] = to - from < DAY_MS ? [from - 15 * DAY_MS, to + 15 * DAY_MS] : [from, to];
  const place = (time) => left + ((time - begin) / (end - begin)) * (right - left);
  return Object.assign(place, { begin, end, left, right });
}

/** Lines and names at the beginnings of months, as many as there is room for. */
export function timeAxis(scale, top, bottom) {
  const months = (scale.end - scale.begin) / DAY_MS / 30.44;
  const room = Math.max(2, Math.floor((scale.right - scale.left) / TICK_PX));
  const step = STEPS.find((one) => months / one <= room) ?? 120;
  return svg(
    'g.axis',
    { 'aria-hidden': 'true' },
    ticks(scale, step).map((time) => {
      const x = scale(time);
      const name = new Date(time).toISOString().slice(0, step >= 12 ? 4 : 7);
      return [
        svg('line', { x1: x, x2: x, y1: top, y2: bottom }),
        svg('text', { x, y: bottom + 14, 'text-anchor': x > scale.right - 20 ? 'end' : 'middle' }, name),
      ];
    }),
  );
}

function ticks({ begin, end }, step) {
  const first = new Date(begin);
  const months = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const times = [];
  for (let month = Math.ceil(months / step) * step; ; month += step) {
    const time = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (time > end) return times;
    if (time >= begin) times.push(time);
  }
}

/** How many of `times` fall into each of `number` equally long parts of a scale. */
export function binned(times, scale, number) {
  const bins = new Array(number).fill(0);
  for (const time of times) {
    const share = (time - scale.begin) / (scale.end - scale.begin);
    bins[Math.min(number - 1, Math.floor(share * number))] += 1;
  }
  return bins;
}

/** A place for a picture, drawn anew for the width it has; so that letters keep their size on a phone. */
export function drawn(draw) {
  const place = document.createElement('div');
  place.className = 'picture';
  let width = 0;
  new ResizeObserver(() => {
    const now = Math.floor(place.clientWidth);
    if (now === width || now === 0) return;
    width = now;
    place.replaceChildren(draw(width));
  }).observe(place);
  return place;
}
