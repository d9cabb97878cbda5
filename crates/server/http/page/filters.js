// What narrows a question or a list, by the names that the server has for it.

import { get } from './api.js';
import { el } from './dom.js';
import { field } from './fields.js';

const LEVELS = ['1', '2', '3', '4', '5'].map((level) => [level, level === '1' ? '1, worst' : level]);

const FIELDS = [
  { name: 'service', label: 'Service', many: true, placeholder: 'auth-gateway' },
  { name: 'severity', label: 'Severity', options: [['', 'any'], ...LEVELS] },
  {
    name: 'status',
    label: 'Status',
    options: [
      ['', 'any'],
      ['open', 'open'],
      ['mitigated', 'mitigated'],
      ['resolved', 'resolved'],
    ],
  },
  { name: 'team', label: 'Team', many: true },
  { name: 'tag', label: 'Tag', many: true },
  { name: 'class', label: 'Class', placeholder: 'FC-3' },
  { name: 'since', label: 'Since', type: 'date' },
  { name: 'until', label: 'Until', type: 'date' },
  { name: 'as_of', label: 'As known on', type: 'date' },
];

/** The names of the filters of a question or of incidents. */
export const OF_INCIDENTS = ['service', 'severity', 'status', 'tag', 'class', 'since', 'until', 'as_of'];
/** Those of a report. */
export const OF_REPORT = ['since', 'until', 'service', 'team', 'tag', 'as_of'];

/** The fields of `names`, filled from the parameters of an address. */
function filterFields(names, parameters) {
  const wanted = names.map((name) => FIELDS.find((known) => known.name === name));
  return el(
    'div.filters',
    wanted.map(({ many, ...properties }) => {
      const node = field({ ...properties, value: parameters.getAll(properties.name).join(', ') });
      if (properties.name === 'service') suggestServices(node);
      return node;
    }),
  );
}

/** The same behind a fold that says which are set; with what else belongs to them. */
export function narrow(names, parameters, word, ...inner) {
  const told = inWords(filtersOf(names, parameters));
  const summary = el('summary', told ? `${word}: ${told}` : word);
  return el('details.narrow', summary, filterFields(names, parameters), ...inner);
}

/** The filters that an address names, those with several values as lists. */
export function filtersOf(names, parameters) {
  const values = {};
  for (const name of names) {
    const all = parameters.getAll(name).filter(Boolean);
    if (all.length > 0) values[name] = isMany(name) ? all : all[0];
  }
  return values;
}

/** The filters that stand in a form: of one that takes several, what stands between commas. */
export function filtersIn(names, form) {
  const values = {};
  for (const name of names) {
    const said = form.elements[name].value.trim();
    const all = isMany(name)
      ? said
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean)
      : said;
    if (all.length > 0) values[name] = all;
  }
  return values;
}

function isMany(name) {
  return FIELDS.find((known) => known.name === name).many === true;
}

/** Filters in words: `service auth-gateway, since 2026-01-01`. */
export function inWords(values) {
  const label = (name) => FIELDS.find((known) => known.name === name).label.toLowerCase();
  return Object.entries(values)
    .map(([name, value]) => `${label(name)} ${[value].flat().join(' or ')}`)
    .join(', ');
}

let services;

/** Offers the services of the classes, once somebody is about to name one. */
function suggestServices(node) {
  const input = node.querySelector('input');
  input.addEventListener(
    'focus',
    async () => {
      services ??= get('/v1/classes', { page_size: 200 }).then(({ classes }) =>
        [...new Set(classes.flatMap((one) => one.services.map(({ name }) => name)))].sort(),
      );
      const names = await services.catch(() => {
        services = undefined;
        return [];
      });
      const list = el(
        'datalist',
        { id: `${input.id}-list` },
        names.map((value) => el('option', { value })),
      );
      node.querySelector('datalist')?.remove();
      node.append(list);
      input.setAttribute('list', list.id);
    },
    { once: true },
  );
}
