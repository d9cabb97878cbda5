//! `relapse token`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  relapse token pagerduty --tokens /etc/relapse/tokens > pagerduty.token
  relapse serve --tokens /etc/relapse/tokens
  relapse similar --server http://127.0.0.1:7700 --token-file pagerduty.token \"disk full\"
The file keeps hashes only: a token that is lost cannot be got back. Delete its line to refuse it.";

/// For whom, and where it is to be accepted.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct TokenArgs {
    /// Whose token it is: letters, digits, `.`, `_`, `-`
    pub name: String,
    /// The file of `relapse serve --tokens`; it gets a line more, and is made where it is missing
    #[arg(long, value_name = "FILE")]
    pub tokens: PathBuf,
}
