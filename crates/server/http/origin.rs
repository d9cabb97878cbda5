//! No web page from elsewhere may call; where only this machine is served, none whose name an attacker makes lead here.
//!
//! Source: "DNS rebinding" as the OWASP and MCP security notes describe it: check `Host` against the names of the
//! machine, and `Origin` against `Host`.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use tonic::Status;

use super::reply::error;

/// Who may reach a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// This machine, by the names it has for itself.
    ThisMachine,
    /// Everybody with a token, by whatever name.
    Network,
}

/// Serves the request, or refuses it with 403.
pub(super) async fn check(State(reach): State<Reach>, request: Request, next: Next) -> Response {
    match refusal(request.headers(), reach) {
        None => next.run(request).await,
        Some(reason) => error(&Status::permission_denied(reason)),
    }
}

fn refusal(headers: &HeaderMap, reach: Reach) -> Option<&'static str> {
    let Some(host) = only(headers, header::HOST) else {
        return Some("a request needs one Host header");
    };
    let is_local = || host.parse().is_ok_and(|host| is_local(&host));
    if reach == Reach::ThisMachine && !is_local() {
        return Some("this server answers to localhost, 127.0.0.1 and [::1] only");
    }
    if !headers.contains_key(header::ORIGIN) {
        return None;
    }
    let origin = only(headers, header::ORIGIN).and_then(|origin| origin.split_once("://"));
    match origin {
        Some((_, authority)) if authority.eq_ignore_ascii_case(host) => None,
        _ => Some("a page from elsewhere may not call this server"),
    }
}

fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn is_local(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let plain = !host.as_str().contains('@');
    plain && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(host: &str, origin: Option<&str>, passes: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).expect("a header"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).expect("a header"));
        }
        let refusal = refusal(&headers, Reach::ThisMachine);
        assert_eq!(refusal.is_none(), passes, "{host} {origin:?}");
    }

    #[test]
    fn the_names_of_this_machine_pass() {
        for host in ["localhost", "LOCALHOST:7701", "127.0.0.1:7701", "127.0.0.1", "[::1]:7701"] {
            check(host, None, true);
        }
    }

    #[test]
    fn any_other_name_is_refused() {
        for host in [
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com:7701",
            "192.168.0.1",
            "0.0.0.0:7701",
            "example.com@localhost",
            "localhost@example.com",
            "",
        ] {
            check(host, None, false);
        }
    }

    #[test]
    fn a_page_from_elsewhere_is_refused() {
        check("localhost:7701", Some("http://localhost:7701"), true);
        check("localhost:7701", Some("http://localhost:3000"), false);
        check("localhost:7701", Some("http://example.com"), false);
        check("localhost:7701", Some("http://localhost:7701.example.com"), false);
        check("localhost:7701", Some("null"), false);
    }

    #[test]
    fn a_request_without_a_host_or_with_two_is_refused() {
        let mut headers = HeaderMap::new();
        assert!(refusal(&headers, Reach::ThisMachine).is_some());
        headers.append(header::HOST, HeaderValue::from_static("localhost"));
        assert!(refusal(&headers, Reach::ThisMachine).is_none());
        headers.append(header::HOST, HeaderValue::from_static("example.com"));
        assert!(refusal(&headers, Reach::ThisMachine).is_some());
    }

    #[test]
    fn on_a_network_any_name_passes_and_pages_from_elsewhere_do_not() {
        let refused = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("relapse.example.com"));
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            refusal(&headers, Reach::Network).is_some()
        };
        assert!(!refused("https://relapse.example.com"));
        assert!(refused("https://example.com"));
        assert!(refusal(&HeaderMap::new(), Reach::Network).is_some());
    }
}
