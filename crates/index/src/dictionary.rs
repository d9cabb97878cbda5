//! The terms of a segment.

use std::cmp::Reverse;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::footprint::n_bytes;
use crate::texts::Texts;

mod saved;

/// Distinct terms, numbered from 0: those that most documents hold first, so that most numbers of a document
/// are small.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    terms: Texts,
    /// By number: how many terms come before it in the order of their bytes.
    ranks: Vec<u32>,
    /// The numbers, by the hash of their terms: one look instead of a bisection all over the bytes.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    /// Takes distinct terms in the order of their bytes, each with the number of documents that hold it.
    pub(crate) fn new(sorted: &[(&str, u32)]) -> Self {
        let mut by_count: Vec<u32> = (0..).take(sorted.len()).collect();
        by_count.sort_by_key(|rank| Reverse(sorted[*rank as usize].1));
        let mut terms = Texts::default();
        by_count.iter().for_each(|rank| terms.push(sorted[*rank as usize].0));
        terms.shrink();
        let mut dictionary = Self { terms, ranks: by_count, ..Self::default() };
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
        let is_it = |number: &u32| self.terms.is(*number as usize, term);
        self.numbers.find(self.hasher.hash_one(term), is_it).map(|number| *number as usize)
    }

    /// Every term, in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.terms.iter()
    }

    /// How many terms come before the one numbered `id` in the order of their bytes.
    pub(crate) fn rank(&self, id: u32) -> u32 {
        self.ranks[id as usize]
    }

    /// Every number, in the order of the terms' bytes.
    pub(crate) fn in_order_of_bytes(&self) -> Vec<u32> {
        let mut numbers = vec![0; self.len()];
        for (number, rank) in (0..).zip(&self.ranks) {
            numbers[*rank as usize] = number;
        }
        numbers
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.terms.n_bytes() + n_bytes(&self.ranks) + self.numbers.allocation_size()
    }
}

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        (&self.terms, &self.ranks) == (&other.terms, &other.ranks)
    }
}

impl Eq for Dictionary {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_is_found_under_its_number() {
        let sorted = [("auth", 1), ("disk", 7), ("full", 1), ("tls", 8), ("zone", 1)];
        let dictionary = Dictionary::new(&sorted);
        for (id, term) in ["tls", "disk", "auth", "full", "zone"].into_iter().enumerate() {
            assert_eq!((dictionary.find(term), dictionary.term(id)), (Some(id), term));
        }
        let in_order = dictionary.in_order_of_bytes();
        assert!(in_order.iter().map(|id| dictionary.term(*id as usize)).eq(sorted.map(|it| it.0)));
        assert!((0..).zip(&in_order).all(|(rank, id)| dictionary.rank(*id) == rank));
        assert_eq!(dictionary.find("dis"), None);
        assert_eq!(Dictionary::default().find("tls"), None);
    }
}
