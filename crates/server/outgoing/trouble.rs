//! What may go wrong with a note, by what is to be done next.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::client::{Failure, Reply};

/// Why a note is not known to have arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// It did not arrive: send it later, not before `after` where that is said.
    Later { reason: String, after: Option<Duration> },
    /// It may have arrived.
    Unsure { reason: String, after: Option<Duration> },
    /// It did not arrive, and never will as it is.
    Refused { reason: String },
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::Later { reason, after: None },
            Failure::Unsure(reason) => Self::Unsure { reason, after: None },
        }
    }
}

/// What the status of a reply says. A redirect is not followed, and so is a refusal.
///
/// Source: RFC 9110, section 15; RFC 6585 for 429. Whoever answers 5xx may have done it before it failed.
pub(crate) fn judged(reply: &Reply) -> Result<(), Trouble> {
    let reason = reply.status.to_string();
    match reply.status {
        status if status.is_success() => Ok(()),
        StatusCode::TOO_MANY_REQUESTS => {
            Err(Trouble::Later { reason, after: after(&reply.headers) })
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::CONFLICT | StatusCode::TOO_EARLY => {
            Err(Trouble::Unsure { reason, after: after(&reply.headers) })
        }
        status if status.is_server_error() => {
            Err(Trouble::Unsure { reason, after: after(&reply.headers) })
        }
        _ => Err(Trouble::Refused { reason }),
    }
}

/// When to come again: `Retry-After` (RFC 9110, section 10.2.3), or how PagerDuty says it.
fn after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let secs = |text: &str| text.parse().ok().map(Duration::from_secs);
    match text(header::RETRY_AFTER.as_str()) {
        Some(said) => secs(said).or_else(|| until(said, Timestamp::now())),
        None => text("ratelimit-reset").and_then(secs),
    }
}

fn until(date: &str, now: Timestamp) -> Option<Duration> {
    let at = rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::HeaderValue;

    use super::*;

    fn reply(status: u16, header: Option<(&'static str, &'static str)>) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let status = StatusCode::from_u16(status).expect("a status");
        Reply { status, headers, body: Bytes::new() }
    }

    #[test]
    fn a_status_says_what_is_to_be_done_next() {
        let judged = |status| judged(&reply(status, None));
        assert!(judged(200).is_ok() && judged(201).is_ok() && judged(204).is_ok());
        assert!(matches!(judged(429), Err(Trouble::Later { .. })));
        for status in [408, 409, 500, 502, 503, 504] {
            assert!(matches!(judged(status), Err(Trouble::Unsure { .. })), "{status}");
        }
        for status in [301, 307, 400, 401, 403, 404, 410, 413, 422] {
            assert!(matches!(judged(status), Err(Trouble::Refused { .. })), "{status}");
        }
    }

    #[test]
    fn who_is_told_when_to_come_again_does() {
        let secs = |header| match judged(&reply(429, Some(header))) {
            Err(Trouble::Later { after, .. }) => after.map(|after| after.as_secs()),
            other => unreachable!("{other:?}"),
        };
        assert_eq!(secs(("retry-after", "30")), Some(30));
        assert_eq!(secs(("ratelimit-reset", "9")), Some(9));
        assert_eq!(secs(("retry-after", "soon")), None);
        assert_eq!(secs(("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")), Some(0));
        let now = "1994-11-06T08:49:00Z".parse().expect("a time");
        assert_eq!(until("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(Duration::from_secs(37)));
    }
}
