// Where a reader was in a view, for when they come back to it.

const places = new Map();

history.scrollRestoration = 'manual';

/** Notes where the reader is in the view of `url`, which they are about to leave. */
export function leave(url) {
  const href = document.activeElement?.getAttribute('href');
  places.set(url, { top: scrollY, href, nth: alike(href).indexOf(document.activeElement) });
}

/** The links to one place: an incident may be a source and a match in the same answer. */
function alike(href) {
  return href ? Array.from(document.querySelectorAll(`main a[href="${CSS.escape(href)}"]`)) : [];
}

/** Whether the reader comes back to a view that they left. */
export function isReturn() {
  return history.state?.seen === true && places.has(location.href);
}

/** Puts a reader who came back where they were; whether they did come back. */
export function returned(main) {
  const place = isReturn() && places.get(location.href);
  history.replaceState({ seen: true }, '');
  if (!place) return false;
  (alike(place.href)[place.nth] ?? main).focus({ preventScroll: true });
  scrollTo(0, place.top);
  return true;
}
