//! Whether a sentence says that somebody did something.

use super::phrases::{denies, doubts};
use super::telling::tells_a_deed;
use super::words::{Word, words};

/// The longest step in characters: what is longer is a story.
pub(super) const STEP_CHARS_MAX: usize = 300;

/// After these comes what was not done; the rest of the sentence tells what was.
const ASIDES: [[&str; 2]; 3] = [["instead", "of"], ["rather", "than"], ["so", "that"]];
/// Words of a verdict on what was done.
const OUTCOMES: [&str; 14] = [
    "help",
    "helped",
    "effect",
    "work",
    "worked",
    "improve",
    "improved",
    "improvement",
    "solve",
    "solved",
    "difference",
    "enough",
    "hold",
    "avail",
];
/// Words that say so by themselves ...
const IN_VAIN: [&str; 8] = [
    "persisted",
    "reappeared",
    "recurred",
    "useless",
    "futile",
    "ineffective",
    "worse",
    "worsened",
];
/// ... in a sentence of no more words than these: a longer one has a story of its own.
const VERDICT_WORDS_MAX: usize = 8;
/// The first word of a sentence that speaks of the one before.
const POINTERS: [&str; 8] =
    ["this", "that", "it", "these", "those", "neither", "unfortunately", "which"];

/// Whether `sentence` says that something was done to end an incident: in the past, by somebody, and
/// neither denied, supposed, promised nor tried for nothing.
pub(super) fn is_deed(sentence: &str) -> bool {
    let words = words(sentence);
    let is_statement = !sentence.trim_end_matches(['*', '_', '"', ')']).ends_with(['?', ':', '…']);
    let is_struck = sentence.contains("~~");
    if !is_statement || is_struck || words.len() < 2 || sentence.chars().count() > STEP_CHARS_MAX {
        return false;
    }
    let told = without_asides(&words);
    !denies(&words) && !doubts(&told) && tells_a_deed(&told)
}

/// Whether a heading or a lead says that what follows was not done, or not yet.
pub(super) fn disowns(lead: &str) -> bool {
    let words = words(lead);
    denies(&words) || doubts(&words)
}

/// Whether `sentence` says of the one before it that it was for nothing: "That did not help.", "It crashed
/// again.", "The errors persisted."
pub(super) fn takes_back(sentence: &str) -> bool {
    let words = words(sentence);
    let points = words.first().is_some_and(|first| POINTERS.contains(&first.text.as_str()));
    let judges = words.iter().any(|word| OUTCOMES.contains(&word.text.as_str()));
    let is_short = words.len() <= 4;
    let is_again = points && words.iter().any(|word| word.text == "again");
    let is_vain = words.iter().any(|word| IN_VAIN.contains(&word.text.as_str()));
    let is_denied = (denies(&words) || doubts(&words)) && judges && (points || is_short);
    is_denied || ((is_again || is_vain) && words.len() <= VERDICT_WORDS_MAX)
}

/// The words less each aside up to the end of its clause.
fn without_asides(words: &[Word]) -> Vec<Word> {
    let mut told: Vec<Word> = Vec::new();
    let mut place = 0;
    while place < words.len() {
        let begins = |aside: &&[&str; 2]| {
            words[place..].iter().map(|word| word.text.as_str()).take(2).eq(aside.iter().copied())
        };
        if ASIDES.iter().any(|aside| begins(&aside)) {
            let end = words[place..].iter().position(|word| word.ends_clause);
            place += end.map_or(words.len(), |end| end + 1);
            if let Some(last) = told.last_mut() {
                last.ends_clause = true;
            }
        } else {
            told.push(words[place].clone());
            place += 1;
        }
    }
    told
}
