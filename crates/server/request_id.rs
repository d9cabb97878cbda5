//! What a request is called in the log: by the name its caller gave it, else by one of our own.
//!
//! The name comes in `x-request-id` and goes back in it, at every door; each line of the log that the request causes has it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use data_encoding::HEXLOWER;
use tracing::Instrument;

/// The header.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that is taken from a caller, in bytes.
const BYTES_MAX: usize = 64;

/// The name of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    /// The name in `headers`, where it is of letters, digits, `-`, `_` and `.` alone, so that it can steer neither a log
    /// nor who reads it; else a new one.
    fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(HEADER).filter(|given| is_plain(given.as_bytes()));
        Self(given.cloned().unwrap_or_else(invented))
    }

    fn text(&self) -> &str {
        self.0.to_str().expect("it is of plain characters")
    }
}

fn is_plain(name: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    (1..=BYTES_MAX).contains(&name.len()) && name.iter().all(plain)
}

fn invented() -> HeaderValue {
    let mut bytes = [0; 8];
    // Names need to differ, not to be secret: where the system gives no chance, all requests have the same.
    let _ = getrandom::fill(&mut bytes);
    HeaderValue::from_str(&HEXLOWER.encode(&bytes)).expect("hexadecimal digits")
}

/// Serves a request under its name. One that was named at an outer door keeps that.
pub(crate) async fn carry(mut request: Request, next: Next) -> Response {
    if request.extensions().get::<RequestId>().is_some() {
        return next.run(request).await;
    }
    let id = RequestId::of(request.headers());
    request.extensions_mut().insert(id.clone());
    let span = tracing::info_span!("request", request_id = id.text());
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER, id.0);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn named(given: &[u8]) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_bytes(given).expect("a header may hold it"));
        RequestId::of(&headers).text().to_owned()
    }

    #[test]
    fn a_plain_name_is_kept_and_any_other_replaced() {
        for kept in ["page-7.a_B", &"x".repeat(BYTES_MAX)] {
            assert_eq!(named(kept.as_bytes()), *kept);
        }
        let long = "x".repeat(BYTES_MAX + 1);
        for replaced in ["", "a b", "a\"b", "{\"level\":\"ERROR\"}", "\u{e9}", &long] {
            let name = named(replaced.as_bytes());
            assert!(name.len() == 16 && name != *replaced, "{name}");
        }
        let none = HeaderMap::new();
        assert_ne!(RequestId::of(&none), RequestId::of(&none));
    }
}
