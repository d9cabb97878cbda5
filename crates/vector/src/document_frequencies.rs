//! How many documents hold a term.

use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::bag::Bag;

/// The document frequency of every term of a corpus, and the number of its documents.
#[derive(Debug, Clone, Default)]
pub struct DocumentFrequencies {
    n_docs: u32,
    /// The terms one after another.
    bytes: String,
    counts: HashTable<Counted>,
    hasher: DefaultHashBuilder,
}

/// Where a term is, and how many documents hold it.
#[derive(Debug, Clone, Copy)]
struct Counted {
    start: u32,
    len: u32,
    n_holders: u32,
}

impl Counted {
    fn span(&self) -> Range<usize> {
        self.start as usize..self.start as usize + self.len as usize
    }
}

impl DocumentFrequencies {
    /// Takes counts made elsewhere; those of a term that comes again are added.
    #[must_use]
    pub fn new(n_docs: u32, counts: impl IntoIterator<Item = (impl AsRef<str>, u32)>) -> Self {
        let counts = counts.into_iter();
        let table = HashTable::with_capacity(counts.size_hint().0);
        let mut frequencies = Self { n_docs, counts: table, ..Self::default() };
        counts.for_each(|(term, count)| frequencies.add_holders(term.as_ref(), count));
        frequencies.bytes.shrink_to_fit();
        frequencies
    }

    /// Counts one more document.
    pub fn add(&mut self, bag: &Bag) {
        self.n_docs += 1;
        bag.iter().for_each(|(term, _)| self.add_holders(term, 1));
    }

    /// Notes that `n_docs` more of the documents hold `term`.
    pub fn add_holders(&mut self, term: &str, n_docs: u32) {
        let Self { bytes, counts, hasher, .. } = self;
        let hash = hasher.hash_one(term);
        if let Some(counted) = counts.find_mut(hash, is(bytes, term)) {
            counted.n_holders = counted.n_holders.saturating_add(n_docs);
            return;
        }
        let start = u32::try_from(bytes.len()).expect("the terms of a corpus fill less than 4 GiB");
        bytes.push_str(term);
        let counted = Counted { start, len: term.len() as u32, n_holders: n_docs };
        counts.insert_unique(hash, counted, |it| hasher.hash_one(&bytes[it.span()]));
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
        let found = self.counts.find(self.hasher.hash_one(term), is(&self.bytes, term));
        found.map_or(0, |it| it.n_holders)
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
            self.counts.iter().map(|it| (&self.bytes[it.span()], it.n_holders)).collect();
        sorted.sort_unstable();
        sorted
    }

    /// Forgets `term`, which no document holds any more.
    pub fn forget(&mut self, term: &str) {
        let Self { bytes, counts, hasher, .. } = self;
        if let Ok(found) = counts.find_entry(hasher.hash_one(term), is(bytes, term)) {
            let (counted, _) = found.remove();
            bytes.replace_range(counted.span(), &"\0".repeat(term.len()));
        }
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn n_bytes(&self) -> usize {
        self.bytes.capacity() + self.counts.allocation_size()
    }
}

/// Tells which of the terms in `bytes` is `term`.
fn is(bytes: &str, term: &str) -> impl Fn(&Counted) -> bool {
    move |it| bytes.as_bytes()[it.span()] == *term.as_bytes()
}

impl PartialEq for DocumentFrequencies {
    fn eq(&self, other: &Self) -> bool {
        (self.n_docs, self.sorted()) == (other.n_docs, other.sorted())
    }
}

impl Eq for DocumentFrequencies {}

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
    fn what_is_forgotten_leaves_nothing_behind() {
        let mut frequencies = DocumentFrequencies::new(3, [("tls", 2), ("canary", 1)]);
        frequencies.add_holders("tls", 1);
        frequencies.forget("canary");
        frequencies.forget("never");
        assert_eq!(frequencies.sorted(), [("tls", 3)]);
        assert_eq!((frequencies.n_terms(), frequencies.of("canary")), (1, 0));
        assert!(!format!("{frequencies:?}").contains("canary"));
        assert_eq!(frequencies, DocumentFrequencies::new(3, [("tls", 3)]));
    }

    #[test]
    fn an_unseen_term_weighs_most() {
        let mut frequencies = DocumentFrequencies::default();
        frequencies.add(&bag("disk full"));
        assert_eq!(frequencies.of("tls"), 0);
        assert!(frequencies.idf("tls") > frequencies.idf("disk"));
    }
}
