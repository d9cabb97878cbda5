//! `relapse similar`.

use std::path::PathBuf;

use clap::Args;
use prost_types::Timestamp;

use super::filter::{FilterArgs, until};

const EXAMPLES: &str = "\
Examples:
  relapse similar TLS handshake failures on auth-service
  relapse similar --id INC-204 -n 10 --explain
  pbpaste | relapse similar - --since 2026-01-01";

/// A query.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SimilarArgs {
    /// What to look for: the title of an alert is enough; `-` or nothing reads it from stdin
    #[arg(value_name = "TEXT", conflicts_with_all = ["id", "file"])]
    pub text: Vec<String>,
    /// Look for incidents like this stored one
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    pub id: Option<String>,
    /// Look for incidents like the one in this file, read as `ingest` reads it
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// The most matches to show
    #[arg(short = 'n', value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub matches: u32,
    /// Answer as if only what was known then existed: a date, or a time in UTC
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// Show every part of every score
    #[arg(long)]
    pub explain: bool,
    /// Which incidents take part.
    #[command(flatten)]
    pub filter: FilterArgs,
}
