//! Whether a body is from whom it says.
//!
//! Source: "PagerDuty: verifying webhook signatures" (`v1=` and the HMAC-SHA256 of the body in hex, several while a secret
//! is being replaced) and "Slack: verifying requests" (`v0=` and that of `v0:TIMESTAMP:BODY`).

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far the clock of Slack may be off, in seconds.
const SLACK_SKEW_SECS: u64 = 300;

/// Whether one of the signatures in `header` is that of `body` by one of `secrets`.
#[must_use]
pub fn pagerduty_is_signed(secrets: &[String], header: &str, body: &[u8]) -> bool {
    let mut signatures = header.split(',').filter_map(|part| part.trim().strip_prefix("v1="));
    signatures.any(|signature| secrets.iter().any(|secret| is_of(secret, &[body], signature)))
}

/// Whether `signature` is that of `body`, sent at `timestamp`, by one of `secrets`, and not older or newer than five
/// minutes at `now`, in seconds since 1970.
#[must_use]
pub fn slack_is_signed(
    secrets: &[String],
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: i64,
) -> bool {
    let Ok(sent) = timestamp.parse::<i64>() else {
        return false;
    };
    let Some(signature) = signature.strip_prefix("v0=") else {
        return false;
    };
    let parts = [b"v0:", timestamp.as_bytes(), b":", body];
    now.abs_diff(sent) <= SLACK_SKEW_SECS
        && secrets.iter().any(|secret| is_of(secret, &parts, signature))
}

/// Compares in constant time.
fn is_of(secret: &str, parts: &[&[u8]], signature: &str) -> bool {
    let Ok(signature) = HEXLOWER_PERMISSIVE.decode(signature.as_bytes()) else {
        return false;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.verify_slice(&signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `printf '%s' BODY | openssl dgst -sha256 -hmac SECRET`.
    const SIGNED: &str = "v1=88aab3ede8d3adf94d26ab90d3bafd4a2083070c3bcce9c014ee04a443847c0b";

    fn secrets(secrets: &[&str]) -> Vec<String> {
        secrets.iter().map(|secret| (*secret).to_owned()).collect()
    }

    #[test]
    fn one_of_several_secrets_and_signatures_is_enough() {
        let key = secrets(&["old", "key"]);
        let body = b"hello";
        // HMAC-SHA256("secret", "hello"), as published in many places.
        let right = secrets(&["secret"]);
        assert!(pagerduty_is_signed(&right, SIGNED, body));
        assert!(pagerduty_is_signed(&right, &format!("v1={}, {SIGNED}", "0".repeat(64)), body));
        assert!(!pagerduty_is_signed(&key, SIGNED, body));
        assert!(!pagerduty_is_signed(&right, SIGNED, b"hellp"));
        assert!(!pagerduty_is_signed(&[], SIGNED, body));
        for wrong in ["", "v1=", "v1=zz", "v0=88aa", &SIGNED[..SIGNED.len() - 2], "v1=é8"] {
            assert!(!pagerduty_is_signed(&right, wrong, body), "{wrong}");
        }
    }

    #[test]
    fn a_command_of_another_time_is_refused() {
        let secret = secrets(&["secret"]);
        // HMAC-SHA256("secret", "v0:1000:hello").
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").expect("a key");
        mac.update(b"v0:1000:hello");
        let signature: String =
            mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let signature = format!("v0={signature}");
        let is_signed = |now| slack_is_signed(&secret, "1000", &signature, b"hello", now);
        assert!(is_signed(1_000) && is_signed(1_300) && is_signed(700));
        assert!(!is_signed(1_301) && !is_signed(699));
        assert!(!slack_is_signed(&secret, "soon", &signature, b"hello", 1_000));
        assert!(!slack_is_signed(&secret, "1000", &signature[1..], b"hello", 1_000));
    }
}
