// Where the page is: `#/class/FC-3?as_of=2026-06-01`. Behind the hash, so that no question gets into a log.

/** The parts of the address: the name of the view, what is behind it, and the parameters. */
export function here() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map(decoded);
  return { name, rest, parameters: new URLSearchParams(query) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a view. Parameters that are empty are left out. */
export function address(parts, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined && one !== '') query.append(name, one);
  }
  const path = parts.map(encodeURIComponent).join('/');
  return query.size > 0 ? `#/${path}?${query}` : `#/${path}`;
}

/** Goes to a view. */
export function go(parts, parameters = {}) {
  location.hash = address(parts, parameters);
}

/** Changes the address under a view that goes on by itself. */
export function replace(parts, parameters) {
  history.replaceState(history.state, '', address(parts, parameters));
}

/** Shows the view anew, where the reader is. */
export function reload() {
  dispatchEvent(new CustomEvent('reload'));
}

/** The day that the reader looks back from; undefined: now. */
export function asOf() {
  return here().parameters.get('as_of') || undefined;
}
