//! Which words of a question brought what.

use std::collections::HashMap;

use vector::SparseVector;

use crate::features::Features;
use crate::grams::{GramQuery, GramRow, for_each_gram};
use crate::hash::number_of;
use crate::model::{Model, Question, cells};

/// A question with its words, of which reasons are asked.
#[derive(Debug)]
pub struct Reasoning<'a> {
    model: &'a Model,
    question: &'a Question,
    vector: &'a SparseVector,
    n_words: usize,
    n_title_words: usize,
    /// By gram: the words that hold it, as often as they do.
    holders: HashMap<u32, Vec<usize>>,
}

/// What the signals of a document are made of. Each list sums to its signal, but for rounding and for what a
/// signal was cut off at.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasons {
    /// By term of the question, in the order of the terms' bytes.
    pub latent: Vec<f64>,
    /// By term of the question, in the order of the terms' bytes.
    pub fields: Vec<f64>,
    /// By word, in the order given.
    pub characters: Vec<f64>,
    /// By word of the title, in the order given.
    pub title: Vec<f64>,
}

impl<'a> Reasoning<'a> {
    /// A question of the terms `vector`, whose title and body hold the words given, blanks between them
    /// left out.
    #[must_use]
    pub fn new(
        model: &'a Model,
        question: &'a Question,
        vector: &'a SparseVector,
        [title, body]: [&[&str]; 2],
    ) -> Self {
        let mut holders: HashMap<u32, Vec<usize>> = HashMap::new();
        for (at, word) in title.iter().chain(body).enumerate() {
            for_each_gram(word, |gram| holders.entry(gram).or_default().push(at));
        }
        let n_words = title.len() + body.len();
        Self { model, question, vector, n_words, n_title_words: title.len(), holders }
    }

    /// What the question's terms and words bring to the signals of a document.
    #[must_use]
    pub fn of(&self, found: &Features) -> Reasons {
        let terms = self.vector.iter().map(|(term, _)| number_of(term));
        let Question { characters, title, fields, .. } = self.question;
        let found = found.parts();
        let direction: Vec<f32> = found.latent().collect();
        Reasons {
            latent: self.model.latent.parts(&cells(self.vector), &direction),
            fields: terms.map(|term| found.fields.part(term, fields)).collect(),
            characters: self.by_word(&found.characters, characters, self.n_words),
            title: self.by_word(&found.title, title, self.n_title_words),
        }
    }

    /// A gram's part is shared out among those of the first `n_words` words that hold it.
    fn by_word(&self, row: &GramRow<'_>, query: &GramQuery, n_words: usize) -> Vec<f64> {
        let mut parts = vec![0.0; n_words];
        for (gram, product) in row.products(query) {
            let Some(holders) = self.holders.get(&gram) else {
                continue;
            };
            // Ascending: the words are read in their order.
            let holders = &holders[..holders.partition_point(|at| *at < n_words)];
            let share = product / holders.len() as f64;
            holders.iter().for_each(|at| parts[*at] += share);
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use index::Index;
    use vector::Bag;

    use super::*;
    use crate::document::Document;

    fn document(title: &str, body: &str) -> Document {
        let bag = |text: &str| Bag::count(text.split_whitespace().map(|word| (word, 1)));
        Document {
            title: title.to_owned(),
            body: body.to_owned(),
            fields: [bag(title), bag(body), Bag::default()],
            search: bag(&format!("{title} {body}")),
            ..Document::default()
        }
    }

    #[test]
    fn the_parts_of_each_signal_sum_to_it_and_go_to_the_words_they_come_from() {
        let known = [
            document("tls handshakes failed", "certificates had expired"),
            document("disk full", "logs were never rotated"),
            document("disk slow", "certificates"),
        ];
        let mut index = Index::new(0.85);
        index.refresh(1);
        let snapshot = index.snapshot();
        let postings = snapshot.postings();
        let model = Model::fit(&known.iter().collect::<Vec<_>>(), postings, 1);
        let asked = document("handshake failed", "certificate expired");
        let question = model.question(&asked, postings, None);
        let vector = postings.embed(&asked.search);
        let words = [["handshake", "failed"].as_slice(), &["certificate", "expired"]];
        let reasoning = Reasoning::new(&model, &question, &vector, words);
        for one in &known {
            let features = model.features(one, postings);
            let signals = features.signals(0.5, &question, postings);
            let reasons = reasoning.of(&features);
            let sums = [
                (&reasons.latent, signals.latent),
                (&reasons.fields, signals.fields),
                (&reasons.characters, signals.characters),
                (&reasons.title, signals.title),
            ];
            for (parts, signal) in sums {
                let sum: f64 = parts.iter().sum();
                assert!((sum - signal).abs() < 1e-6, "{parts:?} not {signal}");
            }
        }
        let reasons = reasoning.of(&model.features(&known[2], postings));
        assert!(reasons.characters[2] > 0.0 && reasons.characters[0] == 0.0, "{reasons:?}");
    }
}
