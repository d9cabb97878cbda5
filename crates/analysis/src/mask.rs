//! What is written in letters and digits and says nothing: ids, addresses, times, amounts.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Markers of masked credentials (`[masked: jwt]`), UUIDs, ISO timestamps, clock times with a zone, and
/// IPv6 addresses: all that a tokenizer would cut into pieces that look like words.
static SPANS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi)
        \[masked:\ [a-z-]+\]
        | \b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b
        | \b\d{4}-\d{2}-\d{2}t\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:z|[+-]\d{2}:?\d{2})?\b
        | \b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:z|am|pm)\b
        | \b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b
        ",
    )
    .expect("the pattern is a valid regular expression")
});

/// Units that may follow a number without a blank: `366ms`, `128gb`, `3x`.
const UNITS: [&str; 28] = [
    "ns", "us", "ms", "s", "sec", "secs", "m", "min", "mins", "h", "hr", "hrs", "d", "b", "kb",
    "mb", "gb", "tb", "kib", "mib", "gib", "tib", "k", "g", "x", "px", "th", "rps",
];

/// The spans of `text` that are masked as a whole, in order, not overlapping.
pub(crate) fn spans(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    SPANS.find_iter(text).map(|found| found.range())
}

/// Whether the lower-cased `word` is a bare number, a number with a unit, or a run of hex digits that
/// is no word: with a digit in it and seven or more long, or after `0x`.
pub(crate) fn is_masked(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits == word.len() || (digits > 0 && UNITS.contains(&&word[digits..])) {
        return true;
    }
    if word.chars().all(char::is_numeric) {
        return true;
    }
    let hex = word.strip_prefix("0x").unwrap_or(word);
    let long_enough = hex.len() < word.len() || hex.len() >= 7;
    long_enough
        && !hex.is_empty()
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, masked: bool) {
        assert_eq!(is_masked(word), masked, "{word}");
    }

    #[test]
    fn numbers_amounts_and_hashes_are_masked() {
        for word in ["7", "2025", "366ms", "128gb", "5bc4c777f6", "0x7ffd", "3x", "٣"] {
            check(word, true);
        }
    }

    #[test]
    fn codes_and_words_are_not() {
        for word in ["5xx", "x509", "k8s", "p99", "http2", "deadbeef", "facade", "s3", "0xyz", "e4"]
        {
            check(word, false);
        }
    }

    #[test]
    fn markers_of_credentials_are_masked_as_a_whole() {
        let text = "logged [masked: aws-access-key] in plain";
        assert_eq!(
            spans(text).map(|span| &text[span]).collect::<Vec<_>>(),
            ["[masked: aws-access-key]"]
        );
    }

    #[test]
    fn ids_addresses_and_times_are_masked_as_a_whole() {
        let text = "at 2025-10-03T02:57:00Z pod 550e8400-e29b-41d4-a716-446655440000 \
                    from fe80:0:0:0:200:f8ff:fe21:67cf died";
        let masked: Vec<&str> = spans(text).map(|span| &text[span]).collect();
        assert_eq!(
            masked,
            [
                "2025-10-03T02:57:00Z",
                "550e8400-e29b-41d4-a716-446655440000",
                "fe80:0:0:0:200:f8ff:fe21:67cf"
            ]
        );
    }
}
