// What is shown before anything is asked: what came in last, and what keeps coming back.

import { get } from './api.js';
import { el } from './dom.js';
import { incidentLine } from './incidents.js';
import { classAddress, lookingBack, rowLink } from './link.js';
import { nowOf, spark } from './spark.js';
import { count, fixStatus } from './words.js';

const ROWS = 8;

/** Two lists; where nothing is stored, how to begin. */
export async function landing({ as_of: asOf }, signal) {
  const [{ incidents, total_size: total }, { classes }] = await Promise.all([
    get('/v1/incidents', { page_size: ROWS, as_of: asOf }, signal),
    get('/v1/classes', { page_size: ROWS, order: 'in_90d', as_of: asOf }, signal),
  ]);
  if (total === 0 && !asOf) return beginning();
  return [
    lookingBack(),
    el(
      'div.halves',
      el(
        'section',
        el('h2', 'Last seen'),
        el('ol.lines', incidents.map(incidentLine)),
        el('p', el('a', { href: '#/incidents' }, `All ${count(total, 'incident', 'incidents')}`)),
      ),
      el(
        'section',
        el('h2', 'Keeps coming back'),
        classList(classes),
        el('p', el('a', { href: '#/classes' }, 'All classes')),
      ),
    ),
  ];
}

function classList(classes) {
  if (classes.length === 0) return el('p.soft', 'Nothing has come back so far.');
  const now = nowOf(classes);
  return el(
    'ol.lines',
    classes.map((found) => {
      const [word, tone] = fixStatus(found.fix_status);
      return el(
        'li.row',
        spark(found, now),
        rowLink(classAddress(found.id), found.name),
        el(
          'p.soft',
          `${found.occurrences.in_90d} in 90 d, ${found.occurrences.total} in all, fix `,
          el(`span.chip.${tone}`, word),
        ),
      );
    }),
  );
}

function beginning() {
  const grpc = `${location.protocol}//${location.hostname}:7700`;
  return el(
    'section.beginning',
    el('h2', 'No incidents yet'),
    el('p', 'Put your post-mortems and tickets in: Markdown, text or JSONL, files or folders.'),
    el('pre', el('code', `relapse ingest FOLDER --server ${grpc}`)),
    el('p', 'Or let your alerts come in by themselves: point Alertmanager at'),
    el('pre', el('code', `${location.origin}/webhooks/alertmanager`)),
    el('p.soft', 'The address behind --server is that of gRPC; `relapse serve` prints it when it starts.'),
  );
}
