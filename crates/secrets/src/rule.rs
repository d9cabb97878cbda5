//! One way to recognise a credential.

use std::ops::Range;

use regex::{Captures, Match, Regex};

use crate::kind::Kind;

/// What a credential looks like.
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    /// A pattern that occurs wherever `pattern` does: short, so that all anchors are looked for in one
    /// pass, and rare, so that most texts end there.
    pub(crate) anchor: &'static str,
    /// The credential in its context. What is masked is its first group of [`GROUPS`] that took part;
    /// without one, the whole match.
    pub(crate) pattern: &'static str,
    /// Looks at what a pattern cannot tell.
    pub(crate) accept: fn(&Captures<'_>) -> bool,
}

/// The groups that hold a value: plain, in single quotes, in backticks, and without quotes, where it ends
/// before what punctuates the sentence or begins the next assignment.
const GROUPS: [&str; 4] = ["v", "single", "backtick", BARE];
const BARE: &str = "bare";

impl Rule {
    /// A rule whose pattern says all.
    pub(crate) const fn new(kind: Kind, anchor: &'static str, pattern: &'static str) -> Self {
        Self { kind, anchor, pattern, accept: |_| true }
    }

    /// The same rule, for matches that `accept` takes only.
    pub(crate) const fn only(self, accept: fn(&Captures<'_>) -> bool) -> Self {
        Self { accept, ..self }
    }

    /// The pattern, ready to be looked for.
    pub(crate) fn compiled(&self) -> Regex {
        Regex::new(&ascii(self.pattern)).expect("the pattern is a valid regular expression")
    }
}

/// The text that is masked of a match.
pub(crate) fn value<'t>(captures: &Captures<'t>) -> &'t str {
    let (found, length) = found(captures);
    &found.as_str()[..length]
}

/// Where that text stands.
pub(crate) fn value_span(captures: &Captures<'_>) -> Range<usize> {
    let (found, length) = found(captures);
    found.start()..found.start() + length
}

/// The pattern with word boundaries of ASCII: those of Unicode put the fast engines out of use.
pub(crate) fn ascii(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

fn found<'t>(captures: &Captures<'t>) -> (Match<'t>, usize) {
    let group = GROUPS.iter().find_map(|name| Some((*name, captures.name(name)?)));
    match group {
        Some((BARE, bare)) => (bare, bare_length(bare.as_str())),
        Some((_, quoted)) => (quoted, quoted.len()),
        None => {
            let whole = captures.get(0).expect("group 0 is the match");
            (whole, whole.len())
        }
    }
}

/// How much of `text` is the value: up to the next assignment (`&user=`, `,user=`) or an escaped end of
/// the line, without the punctuation at the end.
fn bare_length(text: &str) -> usize {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let begins_assignment = |at: usize| {
        let rest = text[at + 1..].trim_start_matches(['"', '\'', '\\']);
        let after = rest.trim_start_matches(is_name);
        after.len() < rest.len() && after.starts_with(['=', ':'])
    };
    let text = text.split_once("\\n").map_or(text, |(line, _)| line);
    let next = text.match_indices(['&', ',']).map(|(at, _)| at).find(|at| begins_assignment(*at));
    let value = &text[..next.unwrap_or(text.len())];
    value.trim_end_matches(['.', ',', ':', ')', ']', '}', '|', '\\']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_v_is_masked_else_the_whole_match() {
        let of = |pattern: &str| {
            let regex = Regex::new(&ascii(pattern)).expect("valid");
            regex.captures("key=abc").map(|captures| value(&captures).to_owned())
        };
        assert_eq!(of(r"\bkey=(?<v>\w+)").as_deref(), Some("abc"));
        assert_eq!(of(r"\bkey").as_deref(), Some("key"));
    }

    #[test]
    fn a_bare_value_ends_before_punctuation_and_the_next_assignment() {
        let check =
            |text: &str, value: &str| assert_eq!(&text[..bare_length(text)], value, "{text}");
        check("abc.", "abc");
        check("a&b", "a&b");
        check("abc&user=me", "abc");
        check("abc,user=me}", "abc");
        check("a,b!", "a,b!");
        check(r"abc\nuser", "abc");
    }
}
