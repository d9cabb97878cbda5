// Who decides. With a token its name stands; without one whoever decides says who they are, once per browser.

import { field } from './fields.js';
import { token } from './token.js';

const KEY = 'relapse.who';

/** The fields that a decision asks for. */
export function whoAndWhy() {
  const who = field({
    name: 'who',
    label: 'Who decides',
    value: localStorage.getItem(KEY) ?? '',
    maxlength: 256,
    autocomplete: 'username',
  });
  const why = field({
    name: 'why',
    label: 'Why',
    type: 'textarea',
    maxlength: 4000,
    hint: 'Kept with the decision, for whoever wonders later.',
  });
  return token() ? [why] : [who, why];
}

/** What a request says of its author. */
export function attribution({ who, why = '' } = {}) {
  if (who) localStorage.setItem(KEY, who);
  return { who: token() ? '' : (who ?? localStorage.getItem(KEY) ?? ''), why };
}
