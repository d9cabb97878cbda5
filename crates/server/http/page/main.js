// From the address to the view.

import * as backtest from './backtest.js';
import * as classes from './classes.js';
import * as failureClass from './class.js';
import * as decisions from './decisions.js';
import * as incident from './incident.js';
import * as incidents from './incidents.js';
import * as report from './report.js';
import * as search from './search.js';
import { el, fill } from './dom.js';
import { failure } from './failure.js';
import { listen } from './keys.js';
import { leave, returned } from './place.js';
import { during } from './progress.js';
import { here } from './route.js';

/** Views by the first part of the address. Each has a `title`, and a `show` that gives its nodes. */
const VIEWS = { '': search, classes, class: failureClass, incidents, incident, report, backtest, decisions };
/** The entry of the menu that stands for a view that has none. */
const MENU = { '': 'search', class: 'classes', incident: 'incidents' };

const main = document.getElementById('main');
let leaving;

async function view(isNew) {
  leaving?.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const route = here();
  mark(route.name);
  const nodes = await during(nodesOf(route, signal));
  if (signal.aborted) return;
  fill(main, nodes);
  if (isNew) arrive();
  else main.focus({ preventScroll: true });
}

async function nodesOf(route, signal) {
  const shown = VIEWS[route.name];
  if (!shown) return nowhere();
  document.title = `${shown.title(route)} - Relapse`;
  try {
    return await shown.show(route, signal);
  } catch (error) {
    if (error.name === 'AbortError') return [];
    return failure(error, () => view(false));
  }
}

function nowhere() {
  document.title = 'Nothing here - Relapse';
  return el(
    'section',
    el('h1', { tabindex: -1 }, 'There is no such view'),
    el('p', el('a', { href: '#/' }, 'To the search')),
  );
}

function mark(name) {
  const current = MENU[name] ?? name;
  for (const link of document.querySelectorAll('.top nav a')) {
    link.removeAttribute('aria-current');
    if (link.dataset.view !== current) continue;
    link.setAttribute('aria-current', 'page');
    // On a phone the menu is wider than the screen.
    link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

/** A reader who went somewhere is at its beginning; where there is a question to ask, in its field. */
function arrive() {
  if (returned(main)) return;
  scrollTo(0, 0);
  const question = document.getElementById('question');
  // On a phone the keyboard would cover what is shown.
  if (question && matchMedia('(pointer: fine)').matches) question.focus();
  else main.querySelector('h1')?.focus();
}

document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener('hashchange', ({ oldURL }) => {
  leave(oldURL);
  view(true);
});
addEventListener('reload', () => view(false));
listen();
view(true);
