// Tables that sort by their headings, and show their first rows first.

import { el, fill } from './dom.js';
import { count } from './words.js';

const SHOWN = 100;

/**
 * A table of `rows`. A column is `{name, cell, value, number, brief, wide}`: `cell` gives what is shown of a
 * row, `value` what it sorts by (without one it does not sort), `number` sets it right and sorts largest first,
 * `brief` keeps it on one line, `wide` is left out on a phone.
 */
export function table({ columns, rows, caption, sorted, onsort }) {
  const body = el('tbody');
  const foot = el('p.buttons');
  let order = [...rows];
  let shown = SHOWN;
  const draw = () => {
    const left = order.length - shown;
    fill(
      body,
      order.slice(0, shown).map((row) => rowOf(columns, row)),
    );
    fill(foot, left > 0 && el('button', { type: 'button', onclick: showMore }, moreOf(left)));
  };
  const showMore = () => {
    shown += 5 * SHOWN;
    draw();
  };
  const heads = columns.map((column) =>
    headOf(column, (direction) => {
      sortedBy(heads, columns.indexOf(column), direction);
      order = inOrder(rows, column, direction);
      draw();
      onsort?.(column.name, direction);
    }),
  );
  const first = columns.findIndex((column) => column.name === sorted?.name);
  if (first >= 0) {
    sortedBy(heads, first, sorted.direction);
    order = inOrder(rows, columns[first], sorted.direction);
  }
  draw();
  return el(
    'div.table',
    el('table', caption && el('caption', caption), el('thead', el('tr', heads)), body),
    foot,
  );
}

function rowOf(columns, row) {
  return el(
    'tr.row',
    columns.map((column) => el(`td${kindOf(column)}`, column.cell(row))),
  );
}

function headOf(column, sort) {
  if (!column.value) return el(`th${kindOf(column)}`, { scope: 'col' }, column.name);
  const head = el(
    `th${kindOf(column)}`,
    { scope: 'col' },
    el(
      'button',
      {
        type: 'button',
        onclick: () => {
          const [first, second] = column.number ? ['descending', 'ascending'] : ['ascending', 'descending'];
          sort(head.getAttribute('aria-sort') === first ? second : first);
        },
      },
      column.name,
    ),
  );
  return head;
}

function kindOf({ number, brief, wide }) {
  return `${number ? '.number' : ''}${brief ? '.brief' : ''}${wide ? '.wide' : ''}`;
}

function sortedBy(heads, place, direction) {
  for (const head of heads) head.removeAttribute('aria-sort');
  heads[place].setAttribute('aria-sort', direction);
}

/** Rows without a value stand last in either direction; ties stay as they came. */
function inOrder(rows, { value }, direction) {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined);
    if (typeof left === 'number') return sign * (left - right);
    return sign * left.localeCompare(right, 'en');
  });
}

function moreOf(left) {
  return `Show more (${count(left, 'row', 'rows')} left)`;
}
