//! Times.

use incident::{AsOf, Moment};
use prost_types::Timestamp;

use crate::violations::Violations;

/// 0001-01-01T00:00:00Z, the first second protobuf knows.
const FIRST_SECOND: i64 = -62_135_596_800;
/// 9999-12-30T22:00:00Z, the last that is a day in every time zone.
const LAST_SECOND: i64 = 253_402_207_200;

/// The wire form of an instant, in whole seconds.
pub(crate) fn wire(at: jiff::Timestamp) -> Timestamp {
    Timestamp { seconds: at.as_second(), nanos: 0 }
}

/// The wire form of a point in time: the time, and whether only its day is known.
pub(crate) fn wire_moment(moment: Option<Moment>) -> (Option<Timestamp>, bool) {
    match moment {
        Some(Moment { at, date_only }) => (Some(wire(at)), date_only),
        None => (None, false),
    }
}

/// The instant of a field, in whole seconds; `None` where it is absent or none, which is noted.
pub(crate) fn instant(
    field: &str,
    time: Option<Timestamp>,
    found: &mut Violations,
) -> Option<jiff::Timestamp> {
    let Timestamp { seconds, nanos } = time?;
    if !(FIRST_SECOND..=LAST_SECOND).contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        let value = format_args!("{seconds} s and {nanos} ns after 1970").to_string();
        found.add(field, value, "a time from year 1 to year 9999");
        return None;
    }
    jiff::Timestamp::from_second(seconds).ok()
}

/// The point in time of a field and its sibling `date_only`.
pub(crate) fn moment(
    field: &str,
    (time, date_only): (Option<Timestamp>, bool),
    found: &mut Violations,
) -> Option<Moment> {
    let exact = Moment::exact(instant(field, time, found)?);
    Some(if date_only { Moment::day(exact.date()) } else { exact })
}

/// The moment an answer looks from: what is asked for, else `now`.
pub(crate) fn as_of(time: Option<Timestamp>, now: jiff::Timestamp, found: &mut Violations) -> AsOf {
    match instant("as_of", time, found) {
        Some(at) => AsOf::instant(at),
        None => AsOf::now(now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_survives_the_way_there_and_back() {
        for text in ["2025-10-03T02:57:00Z", "2025-10-03", "0001-01-01", "9999-12-30"] {
            let stated = Moment::parse(text).expect(text);
            let mut found = Violations::new();
            let back = moment("started_at", wire_moment(Some(stated)), &mut found);
            assert_eq!(back, Some(stated), "{text}");
            assert!(found.finish().is_ok(), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_its_first_second() {
        let noon = Timestamp { seconds: 43_200, nanos: 5 };
        let day = moment("started_at", (Some(noon), true), &mut Violations::new());
        assert_eq!(day, Moment::parse("1970-01-01").ok());
    }

    #[test]
    fn the_last_second_passes() {
        let last = Timestamp { seconds: LAST_SECOND, nanos: 0 };
        assert!(instant("as_of", Some(last), &mut Violations::new()).is_some());
    }

    #[test]
    fn a_time_out_of_range_is_noted() {
        for (seconds, nanos) in
            [(LAST_SECOND + 1, 0), (FIRST_SECOND - 1, 0), (0, -1), (0, 1_000_000_000)]
        {
            let mut found = Violations::new();
            assert_eq!(instant("as_of", Some(Timestamp { seconds, nanos }), &mut found), None);
            let (field, reason) = found.summary().expect("it is out of range");
            assert_eq!(field, "as_of");
            assert!(reason.contains("year 1 to year 9999"), "{reason}");
        }
    }

    #[test]
    fn without_an_as_of_it_is_now_and_not_explicit() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        assert_eq!(as_of(None, now, &mut Violations::new()), AsOf::now(now));
    }
}
