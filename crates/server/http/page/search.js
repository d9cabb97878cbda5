// Have we seen this before? Asked anew while it is being typed.

import { answerCard } from './answer.js';
import { post } from './api.js';
import { el, fill } from './dom.js';
import { failure } from './failure.js';
import { OF_INCIDENTS, filtersIn, inWords, narrow } from './filters.js';
import { landing } from './landing.js';
import { toIncident } from './link.js';
import { isReturn } from './place.js';
import { during } from './progress.js';
import { question } from './question.js';
import { replace } from './route.js';
import { verdict } from './words.js';

const PAUSE_MS = 180;
/** The field does not wait longer than this for the first answer. */
const SHOWN_AFTER_MS = 400;
const MATCHES = 5;
const MATCHES_MORE = 25;

export function title({ parameters }) {
  return parameters.get('q')?.slice(0, 60) || 'Search';
}

export async function show({ parameters }, signal) {
  const view = new Search(parameters, signal);
  const late = new Promise((pass) => setTimeout(pass, SHOWN_AFTER_MS));
  // Whoever comes back wants to be where they were, and that is in the answer.
  await (isReturn() ? view.ask() : Promise.race([view.ask(), late]));
  return view.nodes;
}

/** The field, its filters, and the answer below; it lives until the reader goes elsewhere. */
class Search {
  constructor(parameters, signal) {
    this.signal = signal;
    this.incident = parameters.get('incident');
    this.matches = MATCHES;
    this.asked = 0;
    this.question = el('textarea', {
      id: 'question',
      name: 'q',
      rows: 2,
      value: parameters.get('q') ?? '',
      'aria-label': 'What the page says',
      placeholder: 'Paste what the page says: a title, an error, a log line',
    });
    this.fold = narrow(OF_INCIDENTS, parameters, 'Filters');
    this.form = el('form.search', { role: 'search' }, this.like(), this.question, this.fold);
    this.answer = el('div.answer');
    this.heard = el('p.unseen', { role: 'status' });
    this.nodes = [
      el('h1.unseen', { tabindex: -1 }, 'Have we seen this before?'),
      this.form,
      this.heard,
      this.answer,
    ];
    this.listen();
    signal.addEventListener('abort', () => this.request?.abort());
  }

  /** The stored incident that is asked about, instead of a text. */
  like() {
    return (
      this.incident &&
      el(
        'p.like',
        'Like ',
        toIncident(this.incident),
        ' ',
        el(
          'button.quiet',
          {
            type: 'button',
            onclick: () => {
              location.hash = '#/';
            },
          },
          'Ask something else',
        ),
      )
    );
  }

  listen() {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.ask();
    });
    this.form.addEventListener('input', () => this.soon());
    this.question.addEventListener('input', () => {
      this.incident = null;
      this.form.querySelector('.like')?.remove();
    });
    this.question.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.ask();
    });
  }

  soon() {
    clearTimeout(this.pause);
    this.matches = MATCHES;
    this.pause = setTimeout(() => this.ask(), PAUSE_MS);
  }

  /** Asks what stands in the form. An answer that a later question has overtaken is dropped. */
  async ask() {
    clearTimeout(this.pause);
    if (this.signal.aborted) return;
    const text = this.question.value.trim();
    const filters = filtersIn(OF_INCIDENTS, this.form);
    this.fold.querySelector('summary').textContent =
      `Filters${Object.keys(filters).length > 0 ? `: ${inWords(filters)}` : ''}`;
    replace([''], { q: text, incident: this.incident ?? undefined, ...filters });
    this.request?.abort();
    this.request = new AbortController();
    this.asked += 1;
    const round = this.asked;
    this.answer.classList.toggle('stale', true);
    const nodes = await during(this.nodesFor(text, filters, this.request.signal));
    if (round !== this.asked || this.signal.aborted) return;
    this.answer.classList.toggle('stale', false);
    fill(this.answer, nodes);
  }

  async nodesFor(text, filters, signal) {
    try {
      if (!text && !this.incident) return await landing(filters, signal);
      const begun = performance.now();
      const answer = await post(
        '/v1/similar',
        question({ text, incident: this.incident, filters, matches: this.matches }),
        signal,
      );
      this.heard.textContent = `${verdict(answer.verdict)[0]}: ${answer.headline}`;
      return answerCard(answer, { tookMs: performance.now() - begun, more: this.more(answer) });
    } catch (error) {
      return error.name === 'AbortError' ? [] : failure(error, () => this.ask());
    }
  }

  /** Shows more matches, where there may be more. */
  more(answer) {
    if (this.matches === MATCHES_MORE || answer.matches.length < this.matches) return undefined;
    return () => {
      this.matches = MATCHES_MORE;
      this.ask();
    };
  }
}
