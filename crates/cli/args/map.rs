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

Example:
  relapse map test alert.json --map zabbix.toml";

/// Field maps for alerts.
#[derive(Debug, Subcommand)]
pub enum MapCommand {
    /// Show what a body would become, and store nothing
    Test(MapTestArgs),
}

/// A body and a map.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct MapTestArgs {
    /// The body of a webhook, JSON
    pub file: PathBuf,
    /// The map, TOML
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
}
