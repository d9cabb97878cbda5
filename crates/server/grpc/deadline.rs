//! How long a caller is willing to wait.
//!
//! Source: "gRPC over HTTP2", `Timeout`: one to eight digits and a unit.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use tonic::Status;
use tonic_types::{ErrorDetails, StatusExt};

const HEADER: &str = "grpc-timeout";
const DIGITS_MAX: usize = 8;

/// The time the caller gives; `None` where it gives none.
///
/// # Errors
/// `INVALID_ARGUMENT` for a header that says no time.
pub(super) fn asked(headers: &HeaderMap) -> Result<Option<Duration>, Status> {
    let Some(value) = headers.get(HEADER) else {
        return Ok(None);
    };
    duration(value).map(Some).ok_or_else(|| {
        let reason = format!("{value:?}; expected 1 to 8 digits and one of H, M, S, m, u, n");
        let details = ErrorDetails::with_bad_request_violation(HEADER, reason);
        Status::with_error_details(tonic::Code::InvalidArgument, "wrong request", details)
    })
}

fn duration(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if !(1..=DIGITS_MAX).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let count: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(count * 3600)),
        "M" => Some(Duration::from_secs(count * 60)),
        "S" => Some(Duration::from_secs(count)),
        "m" => Some(Duration::from_millis(count)),
        "u" => Some(Duration::from_micros(count)),
        "n" => Some(Duration::from_nanos(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Duration>) {
        let headers = HeaderMap::from_iter([(
            axum::http::HeaderName::from_static(HEADER),
            HeaderValue::from_str(text).expect("a header"),
        )]);
        match asked(&headers) {
            Ok(found) => assert_eq!(found, expected, "{text}"),
            Err(status) => {
                assert_eq!(expected, None, "{text}");
                assert_eq!(status.code(), tonic::Code::InvalidArgument);
            }
        }
    }

    #[test]
    fn every_unit_is_understood() {
        check("2H", Some(Duration::from_secs(7200)));
        check("3M", Some(Duration::from_secs(180)));
        check("4S", Some(Duration::from_secs(4)));
        check("50m", Some(Duration::from_millis(50)));
        check("60u", Some(Duration::from_micros(60)));
        check("70n", Some(Duration::from_nanos(70)));
        check("99999999H", Some(Duration::from_secs(99_999_999 * 3600)));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "S", "5", "5s", "5 S", "-5S", "+5S", "1.5S", "999999999S", "5Sm"] {
            check(text, None);
        }
    }

    #[test]
    fn a_caller_may_say_nothing() {
        assert_eq!(asked(&HeaderMap::new()).expect("no header is no mistake"), None);
    }
}
