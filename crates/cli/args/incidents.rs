//! `relapse incidents` and `relapse incident`.

use clap::{Args, Subcommand};
use prost_types::Timestamp;

use super::filter::{FilterArgs, until};

const LIST_EXAMPLES: &str = "\
Example:
  relapse incidents --service auth-service --severity 1 --since 2026-01-01";

const EXAMPLES: &str = "\
Examples:
  relapse incident INC-204
  relapse incident delete INC-204";

/// Which incidents to list.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct IncidentsArgs {
    /// As they were known then: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// Which incidents take part.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// One incident.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct IncidentArgs {
    /// The incident
    #[arg(required = true)]
    pub id: Option<String>,
    /// As it was known then: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// What to do with it instead of showing it.
    #[command(subcommand)]
    pub command: Option<IncidentCommand>,
}

/// What can be done with an incident.
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Remove an incident, its text and its aliases for good
    Delete {
        /// The incident
        id: String,
    },
}
