//! What the server writes about itself, on stderr: text for people or one JSON object per line.

use std::io;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt, registry};

use crate::config::{Config, LogFormat};

/// Logs as `config` says from here on. A process that logs already goes on as it does.
pub fn init(config: &Config) {
    let logs = fmt::layer().with_writer(io::stderr);
    let logs = match config.log_format {
        LogFormat::Text => logs.with_ansi(false).boxed(),
        LogFormat::Json => logs.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let logs = logs.with_filter(filter_fn(is_safe)).with_filter(EnvFilter::new(&config.log));
    if registry().with(logs).try_init().is_err() {
        tracing::debug!("the process logs already");
    }
}

/// Below a warning the libraries of the wire print headers, and with them tokens.
fn is_safe(metadata: &Metadata<'_>) -> bool {
    let of_the_wire = ["h2", "hyper", "rustls", "tower"].iter().any(|library| {
        metadata.target().split("::").next().is_some_and(|it| it.starts_with(library))
    });
    !of_the_wire || *metadata.level() <= Level::WARN
}
