//! The time a call took, told beside its answer.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The trailer of gRPC and the header of HTTP that hold it, in milliseconds.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("relapse-elapsed-ms");

/// Notes that a call `took` so long.
pub(crate) fn note(took: Duration, headers: &mut HeaderMap) {
    let millis = format!("{:.3}", took.as_secs_f64() * 1000.0);
    if let Ok(millis) = HeaderValue::from_str(&millis) {
        headers.insert(HEADER, millis);
    }
}
