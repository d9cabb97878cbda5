// The server, asked in JSON. Whatever goes wrong becomes a `Refusal` that a person can read.

import { askForToken, forgetToken, token } from './token.js';

/** Why there is no answer. `code` is that of gRPC, or UNREACHABLE. */
export class Refusal extends Error {
  constructor(code, message, violations = [], retrySecs = 0) {
    super(message);
    this.code = code;
    this.violations = violations;
    this.retrySecs = retrySecs;
  }
}

/** Asks for what is at `path`; parameters that are empty are left out, of lists each value is sent. */
export function get(path, parameters = {}, signal = undefined) {
  return ask(withQuery(path, parameters), { signal });
}

/** Sends a request as a body: a question that may be long, or what changes something. */
export function post(path, message, signal = undefined) {
  const headers = { 'content-type': 'application/json' };
  return ask(path, { method: 'POST', headers, body: JSON.stringify(message), signal });
}

/** All entries of a list that comes in pages, up to `most`: `{entries, total}`. */
export async function pages(path, parameters, name, most, signal) {
  const entries = [];
  let page = { next_page_token: '' };
  do {
    page = await get(path, { ...parameters, page_size: 1000, page_token: page.next_page_token }, signal);
    entries.push(...page[name]);
  } while (page.next_page_token && entries.length < most);
  return { entries, total: page.total_size };
}

function withQuery(path, parameters) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined && one !== '') query.append(name, one);
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

async function ask(url, options) {
  const used = token();
  const response = await sent(url, options, used);
  if (response.status !== 401) return understood(response);
  const refusal = await refusalOf(response);
  // Another request may have asked meanwhile.
  if (token() === used) {
    forgetToken();
    if (!(await askForToken(refusal.message))) throw refusal;
  }
  return ask(url, options);
}

async function sent(url, options, bearer) {
  const headers = { ...options.headers };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  try {
    return await fetch(url, { ...options, headers, redirect: 'error' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal('UNREACHABLE', 'The server does not answer. Is `relapse serve` still running?');
  }
}

async function understood(response) {
  if (!response.ok) throw await refusalOf(response);
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal('UNREACHABLE', 'The answer broke off before its end.');
  }
}

async function refusalOf(response) {
  const told = await response.json().catch(() => ({}));
  const retrySecs = Number(response.headers.get('retry-after')) || 0;
  return new Refusal(
    told.code ?? `HTTP ${response.status}`,
    told.message ?? response.statusText,
    told.violations,
    retrySecs,
  );
}
