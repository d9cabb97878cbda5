//! Which incidents take part.

use clap::{Args, ValueEnum};
use incident::{AsOf, Moment};
use prost_types::Timestamp;
use relapse::proto::{self, Filter};

use crate::error::{Error, Result};
use crate::wire_time::wire_time;

/// Filters, combined with AND; the values of one with OR.
#[derive(Debug, Args, Default)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Only incidents of this service, or of any of a list such as a,b; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub service: Vec<String>,
    /// Only incidents of this severity, or of any of a list: a level, 1 (worst) to 5, however the documents call it, or
    /// the text as they have it, such as SEV-1
    #[arg(long, value_name = "SEVERITY", value_delimiter = ',')]
    pub severity: Vec<String>,
    /// Only incidents of this status, or of any of a list
    #[arg(long, value_enum, value_delimiter = ',')]
    pub status: Vec<Status>,
    /// Only incidents with this tag, or any of a list
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// Only incidents of this failure class; one at a time
    #[arg(long, value_name = "ID", value_parser = one_class)]
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
    ///
    /// # Errors
    /// [`Error::Usage`] where the time asked for ends before it begins.
    pub fn filter(&self) -> Result<Option<Filter>> {
        in_order(self.since, self.until)?;
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
        Ok((filter != Filter::default()).then_some(filter))
    }
}

/// Fails where `since` is later than `until`: nothing can lie between them.
pub fn in_order(since: Option<Timestamp>, until: Option<Timestamp>) -> Result<()> {
    let seconds = since.zip(until).map(|(since, until)| (since.seconds, until.seconds));
    match seconds.is_some_and(|(since, until)| since > until) {
        true => Err(Error::Usage("--since is later than --until: nothing lies between".into())),
        false => Ok(()),
    }
}

/// Reads `--class`: a request names one class at most.
pub(super) fn one_class(text: &str) -> std::result::Result<String, String> {
    match text.contains(',') {
        true => Err("only one class at a time".into()),
        false => Ok(text.to_owned()),
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
        assert_eq!(FilterArgs::default().filter().expect("it is in order"), None);
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
        let filter = given.filter().expect("no times").expect("a status was given");
        assert_eq!(filter.statuses, [3, 1]);
    }

    #[test]
    fn a_time_that_ends_before_it_begins_is_refused() {
        let day = |text| Some(since(text).expect("a date"));
        let given = FilterArgs {
            since: day("2026-02-26"),
            until: day("2026-02-25"),
            ..FilterArgs::default()
        };
        let error = given.filter().expect_err("it is backwards");
        assert_eq!(error.exit_code() as u8, 2);
        assert!(error.to_string().contains("--since is later than --until"), "{error}");
        assert!(in_order(given.until, given.since).is_ok() && in_order(None, None).is_ok());
    }
}
