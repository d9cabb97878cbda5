// Files to keep.

import { el } from './dom.js';
import { tell } from './progress.js';
import { count } from './words.js';

const KEPT_MS = 60_000;

/** Saves the content of a response as a file: where the server wants a token, no plain link can fetch it. */
export function save(name, { content, media_type: type }) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
  tell(`Saved as ${name}, ${count(content.length, 'character', 'characters')}.`);
}
