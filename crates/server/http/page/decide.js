// What people decide about classes: each a form that asks who and why, and a request that may be repeated.

import { post } from './api.js';
import { askIn } from './dialog.js';
import { el } from './dom.js';
import { choices, field, ticked } from './fields.js';
import { tell } from './progress.js';
import { reload } from './route.js';
import { change } from './changes.js';
import { attribution, whoAndWhy } from './who.js';

/** Asks for a decision, sends it, and shows what came of it. */
async function decide({ title, intro, fields = [], verb, path, message }) {
  // The same request sent twice, say after the line broke, is one decision.
  const requestId = crypto.randomUUID();
  const nodes = el('div', fields);
  const done = await askIn({
    title,
    intro: intro && el('p', intro),
    fields: [nodes, whoAndWhy()],
    verb,
    send: (values) =>
      post(path, { ...message(values, nodes), attribution: attribution(values), request_id: requestId }),
  });
  if (!done) return;
  const canUndo = !done.decision.undone;
  tell(
    `${done.decision.id}: ${change(done.decision)}. `,
    canUndo && el('button.quiet', { type: 'button', onclick: () => undo(done.decision) }, 'Undo'),
  );
  reload();
}

export function rename({ id, name }) {
  return decide({
    title: `Rename ${id}`,
    verb: 'Rename',
    path: '/v1/classes/rename',
    fields: [
      field({
        name: 'name',
        label: 'Name',
        value: name,
        maxlength: 256,
        hint: 'Empty: it is named by its incidents again.',
      }),
    ],
    message: (values) => ({ class_id: id, name: values.name }),
  });
}

export function pin({ id, pinned }) {
  return decide({
    title: pinned ? `Release ${id}` : `Pin ${id}`,
    verb: pinned ? 'Release' : 'Pin',
    path: '/v1/classes/pin',
    intro: pinned
      ? 'Clustering may take incidents from it again.'
      : 'No later clustering takes an incident from it.',
    message: () => ({ class_id: id, pinned: !pinned }),
  });
}

export function merge({ id, name }) {
  return decide({
    title: `Merge into ${id}`,
    verb: 'Merge',
    path: '/v1/classes/merge',
    intro: `Other classes become part of ${id}, ${name}; their ids lead here from then on.`,
    fields: [field({ name: 'ids', label: 'Classes', required: true, placeholder: 'FC-4, FC-7' })],
    message: ({ ids }) => ({ class_id: id, merged_class_ids: listed(ids) }),
  });
}

export function split({ id }, members) {
  const entries = members.map((member) => [member.id, `${member.title} (${member.id})`]);
  return decide({
    title: `Split ${id}`,
    verb: 'Split off',
    path: '/v1/classes/split',
    intro: 'The incidents you tick leave for a class of their own.',
    fields: [choices('leaving', 'Incidents that leave', entries)],
    message: (_, nodes) => ({ class_id: id, incident_ids: ticked(nodes, 'leaving') }),
  });
}

export function link(id) {
  return pair(id, {
    title: 'The same failure',
    verb: 'Link',
    path: '/v1/link',
    intro: `${id} is the same failure as`,
  });
}

export function unlink(id) {
  return pair(id, {
    title: 'Not the same failure',
    verb: 'Part',
    path: '/v1/unlink',
    intro: `${id} is not the same failure as`,
  });
}

function pair(id, words) {
  return decide({
    ...words,
    fields: [field({ name: 'other', label: 'Incident', required: true, placeholder: 'its id' })],
    message: ({ other }) => ({ incident_id: id, other_incident_id: other }),
  });
}

export function undo(decision) {
  return decide({
    title: `Undo ${decision.id}`,
    verb: 'Undo',
    path: '/v1/decisions/undo',
    intro: `No longer holds: ${change(decision)}.`,
    message: () => ({ decision_id: decision.id }),
  });
}

function listed(text) {
  return text.split(/[\s,]+/).filter(Boolean);
}
