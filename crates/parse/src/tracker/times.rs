//! Times as trackers write them, in the form that records use.

use jiff::Timestamp;
use serde_json::{Number, Value};

use crate::inline::pattern;

/// `text` with the forms rewritten that are no ISO 8601 and still say one thing only: `25/Feb/26 10:17 PM`. All others stay
/// as they are.
pub(super) fn readable(text: &str) -> String {
    let form = pattern!(
        r"(?i)^(\d{1,2})[/ -]([a-z]{3,9})[/ -](\d{4}|\d{2})(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))? *(am|pm)?)?$"
    );
    let text = text.trim();
    let Some(found) = form.captures(text) else {
        return text.to_owned();
    };
    let part = |number: usize| found.get(number).map_or("", |part| part.as_str());
    let century = if part(3).len() == 2 { "20" } else { "" };
    let day = format!("{} {} {century}{}", part(1), part(2), part(3));
    match part(4) {
        "" => day,
        hour => format!("{day} {hour}:{} {}", part(5), part(7)).trim_end().to_owned(),
    }
}

/// A number of seconds or milliseconds since 1970, told by its size, as RFC 3339; any other number as it came.
pub(super) fn since_1970(number: &Number) -> Value {
    let time = number.as_i64().and_then(|count| match count {
        100_000_000..100_000_000_000 => Timestamp::from_second(count).ok(),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(count).ok(),
        _ => None,
    });
    time.map_or_else(|| Value::Number(number.clone()), |time| Value::from(time.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tracker::moment;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let at = moment(text).map(|moment| (moment.at.to_string(), moment.date_only));
        let date_only = !expect.contains('T');
        let at_expected = if date_only { format!("{expect}T00:00:00Z") } else { expect.to_owned() };
        assert_eq!(at, Some((at_expected, date_only)), "{text}");
    }

    #[test]
    fn the_forms_of_trackers_are_read() {
        check("25/Feb/26 10:17 PM", "2026-02-25T22:17:00Z");
        check("5/Mar/2026 9:05 AM", "2026-03-05T09:05:00Z");
        check("02/Mar/26", "2026-03-02");
        check("2026-02-25T22:17:00.000+0000", "2026-02-25T22:17:00Z");
        check("2026-02-25T23:17:00.000+0100", "2026-02-25T22:17:00Z");
        check("2026-02-25 22:17:00", "2026-02-25T22:17:00Z");
    }

    #[test]
    fn a_day_that_may_be_two_days_is_none() {
        assert_eq!(moment("03/04/2026 10:00"), None);
    }

    #[test]
    fn numbers_are_times_by_their_size() {
        let time = |number: i64| since_1970(&Number::from(number));
        assert_eq!(time(1_771_971_420), "2026-02-24T22:17:00Z");
        assert_eq!(time(1_771_971_420_000), "2026-02-24T22:17:00Z");
        assert_eq!(time(7), 7);
    }
}
