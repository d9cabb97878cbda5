//! Which incidents take part.

use clap::{Args, ValueEnum};
use incident::{AsOf, Moment};
use prost_types::Timestamp;
use relapse::proto::{self, Filter};

use crate::wire_time::wire_time;

/// Filters, combined with AND; the values of one with OR.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Only incidents of this service; repeat for more
    #[arg(long, value_name = "NAME")]
    pub service: Vec<String>,
    /// Only incidents of this severity: a level 1 (worst) to 5, or the text itself; repeat for more
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Vec<String>,
    /// Only incidents of this status; repeat for more
    #[arg(long, value_enum)]
    pub status: Vec<Status>,
    /// Only incidents with this tag; repeat for more
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only incidents of this failure class
    #[arg(long, value_name = "ID")]
    pub class: Option<String>,
    /// Only incidents that began then or later: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub since: Option<Timestamp>,
    /// Only incidents that began then or earlier; of a date, the end of that day
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub until: Option<Timestamp>,
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Status {
    /// Still going on.
    Open,
    /// The harm is stopped, the cause is not removed.
    Mitigated,
    /// Over.
    Resolved,
}

impl FilterArgs {
    /// The filter of the request; `None` where none was given.
    pub fn filter(&self) -> Option<Filter> {
        let statuses = self.status.iter().map(|status| match status {
            Status::Open => proto::Status::Open.into(),
            Status::Mitigated => proto::Status::Mitigated.into(),
            Status::Resolved => proto::Status::Resolved.into(),
        });
        let filter = Filter {
            services: self.service.clone(),
            severities: self.severity.clone(),
            statuses: statuses.collect(),
            tags: self.tag.clone(),
            class_id: self.class.clone().unwrap_or_default(),
            since: self.since,
            until: self.until,
        };
        (filter != Filter::default()).then_some(filter)
    }
}

/// Reads `--since`: a date is the first second of that day, UTC.
pub fn since(text: &str) -> incident::Result<Timestamp> {
    Moment::parse(text).map(|moment| wire_time(moment.at))
}

/// Reads `--until` and `--as-of`: a date is the last second of that day, UTC.
pub fn until(text: &str) -> incident::Result<Timestamp> {
    AsOf::parse(text).map(|as_of| wire_time(as_of.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_filter_given_is_none_at_all() {
        assert_eq!(FilterArgs::default().filter(), None);
    }

    #[test]
    fn a_day_is_taken_whole() {
        let day = ("2026-02-26", 1_772_064_000);
        assert_eq!(since(day.0).expect("a date").seconds, day.1);
        assert_eq!(until(day.0).expect("a date").seconds, day.1 + 86_399);
    }

    #[test]
    fn statuses_go_by_their_numbers_on_the_wire() {
        let given =
            FilterArgs { status: vec![Status::Resolved, Status::Open], ..FilterArgs::default() };
        let filter = given.filter().expect("a status was given");
        assert_eq!(filter.statuses, [3, 1]);
    }
}
