// What would have been shown at each page of the stored history?

import { get } from './api.js';
import { curve } from './curve.js';
import { el, fill, fold, tiles } from './dom.js';
import { save } from './download.js';
import { failure } from './failure.js';
import { filtersIn, narrow } from './filters.js';
import { toClass } from './link.js';
import { replace } from './route.js';
import { table } from './table.js';
import { count, date, joined, percent } from './words.js';

const FILTERS = ['service', 'severity', 'tag', 'class', 'since', 'until', 'as_of'];

export function title() {
  return 'Back-test';
}

export function show({ parameters }, signal) {
  const place = el('div');
  const form = el(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        const filters = filtersIn(FILTERS, form);
        replace(['backtest'], filters);
        replay(place, filters, signal);
      },
    },
    narrow(FILTERS, parameters, 'Filters'),
    el('p.buttons', el('button.strong', 'Replay')),
  );
  return [
    el('h1', { tabindex: -1 }, 'What would have been shown?'),
    el(
      'p',
      'Replays your own history, oldest first: each incident is asked by what its page said, over what was known before it.',
    ),
    form,
    place,
  ];
}

/** Asks for a replay, says how long it has been taking, and lets it be given up. */
async function replay(place, filters, signal) {
  const begun = Date.now();
  const given = new AbortController();
  const clock = el('p', { role: 'status' }, 'Replaying ...');
  signal.addEventListener('abort', () => given.abort());
  place.replaceChildren(
    clock,
    el('p.buttons', el('button', { type: 'button', onclick: () => given.abort() }, 'Give up')),
  );
  const ticking = setInterval(() => {
    clock.textContent = `Replaying, ${Math.round((Date.now() - begun) / 1000)} s so far ...`;
  }, 1000);
  try {
    const told = await get('/v1/backtest', { ...filters, format: 'html' }, given.signal);
    fill(place, result(told));
  } catch (error) {
    place.replaceChildren(
      error.name === 'AbortError'
        ? el('p', 'Given up.')
        : failure(error, () => replay(place, filters, signal)),
    );
  } finally {
    clearInterval(ticking);
  }
}

function result(told) {
  const scope = el(
    'p',
    { role: 'status' },
    joined([
      `${count(told.cases, 'incident', 'incidents')} up to ${date(told.as_of, true)} replayed`,
      told.older > 0 && `${told.older} older ones left out`,
      told.undated > 0 && `${told.undated} without a date`,
      told.calibrated ? 'answers by a calibration' : 'answers by fixed cuts: nothing is calibrated yet',
    ]),
  );
  if (told.cases === 0) return [scope];
  return [
    scope,
    figures(told),
    cut(told),
    points(told),
    el(
      'p.buttons',
      el('button', { type: 'button', onclick: () => save('backtest.html', told) }, 'Keep as HTML'),
    ),
    groups('Classes that came back most', told.by_class, ({ key, name }) => [toClass(key), ` ${name}`]),
    groups('Services they hit', told.by_service, ({ name }) => name),
  ];
}

function figures(told) {
  const fresh = told.cases - told.recurrences;
  const { ratings_useful: useful, ratings_not_useful: notUseful } = told;
  return tiles([
    [String(told.recurrences), 'had been seen before'],
    ...told.hit_at_k.map(({ k, rate }) => [percent(rate), `of these: right match among the first ${k}`]),
    [told.mrr?.toFixed(3), 'mean reciprocal rank'],
    [percent(told.precision), 'of the answers RECURRENCE were right'],
    [percent(told.coverage), 'of those seen before got a right RECURRENCE'],
    [percent(told.novelty_accuracy), `of the ${fresh} new ones were not called RECURRENCE`],
    [useful + notUseful > 0 && `${useful}, ${notUseful}`, 'ratings: of use, not of use'],
  ]);
}

function cut(told) {
  const by =
    told.calibration_cases > 0
      ? 'the probability that the first match is right'
      : 'how alike the first match is (too few cases for a probability)';
  return el(
    'figure',
    el('h2', `What another cut would give, by ${by}`),
    curve(told),
    el('figcaption', suggestion(told)),
  );
}

function suggestion({ suggested_threshold: threshold, held_out: held }) {
  if (threshold === undefined) return 'No cut keeps a precision of 80 % with some certainty.';
  const cut = `Suggested cut: ${threshold.toFixed(2)}.`;
  if (!held) return cut;
  const right = `${percent(held.precision)} right of ${held.shown} shown`;
  const learnt = `Learnt on the older ${held.learnt_from} and applied to the newer ${held.cases}`;
  return `${cut} ${learnt}: ${right}, ${percent(held.coverage)} of those seen before.`;
}

function points({ threshold_curve: all }) {
  const number = (name, read, cell = (point) => String(read(point))) => ({
    name,
    number: true,
    value: read,
    cell,
  });
  return fold(
    'The same as a table',
    table({
      rows: all.filter((_, place) => place % 5 === 0),
      caption: 'By cut',
      columns: [
        number(
          'Cut',
          (point) => point.threshold,
          (point) => point.threshold.toFixed(2),
        ),
        number('Shown', (point) => point.shown),
        number('Right', (point) => point.correct),
        number(
          'Precision',
          (point) => point.precision,
          (point) => percent(point.precision),
        ),
        number(
          'Coverage',
          (point) => point.coverage,
          (point) => percent(point.coverage),
        ),
      ],
    }),
  );
}

function groups(heading, rows, named) {
  return (
    rows.length > 0 &&
    el(
      'section',
      el('h2', heading),
      table({
        rows,
        caption: heading,
        columns: [
          { name: 'Name', value: ({ name }) => name, cell: named },
          {
            name: 'Incidents',
            number: true,
            value: ({ cases }) => cases,
            cell: ({ cases }) => String(cases),
          },
          {
            name: 'Seen before',
            number: true,
            value: ({ recurrences }) => recurrences,
            cell: ({ recurrences }) => String(recurrences),
          },
          {
            name: 'Right first',
            number: true,
            value: firstHits,
            cell: (row) => String(firstHits(row) ?? '-'),
          },
          {
            name: 'Mean reciprocal rank',
            number: true,
            wide: true,
            value: ({ mrr }) => mrr,
            cell: ({ mrr }) => mrr?.toFixed(2) ?? '-',
          },
        ],
      }),
    )
  );
}

function firstHits({ hit_at_k: [first] }) {
  return first?.hits;
}
