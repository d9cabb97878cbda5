//! `relapse serve` and `relapse demo`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  relapse serve
  relapse serve --data /var/lib/relapse --grpc 127.0.0.1:7700 --http 127.0.0.1:7701
Without TLS and tokens configured it serves loopback only.

Also in the file of --config, or as a variable such as RELAPSE_SLACK_SECRETS:
  pagerduty_secrets  file of the secrets PagerDuty signs with, a line each
  slack_secrets      file of those Slack signs with
  destinations       TOML file that says where answers to alerts go
  outgoing_hosts     private or plain-text hosts that may be called
  field_map          TOML file of where the fields of any other sender are
  service_labels     labels of an alert that name its service
  log, log_format, call_secs_max, stream_secs_max, recluster_secs";

/// Where and how to serve.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Settings, in TOML; options given here come first
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where to serve gRPC; port 0 takes a free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDR")]
    pub grpc: Option<String>,
    /// Where to serve HTTP; port 0 takes a free one [default: 127.0.0.1:7701]
    #[arg(long, value_name = "ADDR")]
    pub http: Option<String>,
    /// Certificate chain, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Accept only clients with a certificate of this authority, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_client_ca: Option<PathBuf>,
    /// Names and hashes of the tokens that are accepted
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
    /// The form of the log on stderr: text, or json for one object per line [default: text]
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<String>,
}

const DEMO_EXAMPLES: &str = "\
Example:
  relapse demo --once";

/// How to show what Relapse does.
#[derive(Debug, Args)]
#[command(after_help = DEMO_EXAMPLES)]
pub struct DemoArgs {
    /// Open no port, and end
    #[arg(long)]
    pub once: bool,
}
