//! `relapse report`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use prost_types::Timestamp;
use relapse::proto::ReportScope;

use super::filter::{since, until};

const EXAMPLES: &str = "\
Examples:
  relapse report --since 2026-04-01 --until 2026-06-30
  relapse report --since 2026-04-01 --until 2026-06-30 --out q2.html
  relapse report --team Payments --format csv > payments.csv";

/// What the report covers.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReportArgs {
    /// The beginning of the period: a date, or a time in UTC [default: the whole history]
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub since: Option<Timestamp>,
    /// The end of the period; of a date, the end of that day [default: the as-of]
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub until: Option<Timestamp>,
    /// Only incidents of this service, or of any of a list such as a,b
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub service: Vec<String>,
    /// Only incidents of this team, or of any of a list such as a,b
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub team: Vec<String>,
    /// Only incidents with this tag, or any of a list such as a,b
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// As known then: a date, or a time in UTC [default: the end of the period]
    #[arg(long, value_name = "TIME", value_parser = until)]
    pub as_of: Option<Timestamp>,
    /// How to write it out [default: by the ending of --out; without it, text for the terminal]
    #[arg(long, value_enum)]
    pub format: Option<ReportFormat>,
    /// Write it to this file instead of stdout: .html, .md, .csv or .json
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// How a report is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// One page with pictures that needs no other file
    Html,
    /// Markdown with tables
    Markdown,
    /// The message of the wire in its JSON form
    Json,
    /// One row per class
    Csv,
}

impl ReportFormat {
    /// The format that files of this name have; `None` where the name tells none.
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

impl ReportArgs {
    /// The scope of the request; `None` where it covers everything.
    pub fn scope(&self) -> Option<ReportScope> {
        let scope = ReportScope {
            since: self.since,
            until: self.until,
            services: self.service.clone(),
            teams: self.team.clone(),
            tags: self.tag.clone(),
        };
        (scope != ReportScope::default()).then_some(scope)
    }
}
