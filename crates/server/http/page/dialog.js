// Forms that stand before the page until they are sent or left.

import { el, freshId } from './dom.js';
import { valuesOf } from './fields.js';
import { reasons } from './failure.js';

/**
 * Shows a form; gives what `send` gave for its values, or undefined where it was left. While `send` fails the form stays
 * and says why.
 */
export function askIn({ title, intro = [], fields, verb, send }) {
  const id = freshId();
  const wrong = el('div', { role: 'alert' });
  const go = el('button.strong', { type: 'submit' }, verb);
  const form = el(
    'form',
    { method: 'dialog' },
    el('h2', { id }, title),
    intro,
    fields,
    wrong,
    el('p.buttons', el('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'), go),
  );
  const dialog = el('dialog', { 'aria-labelledby': id }, form);
  let given;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    wrong.replaceChildren();
    try {
      given = await send(valuesOf(form));
      dialog.close();
    } catch (error) {
      wrong.replaceChildren(reasons(error));
    } finally {
      go.disabled = false;
    }
  });
  return shown(dialog).then(() => given);
}

/** Shows something to read until it is left. */
export function show(title, ...inner) {
  const id = freshId();
  const form = el('form', { method: 'dialog' }, el('p.buttons', el('button.strong', 'Close')));
  return shown(el('dialog', { 'aria-labelledby': id }, el('h2', { id }, title), ...inner, form));
}

function shown(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((left) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      before?.focus?.();
      left();
    });
  });
}
