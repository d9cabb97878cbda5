//! `relapse ingest`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  relapse ingest postmortems/
  relapse ingest export.jsonl --source tracker --output json
  relapse ingest incidents.json           # an export of PagerDuty, ServiceNow, Jira or GitHub, found out by its content
  relapse ingest tickets.csv              # the header names the fields: id, title, root cause, opened at, ...
  relapse ingest zabbix.json --map zabbix.toml    # any other JSON or CSV; see `relapse map test --help`
  relapse ingest --watch drop/ --server http://127.0.0.1:7700
Sending the same again changes nothing. Ctrl-C stops after the records under way; run it again to go on.";

/// What to store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct IngestArgs {
    /// Files, or folders to search for pages (.md, .txt, .html) and data (.jsonl, .json, .csv)
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// auto, markdown, text, html, jsonl, json, csv, pagerduty, servicenow, jira or github
    #[arg(long, default_value = "auto", value_name = "FORMAT")]
    pub format: String,
    /// Name of the source, part of each incident's identity [default: the name of the format]
    #[arg(long, value_name = "NAME", value_parser = source_name)]
    pub source: Option<String>,
    /// Where the fields are in other JSON or CSV: a map of fields to keys or columns, TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// Go on until Ctrl-C: take in files that are new or change, once they have stopped changing
    #[arg(long)]
    pub watch: bool,
    /// How often to look, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2, requires = "watch",
          value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub every: u16,
}

/// Reads `--source`: ids may begin with it.
fn source_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a name cannot be empty; leave --source out for the name of the format"),
        name => Ok(name.to_owned()),
    }
}
