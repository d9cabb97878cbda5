// Promised follow-ups: which ones tell the most, and how they stand.

import { el, listed } from './dom.js';
import { toIncident, outside } from './link.js';
import { count, date, joined, minutes, outcome } from './words.js';

const SHOWN = 3;
const LISTED = 20;

/** Those that are not done, or did not help: overdue ones first, then by what came back since. */
function telling(items) {
  const weight = (item) => [
    item.closed ? 0 : 1,
    item.days_overdue > 0 ? 1 : 0,
    item.recurrences_since,
    item.days_overdue,
  ];
  const heavier = (a, b) => {
    const [left, right] = [weight(a), weight(b)];
    const at = left.findIndex((value, place) => value !== right[place]);
    return at < 0 ? 0 : right[at] - left[at];
  };
  return items.filter((item) => !item.closed || item.recurrences_since > 0).sort(heavier);
}

/** The most telling ones, the others on demand. */
export function mostTelling(items) {
  const told = telling(items);
  if (told.length === 0) return false;
  const heading = `Follow-ups not done, or done in vain: ${told.length} of ${items.length}`;
  return el('section', el('h3', heading), listed('ul.promises', told, SHOWN, promise));
}

/** All of them, with what became of each. */
export function allPromises(items) {
  return listed('ul.promises', items, LISTED, promise);
}

function promise(item) {
  const [word, tone] = outcome(item.outcome);
  return el(
    `li.${tone}`,
    el('p.deed', item.action),
    el(
      'p.soft',
      el(`span.chip.${tone}`, word),
      ' ',
      standing(item),
      ' from ',
      toIncident(item.incident_id),
      item.url && [', ', outside(item.url)],
    ),
  );
}

function standing(item) {
  return (
    joined([
      item.priority,
      item.owner || 'nobody named',
      item.due && `due ${item.due}`,
      item.days_overdue > 0 && `${item.days_overdue} d overdue`,
      state(item),
      item.recurrences_since > 0 && `came back ${count(item.recurrences_since, 'time', 'times')} since`,
      item.minutes_since > 0 && `for ${minutes(item.minutes_since)}`,
    ]) + ','
  );
}

function state(item) {
  if (!item.closed) return item.state_recorded ? 'not closed' : 'no record that it was done';
  const closed = item.state === 'ITEM_STATE_DROPPED' ? 'dropped' : 'done';
  return item.closed_at ? `${closed} ${date(item.closed_at, item.closed_at_date_only)}` : closed;
}
