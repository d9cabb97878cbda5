//! A weighted bag.

use std::collections::{BTreeMap, HashSet};

use analysis::Paraphrase;

use crate::bag::Bag;
use crate::document_frequencies::DocumentFrequencies;
use crate::weighting::{Damping, tf_weight};

/// The weights of a document's terms, in the order of the terms' bytes, and their Euclidean norm.
///
/// A question has also terms that stand in for its own, where others would say it in other words. They add to
/// a score, and change nothing else: the norm is that of what was asked, so a document that has none of them
/// scores as if they were not there.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseVector {
    terms: Weighed,
    norm: f64,
    stand_ins: Weighed,
    /// Of a question: what is met by what.
    substitutes: Vec<Substitute>,
}

/// Terms in the order of their bytes, one after another in one allocation, each with its weight.
#[derive(Debug, Clone, Default, PartialEq)]
struct Weighed {
    bytes: String,
    /// By term: where it ends, and its weight.
    entries: Vec<(u32, f64)>,
}

impl Weighed {
    fn of<'a>(terms: impl Iterator<Item = (&'a str, f64)>, n_terms: usize) -> Self {
        let (bytes, entries) = (String::with_capacity(8 * n_terms), Vec::with_capacity(n_terms));
        let mut weighed = Self { bytes, entries };
        for (term, weight) in terms {
            weighed.bytes.push_str(term);
            let end = u32::try_from(weighed.bytes.len()).expect("a question is below 4 GiB");
            weighed.entries.push((end, weight));
        }
        weighed
    }

    fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        let mut start = 0;
        self.entries.iter().map(move |(end, weight)| {
            let term = &self.bytes[start..*end as usize];
            start = *end as usize;
            (term, *weight)
        })
    }
}

/// Terms asked for, and the terms that together stand in for them.
#[derive(Debug, Clone, PartialEq)]
struct Substitute {
    asked: Vec<Box<str>>,
    terms: Vec<Box<str>>,
    share: f64,
}

impl SparseVector {
    /// Weighs each term of `bag`: `(1 + ln tf) * idf`. A term that `frequencies` has not seen counts as
    /// document frequency 0.
    #[must_use]
    pub fn embed(bag: &Bag, frequencies: &DocumentFrequencies) -> Self {
        Self::embed_with(bag, Damping::Log, |term| frequencies.idf(term))
    }

    /// The same with another weight of term frequencies, and with an `idf` that need not be looked up.
    #[must_use]
    pub fn embed_with(bag: &Bag, damping: Damping, idf: impl Fn(&str) -> f64) -> Self {
        let mut squares = 0.0;
        let weighed = bag.iter().map(|(term, frequency)| {
            let weight = damping.weight(frequency) * idf(term);
            squares += weight * weight;
            (term, weight)
        });
        let terms = Weighed::of(weighed, bag.len());
        let (stand_ins, substitutes) = (Weighed::default(), Vec::new());
        Self { terms, norm: squares.sqrt(), stand_ins, substitutes }
    }

    /// Adds the terms of `paraphrases` that were not asked for themselves. Together those of one form bring, where a
    /// document has them, at most their share of what the words that were said would bring; a term of several
    /// forms counts as in the best of them.
    #[must_use]
    pub fn paraphrased(
        mut self,
        paraphrases: &[Paraphrase<'_>],
        frequencies: &DocumentFrequencies,
    ) -> Self {
        let mut added: BTreeMap<&str, f64> = BTreeMap::new();
        let own: HashSet<&str> = self.asked().map(|(term, _)| term).collect();
        for paraphrase in paraphrases {
            let said = paraphrase.said.terms.iter().map(|(term, _)| frequencies.idf(term).powi(2));
            let said = Some(said.sum()).filter(|sum| *sum > 0.0).unwrap_or(f64::INFINITY);
            for form in paraphrase.others.iter().filter(|form| !form.terms.is_empty()) {
                let share =
                    paraphrase.share * tf_weight(paraphrase.count) / form.terms.len() as f64;
                for (term, _) in form.terms.iter().filter(|(term, _)| !own.contains(&**term)) {
                    let idf = frequencies.idf(term);
                    let weight = added.entry(term).or_default();
                    *weight = weight.max(share * idf.min(said / idf));
                }
            }
        }
        let n_added = added.len();
        self.stand_ins = Weighed::of(added.into_iter(), n_added);
        self.substitutes.extend(paraphrases.iter().flat_map(substitutes));
        self
    }

    /// How many terms, stand-ins among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.entries.len() + self.stand_ins.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The Euclidean norm of the weights without stand-ins, 0 for an empty vector.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Every term with its weight (not normalised), stand-ins among them, in the order of the terms' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        let (mut asked, mut added) =
            (self.terms.iter().peekable(), self.stand_ins.iter().peekable());
        let next = move || match (asked.peek(), added.peek()) {
            (Some((left, _)), Some((right, _))) if right < left => added.next(),
            (None, _) => added.next(),
            _ => asked.next(),
        };
        std::iter::from_fn(next)
    }

    /// Every term that is no stand-in, in the same order.
    pub fn asked(&self) -> impl Iterator<Item = (&str, f64)> {
        self.terms.iter()
    }

    /// How far a text that holds the terms `holds` says `term`, in [0, 1]: 1 where it holds it, the share of another
    /// form where it holds all of that, else 0.
    pub fn met(&self, term: &str, holds: impl Fn(&str) -> bool) -> f64 {
        if holds(term) {
            return 1.0;
        }
        let stands_in = |one: &&Substitute| {
            one.asked.iter().any(|asked| **asked == *term) && one.terms.iter().all(|it| holds(it))
        };
        self.substitutes.iter().filter(stands_in).map(|one| one.share).fold(0.0, f64::max)
    }
}

fn substitutes<'a>(paraphrase: &'a Paraphrase<'_>) -> impl Iterator<Item = Substitute> + 'a {
    let stems = |terms: &[(String, String)]| -> Vec<Box<str>> {
        terms.iter().map(|(stem, _)| stem.as_str().into()).collect()
    };
    let asked = stems(&paraphrase.said.terms);
    let others = paraphrase.others.iter().filter(|form| !form.terms.is_empty());
    others.map(move |form| Substitute {
        asked: asked.clone(),
        terms: stems(&form.terms),
        share: paraphrase.share,
    })
}

#[cfg(test)]
mod tests {
    use analysis::{Analyzer, Vocabulary};
    use incident::Field;

    use super::*;
    use crate::weighting::Weighting;

    #[test]
    fn the_norm_is_that_of_the_weights() {
        let bag = Bag::count([("a", 1), ("b", 3)].into_iter());
        let mut frequencies = DocumentFrequencies::default();
        frequencies.add(&bag);
        let vector = SparseVector::embed(&bag, &frequencies);
        let weight = 1.0 + 3.0_f64.ln();
        assert_eq!(vector.iter().collect::<Vec<_>>(), [("a", 1.0), ("b", weight)]);
        assert!((vector.norm() - (1.0 + weight * weight).sqrt()).abs() < 1e-12);
    }

    fn frequencies() -> DocumentFrequencies {
        let mut frequencies = DocumentFrequencies::default();
        for words in ["tls disk", "tls memori", "ssl", "disk"] {
            frequencies.add(&Bag::count(words.split(' ').map(|word| (word, 1))));
        }
        frequencies
    }

    fn question(text: &str) -> SparseVector {
        let (vocabulary, frequencies) = (Vocabulary::operations(), frequencies());
        let terms = Analyzer::stemmed().text(Field::Text, text);
        let bag = Weighting::search().bag(&terms, &[Field::Text]);
        let paraphrases = vocabulary.paraphrases(std::iter::once((1, text)));
        SparseVector::embed(&bag, &frequencies).paraphrased(&paraphrases, &frequencies)
    }

    #[test]
    fn what_others_say_is_searched_too_in_the_order_of_bytes() {
        let found = question("ssl on disk");
        let terms: Vec<&str> = found.iter().map(|(term, _)| term).collect();
        assert_eq!(terms, ["disk", "ssl", "tls"]);
        let asked: Vec<&str> = found.asked().map(|(term, _)| term).collect();
        assert_eq!(asked, ["disk", "ssl"]);
        let own = found.asked().fold(0.0, |sum, (_, weight)| sum + weight * weight);
        assert!((found.norm() - own.sqrt()).abs() < 1e-12, "the norm is that of what was asked");
    }

    #[test]
    fn what_stands_there_is_not_paraphrased_again() {
        assert_eq!(question("ssl and tls"), {
            let again = question("tls and ssl");
            assert_eq!(again.len(), 2);
            SparseVector { substitutes: question("ssl and tls").substitutes, ..again }
        });
    }

    #[test]
    fn no_stand_in_brings_more_than_its_share_of_what_was_said() {
        for text in ["ssl", "tls", "oom", "out of memory", "lb"] {
            let (found, frequencies) = (question(text), frequencies());
            let brings = |(term, weight): (&str, f64)| weight * frequencies.idf(term);
            let said: f64 = found.asked().map(brings).sum();
            for (term, weight) in
                found.iter().filter(|(term, _)| found.asked().all(|(asked, _)| asked != *term))
            {
                assert!(brings((term, weight)) <= 0.6 * said + 1e-12, "{term} for {text}");
            }
        }
    }

    #[test]
    fn a_term_is_met_by_itself_or_less_by_a_whole_other_form() {
        let found = question("oom behind the lb");
        let holds = |held: &'static [&'static str]| move |term: &str| held.contains(&term);
        assert_eq!(found.met("oom", holds(&["oom"])), 1.0);
        assert_eq!(found.met("oom", holds(&["memori"])), 0.6);
        assert_eq!(found.met("lb", holds(&["load", "balanc"])), 0.6);
        assert_eq!(found.met("lb", holds(&["load"])), 0.0);
    }
}
