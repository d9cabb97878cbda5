// What takes its time says so.

import { el } from './dom.js';

const SHOWN_AFTER_MS = 150;
const TOLD_AFTER_MS = 4000;
let waiting = 0;

/** Shows that something is under way until `work` has ended; what it gave. */
export async function during(work) {
  const line = document.getElementById('progress');
  const main = document.getElementById('main');
  const show = setTimeout(() => {
    line.hidden = false;
  }, SHOWN_AFTER_MS);
  const say = setTimeout(() => tell('Still working on it ...'), TOLD_AFTER_MS);
  waiting += 1;
  main.setAttribute('aria-busy', 'true');
  try {
    return await work;
  } finally {
    clearTimeout(show);
    clearTimeout(say);
    waiting -= 1;
    if (waiting === 0) {
      line.hidden = true;
      main.removeAttribute('aria-busy');
    }
  }
}

const TOLD_FOR_MS = 8000;
let silence;

/** Says something at the edge of the page, for a while. */
export function tell(...what) {
  clearTimeout(silence);
  const told = document.getElementById('told');
  told.replaceChildren(el('div', ...what));
  silence = setTimeout(() => told.replaceChildren(), TOLD_FOR_MS);
}
