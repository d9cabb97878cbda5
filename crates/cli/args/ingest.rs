//! `relapse ingest`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  relapse ingest postmortems/
  relapse ingest export.jsonl --source tracker --output json
Sending the same again changes nothing. Ctrl-C stops after the records under way; run it again to go on.";

/// What to store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct IngestArgs {
    /// Files, or folders to search for .md, .txt and .jsonl files
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// auto, markdown, text or jsonl
    #[arg(long, default_value = "auto", value_name = "FORMAT")]
    pub format: String,
    /// Name of the source, part of each incident's identity [default: the name of the format]
    #[arg(long, value_name = "NAME", value_parser = source_name)]
    pub source: Option<String>,
    /// Map of fields to columns or keys (not yet)
    #[arg(long, value_name = "FILE", hide = true)]
    pub map: Option<PathBuf>,
    /// Keep watching for new files (not yet)
    #[arg(long, hide = true)]
    pub watch: bool,
}

/// Reads `--source`: ids may begin with it.
fn source_name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a name cannot be empty; leave --source out for the name of the format"),
        name => Ok(name.to_owned()),
    }
}
