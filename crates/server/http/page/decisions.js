// What people decided, latest first, each with its undo.

import { pages } from './api.js';
import { change } from './changes.js';
import { undo } from './decide.js';
import { el } from './dom.js';
import { date } from './words.js';

const DECISIONS_MAX = 1000;

export function title() {
  return 'Decisions';
}

export async function show(route, signal) {
  const { entries } = await pages('/v1/decisions', {}, 'decisions', DECISIONS_MAX, signal);
  return [
    el('h1', { tabindex: -1 }, 'What people decided'),
    el('p.soft', 'No clustering undoes what stands here. Classes are decided about on their own pages.'),
    decisionList(entries),
  ];
}

/** Decisions as a list. */
export function decisionList(entries) {
  return entries.length === 0
    ? el('p.soft', 'Nothing was decided so far.')
    : el('ol.decisions', entries.map(line));
}

function line(decision) {
  const { attribution, undone_by: undoneBy } = decision;
  const why = attribution.why && ` “${attribution.why}”`;
  const canUndo = !undoneBy && !decision.undone;
  return el(
    `li.row${undoneBy ? '.undone' : ''}`,
    el('p', { class: 'stop', tabindex: 0 }, el('strong', decision.id), ' ', change(decision), why),
    el(
      'p.soft',
      `${attribution.who}, ${date(decision.decided_at)}${undoneBy ? `, undone by ${undoneBy}` : ''}`,
    ),
    canUndo &&
      el(
        'button.quiet',
        {
          type: 'button',
          'data-key': 'u',
          'aria-label': `Undo ${decision.id}`,
          onclick: () => undo(decision),
        },
        'Undo',
      ),
  );
}
