// The answer card: the verdict and the fix before the list, readable on a phone at 3 am.

import { el, quote } from './dom.js';
import { mostTelling } from './followups.js';
import { toClass, toIncident } from './link.js';
import { matchRow } from './match.js';
import { spark } from './spark.js';
import {
  count,
  date,
  fixSentence,
  joined,
  occurrences,
  rhythm,
  sentence,
  timeToResolve,
  verdict,
  warning,
} from './words.js';

/** The card of an answer. `more`, where it is, shows further matches. */
export function answerCard(answer, { tookMs, more }) {
  return [
    el(
      'section.card',
      { 'aria-label': 'Answer' },
      head(answer),
      fix(answer),
      steps(answer),
      mostTelling(answer.action_items),
      ofClass(answer),
    ),
    matches(answer, more),
    warnings(answer),
    searched(answer, tookMs),
  ];
}

function head(answer) {
  const [word, tone, meaning] = verdict(answer.verdict);
  return el(
    `header.verdict.${tone}`,
    el('p.word', { title: meaning }, word),
    el('h2', answer.headline),
    el('p.soft', sure(answer) || meaning),
  );
}

/** Nothing learnt from some cases is certain. */
function sure({ confidence, calibration_cases: cases }) {
  if (confidence === undefined) return '';
  const much = confidence >= 0.995 ? 'Over 99 %' : `${Math.round(confidence * 100)} %`;
  return `${much} sure, by ${count(cases, 'judged case', 'judged cases')}`;
}

/** Whether the fix held; what fixed it and why it happened, in the words of the best match that says so. */
function fix(answer) {
  if (!['VERDICT_RECURRENCE', 'VERDICT_SIMILAR'].includes(answer.verdict)) return false;
  // What is only similar had a fix of its own.
  const there = answer.verdict === 'VERDICT_SIMILAR' ? ' there' : '';
  const [held, tone] = fixSentence(answer.fix_status);
  const same = sameFailure(answer.matches);
  const fixed = same.find((found) => found.resolution);
  const caused = same.find((found) => found.root_cause.trim());
  return el(
    'section.fix',
    held &&
      el(
        `p.held.${tone}`,
        el('strong', `${held}${there}.`),
        ' ',
        sentence(answer.failure_class?.fix_summary),
      ),
    el(
      'div.halves',
      fixed && quoted(`What fixed it${there}`, fixed.resolution.text, fixed.incident_id),
      caused && quoted(`Root cause${there}`, caused.root_cause, caused.incident_id),
    ),
  );
}

function quoted(heading, text, incidentId) {
  return el('section', el('h3', heading), quote(text), el('p.source', 'from ', toIncident(incidentId)));
}

/** The best match and those of its class. */
function sameFailure([best, ...others]) {
  if (!best) return [];
  return [best, ...others.filter((other) => best.class_id && other.class_id === best.class_id)];
}

function steps({ next_steps: taken }) {
  const step = ({ text, incident_id: id, times_used: used, times_held: held }) =>
    el(
      'li',
      quote(text),
      el('p.source', `used ${count(used, 'time', 'times')}, held ${held}; from `, toIncident(id)),
    );
  return taken.length > 0 && el('section', el('h3', 'What was done before'), el('ol.steps', taken.map(step)));
}

function ofClass({ failure_class: found }) {
  return (
    found &&
    el(
      'section.of-class',
      el('h3', 'Class ', toClass(found.id), `: ${found.name}`),
      spark(found),
      el(
        'p.soft',
        joined(
          [occurrences(found), rhythm(found), timeToResolve(found) && `resolved: ${timeToResolve(found)}`],
          '; ',
        ),
      ),
    )
  );
}

function matches(answer, more) {
  const row = (found) => matchRow(found, answer.query_id);
  return [
    answer.matches.length > 0 &&
      el(
        'section',
        el('h3', 'Matches'),
        el('ol.matches', answer.matches.map(row)),
        more && el('p', el('button', { type: 'button', onclick: more }, 'Show more matches')),
      ),
    answer.nearest_miss &&
      el('section', el('h3', 'Nearest, but not close'), el('ol.matches', row(answer.nearest_miss))),
  ];
}

function warnings({ warnings: all }) {
  return (
    all.length > 0 &&
    el(
      'ul.notes',
      all.map((one) => el('li', `Note: ${warning(one)[0]}`)),
    )
  );
}

function searched({ searched: { incidents, time_range: range, as_of: asOf, epoch }, query_id: id }, tookMs) {
  return el(
    'p.searched',
    joined([
      `Searched ${count(incidents, 'incident', 'incidents')}${range?.oldest ? ` since ${date(range.oldest, true)}` : ''}`,
      `as known on ${date(asOf)}`,
      `epoch ${epoch}`,
      `${Math.round(tookMs)} ms`,
      id,
    ]),
  );
}
