//! What two spellings of a step have in common.

use std::collections::BTreeSet;

use super::telling::tells_a_deed;
use super::verbs;
use super::words::words;

/// Words that do not tell one step from another.
const STOP_WORDS: [&str; 61] = [
    "a",
    "an",
    "the",
    "and",
    "or",
    "of",
    "to",
    "in",
    "on",
    "at",
    "for",
    "from",
    "by",
    "with",
    "as",
    "was",
    "were",
    "is",
    "are",
    "be",
    "been",
    "has",
    "have",
    "had",
    "we",
    "i",
    "they",
    "he",
    "she",
    "it",
    "its",
    "our",
    "their",
    "them",
    "then",
    "also",
    "all",
    "both",
    "each",
    "that",
    "this",
    "which",
    "so",
    "again",
    "later",
    "now",
    "manually",
    "finally",
    "hand",
    "once",
    "more",
    "afterwards",
    "first",
    "issue",
    "problem",
    "incident",
    "after",
    "when",
    "into",
    "fix",
    "mitigation",
];

/// What begins a reason or an outcome: no part of the step proper.
const CONJUNCTIONS: [&str; 6] =
    ["; ", ", since ", " because ", " so that ", ", so ", " after which "];

/// `step` up to the first reason or outcome that follows, where that tells of no further action.
pub(super) fn main_clause(step: &str) -> &str {
    let cuts = CONJUNCTIONS.iter().filter_map(|conjunction| step.find(conjunction));
    match cuts.min() {
        Some(cut) if !tells_a_deed(&words(&step[cut + 1..])) => &step[..cut],
        _ => step,
    }
}

/// The stems of the content words of a step, in order: equal for two spellings of one step. Numbers are
/// none: a limit is raised, whatever it was.
pub(super) fn stems(step: &str) -> BTreeSet<String> {
    let content = |text: &str| {
        text.contains(char::is_alphabetic)
            && !text.contains(|c: char| c.is_ascii_digit())
            && !STOP_WORDS.contains(&text)
    };
    words(step)
        .into_iter()
        .flat_map(|word| word.text.split('/').map(str::to_owned).collect::<Vec<_>>())
        .filter(|word| content(word))
        .map(|word| stem(&word))
        .collect()
}

/// The word without its ending: verbs of action by their base, others less plural, past and gerund.
fn stem(word: &str) -> String {
    let root = verbs::base_of(word).unwrap_or_else(|| without_ending(word));
    root.strip_suffix('e').filter(|root| root.len() > 2).unwrap_or(root).to_owned()
}

fn without_ending(word: &str) -> &str {
    let word = word.trim_end_matches("'s");
    for ending in ["ing", "ed"] {
        if let Some(root) = word.strip_suffix(ending).filter(|root| root.len() > 3) {
            return verbs::undoubled(root).unwrap_or(root);
        }
    }
    match word.strip_suffix('s') {
        Some(singular) if singular.len() > 2 && !singular.ends_with(['s', 'u', 'i']) => singular,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str, expect: bool) {
        assert_eq!(stems(left) == stems(right), expect, "{left} | {right}");
    }

    #[test]
    fn voice_order_and_plural_make_no_other_step() {
        check("We restarted the primary.", "The primary was restarted", true);
        check("Rolled the deploy back", "rolled back the deploys", true);
        check("Took the node out of rotation", "The node was taken out of rotation.", true);
    }

    #[test]
    fn numbers_make_no_other_step() {
        check("Raised the pool from 20 to 50", "Raised the pool from 50 to 80", true);
        check("Rolled back to v1.2.3", "Rolled back to v1.4", true);
    }

    #[test]
    fn a_reason_or_an_outcome_makes_no_other_step() {
        assert_eq!(main_clause("Pushed the config; all is well"), "Pushed the config");
        assert_eq!(main_clause("Shed load so that it could fill"), "Shed load");
        let two = "Pushed the config; drained the node";
        assert_eq!(main_clause(two), two);
    }

    #[test]
    fn another_object_or_action_is_another_step() {
        check("Restarted the primary", "Restarted the replica", false);
        check("Raised the limit", "Lowered the limit", false);
    }
}
