// The keyboard: everything can be reached without a mouse.

import { show } from './dialog.js';
import { el } from './dom.js';
import { go } from './route.js';

/** Views by the letter behind `g`. */
const VIEWS = { s: '', c: 'classes', i: 'incidents', r: 'report', b: 'backtest', d: 'decisions' };

const HELP = [
  ['/', 'search'],
  ['j k', 'next, previous entry'],
  ['Enter', 'open it'],
  ['e', 'unfold or fold its details'],
  ['u n', 'of use; not the same'],
  ['Esc', 'leave a field or a form'],
  ['g s', 'go to the search'],
  ['g c', 'to the classes'],
  ['g i', 'to the incidents'],
  ['g r', 'to the report'],
  ['g b', 'to the back-test'],
  ['g d', 'to the decisions'],
  ['t', 'light, dark, or as the system has it'],
  ['?', 'this list'],
];

let afterG = false;

/** Listens from now on. */
export function listen() {
  document.getElementById('keys').addEventListener('click', help);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (isField(event.target)) {
      if (event.key === 'Escape') event.target.blur();
    } else if (done(event.key)) {
      event.preventDefault();
    }
  });
}

function isField(node) {
  return node.matches?.('input:not([type=checkbox]), textarea, select') ?? false;
}

/** Does what `key` stands for; whether it stands for anything. */
function done(key) {
  const led = afterG;
  afterG = key === 'g' && !led;
  if (afterG) return true;
  if (led && key in VIEWS) return went(VIEWS[key]);
  switch (key) {
    case '/':
      return search();
    case '?':
      return help();
    case 'j':
      return step(1);
    case 'k':
      return step(-1);
    case 'e':
      return unfold();
    case 't':
      return pressed(document.getElementById('theme'));
    default:
      return pressed(row().querySelector(`[data-key="${CSS.escape(key)}"]`));
  }
}

function went(view) {
  go([view]);
  return true;
}

function search() {
  const box = document.getElementById('question');
  if (!box) return went('');
  box.focus();
  box.select();
  return true;
}

function step(by) {
  const stops = Array.from(document.querySelectorAll('main .stop')).filter(
    (stop) => stop.offsetParent !== null,
  );
  if (stops.length === 0) return false;
  const at = stops.indexOf(row().querySelector('.stop') ?? document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : stops.length - 1) : Math.max(0, Math.min(stops.length - 1, at + by));
  stops[next].focus();
  stops[next].scrollIntoView({ block: 'nearest' });
  return true;
}

/** The entry that the reader is at; without one, a node in which there is nothing. */
function row() {
  return document.activeElement?.closest('.row') ?? document.createElement('div');
}

function unfold() {
  const details = row().querySelector('details');
  if (details) details.open = !details.open;
  return details !== null;
}

function pressed(button) {
  button?.click();
  return button !== null;
}

function help() {
  const keys = (text) => text.split(' ').map((key) => [el('kbd', key), ' ']);
  show(
    'Keys',
    el(
      'dl.keys',
      HELP.map(([key, what]) => el('div', el('dt', keys(key)), el('dd', what))),
    ),
  );
  return true;
}
