//! `relapse classes` and `relapse class`.

use clap::Args;
use prost_types::Timestamp;

use super::decide::ClassCommand;
use super::filter::until;

const LIST_EXAMPLES: &str = "\
Example:
  relapse classes --min-occurrences 3 --as-of 2026-06-30";

const EXAMPLES: &str = "\
Examples:
  relapse class FC-12
  relapse class rename FC-12 \"Certificate chain expired\" --why \"agreed in the review\"
  relapse class split FC-12 INC-204 INC-219
  relapse class undo D-7";

/// Which classes to list.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ClassesArgs {
    /// Only failures that occurred at least this often
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..))]
    pub min_occurrences: u32,
    /// As they were known then: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
}

/// One class.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ClassArgs {
    /// The class
    #[arg(required = true)]
    pub id: Option<String>,
    /// As it was known then: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// What to decide about it instead of showing it.
    #[command(subcommand)]
    pub command: Option<ClassCommand>,
}
