//! Times on the wire.

use incident::Moment;
use prost_types::Timestamp;

/// `at` in whole seconds.
pub fn wire_time(at: jiff::Timestamp) -> Timestamp {
    Timestamp { seconds: at.as_second(), nanos: 0 }
}

/// The time as the vocabulary has it; `None` for a time outside the years -9999 to 9999.
pub fn moment(at: &Timestamp, date_only: bool) -> Option<Moment> {
    let at = jiff::Timestamp::from_second(at.seconds).ok()?;
    Some(Moment { at, date_only })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_keeps_its_second() {
        let at: jiff::Timestamp = "2025-10-03T02:57:00Z".parse().expect("a time");
        let back = moment(&wire_time(at), false).expect("a year jiff counts");
        assert_eq!(back.to_string(), "2025-10-03 02:57");
    }

    #[test]
    fn a_time_beyond_all_years_is_none() {
        let at = Timestamp { seconds: i64::MAX, nanos: 0 };
        assert_eq!(moment(&at, false), None);
    }
}
