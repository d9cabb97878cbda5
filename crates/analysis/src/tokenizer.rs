//! Words in running text, and the parts of identifiers.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// Names of products that are written in mixed case and are one word all the same: in lower case they
/// would be.
const WHOLE: [&str; 24] = [
    "postgresql",
    "mysql",
    "graphql",
    "nosql",
    "github",
    "gitlab",
    "javascript",
    "typescript",
    "openssl",
    "pgbouncer",
    "haproxy",
    "rabbitmq",
    "mongodb",
    "dynamodb",
    "cockroachdb",
    "clickhouse",
    "elasticsearch",
    "opensearch",
    "pagerduty",
    "coredns",
    "etcd",
    "cloudfront",
    "cloudwatch",
    "grpc",
];

/// The spans of the words of `text`: runs of letters and digits with their combining marks, an
/// apostrophe between two of them included. Each CJK ideograph is a word of its own.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(char::is_alphanumeric)?;
        let end = word_end(text, start);
        from = end;
        Some(start..end)
    })
}

/// The parts of the word at `span` that case tells apart: `handshakeFailures` is two, `HTTPServer` too,
/// `OOMKilled` too; `PostgreSQL` and plain words are one.
pub(crate) fn parts(text: &str, span: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let word = &text[span.clone()];
    let whole = !word.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
        || !word.bytes().any(|byte| byte.is_ascii_lowercase())
        || WHOLE.iter().any(|name| name.eq_ignore_ascii_case(word));
    let mut from = span.start;
    std::iter::from_fn(move || {
        if from >= span.end {
            return None;
        }
        let end = if whole { span.end } else { part_end(text.as_bytes(), from, span.end) };
        let part = from..end;
        from = end;
        Some(part)
    })
}

fn word_end(text: &str, start: usize) -> usize {
    let mut chars = text[start..].char_indices().peekable();
    let mut end = start;
    while let Some((at, c)) = chars.next() {
        if is_ideograph(c) {
            return if at == 0 { start + c.len_utf8() } else { end };
        }
        let joined = matches!(c, '\'' | '\u{2019}')
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !(c.is_alphanumeric() || is_combining_mark(c) || joined) {
            return end;
        }
        end = start + at + c.len_utf8();
    }
    end
}

/// The end of the part that begins at `from`: before an upper-case letter that follows a lower-case
/// one, or that is followed by a lower-case one.
fn part_end(bytes: &[u8], from: usize, end: usize) -> usize {
    (from + 1..end)
        .find(|&at| {
            let next_is_lower = at + 1 < end && bytes[at + 1].is_ascii_lowercase();
            bytes[at].is_ascii_uppercase()
                && (bytes[at - 1].is_ascii_lowercase()
                    || (bytes[at - 1].is_ascii_uppercase() && next_is_lower))
        })
        .unwrap_or(end)
}

/// Han, Hiragana, Katakana and their extensions: written without blanks between words.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let found: Vec<&str> =
            words(text).flat_map(|word| parts(text, word)).map(|part| &text[part]).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn identifiers_fall_into_their_parts() {
        check("handshakeFailures", &["handshake", "Failures"]);
        check("HTTPServer OOMKilled", &["HTTP", "Server", "OOM", "Killed"]);
        check("max_conn.pool-size", &["max", "conn", "pool", "size"]);
    }

    #[test]
    fn words_with_digits_stay_whole() {
        check("x509 k8s S3 5xx", &["x509", "k8s", "S3", "5xx"]);
    }

    #[test]
    fn product_names_stay_whole() {
        check("PostgreSQL and MySQL", &["PostgreSQL", "and", "MySQL"]);
    }

    #[test]
    fn every_script_has_words() {
        check("Zertifikat läuft ab; don’t", &["Zertifikat", "läuft", "ab", "don’t"]);
        check("証明書 ok", &["証", "明", "書", "ok"]);
        check("cafe\u{301}s", &["cafe\u{301}s"]);
    }

    #[test]
    fn nothing_has_no_words() {
        check("", &[]);
        check(" -- '' ", &[]);
    }
}
