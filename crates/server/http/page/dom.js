// Elements. Every text becomes a text node, so no incident can bring markup with it.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element such as `el('p.soft.small', {id: 'x', onclick: f}, 'text', child)`. Children that are null, undefined, false
 * or empty are left out, lists are taken apart; attributes that are null, undefined or false are left out too.
 */
export function el(kind, ...rest) {
  const [name, ...classes] = kind.split('.');
  return filled(document.createElement(name), classes, rest);
}

/** The same for a picture. */
export function svg(kind, ...rest) {
  const [name, ...classes] = kind.split('.');
  return filled(document.createElementNS(SVG, name), classes, rest);
}

function filled(node, classes, rest) {
  const attributes = isAttributes(rest[0]) ? rest.shift() : {};
  if (classes.length > 0) node.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) set(node, name, value);
  node.append(...rest.flat(Infinity).filter(isChild));
  return node;
}

/** Shows `inner` at `place`, and nothing else. */
export function fill(place, ...inner) {
  place.replaceChildren(...inner.flat(Infinity).filter(isChild));
}

function isAttributes(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof Node);
}

function isChild(child) {
  return child !== null && child !== undefined && child !== false && child !== '';
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 'value') node.value = value;
  else node.setAttribute(name, value === true ? '' : value);
}

/** A share, 0 to 1, as the length of a bar. */
export function bar(share) {
  const node = el('span.bar', { 'aria-hidden': 'true' });
  // The policy of the page forbids the attribute, not the property.
  node.style.setProperty('--share', String(Math.max(0, Math.min(1, share))));
  return node;
}

/** Terms and what they mean; those without a meaning are left out. */
export function facts(pairs) {
  const told = pairs.filter(([, value]) => isChild(value) && !(Array.isArray(value) && value.length === 0));
  return (
    told.length > 0 &&
    el(
      'dl.facts',
      told.map(([name, value]) => el('div', el('dt', name), el('dd', value))),
    )
  );
}

/** Figures side by side, each `[value, what it is, what it was before]`. */
export function tiles(figures) {
  return el(
    'dl.tiles',
    figures
      .filter(([value]) => isChild(value))
      .map(([value, word, before]) =>
        el('div', el('dt', word, before !== undefined && el('small', `before: ${before}`)), el('dd', value)),
      ),
  );
}

/** A list such as `ol.lines` of the first `shown` entries, the others on demand. */
export function listed(kind, entries, shown, line) {
  const list = el(kind, entries.slice(0, shown).map(line));
  const rest = entries.slice(shown);
  if (rest.length === 0) return list;
  const show = () => {
    list.append(...rest.map(line));
    more.remove();
  };
  const more = el('button.quiet', { type: 'button', onclick: show }, `and ${rest.length} more`);
  return [list, more];
}

/** What stands behind a fold. */
export function fold(summary, ...inner) {
  return el('details', el('summary', summary), ...inner);
}

/** A quotation. Lines that a writer broke to fit a screen flow again; lists, tables and paragraphs stay. */
export function quote(text) {
  return el('blockquote', text.trim().replace(/([^\n])\n(?![\n\s\-*|#>\d])/g, '$1 '));
}

let last = 0;

/** An id that no other element of the page has. */
export function freshId() {
  last += 1;
  return `n${last}`;
}
