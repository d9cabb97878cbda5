//! `relapse actions`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
Examples:
  relapse actions import tickets.csv
  gh issue list --state all --json number,url,state,stateReason,closedAt --jq '.[]' > issues.jsonl
  relapse actions import issues.jsonl --who tracker";

/// What to do about promised follow-ups.
#[derive(Debug, Subcommand)]
pub enum ActionsCommand {
    /// Close and reopen follow-ups by the states of their tickets: CSV with a header, or JSONL
    Import(ImportTicketsArgs),
}

/// Which tickets.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportTicketsArgs {
    /// Export of a tracker: key or url, status, closed_at; owner and due where they are told
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Who says so [default: whose token it is, else $USER]
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
}
