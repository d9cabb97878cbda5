//! The sorted terms of a segment.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::texts::Texts;

/// Distinct terms in the order of their bytes, numbered from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    terms: Texts,
    /// The numbers, by the hash of their terms: one look instead of a bisection all over the bytes.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    /// Takes terms that are sorted and distinct.
    pub(crate) fn from_sorted<'a>(sorted: impl Iterator<Item = &'a str>) -> Self {
        let mut terms = Texts::default();
        sorted.for_each(|term| terms.push(term));
        terms.shrink();
        let mut dictionary = Self { terms, ..Self::default() };
        dictionary.number();
        dictionary
    }

    fn number(&mut self) {
        let hash = |term: &str| self.hasher.hash_one(term);
        let mut numbers = HashTable::with_capacity(self.len());
        for (number, term) in (0_u32..).zip(self.iter()) {
            numbers.insert_unique(hash(term), number, |other| hash(self.term(*other as usize)));
        }
        self.numbers = numbers;
    }

    pub(crate) fn len(&self) -> usize {
        self.terms.len()
    }

    /// The term numbered `id`.
    pub(crate) fn term(&self, id: usize) -> &str {
        self.terms.get(id)
    }

    /// The number of `term`.
    pub(crate) fn find(&self, term: &str) -> Option<usize> {
        let is_it = |number: &u32| self.term(*number as usize) == term;
        self.numbers.find(self.hasher.hash_one(term), is_it).map(|number| *number as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.terms.iter()
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.terms.n_bytes() + self.numbers.allocation_size()
    }
}

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        self.terms == other.terms
    }
}

impl Eq for Dictionary {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_found_under_its_number() {
        let terms = ["auth", "disk", "full", "tls", "zone"];
        let dictionary = Dictionary::from_sorted(terms.into_iter());
        for (id, term) in terms.iter().enumerate() {
            assert_eq!((dictionary.find(term), dictionary.term(id)), (Some(id), *term));
        }
        assert_eq!(dictionary.find("dis"), None);
        assert_eq!(Dictionary::default().find("tls"), None);
    }
}
