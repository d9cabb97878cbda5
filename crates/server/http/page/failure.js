// What went wrong, and what to do next.

import { el } from './dom.js';
import { count } from './words.js';

/** What a person may do, by the code of the refusal. */
const ADVICE = {
  UNREACHABLE: 'The page asks again when you do.',
  UNAUTHENTICATED: 'Load the page anew to be asked for a token again.',
  DEADLINE_EXCEEDED: 'It took longer than the server allows: narrow the question, or raise call_secs_max.',
  ABORTED: 'The history changed while it was read: try again.',
};

/** Why something failed, in the words of the server. */
export function reasons(error) {
  const violations = error.violations ?? [];
  const told = violations.map(({ field, description }) => el('li', el('strong', field), `: ${description}`));
  return el(
    'div.wrong',
    el('p', error.message),
    told.length > 0 && el('ul', told),
    ADVICE[error.code] && el('p', ADVICE[error.code]),
    error.retrySecs > 0 && el('p', `Try again in ${count(error.retrySecs, 'second', 'seconds')}.`),
  );
}

/** A whole view that could not be shown. */
export function failure(error, again) {
  return el(
    'section.failed',
    { role: 'alert' },
    el(
      'h1',
      { tabindex: -1 },
      error.code === 'NOT_FOUND' ? 'There is no such thing here' : 'That did not work',
    ),
    reasons(error),
    el('p.buttons', el('button.strong', { type: 'button', onclick: again }, 'Try again')),
  );
}
