//! The line of the log that tells how a call ended.
//!
//! Failures of the server are told always, all other calls at the level `debug` (`log = "info,relapse::access=debug"`).

use std::time::Duration;

use tonic::Code;

use crate::status::name;

/// Tells it.
pub(crate) fn tell(door: &'static str, method: &str, code: Code, took: Duration) {
    let took_ms = took.as_secs_f64() * 1000.0;
    match code {
        Code::Internal | Code::DataLoss | Code::Unknown => {
            tracing::error!(door, method, code = name(code), took_ms, "a call failed");
        }
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted => {
            tracing::warn!(door, method, code = name(code), took_ms, "a call was not served");
        }
        _ => tracing::debug!(door, method, code = name(code), took_ms, "a call ended"),
    }
}
