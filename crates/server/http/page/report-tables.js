// The lists of a report.

import { el, listed } from './dom.js';
import { incidentLine } from './incidents.js';
import { classAddress, rowLink, toClass, toIncident } from './link.js';
import { table } from './table.js';
import { count, date, days, fixStatus, joined, minutes, trendTest } from './words.js';

const LINES = 20;
const OWNERS = 'Repeat offenders: owners, and what came back in spite of their follow-ups';
const SERVICES = 'Repeat offenders: services on which it keeps coming back';

/** All of them; those that are empty are left out. */
export function reportTables(report) {
  const { counts, classes } = report;
  const overdue = classes.filter(({ failure_class: found }) => found.fix_status === 'FIX_STATUS_OVERDUE');
  return [
    section('Failures of this period', classes, counts.classes, classTable),
    lines('Came back after a fix', report.came_back, counts.came_back, fix),
    lines('Came back, and a follow-up is overdue', overdue, overdue.length, fix),
    lines('Getting worse', report.getting_worse, counts.getting_worse, worse),
    lines('New in this period', report.new_classes, counts.new_classes, fix),
    lines('Fixed, and held so far', report.fixed_and_held, counts.fixed_and_held, fix),
    section('Put together or taken apart by people', report.decided, report.decided.length, decidedList),
    section('Overdue follow-ups, by what came back since', report.overdue, counts.overdue, overdueTable),
    section(OWNERS, report.owners, counts.owners, ownerTable),
    section(SERVICES, report.services, counts.services, serviceTable),
    section('One-offs', report.one_offs, counts.one_offs, oneOffList),
  ];
}

function section(heading, rows, total, shown) {
  return (
    rows.length > 0 &&
    el(
      'section',
      el('h2', heading),
      shown(rows),
      total > rows.length && el('p.soft', `The first ${rows.length} of ${total}.`),
    )
  );
}

function lines(heading, rows, total, told) {
  const line = (row) => el('li', toClass(row.failure_class.id, row.failure_class.name), `: ${told(row)}`);
  return section(heading, rows, total, () => listed('ul.plain-list', rows, LINES, line));
}

function decidedList(rows) {
  const line = ({ class_id: id, class_name: name, text }) => el('li', toClass(id, name), `: ${text}`);
  return listed('ul.plain-list', rows, LINES, line);
}

function oneOffList(rows) {
  return listed('ol.lines', rows, LINES, incidentLine);
}

function fix({ failure_class: found }) {
  return found.fix_summary;
}

function worse({ failure_class: found, in_period: now, in_previous_period: before }) {
  const tested = found.trend_test?.direction === 'TREND_RISING' || found.burst?.is_burst;
  return joined([
    count(now, 'time', 'times'),
    before !== undefined && `${before} in the period before`,
    tested && trendTest(found),
  ]);
}

function classTable(rows) {
  const text = (read) => ({ value: read, cell: read });
  const number = (read, cell = (row) => String(read(row) ?? '')) => ({ number: true, value: read, cell });
  return table({
    rows,
    caption: 'Failures of the period',
    columns: [
      {
        name: 'Name',
        ...text(({ failure_class: found }) => found.name),
        cell: ({ failure_class: found }) => [
          rowLink(classAddress(found.id), found.name),
          el('span.soft', ` ${found.id}`),
        ],
      },
      { name: 'Fix', value: ({ failure_class: found }) => fixStatus(found.fix_status)[0], cell: chip },
      { name: 'Times', ...number((row) => row.in_period) },
      { name: 'Before', wide: true, ...number((row) => row.in_previous_period) },
      {
        name: 'Last seen',
        brief: true,
        wide: true,
        ...text(({ failure_class: found }) => date(found.last_seen, true)),
      },
      {
        name: 'Usual gap',
        wide: true,
        ...number(
          ({ failure_class: found }) => found.gap_days?.median,
          ({ failure_class: found }) => days(found.gap_days?.median),
        ),
      },
      {
        name: 'Lost',
        ...number(
          (row) => row.cost.minutes_to_resolve,
          (row) => lost(row.cost.minutes_to_resolve),
        ),
      },
    ],
  });
}

function chip({ failure_class: { fix_status: stands, fix_summary: summary } }) {
  const [word, tone] = fixStatus(stands);
  return el(`span.chip.${tone}`, { title: summary }, word);
}

function lost(taken) {
  return taken > 0 ? minutes(taken) : '';
}

function overdueTable(rows) {
  const of = (read) => (row) => read(row.follow_up);
  const number = (name, read, cell = (value) => String(value), more = {}) => ({
    name,
    number: true,
    value: of(read),
    cell: (row) => cell(read(row.follow_up)),
    ...more,
  });
  return table({
    rows,
    caption: 'Overdue follow-ups',
    columns: [
      {
        name: 'Follow-up',
        value: of((item) => item.action),
        cell: ({ follow_up: item }) => [
          item.action,
          ' ',
          el('span.soft', 'from ', toIncident(item.incident_id)),
        ],
      },
      number(
        'Back',
        (item) => item.recurrences_since,
        (value) => (value > 0 ? `${value} x` : ''),
      ),
      number('Lost', (item) => item.minutes_since, lost, { wide: true }),
      number('Overdue', (item) => item.days_overdue, days),
      { name: 'Priority', wide: true, value: of((item) => item.priority), cell: of((item) => item.priority) },
      { name: 'Owner', wide: true, value: of((item) => item.owner), cell: of((item) => item.owner) },
      {
        name: 'Class',
        wide: true,
        value: (row) => row.class_name,
        cell: (row) => (row.class_id ? toClass(row.class_id) : ''),
      },
    ],
  });
}

function ownerTable(rows) {
  return table({
    rows,
    caption: 'Owners',
    columns: [
      { name: 'Owner', value: (row) => row.owner, cell: (row) => row.owner },
      ...numbers([
        ['Back', 'recurrences'],
        ['Overdue', 'overdue'],
      ]),
      ...numbers(
        [
          ['Follow-ups', 'promised'],
          ['In vain', 'done_in_vain'],
        ],
        { wide: true },
      ),
      { name: 'Lost', number: true, value: (row) => row.minutes, cell: (row) => lost(row.minutes) },
    ],
  });
}

function serviceTable(rows) {
  return table({
    rows,
    caption: 'Services',
    columns: [
      { name: 'Service', value: (row) => row.service, cell: (row) => row.service },
      ...numbers([['Incidents', 'incidents']]),
      ...numbers(
        [
          ['Failures', 'classes'],
          ['Fixed in vain', 'fixed_in_vain'],
        ],
        { wide: true },
      ),
      { name: 'Lost', number: true, value: (row) => row.minutes, cell: (row) => lost(row.minutes) },
    ],
  });
}

function numbers(named, more = {}) {
  return named.map(([name, field]) => ({
    ...more,
    name,
    number: true,
    value: (row) => row[field],
    cell: (row) => String(row[field] || ''),
  }));
}
