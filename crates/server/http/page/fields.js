// Fields of forms.

import { el, freshId } from './dom.js';

/**
 * A field with its label. `options` makes it a choice of `[value, word]`, `suggestions` offers words, `hint` stands below;
 * all other properties are those of the input.
 */
export function field({ label, hint, options, suggestions, ...properties }) {
  const id = freshId();
  const described = hint && `${id}-hint`;
  const list = suggestions && `${id}-list`;
  const attributes = { id, 'aria-describedby': described, list, ...properties };
  return el(
    'p.field',
    el('label', { for: id }, label),
    input(attributes, options),
    suggestions &&
      el(
        'datalist',
        { id: list },
        suggestions.map((value) => el('option', { value })),
      ),
    hint && el('small', { id: described }, hint),
  );
}

function input({ value, type, ...attributes }, options) {
  if (options) {
    const chosen = (word) => (word === value ? true : undefined);
    return el(
      'select',
      attributes,
      options.map(([word, name]) => el('option', { value: word, selected: chosen(word) }, name)),
    );
  }
  if (type === 'textarea') return el('textarea', { rows: 2, ...attributes, value });
  return el('input', { type: type ?? 'text', autocomplete: 'off', ...attributes, value });
}

/** Boxes to tick, each `[value, content]`. */
export function choices(name, legend, entries) {
  const box = ([value, content]) =>
    el('label.choice', el('input', { type: 'checkbox', name, value }), el('span', content));
  return el('fieldset', el('legend', legend), entries.map(box));
}

/** What stands in the fields of a form, by name; of boxes the last, see `ticked`. */
export function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) values[name] = value.trim();
  return values;
}

/** The values of the boxes that are ticked. */
export function ticked(node, name) {
  return Array.from(node.querySelectorAll(`input[name="${name}"]:checked`), (box) => box.value);
}
