// Which failures keep coming back, at what cost, and which follow-ups were never done.

import { get } from './api.js';
import { el, tiles } from './dom.js';
import { failure } from './failure.js';
import { OF_REPORT, filterFields, filtersIn, filtersOf, inWords } from './filters.js';
import { during, tell } from './progress.js';
import { address, go } from './route.js';
import { lanes, traffic } from './report-pictures.js';
import { reportTables } from './report-tables.js';
import { count, date, minutes, thousands } from './words.js';

const DAY_MS = 86_400_000;
const PERIODS = [['30 days', 30], ['90 days', 90], ['a year', 365], ['everything', undefined]];
const FORMATS = [['HTML', 'html'], ['Markdown', 'markdown'], ['CSV', 'csv'], ['JSON', 'json']];
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
    narrow(scope, parameters),
    el('ul.summary', report.summary.map((sentence) => el('li', sentence))),
    inFigures(report), traffic(report), lanes(report), reportTables(report), downloads(scope),
  ];
}

function period({ scope, as_of: asOf }) {
  const until = scope.until ? date(scope.until, true) : 'now';
  const since = scope.since ? `From ${date(scope.since, true)} to ${until}` : `The whole history up to ${until}`;
  return `${since}, as known on ${date(asOf, true)}.`;
}

function narrow(scope, parameters) {
  const form = el('form', { onsubmit: (event) => {
    event.preventDefault();
    go(['report'], filtersIn(OF_REPORT, form));
  } }, filterFields(OF_REPORT, parameters), el('p.buttons', el('button.strong', 'Report')));
  const told = inWords(scope);
  return el('div.periods',
    el('p.buttons', 'The last ', PERIODS.map(([word, days]) => periodLink(word, days, scope))),
    el('details.narrow', el('summary', `Period and filters${told ? `: ${told}` : ''}`), form));
}

function periodLink(word, days, scope) {
  const since = days && new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
  const { until: _, ...others } = scope;
  const isShown = scope.since === since && !scope.until;
  return el('a.button', { href: address(['report'], { ...others, since }), 'aria-current': isShown && 'true' }, word);
}

function inFigures({ totals, previous_totals: before, counts }) {
  const { cost, recurring_cost: recurring } = totals;
  return tiles([
    [thousands(totals.incidents), 'incidents', before?.incidents],
    [thousands(totals.recurring_incidents), 'of them of failures that keep coming back', before?.recurring_incidents],
    [thousands(totals.classes), 'such failures', before?.classes],
    [minutes(recurring.minutes_to_resolve), `of ${minutes(cost.minutes_to_resolve)} lost to what came back`],
    [thousands(counts.came_back), 'came back after a fix'],
    [thousands(counts.overdue), 'overdue follow-ups'],
  ]);
}

function downloads(scope) {
  const button = ([word, format]) => el('button', { type: 'button', onclick: () => download(scope, format) }, word);
  return el('p.buttons', 'To keep or to send: ', FORMATS.map(button));
}

/** Saves the report as a file: with a token, no plain link can fetch it. */
async function download(scope, format) {
  try {
    const { content, media_type: type } = await during(get('/v1/report', { ...scope, format }));
    const url = URL.createObjectURL(new Blob([content], { type }));
    el('a', { href: url, download: `report.${ENDINGS[format]}` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    tell(`Saved as report.${ENDINGS[format]}, ${count(content.length, 'character', 'characters')}.`);
  } catch (error) {
    tell(failure(error, () => download(scope, format)));
  }
}
