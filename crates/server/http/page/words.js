// Values of the wire in words: the same as on the command line.

/** A day in ms. */
export const DAY_MS = 86_400_000;

/** `2025-10-03 02:57`, `2025-10-03`, or `undated`. */
export function date(at, dateOnly) {
  if (!at) return 'undated';
  return dateOnly ? at.slice(0, 10) : `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

/** `45 min`, `3 h 20 min`, `2 d 4 h`. */
export function minutes(value) {
  const whole = Math.round(value);
  const rest = (number, unit, left, leftUnit) =>
    left === 0 ? `${number} ${unit}` : `${number} ${unit} ${left} ${leftUnit}`;
  if (whole < 60) return `${whole} min`;
  if (whole < 1440) return rest(Math.floor(whole / 60), 'h', whole % 60, 'min');
  return rest(Math.floor(whole / 1440), 'd', Math.floor(whole / 60) % 24, 'h');
}

/** At most one decimal, none where it is 0. */
export function short(value) {
  return value.toFixed(1).replace(/\.0$/, '');
}

/** `12 d`; empty where it is not known. */
export function days(value) {
  return value === undefined ? '' : `${short(value)} d`;
}

/** So many times the usual gap: `3.1 x`; empty where it is not known. */
export function timesTheGap(ratio) {
  if (ratio === undefined) return '';
  return ratio < 0.1 ? '<0.1 x' : `${short(ratio)} x`;
}

/** `1 incident`, `2 incidents`. */
export function count(number, one, many) {
  return `${thousands(number)} ${number === 1 ? one : many}`;
}

/** `12,345`. */
export function thousands(number) {
  return number.toLocaleString('en-US');
}

/** `82 %`; a dash where it is not known. */
export function percent(share) {
  return share === undefined ? '-' : `${Math.round(share * 100)} %`;
}

/** The texts that are not empty, behind each other. */
export function joined(texts, between = ', ') {
  return texts.filter((text) => text).join(between);
}

/** A sentence begins with a capital and ends with a point. */
export function sentence(text) {
  return text ? `${text[0].toUpperCase()}${text.slice(1)}.` : '';
}

/** Of an id that is a path its end: `…/2026-10-30-oom-again`. */
export function shortId(id) {
  const end = id.lastIndexOf('/');
  return end < 0 ? id : `…${id.slice(end)}`;
}

/** The word for a number of an enum, such as `STATUS_OPEN`, by a table of the ends of the names. */
function wordOf(table, prefix) {
  return (name) => table[(name ?? '').slice(prefix.length)] ?? ['', 'plain'];
}

/** The verdict in a word, how bad it is, and what it means. */
export const verdict = wordOf(
  {
    RECURRENCE: ['Recurrence', 'bad', 'Seen before: the same failure.'],
    SIMILAR: ['Similar', 'warn', 'Related to what is known, but not the same failure.'],
    NEW: ['New', 'new', 'Nothing close is known.'],
    INSUFFICIENT_TEXT: [
      'Too little text',
      'plain',
      'Fewer than two known words: say more of what the alert says.',
    ],
  },
  'VERDICT_',
);

/** Whether the fix held, and how bad that is. */
export const fixStatus = wordOf(
  {
    RECURRED_AFTER_FIX: ['did not hold', 'bad'],
    OVERDUE: ['overdue', 'bad'],
    OPEN: ['open', 'warn'],
    HELD: ['held', 'good'],
    NONE_FILED: ['none filed', 'warn'],
    UNKNOWN: ['not known', 'plain'],
  },
  'FIX_STATUS_',
);

/** The same in a sentence. */
export const fixSentence = wordOf(
  {
    RECURRED_AFTER_FIX: ['The last fix did not hold', 'bad'],
    OVERDUE: ['A follow-up is overdue', 'bad'],
    OPEN: ['A follow-up is still open', 'warn'],
    HELD: ['The last fix held', 'good'],
    NONE_FILED: ['No follow-up was ever filed', 'warn'],
    UNKNOWN: ['Not known whether the fix held', 'plain'],
  },
  'FIX_STATUS_',
);

/** How far an incident has come. */
export const status = wordOf(
  {
    OPEN: ['open', 'bad'],
    MITIGATED: ['mitigated', 'warn'],
    RESOLVED: ['resolved', 'plain'],
  },
  'STATUS_',
);

/** Whether a class comes more or less often than before. */
export const trend = wordOf(
  {
    RISING: ['rising', 'bad'],
    STEADY: ['steady', 'plain'],
    FALLING: ['falling', 'good'],
  },
  'TREND_',
);

/** Whether a follow-up helped. */
export const outcome = wordOf(
  {
    RECURRED_AFTER_DONE: ['done, came back after that', 'bad'],
    RECURRED_WHILE_OVERDUE: ['came back while overdue', 'bad'],
    RECURRED_WHILE_OPEN: ['came back while open', 'warn'],
    OVERDUE: ['overdue', 'bad'],
    OPEN: ['open', 'warn'],
    DROPPED: ['dropped', 'plain'],
    HELD: ['held', 'good'],
    TOO_EARLY: ['done, too early to say', 'plain'],
  },
  'FOLLOW_UP_OUTCOME_',
);

/** What limits an answer. */
export const warning = wordOf(
  {
    STALE_FIX: ['the fix shown is old, or another one followed it'],
    FIELD_EMPTY: ['the best match leaves its root cause or its resolution out'],
    ALL_TERMS_UNKNOWN: ['no word of the question occurs in any incident'],
    TRUNCATED: ['the question is long: only its beginning was looked at'],
    NOT_CALIBRATED: ['not calibrated: fixed cuts decided the verdict'],
  },
  'WARNING_',
);

/** `11 in all, 8 in 365 d, 5 in 90 d, 2 in 30 d, rising`. */
export function occurrences({ occurrences: counted, trend: direction }) {
  const { total, in_365d: year, in_90d: quarter, in_30d: month } = counted;
  return joined([
    `${total} in all`,
    `${year} in 365 d`,
    `${quarter} in 90 d`,
    `${month} in 30 d`,
    trend(direction)[0],
  ]);
}

/** `last 2025-10-03 02:57, usual gap 12 d (8 to 20), quiet for 3.1 x its usual gap`. */
export function rhythm(found) {
  const { gap_days: gap, quiet_ratio: ratio, quiet_days: quiet } = found;
  const quietFor = ratio === undefined ? days(quiet) : `${timesTheGap(ratio)} its usual gap`;
  return joined([
    `last ${date(found.last_seen, found.last_seen_date_only)}`,
    gap && `usual gap ${days(gap.median)} (${short(gap.p25)} to ${short(gap.p75)})`,
    quietFor && `quiet for ${quietFor}`,
  ]);
}

/** `median 45 min, 90 % within 2 h (9 known)`; empty where none is known. */
export function timeToResolve({ time_to_resolve: time }) {
  return time ? `median ${minutes(time.median)}, 90 % within ${minutes(time.p90)} (${time.cases} known)` : '';
}

/** `4 h 30 min (3 stated), 10,900 users (1 stated)`; empty where nothing is stated. */
export function cost(told) {
  const stated = (cases, words) => (cases > 0 ? `${words} (${cases} stated)` : '');
  return told
    ? joined([
        stated(told.minutes_cases, minutes(told.minutes_to_resolve)),
        stated(told.users_cases, `${thousands(told.users_affected)} users`),
        stated(told.revenue_cases, `revenue ${thousands(told.revenue)}`),
      ])
    : '';
}

/** Whether a class comes closer together by more than chance, and whether there is a burst. */
export function trendTest({ trend_test: test, burst }) {
  const meaning = {
    TREND_RISING: 'comes closer and closer together',
    TREND_FALLING: 'comes further and further apart, or has stopped',
  };
  const chance = (value) => (value < 0.01 ? '<0.01' : value.toFixed(2));
  return joined([
    test &&
      `${meaning[test.direction] ?? 'no trend beyond chance'} (p = ${chance(test.p_value)}, ${test.cases} cases)`,
    burst?.is_burst &&
      `a burst: ${burst.in_window} in 30 d where ${short(burst.expected)} were to be expected`,
  ]);
}
