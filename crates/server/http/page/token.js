// The token, where the server wants one: asked for once, kept until the tab is closed, sent to this server only.

import { askIn } from './dialog.js';
import { field } from './fields.js';
import { el } from './dom.js';

const KEY = 'relapse.token';
let asking;

/** The token of this tab; null: none was needed so far. */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Drops a token that was refused. */
export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

/** Asks for a token, once for all requests that wait for it; whether one was given. */
export function askForToken(reason) {
  asking ??= askIn({
    title: 'This server wants a token',
    intro: [
      el('p', `It said: ${reason}.`),
      el(
        'p',
        'Whoever runs the server makes one: ',
        el('code', 'relapse token YOUR-NAME --tokens FILE'),
        ' prints it. It is kept until this tab is closed, and what you decide carries its name.',
      ),
    ],
    fields: [field({ name: 'token', label: 'Token', type: 'password', required: true, autocomplete: 'off' })],
    verb: 'Use it',
    send: async ({ token: given }) => {
      sessionStorage.setItem(KEY, given.trim());
      return true;
    },
  }).finally(() => {
    asking = undefined;
  });
  return asking;
}
