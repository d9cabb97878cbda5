//! The words that keep a sentence from being a step.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::Word;

/// Phrases by their first word; each is the rest of its words.
type Phrases = HashMap<&'static str, Vec<Vec<&'static str>>>;

static NEGATIONS: LazyLock<Phrases> = LazyLock::new(|| phrases(include_str!("negations.txt")));
static DOUBTS: LazyLock<Phrases> = LazyLock::new(|| phrases(include_str!("doubts.txt")));

/// After these a `failed` tells of an action that failed; before another word it describes a thing.
const AFTER_A_FAILURE: [&str; 10] =
    ["to", "because", "with", "due", "at", "on", "after", "and", "again", "when"];

/// Whether something is denied.
pub(super) fn denies(words: &[Word]) -> bool {
    words.iter().any(|word| word.text.ends_with("n't"))
        || holds(&NEGATIONS, words)
        || (0..words.len()).any(|place| fails(words, place))
}

/// Whether what is said is supposed, promised, or was tried for nothing.
pub(super) fn doubts(words: &[Word]) -> bool {
    holds(&DOUBTS, words)
}

/// Whether the word at `place` says that an action failed. To fail over is an action itself.
fn fails(words: &[Word], place: usize) -> bool {
    if !matches!(words[place].text.as_str(), "failed" | "fails") {
        return false;
    }
    let next = words.get(place + 1).map(|next| next.text.as_str());
    words[place].ends_clause || next.is_none_or(|next| AFTER_A_FAILURE.contains(&next))
}

fn holds(phrases: &Phrases, words: &[Word]) -> bool {
    let begins = |place: usize| {
        let rests = phrases.get(words[place].text.as_str());
        rests.is_some_and(|rests| rests.iter().any(|rest| follows(rest, &words[place + 1..])))
    };
    (0..words.len()).any(begins)
}

fn follows(rest: &[&str], words: &[Word]) -> bool {
    rest.len() <= words.len() && rest.iter().zip(words).all(|(wanted, word)| *wanted == word.text)
}

fn phrases(table: &'static str) -> Phrases {
    let mut phrases = Phrases::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        if let Some(first) = words.next() {
            phrases.entry(first).or_default().push(words.collect());
        }
    }
    phrases
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    #[track_caller]
    fn check(sentence: &str, expect: (bool, bool)) {
        let words = words(sentence);
        assert_eq!((denies(&words), doubts(&words)), expect, "{sentence}");
    }

    #[test]
    fn a_denial_is_found_in_any_spelling() {
        for sentence in ["We did **NOT** do it", "It wasn’t done", "Done in vain", "Couldnt do it"]
        {
            check(sentence, (true, false));
        }
    }

    #[test]
    fn an_action_fails_and_a_failed_thing_is_replaced() {
        check("The restart failed.", (true, false));
        check("It failed to come up", (true, false));
        check("Replaced the failed disk", (false, false));
        check("Failed over to the replica", (false, false));
    }

    #[test]
    fn a_phrase_is_found_whole_only() {
        check("The list is going on", (false, false));
        check("We are going to drain it", (false, true));
        check("It might help", (false, true));
    }
}
