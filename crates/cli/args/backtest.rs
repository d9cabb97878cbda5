//! `relapse backtest` and `relapse useful`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use prost_types::Timestamp;

use super::filter::{FilterArgs, until};

const EXAMPLES: &str = "\
Examples:
  relapse backtest
  relapse backtest --since 2026-01-01 --service checkout --k 1,5
  relapse backtest --format html --out backtest.html";

/// Which pages to replay.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct BacktestArgs {
    /// Look for the right match among the first so many: 1 to 100, a list such as 1,3,5
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1, 3, 5], value_parser = clap::value_parser!(u32).range(1..=100))]
    pub k: Vec<u32>,
    /// Leave out incidents that began later: a date, or a time in UTC [default: now]
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// How to write it out
    #[arg(long, value_enum, default_value_t = BacktestFormat::Text)]
    pub format: BacktestFormat,
    /// Write it to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Which incidents are replayed; what they are asked against is not narrowed.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// How a backtest is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BacktestFormat {
    /// For the terminal.
    Text,
    /// The message of the wire in its JSON form.
    Json,
    /// One HTML page with the curve.
    Html,
}

const USEFUL_EXAMPLES: &str = "\
A rating is kept with the question, and shown when the same question is asked again; where a stored incident was asked
about (`relapse similar --id`), it holds for the two incidents. The query id stands in the answer with --output json, and
at the end of its text.

Example:
  relapse useful q-3f2a9c0d1e4b5a67-09c1d2e3 INC-204 no --why \"another cause\"";

/// What to say of a match.
#[derive(Debug, Args)]
#[command(after_help = USEFUL_EXAMPLES)]
pub struct UsefulArgs {
    /// The query id of the answer that showed it
    #[arg(value_name = "QUERY_ID")]
    pub query_id: String,
    /// The incident that was shown
    #[arg(value_name = "INCIDENT")]
    pub incident: String,
    /// Whether it was the same failure
    #[arg(value_enum, value_name = "yes|no", hide_possible_values = true)]
    pub useful: YesOrNo,
    /// Who says so [default: whose token it is, else $USER]
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON", default_value = "")]
    pub why: String,
}

/// A plain answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YesOrNo {
    /// It was.
    Yes,
    /// It was not.
    No,
}
