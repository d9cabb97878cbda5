// Which failures keep coming back, at what cost, and which follow-ups were never done.

import { get } from './api.js';
import { el, tiles } from './dom.js';
import { save } from './download.js';
import { reasons } from './failure.js';
import { OF_REPORT, filtersIn, filtersOf, narrow } from './filters.js';
import { during, tell } from './progress.js';
import { address, go } from './route.js';
import { lanes, traffic } from './report-pictures.js';
import { reportTables } from './report-tables.js';
import { DAY_MS, date, minutes, thousands } from './words.js';

const PERIODS = [
  ['30 days', 30],
  ['90 days', 90],
  ['a year', 365],
  ['everything', undefined],
];
const FORMATS = [
  ['HTML', 'html'],
  ['Markdown', 'markdown'],
  ['CSV', 'csv'],
  ['JSON', 'json'],
];
const ENDINGS = { html: 'html', markdown: 'md', csv: 'csv', json: 'json' };

export function title() {
  return 'Report';
}

export async function show({ parameters }, signal) {
  const scope = filtersOf(OF_REPORT, parameters);
  const { report } = await get('/v1/report', scope, signal);
  return [
    el('h1', { tabindex: -1 }, 'What came back, and what it cost'),
    el('p.soft', period(report)),
    periods(scope, parameters, Date.parse(report.scope.until)),
    el(
      'ul.summary',
      report.summary.map((sentence) => el('li', sentence)),
    ),
    inFigures(report),
    traffic(report),
    lanes(report),
    reportTables(report),
    downloads(scope),
  ];
}

function period({ scope, as_of: asOf }) {
  const until = date(scope.until, true);
  const since = scope.since
    ? `From ${date(scope.since, true)} to ${until}`
    : `The whole history up to ${until}`;
  return `${since}, as known on ${date(asOf, true)}.`;
}

/** `end` is the end of the period in ms. */
function periods(scope, parameters, end) {
  const form = el(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        go(['report'], filtersIn(OF_REPORT, form));
      },
    },
    narrow(OF_REPORT, parameters, 'Period and filters', el('p.buttons', el('button.strong', 'Report'))),
  );
  return el(
    'div.periods',
    el(
      'p.buttons',
      'The last ',
      PERIODS.map(([word, days]) => periodLink(word, scope, days && sinceOf(end, days))),
    ),
    form,
  );
}

/** The first day of so many that end at `end`. */
function sinceOf(end, days) {
  return new Date(end - (days - 1) * DAY_MS).toISOString().slice(0, 10);
}

function periodLink(word, scope, since) {
  const isShown = scope.since === since;
  const href = address(['report'], { ...scope, since });
  return el('a.button', { href, 'aria-current': isShown && 'true' }, word);
}

function inFigures({ totals, previous_totals: before, counts }) {
  const { cost, recurring_cost: recurring } = totals;
  return tiles([
    [thousands(totals.incidents), 'incidents', before?.incidents],
    [
      thousands(totals.recurring_incidents),
      'of them of failures that keep coming back',
      before?.recurring_incidents,
    ],
    [thousands(totals.classes), 'such failures', before?.classes],
    [minutes(recurring.minutes_to_resolve), `of ${minutes(cost.minutes_to_resolve)} lost to what came back`],
    [thousands(counts.came_back), 'came back after a fix'],
    [thousands(counts.overdue), 'overdue follow-ups'],
  ]);
}

function downloads(scope) {
  const button = ([word, format]) =>
    el('button', { type: 'button', onclick: () => download(scope, format) }, word);
  return el('p.buttons', 'To keep or to send: ', FORMATS.map(button));
}

async function download(scope, format) {
  try {
    save(`report.${ENDINGS[format]}`, await during(get('/v1/report', { ...scope, format })));
  } catch (error) {
    tell(reasons(error));
  }
}
