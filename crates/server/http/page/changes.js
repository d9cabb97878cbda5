// Decisions and lineage in words.

import { count, joined } from './words.js';

const IDS_SHOWN = 5;

/** What was decided, in a line. */
export function change(decision) {
  const kind = Object.keys(CHANGES).find((name) => decision[name]);
  return kind ? CHANGES[kind](decision[kind]) : 'something this page has no words for';
}

const CHANGES = {
  renamed: ({ class_id: id, name }) =>
    name ? `${id} is named “${name}”` : `${id} is named by its incidents again`,
  pinned: ({ class_id: id, pinned }) => (pinned ? `${id} is pinned` : `${id} is released`),
  merged: ({ class_id: id, merged_class_ids: others }) => `${ids(others)} merged into ${id}`,
  divided: ({ class_id: id, new_class_id: fresh, incident_ids: leaving }) =>
    `${ids(leaving)} split off from ${id} as ${fresh}`,
  linked: ({ incident_id: one, other_incident_id: other }) => `${one} is the same failure as ${other}`,
  unlinked: ({ incident_id: one, other_incident_id: other }) => `${one} is not the same failure as ${other}`,
  undone: ({ decision_id: id }) => `${id} is undone`,
};

function ids(all) {
  const more = all.length - IDS_SHOWN;
  return all.slice(0, IDS_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** What happened to the class `here`, in a line. */
export function happened(event, here) {
  const other = event.other_class_id === here ? 'it' : event.other_class_id || 'the one-offs';
  const whose = event.class_id === here ? '' : `${event.class_id} `;
  const number = count(event.incident_ids.length, 'incident', 'incidents');
  const what = {
    LINEAGE_KIND_OPENED: `${whose}opened with ${number}`,
    LINEAGE_KIND_SPLIT_FROM: `${whose}split off from ${other} with ${number}`,
    LINEAGE_KIND_MERGED_INTO: `${whose}merged into ${other}`,
    LINEAGE_KIND_JOINED: `${number} joined ${whose}from ${other}`,
    LINEAGE_KIND_LEFT: `${number} left ${whose}for ${other}`,
  }[event.kind];
  return joined([what, `epoch ${event.epoch}`, event.decision_id && `decided in ${event.decision_id}`]);
}
