//! How many documents hold a term.

use hashbrown::HashMap;

use crate::bag::Bag;

/// The document frequency of every term of a corpus, and the number of its documents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFrequencies {
    n_docs: u32,
    counts: HashMap<Box<str>, u32>,
}

impl DocumentFrequencies {
    /// Takes counts made elsewhere.
    #[must_use]
    pub fn new(n_docs: u32, counts: impl IntoIterator<Item = (Box<str>, u32)>) -> Self {
        let counts = counts.into_iter();
        let most = counts.size_hint().1.unwrap_or(0);
        let mut held = HashMap::with_capacity(most);
        held.extend(counts);
        Self { n_docs, counts: held }
    }

    /// Counts one more document.
    pub fn add(&mut self, bag: &Bag) {
        self.n_docs += 1;
        bag.iter().for_each(|(term, _)| self.add_holders(term, 1));
    }

    /// Notes that `n_docs` more of the documents hold `term`.
    pub fn add_holders(&mut self, term: &str, n_docs: u32) {
        match self.counts.get_mut(term) {
            Some(count) => *count += n_docs,
            None => drop(self.counts.insert(term.into(), n_docs)),
        }
    }

    /// How many documents were counted.
    #[must_use]
    pub fn n_docs(&self) -> u32 {
        self.n_docs
    }

    /// How many distinct terms.
    #[must_use]
    pub fn n_terms(&self) -> usize {
        self.counts.len()
    }

    /// In how many documents `term` stands; 0 for one that was not seen when they were counted.
    #[must_use]
    pub fn of(&self, term: &str) -> u32 {
        self.counts.get(term).copied().unwrap_or(0)
    }

    /// The smoothed inverse document frequency, `ln((1 + N) / (1 + df)) + 1`, as scikit-learn's
    /// `TfidfVectorizer` defines it with `smooth_idf`: at least 1.
    #[must_use]
    pub fn idf(&self, term: &str) -> f64 {
        self.idf_of(self.of(term))
    }

    /// The same of a term that stands in `frequency` documents.
    #[must_use]
    pub fn idf_of(&self, frequency: u32) -> f64 {
        ((1.0 + f64::from(self.n_docs)) / (1.0 + f64::from(frequency))).ln() + 1.0
    }

    /// Every term with its count, in the order of the terms' bytes.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&str, u32)> {
        let mut sorted: Vec<(&str, u32)> =
            self.counts.iter().map(|(term, count)| (&**term, *count)).collect();
        sorted.sort_unstable();
        sorted
    }

    /// Forgets `term`, which no document holds any more.
    pub fn forget(&mut self, term: &str) {
        self.counts.remove(term);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').map(|word| (word, 1)))
    }

    #[test]
    fn the_idf_is_that_of_scikit_learn() {
        let mut frequencies = DocumentFrequencies::default();
        for text in ["disk full on primary database", "disk full", "full"] {
            frequencies.add(&bag(text));
        }
        assert!((frequencies.idf("full") - 1.0).abs() < 1e-12);
        assert!((frequencies.idf("disk") - 1.287_682_072_451_780_8).abs() < 1e-12);
        assert!((frequencies.idf("primary") - 1.693_147_180_559_945_3).abs() < 1e-12);
    }

    #[test]
    fn an_unseen_term_weighs_most() {
        let mut frequencies = DocumentFrequencies::default();
        frequencies.add(&bag("disk full"));
        assert_eq!(frequencies.of("tls"), 0);
        assert!(frequencies.idf("tls") > frequencies.idf("disk"));
    }
}
