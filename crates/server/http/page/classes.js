// What keeps coming back: every class with its figures, sortable.

import { pages } from './api.js';
import { el } from './dom.js';
import { field } from './fields.js';
import { classAddress, lookingBack, rowLink } from './link.js';
import { asOf, replace } from './route.js';
import { nowOf, spark } from './spark.js';
import { table } from './table.js';
import { count, date, days, fixStatus, joined, minutes, timesTheGap, trend } from './words.js';

const CLASSES_MAX = 5000;
/** From bad to good, as the fix column sorts. */
const FIXES = ['RECURRED_AFTER_FIX', 'OVERDUE', 'OPEN', 'NONE_FILED', 'UNKNOWN', 'HELD'];

export function title() {
  return 'Classes';
}

export async function show({ parameters }, signal) {
  const { entries, total } = await pages('/v1/classes', { as_of: asOf() }, 'classes', CLASSES_MAX, signal);
  const heading = el('h1', { tabindex: -1 }, 'What keeps coming back');
  if (total === 0)
    return [
      heading,
      lookingBack(),
      el('p', 'Nothing has come back so far. A class begins with the second occurrence of a failure.'),
    ];
  return [heading, lookingBack(), list(entries, parameters, total)];
}

function list(entries, parameters, total) {
  const place = el('div');
  const told = el('p.soft', { role: 'status' });
  const asked = {
    only: parameters.get('only') ?? '',
    sort: parameters.get('sort') ?? '',
    way: parameters.get('way') === 'ascending' ? 'ascending' : 'descending',
  };
  const note = () => replace(['classes'], { as_of: asOf(), only: asked.only, ...(asked.sort && asked) });
  const draw = () => {
    note();
    const rows = entries.filter((found) => matchesWords(found, asked.only));
    told.textContent =
      rows.length === total
        ? count(total, 'class', 'classes')
        : `${rows.length} of ${count(total, 'class', 'classes')}`;
    place.replaceChildren(
      table({
        columns: columns(nowOf(entries)),
        rows,
        caption: 'Failure classes',
        sorted: asked.sort && { name: asked.sort, direction: asked.way },
        onsort: (name, direction) => {
          Object.assign(asked, { sort: name, way: direction });
          note();
        },
      }),
    );
  };
  draw();
  const only = field({
    name: 'only',
    label: 'Only those with',
    value: asked.only,
    placeholder: 'a word of the name, a term, a service',
    oninput: (event) => {
      asked.only = event.target.value;
      draw();
    },
  });
  return [el('div.narrow-line', only, told), place];
}

function matchesWords(found, words) {
  const text = [found.id, found.name, ...found.terms, ...found.services.map(({ name }) => name)]
    .join(' ')
    .toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function columns(now) {
  return [
    {
      name: 'Name',
      value: (found) => found.name,
      cell: (found) => [
        rowLink(classAddress(found.id), found.name),
        el('div.soft', joined([found.id, services(found), found.pinned && 'pinned'])),
      ],
    },
    {
      name: 'Fix',
      value: (found) => String(FIXES.findIndex((one) => found.fix_status.endsWith(one))),
      cell: chip,
    },
    { name: 'Last two years', wide: true, cell: (found) => spark(found, now) },
    {
      name: 'Count',
      number: true,
      value: (found) => found.occurrences.total,
      cell: (found) => String(found.occurrences.total),
    },
    {
      name: '90 d',
      number: true,
      wide: true,
      value: (found) => found.occurrences.in_90d,
      cell: (found) => String(found.occurrences.in_90d),
    },
    {
      name: 'Trend',
      wide: true,
      value: (found) => trend(found.trend)[0],
      cell: ({ trend: way }) => el(`span.tone.${trend(way)[1]}`, trend(way)[0]),
    },
    {
      name: 'Last seen',
      number: true,
      wide: true,
      value: (found) => (found.last_seen ? Date.parse(found.last_seen) : undefined),
      cell: (found) => date(found.last_seen, true),
    },
    {
      name: 'Quiet',
      number: true,
      wide: true,
      value: (found) => found.quiet_ratio,
      cell: (found) => timesTheGap(found.quiet_ratio),
    },
    {
      name: 'Usual gap',
      number: true,
      wide: true,
      value: (found) => found.gap_days?.median,
      cell: (found) => days(found.gap_days?.median),
    },
    {
      name: 'Resolved in',
      number: true,
      wide: true,
      value: (found) => found.time_to_resolve?.median,
      cell: (found) => (found.time_to_resolve ? minutes(found.time_to_resolve.median) : ''),
    },
  ];
}

function chip({ fix_status: stands, fix_summary: summary }) {
  const [word, tone] = fixStatus(stands);
  return el(`span.chip.${tone}`, { title: summary }, word);
}

function services({ services: all }) {
  const [first, ...others] = all;
  return first ? `${first.name}${others.length > 0 ? ` +${others.length}` : ''}` : '';
}
