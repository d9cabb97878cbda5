// One failure class: its figures, when it came, what was promised, where it came from, and what people may decide.

import { get } from './api.js';
import { happened } from './changes.js';
import * as decide from './decide.js';
import { decisionList } from './decisions.js';
import { el, facts } from './dom.js';
import { allPromises } from './followups.js';
import { incidentAddress, lookingBack, rowLink } from './link.js';
import { asOf } from './route.js';
import { table } from './table.js';
import { timeline } from './timeline.js';
import {
  DAY_MS,
  cost,
  count,
  date,
  days,
  fixSentence,
  minutes,
  occurrences,
  rhythm,
  sentence,
  shortId,
  timeToResolve,
  trendTest,
} from './words.js';

export function title({ rest: [id] }) {
  return id ?? 'Class';
}

export async function show({ rest: [id = ''] }, signal) {
  const path = `/v1/classes/${encodeURIComponent(id)}`;
  const [told, { decisions }] = await Promise.all([
    get(path, { as_of: asOf() }, signal),
    get('/v1/decisions', { class: id, page_size: 100 }, signal),
  ]);
  const { failure_class: found, members, sub_groups: groups, action_items: items, lineage } = told;
  return [
    heading(told),
    lookingBack(),
    held(found),
    actions(found, members),
    timeline(told),
    el('div.halves', el('section', el('h2', 'In figures'), figures(found)), titles(groups)),
    el('section', el('h2', count(members.length, 'occurrence', 'occurrences')), memberTable(members)),
    items.length > 0 &&
      el('section', el('h2', count(items.length, 'follow-up', 'follow-ups')), allPromises(items)),
    el('div.halves', happenings(lineage, found.id), decided(decisions)),
  ];
}

function heading({ failure_class: { id, name, pinned, terms }, redirected_from: from }) {
  return el(
    'header.heading',
    el('h1', { tabindex: -1 }, name, ' ', el('span.soft', id), pinned && el('span.chip.plain', 'pinned')),
    el('p.soft', terms.join(' · ')),
    from && el('p.soft', `${from} was merged into it.`),
  );
}

function held({ fix_status: stands, fix_summary: summary }) {
  const [word, tone] = fixSentence(stands);
  return word && el(`p.held.${tone}`, el('strong', `${word}.`), ' ', sentence(summary));
}

function actions(found, members) {
  const button = (word, act) => el('button', { type: 'button', onclick: act }, word);
  return el(
    'p.buttons',
    { role: 'group', 'aria-label': 'Decide' },
    button('Rename', () => decide.rename(found)),
    button(found.pinned ? 'Release' : 'Pin', () => decide.pin(found)),
    button('Merge', () => decide.merge(found)),
    button('Split', () => decide.split(found, members)),
  );
}

function figures(found) {
  const counted = (all) => all.map(({ name, count: number }) => `${name} ${number} x`).join(', ');
  const together = found.services_together
    .map((pair) => `${pair.services.join(' and ')} ${pair.count} x`)
    .join(', ');
  return facts([
    ['Count', occurrences(found)],
    ['First', date(found.first_seen, found.first_seen_date_only)],
    ['Rhythm', rhythm(found)],
    ['Trend', trendTest(found)],
    ['Resolved', timeToResolve(found)],
    ['Cost', cost(found.cost)],
    ['Services', counted(found.services)],
    ['Together', together],
    ['Severity', counted(found.severities)],
  ]);
}

/** A single group is the class itself. */
function titles(groups) {
  return (
    groups.length > 1 &&
    el(
      'section',
      el('h2', 'Titles'),
      el(
        'ul.plain-list',
        groups.map((group) => el('li', `${group.incident_ids.length} x  ${group.title}`)),
      ),
    )
  );
}

function memberTable(members) {
  const dated = members.filter((member) => member.started_at);
  const gaps = new Map(dated.slice(1).map((member, place) => [member, day(member) - day(dated[place])]));
  const gapOf = (member) => gaps.get(member);
  return table({
    rows: members,
    caption: 'Occurrences, oldest first',
    columns: [
      {
        name: 'Date',
        brief: true,
        value: (member) => member.started_at ?? '',
        cell: (member) => date(member.started_at, member.started_at_date_only),
      },
      { name: 'After', number: true, value: gapOf, cell: (member) => days(gapOf(member)) },
      {
        name: 'Title',
        value: (member) => member.title,
        cell: (member) => [
          rowLink(incidentAddress(member.id), member.title),
          el('span.soft', ` ${shortId(member.id)}${member.class_provisional ? ', provisional' : ''}`),
        ],
      },
      {
        name: 'Severity',
        wide: true,
        value: (member) => String(member.severity_level ?? 9),
        cell: (member) => member.severity,
      },
      {
        name: 'Took',
        number: true,
        wide: true,
        value: (member) => member.time_to_resolve_minutes,
        cell: took,
      },
      {
        name: 'Services',
        wide: true,
        value: (member) => member.services.join(),
        cell: (member) => member.services.join(', '),
      },
    ],
  });
}

function day({ started_at: at }) {
  return Math.floor(Date.parse(at) / DAY_MS);
}

function took({ time_to_resolve_minutes: taken }) {
  return taken === undefined ? '' : minutes(taken);
}

function happenings(lineage, id) {
  return (
    lineage.length > 0 &&
    el(
      'section',
      el('h2', 'Lineage'),
      el(
        'ol.plain-list',
        lineage.map((event) => el('li', happened(event, id))),
      ),
    )
  );
}

function decided(decisions) {
  return el('section', el('h2', 'Decided'), decisionList(decisions));
}
