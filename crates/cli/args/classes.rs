//! `relapse classes` and `relapse class`.

use clap::{Args, Subcommand};
use prost_types::Timestamp;

use super::Later;
use super::filter::until;

const LIST_EXAMPLES: &str = "\
Example:
  relapse classes --min-occurrences 3 --as-of 2026-06-30";

const EXAMPLES: &str = "\
Example:
  relapse class FC-12";

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
    pub command: Option<Decide>,
}

/// What a person can decide about classes.
#[derive(Debug, Subcommand)]
pub enum Decide {
    /// Name a class (not yet)
    #[command(hide = true)]
    Rename(Later),
    /// Keep the members of a class together (not yet)
    #[command(hide = true)]
    Pin(Later),
    /// Make several classes one (not yet)
    #[command(hide = true)]
    Merge(Later),
    /// Move members into a class of their own (not yet)
    #[command(hide = true)]
    Split(Later),
    /// List what was decided (not yet)
    #[command(hide = true)]
    History(Later),
    /// Take a decision back (not yet)
    #[command(hide = true)]
    Undo(Later),
}
