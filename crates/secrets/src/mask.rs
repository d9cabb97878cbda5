//! A text with its credentials masked.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexSet};

use crate::kind::Kind;
use crate::rule::{ascii, value_span};
use crate::rules;

/// What every marker begins with.
const MARKER: &str = "[masked: ";

/// Markers of an earlier masking, which are not masked again.
static MARKERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[masked: [a-z-]+\]").expect("the pattern is a valid regular expression")
});

/// A text without credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masked<'t> {
    /// The text, with a marker such as `[masked: aws-access-key]` in the place of each credential;
    /// borrowed where there was none.
    pub text: Cow<'t, str>,
    /// What was found, in the order of the text.
    pub found: Vec<Found>,
}

/// A credential in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Where it stood in the text as given, in bytes.
    pub span: Range<usize>,
}

/// Masks every credential in `text`.
#[must_use]
pub fn mask(text: &str) -> Masked<'_> {
    let mut masked = Masked { text: Cow::Borrowed(text), found: find(text) };
    if masked.found.is_empty() {
        return masked;
    }
    loop {
        masked.text = Cow::Owned(replaced(text, &masked.found));
        // A marker ends a word: what ran into a credential may be told only now.
        let more = find(&masked.text);
        if more.is_empty() {
            return masked;
        }
        let given = more.into_iter().map(|found| before(found, &masked.found));
        masked.found = given.chain(masked.found.iter().cloned()).collect();
        masked.found.sort_by_key(|found| found.span.start);
    }
}

/// What stands in the place of a credential.
pub(crate) fn marker(kind: Kind) -> String {
    format!("{MARKER}{kind}]")
}

fn replaced(text: &str, found: &[Found]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for Found { kind, span } in found {
        masked.push_str(&text[end..span.start]);
        masked.push_str(&marker(*kind));
        end = span.end;
    }
    masked.push_str(&text[end..]);
    masked
}

/// Where a credential, found between the markers of `replaced`, stood before they were set.
fn before(found: Found, replaced: &[Found]) -> Found {
    let Found { kind, mut span } = found;
    for earlier in replaced {
        if earlier.span.start > span.start {
            break;
        }
        let marker = marker(earlier.kind).len();
        span = span.start + earlier.span.len() - marker..span.end + earlier.span.len() - marker;
    }
    Found { kind, span }
}

/// The rules, ready to be looked for.
struct Finder {
    /// One anchor per rule, in the order of `rules`.
    anchors: RegexSet,
    rules: Vec<Compiled>,
}

struct Compiled {
    kind: Kind,
    pattern: Regex,
    accept: fn(&Captures<'_>) -> bool,
}

static FINDER: LazyLock<Finder> = LazyLock::new(|| Finder {
    anchors: RegexSet::new(rules::all().map(|rule| ascii(rule.anchor)))
        .expect("the anchors are valid regular expressions"),
    rules: rules::all()
        .map(|rule| Compiled { kind: rule.kind, pattern: rule.compiled(), accept: rule.accept })
        .collect(),
});

/// The credentials in `text`, in its order, not overlapping.
fn find(text: &str) -> Vec<Found> {
    let finder = &*FINDER;
    let mut all = Vec::new();
    for rule in finder.anchors.matches(text) {
        finder.rules[rule].find(text, &mut all);
    }
    if all.is_empty() {
        return all;
    }
    let markers: Vec<Range<usize>> = MARKERS.find_iter(text).map(|found| found.range()).collect();
    all.retain(|found| !markers.iter().any(|marker| overlap(marker, &found.span)));
    all.sort_by_key(|found| (found.span.start, found.span.end, found.kind));
    united(all)
}

impl Compiled {
    fn find(&self, text: &str, all: &mut Vec<Found>) {
        let mut from = 0;
        while let Some(captures) = self.pattern.captures_at(text, from) {
            let whole = captures.get(0).expect("group 0 is the match").range();
            let span = value_span(&captures);
            let is_one = (self.accept)(&captures);
            // What was taken for a value may be the next name: `token: password=...`.
            from = if is_one || span.start == whole.start {
                span.end.max(whole.start + 1)
            } else {
                span.start
            };
            if is_one && !span.is_empty() {
                all.push(Found { kind: self.kind, span });
            }
            while !text.is_char_boundary(from) {
                from += 1;
            }
        }
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// What overlaps becomes one, of the first of the kinds, so that no end of a credential is left.
fn united(all: Vec<Found>) -> Vec<Found> {
    let mut united: Vec<Found> = Vec::with_capacity(all.len());
    for found in all {
        match united.last_mut().filter(|last| found.span.start < last.span.end) {
            Some(last) => {
                last.span.end = last.span.end.max(found.span.end);
                last.kind = last.kind.min(found.kind);
            }
            None => united.push(found),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let masked = mask(text);
        assert_eq!(masked.text, expected);
        assert_eq!(mask(expected).text, expected, "masking twice is masking once");
    }

    #[test]
    fn a_text_without_credentials_is_handed_back() {
        let masked = mask("password: expired, token rotated, secret 3 of 5");
        assert!(matches!(masked.text, Cow::Borrowed(_)) && masked.found.is_empty(), "{masked:?}");
    }

    #[test]
    fn only_the_value_of_an_assignment_is_masked() {
        check("password=hunter2, then", "password=[masked: password], then");
        check("DB_PASSWORD: \"s3cret pw\"", "DB_PASSWORD: \"[masked: password]\"");
        check("?password=abc&user=me", "?password=[masked: password]&user=me");
        check("mysql --password hunter2 -h db", "mysql --password [masked: password] -h db");
        check("{\"password\": \"swordfish\"}", "{\"password\": \"[masked: password]\"}");
    }

    #[test]
    fn prose_placeholders_and_code_are_not() {
        for text in [
            "password: expired",
            "password=${DB_PASSWORD}",
            "password = os.environ",
            "token: refresh failed",
            "the secret: never deploy on Friday",
            "PWD=/srv/app",
            "password is wrong",
            "bypass: 2024-10-10",
            "{\"password\": \"is too short\"}",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_name_taken_for_a_value_is_still_a_name() {
        check("token: password=hunter2", "token: password=[masked: password]");
    }

    #[test]
    fn the_spans_are_those_of_the_text_given() {
        let text = "pärt password=hunter2 ünd";
        let found = mask(text).found;
        let masked: Vec<&str> = found.iter().map(|found| &text[found.span.clone()]).collect();
        assert_eq!(masked, ["hunter2"]);
    }

    #[test]
    fn what_overlaps_is_masked_as_one() {
        let spans = [(Kind::Password, 0..5), (Kind::Jwt, 3..9), (Kind::Token, 9..10)];
        let all = spans.map(|(kind, span)| Found { kind, span });
        let kinds: Vec<_> = united(all.into()).into_iter().map(|it| (it.kind, it.span)).collect();
        assert_eq!(kinds, [(Kind::Jwt, 0..9), (Kind::Token, 9..10)]);
    }
}
