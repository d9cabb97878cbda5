// A question as the server reads it: a body, since what a page says may be long, and no query of a log should show it.

/** The request of a text, or of a stored incident, with its filters. */
export function question({ text, incident, filters, matches }) {
  const asked = incident ? { incident_id: incident } : { text };
  return { ...asked, k: matches, as_of: lastSecond(filters.as_of), filter: filterOf(filters) };
}

function filterOf({ service, severity, status, tag, class: classId, since, until }) {
  return {
    services: service,
    severities: severity && [severity],
    statuses: status && [`STATUS_${status.toUpperCase()}`],
    tags: tag,
    class_id: classId,
    since: since && `${since}T00:00:00Z`,
    until: lastSecond(until),
  };
}

function lastSecond(day) {
  return day && `${day}T23:59:59Z`;
}
