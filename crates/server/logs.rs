//! What the server writes about itself, on stderr: text for people or one JSON object per line.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Logs as `config` says from here on. A process that logs already goes on as it does.
pub fn init(config: &Config) {
    let filter = EnvFilter::new(&config.log);
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let begun = match config.log_format {
        LogFormat::Text => logs.with_ansi(false).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
    if begun.is_err() {
        tracing::debug!("the process logs already");
    }
}
