//! Points in time as documents state them.

use std::fmt;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Seconds in a minute.
pub const SECS_PER_MINUTE: i64 = 60;
/// Seconds in a day.
pub const SECS_PER_DAY: i64 = 86_400;

/// A time to the second, UTC; or a day, where the document gives no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment {
    /// The time; of a day its first second, UTC.
    pub at: Timestamp,
    /// Whether only the day is known.
    pub date_only: bool,
}

impl Moment {
    /// An exact time, cut to whole seconds.
    #[must_use]
    pub fn exact(at: Timestamp) -> Self {
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self { at, date_only: false }
    }

    /// A day whose hour is not known.
    #[must_use]
    pub fn day(date: Date) -> Self {
        Self { at: utc(date.at(0, 0, 0, 0)), date_only: true }
    }

    /// A civil time, taken as UTC.
    #[must_use]
    pub fn civil(at: DateTime) -> Self {
        Self::exact(utc(at))
    }

    /// Reads `2025-10-03`, `2025-10-03T02:57:00Z`, an offset instead of `Z`, a blank instead of `T`,
    /// seconds left out; without a zone the time is UTC.
    ///
    /// # Errors
    /// [`Error::Time`] where the text is none of these.
    pub fn parse(text: &str) -> Result<Self> {
        let trimmed = text.trim();
        if let Ok(at) = trimmed.parse::<Timestamp>() {
            return Ok(Self::exact(at));
        }
        let dated = trimmed.len() > 10;
        match (dated, trimmed.parse::<DateTime>(), trimmed.parse::<Date>()) {
            (true, Ok(at), _) => Ok(Self::civil(at)),
            (false, _, Ok(date)) => Ok(Self::day(date)),
            _ => Err(Error::Time { text: text.to_owned() }),
        }
    }

    /// Seconds since 1970, UTC.
    #[must_use]
    pub fn secs(self) -> i64 {
        self.at.as_second()
    }

    /// The day it falls on, UTC.
    #[must_use]
    pub fn date(self) -> Date {
        self.at.to_zoned(TimeZone::UTC).date()
    }

    /// The last second of the day it falls on, UTC.
    #[must_use]
    pub fn end_of_day(self) -> Timestamp {
        utc(self.date().at(23, 59, 59, 0))
    }

    /// This time `minutes` later; `None` for a day whose hour is not known.
    #[must_use]
    pub fn plus_minutes(self, minutes: u32) -> Option<Self> {
        if self.date_only {
            return None;
        }
        let later = self.at.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok()?;
        Some(Self::exact(later))
    }
}

impl fmt::Display for Moment {
    /// `2025-10-03` or `2025-10-03 02:57` (UTC).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = if self.date_only { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
        write!(f, "{}", self.at.to_zoned(TimeZone::UTC).strftime(format))
    }
}

/// The timestamp of a civil time in UTC, held within the years jiff can count.
fn utc(at: DateTime) -> Timestamp {
    at.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str, date_only: bool) {
        let moment = Moment::parse(text).expect(text);
        assert_eq!((moment.to_string().as_str(), moment.date_only), (shown, date_only), "{text}");
    }

    #[test]
    fn times_without_a_zone_are_utc() {
        check("2025-10-03T02:57:00", "2025-10-03 02:57", false);
        check("2000-10-25 10:37:00", "2000-10-25 10:37", false);
        check("2025-10-03T02:57", "2025-10-03 02:57", false);
    }

    #[test]
    fn offsets_are_converted() {
        check("2025-10-03T02:57:00+02:00", "2025-10-03 00:57", false);
        check("2025-10-03 02:57:00.25Z", "2025-10-03 02:57", false);
    }

    #[test]
    fn a_date_alone_is_marked() {
        check("2025-10-03", "2025-10-03", true);
    }

    #[test]
    fn other_text_is_refused_with_what_was_expected() {
        for text in ["yesterday", "2025-13-40", "", "2025", "10/03/2025"] {
            let error = Moment::parse(text).expect_err(text);
            assert!(error.to_string().contains("expected YYYY-MM-DD"), "{error}");
        }
    }

    #[test]
    fn a_day_ends_at_its_last_second() {
        let noon = Moment::parse("2025-10-03T12:00:00Z").expect("a time");
        assert_eq!(noon.end_of_day().to_string(), "2025-10-03T23:59:59Z");
    }

    #[test]
    fn minutes_are_added_to_exact_times_only() {
        let start = Moment::parse("2025-10-03T23:30:00Z").expect("a time");
        assert_eq!(
            start.plus_minutes(45).map(|end| end.to_string()),
            Some("2025-10-04 00:15".into())
        );
        assert_eq!(Moment::parse("2025-10-03").expect("a day").plus_minutes(45), None);
    }
}
