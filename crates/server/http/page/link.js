// Links between views. Whoever looks back goes on looking back.

import { el } from './dom.js';
import { address, asOf } from './route.js';
import { shortId } from './words.js';

/** The address of a class. */
export function classAddress(id) {
  return address(['class', id], { as_of: asOf() });
}

/** The address of an incident. */
export function incidentAddress(id) {
  return address(['incident', id], { as_of: asOf() });
}

/** A link to a class. */
export function toClass(id, text = id) {
  return el('a', { href: classAddress(id) }, text);
}

/** A link to an incident; of an id that is a path the end is shown. */
export function toIncident(id) {
  return el('a', { href: incidentAddress(id), title: id }, shortId(id));
}

/** The link that `j` and `k` stop at; the things that belong to it stand in the same `.row`. */
export function rowLink(href, ...inner) {
  return el('a.stop', { href }, ...inner);
}

/** A link out of here; a text where it is no address of the web. */
export function outside(url) {
  if (!url) return '';
  return /^https?:/i.test(url) ? el('a', { href: url, rel: 'noreferrer' }, url) : url;
}

/** That the reader looks back, and the way to now. */
export function lookingBack() {
  const day = asOf();
  if (!day) return false;
  const now = new URLSearchParams(location.hash.split('?')[1]);
  now.delete('as_of');
  const href = `${location.hash.split('?')[0]}?${now}`;
  return el('p.past', `As known on ${day}. `, el('a', { href }, 'Show now'));
}
