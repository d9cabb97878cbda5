//! English words that say nothing about a failure.

use std::collections::HashSet;
use std::sync::LazyLock;

static STOP_WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("stop_words.txt").split_whitespace().collect());

/// Whether the lower-cased, unstemmed `word` is a stop word.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_stopped_and_the_fields_words_are_not() {
        assert!(["the", "was", "couldn't", "into"].into_iter().all(is_stop_word));
        assert!(!["down", "up", "off", "timeout", "system"].into_iter().any(is_stop_word));
    }
}
