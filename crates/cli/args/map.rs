//! `relapse map`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const EXAMPLES: &str = "\
A map says where the fields of an alert are, as dotted paths:
  source = \"zabbix\"
  [fields]
  id = \"event.id\"              # the same from when it fires until it is resolved
  title = \"event.name\"
  status = \"event.value\"
  starts_at = \"event.clock\"    # without it: when the message came
  services = \"host.name\"       # a text or a list
  [defaults]
  severity = \"SEV-3\"
  [words]
  resolved = [\"0\"]
Also: alerts = \"path.of.a.list\"; fields ends_at, symptoms, severity, team, url, tags; words ignored.

`relapse ingest FILE --map zabbix.toml` reads many records by the same map, in JSON, JSONL or CSV, where a path may be the
name of a column. There the fields may be any key of a JSONL record: summary, root_cause, resolution, started_at,
resolved_at, action_items, ...; and the list may be called `records`. With --records the file is read that way.

Examples:
  relapse map test alert.json --map zabbix.toml
  relapse map test tickets.csv --map tickets.toml --records";

/// Field maps, for alerts and for records.
#[derive(Debug, Subcommand)]
pub enum MapCommand {
    /// Show what a body would become, and store nothing
    Test(MapTestArgs),
}

/// A body and a map.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MapTestArgs {
    /// The body of a webhook, JSON; with --records a file of JSON, JSONL or CSV
    pub file: PathBuf,
    /// The map, TOML; with --records also JSON
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// Read the file as `ingest --map` does
    #[arg(long)]
    pub records: bool,
}
