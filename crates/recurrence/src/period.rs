//! The stretch of time a report covers.

use incident::Moment;
use jiff::{SignedDuration, Timestamp};

/// A stretch of time, both ends in it, counted in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first second; `None`: from the beginning of the history.
    pub since: Option<Timestamp>,
    /// Its last second.
    pub until: Timestamp,
}

impl Period {
    /// Whether what began at `started` falls into it. Something undated falls into no period but the one
    /// without a beginning, which is the whole history.
    #[must_use]
    pub fn contains(&self, started: Option<Moment>) -> bool {
        match (started, self.since) {
            (Some(started), since) => {
                since.is_none_or(|since| started.at >= since) && started.at <= self.until
            }
            (None, since) => since.is_none(),
        }
    }

    /// The equally long period right before it; `None` where it has no beginning, or time itself has none
    /// that early.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        let since = self.since?;
        let second = SignedDuration::from_secs(1);
        let length = since.duration_until(self.until) + second;
        Some(Self {
            since: Some(since.checked_sub(length).ok()?),
            until: since.checked_sub(second).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn november() -> Period {
        Period { since: Some(at("2025-11-01T00:00:00Z")), until: at("2025-11-30T23:59:59Z") }
    }

    #[test]
    fn both_ends_are_in_it() {
        let holds = |text: &str| november().contains(Moment::parse(text).ok());
        assert!(holds("2025-11-01") && holds("2025-11-30T23:59:59Z"));
        assert!(!holds("2025-10-31T23:59:59Z") && !holds("2025-12-01"));
    }

    #[test]
    fn the_previous_one_is_equally_long_and_ends_where_it_begins() {
        let previous = november().previous().expect("it has a beginning");
        assert_eq!(previous.since, Some(at("2025-10-02T00:00:00Z")));
        assert_eq!(previous.until, at("2025-10-31T23:59:59Z"));
    }

    #[test]
    fn the_whole_history_holds_what_is_undated_and_has_nothing_before() {
        let whole = Period { since: None, ..november() };
        assert!(whole.contains(None) && !november().contains(None));
        assert!(whole.contains(Moment::parse("1990-01-01").ok()));
        assert_eq!(whole.previous(), None);
    }
}
