//! The time an answer is given for.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::Result;
use crate::time::Moment;

/// The moment an answer looks from: nothing that became known after it takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf {
    /// The last second that is still known, UTC.
    pub at: Timestamp,
    /// Whether the caller asked for it. Undated incidents take part only where it is the default,
    /// which is now.
    pub explicit: bool,
}

impl AsOf {
    /// The default: everything known at `now`, undated incidents too.
    #[must_use]
    pub fn now(now: Timestamp) -> Self {
        Self { at: now, explicit: false }
    }

    /// An instant the caller asked for.
    #[must_use]
    pub fn instant(at: Timestamp) -> Self {
        Self { at, explicit: true }
    }

    /// Reads `--as-of`: a date is the end of that day, UTC.
    ///
    /// # Errors
    /// [`crate::Error::Time`] where the text is neither a date nor a time.
    pub fn parse(text: &str) -> Result<Self> {
        let moment = Moment::parse(text)?;
        let at = if moment.date_only { moment.end_of_day() } else { moment.at };
        Ok(Self::instant(at))
    }

    /// Seconds since 1970, UTC.
    #[must_use]
    pub fn secs(self) -> i64 {
        self.at.as_second()
    }

    /// The day it falls on, UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Moment::exact(self.at).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_the_end_of_that_day() {
        let as_of = AsOf::parse("2026-02-26").expect("a date");
        assert_eq!(as_of.at.to_string(), "2026-02-26T23:59:59Z");
        assert!(as_of.explicit);
    }

    #[test]
    fn a_time_is_taken_as_it_is() {
        let as_of = AsOf::parse("2026-02-26T10:00:00Z").expect("a time");
        assert_eq!(as_of.at.to_string(), "2026-02-26T10:00:00Z");
    }
}
