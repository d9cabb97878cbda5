// All incidents, newest first.

import { get } from './api.js';
import { el, fill } from './dom.js';
import { OF_INCIDENTS, filtersIn, filtersOf, narrow } from './filters.js';
import { incidentAddress, rowLink, toClass } from './link.js';
import { go } from './route.js';
import { count, date, joined, minutes, shortId, status } from './words.js';

const ROWS = 100;

export function title() {
  return 'Incidents';
}

export async function show({ parameters }, signal) {
  const filters = filtersOf(OF_INCIDENTS, parameters);
  const form = el(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        go(['incidents'], filtersIn(OF_INCIDENTS, form));
      },
    },
    narrow(OF_INCIDENTS, parameters, 'Filters', el('p.buttons', el('button.strong', 'Narrow'))),
  );
  const list = el('ol.lines');
  const more = el('p.buttons');
  const total = await addPage(list, more, filters, '', signal);
  return [
    el('h1', { tabindex: -1 }, count(total, 'incident', 'incidents')),
    form,
    total > 0 ? list : el('p.soft', 'None passes these filters.'),
    more,
  ];
}

/** Adds a page of incidents; how many there are on all of them. */
async function addPage(list, more, filters, token, signal) {
  const page = await get('/v1/incidents', { ...filters, page_size: ROWS, page_token: token }, signal);
  list.append(...page.incidents.map(incidentLine));
  const next = page.next_page_token;
  const show = () => addPage(list, more, filters, next, signal);
  fill(more, next && el('button', { type: 'button', onclick: show }, 'Show more'));
  return page.total_size;
}

/** One incident of a list. */
export function incidentLine(found) {
  const taken = found.time_to_resolve_minutes;
  return el(
    'li.row',
    rowLink(incidentAddress(found.id), found.title),
    el(
      'p.soft',
      joined([
        date(found.started_at, found.started_at_date_only),
        found.services.join(', '),
        found.severity,
        taken === undefined ? status(found.status)[0] : `resolved in ${minutes(taken)}`,
        shortId(found.id),
      ]),
      found.class_id && [', ', toClass(found.class_id)],
    ),
  );
}
