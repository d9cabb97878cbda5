//! One way to say something.

use std::ops::Range;

use frostem::{Algorithm, Stemmer};
use incident::Field;

use crate::analyzer::{Analyzer, WHOLE_PREFIX, folded};
use crate::service::service_term;
use crate::tokenizer::{parts, words};

/// A word or a few, by which a text says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// As it is written: `out of memory`.
    pub written: String,
    /// What an index counts of it, each stem with its spelling: `memori` and `memory`. Empty where it is all stop
    /// words and numbers: such a form is understood and not searched for.
    pub terms: Vec<(String, String)>,
    /// The stems of all its words, stop words and numbers too, by which it is recognised.
    pub(crate) words: Vec<String>,
}

impl Form {
    /// Reads a form; `None` where it has no word.
    pub(crate) fn read(written: &str) -> Option<Self> {
        let written =
            written.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
        let mut terms: Vec<(String, String)> = Vec::new();
        for term in Analyzer::stemmed().text(Field::Text, &written).iter() {
            // A text without words is one term as a whole, which says nothing of its parts.
            let is_word = !term.stem.starts_with(WHOLE_PREFIX);
            if is_word && terms.iter().all(|(stem, _)| stem != term.stem) {
                terms.push((term.stem.to_owned(), written[term.span].to_owned()));
            }
        }
        let words: Vec<String> = word_stems(&written).collect();
        (!words.is_empty()).then_some(Self { written, terms, words })
    }

    /// The service `name`, whose term is the whole name.
    pub(crate) fn service(name: &str) -> Self {
        let terms = vec![(service_term(name), name.to_owned())];
        Self { written: name.to_owned(), terms, words: Vec::new() }
    }

    /// Whether it is a name of the service `name`.
    pub(crate) fn is_service(&self, name: &str) -> bool {
        self.terms.iter().any(|(term, _)| *term == service_term(name))
    }
}

/// The stems of all words of `text` in order, of identifiers those of their parts; nothing is left out.
pub(crate) fn word_stems(text: &str) -> impl Iterator<Item = String> + '_ {
    placed_stems(text).map(|(_, stem)| stem)
}

/// The same, each with where its word stands.
pub(crate) fn placed_stems(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let stemmer = Stemmer::new(Algorithm::English);
    let parts = words(text).flat_map(|word| parts(text, word));
    parts.map(move |part| (part.clone(), stemmer.stem(&folded(&text[part])).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(written: &str) -> Vec<String> {
        let form = Form::read(written).expect("it has a word");
        form.terms.into_iter().map(|(stem, spelling)| format!("{stem} {spelling}")).collect()
    }

    #[test]
    fn a_form_is_recognised_by_all_its_words_and_searched_by_those_that_count() {
        let form = Form::read(" Out of  Memory ").expect("it has words");
        assert_eq!(form.written, "out of memory");
        assert_eq!(form.words, ["out", "of", "memori"]);
        assert_eq!(terms("out of memory"), ["memori memory"]);
        assert_eq!(terms("500s"), [""; 0]);
    }

    #[test]
    fn what_has_no_word_is_no_form() {
        assert_eq!(Form::read(" - "), None);
    }
}
