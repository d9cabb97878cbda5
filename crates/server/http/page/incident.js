// One incident, as its document tells it.

import { get } from './api.js';
import { link, unlink } from './decide.js';
import { el, facts, fold, quote } from './dom.js';
import { lookingBack, outside, toClass } from './link.js';
import { address, asOf } from './route.js';
import { date, joined, minutes, status, thousands } from './words.js';

const SECTIONS = [
  ['Summary', 'summary'],
  ['Symptoms', 'symptoms'],
  ['Impact', 'impact'],
  ['Root cause', 'root_cause'],
  ['Resolution', 'resolution'],
];

export function title({ rest: [id] }) {
  return id ?? 'Incident';
}

export async function show({ rest: [id = ''] }, signal) {
  // An id may be a path: its slashes stay.
  const path = id.split('/').map(encodeURIComponent).join('/');
  const told = await get(`/v1/incidents/${path}`, { as_of: asOf() }, signal);
  const { incident: found } = told;
  return [
    el('header.heading', el('h1', { tabindex: -1 }, found.title), el('p.soft', about(found))),
    lookingBack(),
    ofClass(told),
    actions(found.id),
    el(
      'div.document',
      el('div', texts(found), happenings(found.timeline), promises(found.action_items)),
      el('aside', { 'aria-label': 'Facts' }, known(told)),
    ),
  ];
}

function about(found) {
  return joined([
    found.id,
    date(found.started_at, found.started_at_date_only),
    found.services.join(', '),
    found.severity,
    status(found.status)[0],
  ]);
}

function ofClass({ class_id: id, class_name: name, class_provisional: provisional }) {
  if (!id) return el('p.held.plain', 'A one-off: it belongs to no class.');
  return el(
    'p.held.plain',
    'One of class ',
    toClass(id, `${id}: ${name}`),
    provisional && ', provisionally',
    '.',
  );
}

function actions(id) {
  return el(
    'p.buttons',
    el('a.button.strong', { href: address([''], { incident: id, as_of: asOf() }) }, 'Seen before?'),
    el('button', { type: 'button', onclick: () => link(id) }, 'Same failure as ...'),
    el('button', { type: 'button', onclick: () => unlink(id) }, 'Not the same as ...'),
  );
}

/** The sections; the whole text only behind them, or where there are none. */
function texts(found) {
  const stated = SECTIONS.filter(([, name]) => found[name].trim());
  const text = found.text.trim();
  return [
    stated.map(([heading, name]) => el('section', el('h2', heading), quote(found[name]))),
    text &&
      (stated.length > 0
        ? fold('The whole document', el('p.verbatim', text))
        : el('section', el('h2', 'Text'), el('p.verbatim', text))),
  ];
}

function happenings(timeline) {
  const line = ({ at, at_date_only: dateOnly, time, event }) =>
    el('li', el('b', time || date(at, dateOnly)), ` ${event}`);
  return timeline.length > 0 && el('section', el('h2', 'Timeline'), el('ol.plain-list', timeline.map(line)));
}

function promises(items) {
  const line = (item) =>
    el(
      'li',
      el('p.deed', item.action),
      el(
        'p.soft',
        joined([
          item.priority,
          item.owner,
          item.due && `due ${item.due}`,
          item.status || 'no record that it was done',
          item.closed_at && `closed ${date(item.closed_at, item.closed_at_date_only)}`,
        ]),
        item.url && [', ', outside(item.url)],
      ),
    );
  return items.length > 0 && el('section', el('h2', 'Follow-ups'), el('ul.promises', items.map(line)));
}

function known({ incident: found, aliases }) {
  const stated = (at, dateOnly) => at && date(at, dateOnly);
  return facts([
    ['Started', date(found.started_at, found.started_at_date_only)],
    ['Resolved', stated(found.resolved_at, found.resolved_at_date_only)],
    ['Lasted', found.duration_minutes === undefined ? '' : minutes(found.duration_minutes)],
    ['Severity', found.severity],
    ['Team', found.team],
    ['Responders', found.responders.join(', ')],
    ['Users', found.users_affected === undefined ? '' : thousands(found.users_affected)],
    ['Revenue', found.revenue === undefined ? '' : thousands(found.revenue)],
    ['Tags', found.tags.join(', ')],
    ['Author', found.author],
    ['Document', outside(found.url)],
    ['Source', joined([found.source, found.external_id])],
    ['Also known as', aliases.join(', ')],
    [
      'Labels',
      Object.entries(found.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
    ],
    ['Links', found.links.map(({ target }) => target).join(', ')],
    ['Other keys', Object.keys(found.extra ?? {}).join(', ')],
  ]);
}
