// One earlier incident like the one asked about, with the reasons.

import { bar, el, fold, quote } from './dom.js';
import { incidentAddress, outside, rowLink, toClass } from './link.js';
import { post } from './api.js';
import { reasons as wrong } from './failure.js';
import { tell } from './progress.js';
import { attribution } from './who.js';
import { date, joined, minutes, shortId, status } from './words.js';

const REASONS = 4;

/** A match; `queryId` names the answer it is part of, for those who rate it. */
export function matchRow(found, queryId) {
  return el(
    'li.row.match',
    el('div.score', { title: 'How alike, 0 to 1' }, el('strong', found.score.toFixed(2)), bar(found.score)),
    el(
      'div.found',
      el('h4', rowLink(incidentAddress(found.incident_id), found.title)),
      el('p.soft', about(found), found.class_id && [', ', toClass(found.class_id)]),
      because(found),
      found.differs.length > 0 && el('p.soft', `Differs: ${found.differs.join('; ')}`),
      el(
        'p.soft.marks',
        found.ratings.map((rating) => el('span', marked(rating))),
      ),
      el('div.foot', details(found), verdictButtons(found, queryId)),
    ),
  );
}

function about(found) {
  const taken = found.time_to_resolve_minutes;
  const word = status(found.status)[0];
  return joined([
    date(found.started_at, found.started_at_date_only),
    found.age_days !== undefined && `${found.age_days} d ago`,
    found.services.join(', '),
    found.severity,
    taken === undefined ? word : `resolved in ${minutes(taken)}`,
    shortId(found.incident_id),
    found.collapsed_count > 0 && `stands for ${found.collapsed_count} more`,
  ]);
}

function because(found) {
  const terms = found.contributions.filter((part) => part.term && part.contribution > 0).slice(0, REASONS);
  return (
    terms.length > 0 &&
    el(
      'p.because',
      'Because of ',
      terms.map((part, place) => [
        place > 0 && ', ',
        el('b', part.term),
        ` ${share(part, found.score)} (${part.field.replaceAll('_', ' ')})`,
      ]),
    )
  );
}

function share(part, score) {
  return score > 0 ? `${Math.round((part.contribution / score) * 100)} %` : '-';
}

function details(found) {
  const rows = found.contributions.map((part) =>
    el(
      'tr',
      el('td.number', part.contribution.toFixed(4)),
      el('td.number', share(part, found.score)),
      el('td', part.field.replaceAll('_', ' ')),
      el('td', part.term),
    ),
  );
  return fold(
    'Cause, fix and every reason',
    found.root_cause && [el('h5', 'Root cause'), quote(found.root_cause)],
    found.resolution && [
      el('h5', `What ended it, from its ${found.resolution.field.replaceAll('_', ' ')}`),
      quote(found.resolution.text),
    ],
    found.responders.length > 0 && el('p.soft', `Answered by ${found.responders.join(', ')}`),
    found.url && el('p.soft', outside(found.url)),
    el('h5', `What makes up ${found.score.toFixed(4)}`),
    el(
      'table',
      el(
        'thead',
        el(
          'tr',
          ['Part', 'Share', 'Field', 'Term'].map((head) => el('th', { scope: 'col' }, head)),
        ),
      ),
      el('tbody', rows),
    ),
  );
}

function marked(rating) {
  const why = rating.why && `: ${rating.why}`;
  return `Marked ${rating.useful ? 'the same' : 'not the same'} by ${rating.who} on ${date(rating.rated_at, true)}${why}. `;
}

function verdictButtons(found, queryId) {
  const last = found.ratings[0]?.useful;
  const button = (useful, key, word) =>
    el(
      'button.quiet',
      {
        type: 'button',
        'data-key': key,
        'aria-pressed': String(last === useful),
        onclick: (event) => rate(event.currentTarget, found.incident_id, queryId, useful),
      },
      word,
    );
  return el('p.rate', button(true, 'u', 'Useful'), button(false, 'n', 'Not the same'));
}

async function rate(button, incidentId, queryId, useful) {
  try {
    await post('/v1/useful', {
      query_id: queryId,
      incident_id: incidentId,
      useful,
      attribution: attribution(),
    });
    for (const one of button.parentNode.children) one.setAttribute('aria-pressed', String(one === button));
    const word = useful ? 'the same failure' : 'not the same failure';
    tell(`${incidentId} is marked as ${word}; shown when the same is asked again.`);
  } catch (error) {
    tell(wrong(error));
  }
}
