//! `relapse watch`.

use clap::Args;

use relapse::proto::{RecurrenceThresholds, WatchRecurrencesRequest};

use super::filter::{FilterArgs, one_class};
use crate::error::Result;

const EXAMPLES: &str = "\
One line per event: a failure came back, a fix did not hold, a class crossed a threshold. It goes on until it is ended,
and resumes by itself when the server comes back. With --output json each line is one object; its resume_token continues
behind it.

Examples:
  relapse watch
  relapse watch --server http://relapse.internal:7700 --service auth-service --in-30d 3
  relapse watch --since 0 --output json | while read -r event; do ...; done";

/// What to be told of.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct WatchArgs {
    /// Begin behind this resume_token, or with 0 before the first event [default: what comes from now on]
    #[arg(long, value_name = "TOKEN")]
    pub since: Option<String>,
    /// End after so many events
    #[arg(short = 'n', long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub events: Option<u64>,
    /// Tell of a class from this occurrence on
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(2..))]
    pub min_occurrences: Option<u32>,
    /// Tell when so many occurrences lie within 30 days
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(2..))]
    pub in_30d: Option<u32>,
    /// Tell when so many occurrences lie within 90 days
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(2..))]
    pub in_90d: Option<u32>,
    /// Tell when a class has cost so many minutes in all
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..))]
    pub cost_minutes: Option<u32>,
    /// Tell when a class has hurt so many users in all
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub users_affected: Option<u32>,
    /// Tell when a class has cost so much revenue in all
    #[arg(long, value_name = "AMOUNT")]
    pub revenue: Option<f64>,
    /// Tell when so many follow-ups of a class are overdue [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    pub overdue: Option<u32>,
    /// Only incidents of this service, or of any of a list such as a,b; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub service: Vec<String>,
    /// Only incidents of this severity, or of any of a list: a level, 1 (worst) to 5, or the text as they have it
    #[arg(long, value_name = "SEVERITY", value_delimiter = ',')]
    pub severity: Vec<String>,
    /// Only incidents with this tag, or any of a list
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// Only incidents of this failure class
    #[arg(long, value_name = "ID", value_parser = one_class)]
    pub class: Option<String>,
}

impl WatchArgs {
    /// The request that begins the stream.
    ///
    /// # Errors
    /// Those of a filter.
    pub fn request(&self) -> Result<WatchRecurrencesRequest> {
        let filter = FilterArgs {
            service: self.service.clone(),
            severity: self.severity.clone(),
            tag: self.tag.clone(),
            class: self.class.clone(),
            ..FilterArgs::default()
        };
        Ok(WatchRecurrencesRequest {
            resume_token: self.since.clone().unwrap_or_default(),
            filter: filter.filter()?,
            min_occurrences: self.min_occurrences,
            thresholds: Some(RecurrenceThresholds {
                in_30d: self.in_30d,
                in_90d: self.in_90d,
                cost_minutes: self.cost_minutes,
                users_affected: self.users_affected,
                revenue: self.revenue,
                overdue: self.overdue,
            }),
        })
    }
}
