//! From text to terms.

use std::borrow::Cow;
use std::ops::Range;

use frostem::{Algorithm, Stemmer};
use incident::{Field, Incident};
use unicode_normalization::UnicodeNormalization;

use crate::mask;
use crate::service::service_term;
use crate::stop_words::is_stop_word;
use crate::terms::Terms;
use crate::tokenizer::{parts, words};

/// What the term of a message without a word begins with. No word has an underscore in it.
pub(crate) const WHOLE_PREFIX: &str = "msg_";
/// A longer text without a word is no message that repeats.
const WHOLE_BYTES_MAX: usize = 256;

/// Turns text into terms, in one of two ways.
#[derive(Debug, Clone, Copy)]
pub struct Analyzer {
    way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Stemmed,
    Unstemmed,
    Plain,
}

impl Analyzer {
    /// The analyser of every index: Unicode words split into the parts of identifiers, lower case,
    /// NFKC; ids, hashes, addresses, times and numbers masked; English stop words dropped; Snowball
    /// (Porter2) stems. A title or text that is nothing but those is one term as a whole.
    #[must_use]
    pub fn stemmed() -> Self {
        Self { way: Way::Stemmed }
    }

    /// The same with words as they are, for measuring what stems bring.
    #[must_use]
    pub fn unstemmed() -> Self {
        Self { way: Way::Unstemmed }
    }

    /// The baseline: lower-cased words of two or more letters or digits, as the default token pattern
    /// of scikit-learn's `TfidfVectorizer` finds them (an underscore counts as a letter). No stems, no
    /// stop words, nothing masked, no service terms.
    #[must_use]
    pub fn plain() -> Self {
        Self { way: Way::Plain }
    }

    /// The terms of the `fields` of `incident`, in the order given.
    #[must_use]
    pub fn analyze(&self, incident: &Incident, fields: &[Field]) -> Terms {
        let mut terms = Terms::default();
        for &field in fields {
            if let Some(text) = incident.text_of(field) {
                self.add(&mut terms, field, text);
            } else if field == Field::Services && self.way != Way::Plain {
                for service in &incident.services {
                    terms.push(field, &service_term(service), 0..0);
                }
            }
        }
        terms
    }

    /// The terms of a bare text that stands for `field`.
    #[must_use]
    pub fn text(&self, field: Field, text: &str) -> Terms {
        let mut terms = Terms::default();
        self.add(&mut terms, field, text);
        terms
    }

    fn add(&self, terms: &mut Terms, field: Field, text: &str) {
        match self.way {
            Way::Stemmed => {
                let before = terms.len();
                add_words(terms, field, text, Some(Stemmer::new(Algorithm::English)));
                if terms.len() == before && matches!(field, Field::Title | Field::Text) {
                    add_whole(terms, field, text);
                }
            }
            Way::Unstemmed => add_words(terms, field, text, None),
            Way::Plain => add_plain(terms, field, text),
        }
    }
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::stemmed()
    }
}

fn add_words(terms: &mut Terms, field: Field, text: &str, stemmer: Option<Stemmer>) {
    let mut masked = mask::spans(text).peekable();
    for word in words(text) {
        while masked.next_if(|span| span.end <= word.start).is_some() {}
        if masked.peek().is_some_and(|span| span.start < word.end) {
            continue;
        }
        for part in parts(text, word) {
            let lower = folded(&text[part.clone()]);
            if is_counted(&lower) {
                match &stemmer {
                    Some(stemmer) => terms.push(field, &stemmer.stem(&lower), part),
                    None => terms.push(field, &lower, part),
                }
            }
        }
    }
}

/// Adds a message in which there is no word to count, such as `503`, as one term, so that the same message is found
/// again. Case and blanks do not matter.
fn add_whole(terms: &mut Terms, field: Field, text: &str) {
    let message = text.trim();
    if (1..=WHOLE_BYTES_MAX).contains(&message.len()) && message.chars().any(char::is_alphanumeric)
    {
        let words: Vec<Cow<'_, str>> = message.split_whitespace().map(folded).collect();
        let start = text.len() - text.trim_start().len();
        let term = format!("{WHOLE_PREFIX}{}", words.join(" "));
        terms.push(field, &term, start..start + message.len());
    }
}

fn is_counted(word: &str) -> bool {
    let long_enough = word.len() > 2 || word.chars().nth(1).is_some() || !word.is_ascii();
    long_enough && !mask::is_masked(word) && !is_stop_word(word)
}

/// NFKC and lower case, with the typewriter's apostrophe.
pub(crate) fn folded(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(word.to_ascii_lowercase())
        } else {
            Cow::Borrowed(word)
        };
    }
    let normal: String = word.nfkc().flat_map(char::to_lowercase).collect();
    Cow::Owned(normal.replace('\u{2019}', "'"))
}

fn add_plain(terms: &mut Terms, field: Field, text: &str) {
    for span in plain_words(text) {
        let lower = text[span.clone()].to_lowercase();
        if lower.chars().nth(1).is_some() {
            terms.push(field, &lower, span);
        }
    }
}

fn plain_words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |length| start + length);
        from = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(analyzer: &Analyzer, text: &str, expect: &[&str]) {
        let terms = analyzer.text(Field::Text, text);
        let stems: Vec<&str> = terms.iter().map(|term| term.stem).collect();
        assert_eq!(stems, expect, "{text}");
    }

    #[test]
    fn inflected_forms_share_a_stem() {
        let analyzer = Analyzer::stemmed();
        check(&analyzer, "handshake Handshakes HANDSHAKING", &["handshak"; 3]);
        check(&analyzer, "The connections' pool", &["connect", "pool"]);
    }

    #[test]
    fn noise_is_masked() {
        let text = "pod api-5bc4c777f6 at 2025-10-03T02:57:00Z from 10.1.2.3 took 366ms, id \
                    550e8400-e29b-41d4-a716-446655440000";
        check(&Analyzer::stemmed(), text, &["pod", "api", "took", "id"]);
    }

    #[test]
    fn a_message_without_a_word_is_one_term() {
        let analyzer = Analyzer::stemmed();
        check(&analyzer, "503", &["msg_503"]);
        check(&analyzer, " 0xDEADBEEF1\n 4F2A9C01 ", &["msg_0xdeadbeef1 4f2a9c01"]);
        check(&analyzer, "it is", &["msg_it is"]);
        check(&analyzer, "--", &[]);
        check(&analyzer, &"1 ".repeat(200), &[]);
        check(&analyzer, "error 503", &["error"]);
        assert!(
            analyzer.text(Field::Summary, "503").is_empty(),
            "only a title or a text is a message"
        );
        assert!(Analyzer::plain().text(Field::Text, "5").is_empty());
    }

    #[test]
    fn words_are_left_as_they_are_where_no_stems_are_wanted() {
        check(&Analyzer::unstemmed(), "The Handshakes of pod 7", &["handshakes", "pod"]);
    }

    #[test]
    fn full_width_letters_are_letters() {
        check(&Analyzer::stemmed(), "ＴＬＳ Straße", &["tls", "straße"]);
    }

    #[test]
    fn the_baseline_counts_words_as_they_are() {
        check(
            &Analyzer::plain(),
            "The x509 of auth_svc, a 42!",
            &["the", "x509", "of", "auth_svc", "42"],
        );
    }

    #[test]
    fn services_are_terms_of_their_own() {
        let mut incident = Incident::new("jsonl", "1", "errors");
        incident.services = vec!["Auth-Service".into()];
        let terms = Analyzer::stemmed().analyze(&incident, &[Field::Title, Field::Services]);
        let found: Vec<(Field, &str)> = terms.iter().map(|term| (term.field, term.stem)).collect();
        assert_eq!(found, [(Field::Title, "error"), (Field::Services, "svc_auth-service")]);
    }

    proptest! {
        #[test]
        fn spans_lie_inside_the_text(text in "\\PC{0,80}|[a-zA-Z0-9:_. -]{0,80}") {
            for analyzer in [Analyzer::stemmed(), Analyzer::plain()] {
                let mut last = 0;
                for term in analyzer.text(Field::Text, &text).iter() {
                    prop_assert!(text.get(term.span.clone()).is_some_and(|word| !word.is_empty()));
                    prop_assert!(term.span.start >= last);
                    last = term.span.end;
                }
            }
        }
    }
}
