//! The sorted terms of a segment.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Distinct terms in the order of their bytes, numbered from 0.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    bytes: String,
    ends: Vec<u32>,
    /// The numbers, by the hash of their terms: one look instead of a bisection all over the bytes.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Dictionary {
    /// Takes terms that are sorted and distinct.
    pub(crate) fn from_sorted<'a>(terms: impl Iterator<Item = &'a str>) -> Self {
        let mut dictionary = Self::default();
        for term in terms {
            dictionary.bytes.push_str(term);
            let end = u32::try_from(dictionary.bytes.len()).expect("terms fill less than 4 GiB");
            dictionary.ends.push(end);
        }
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
        self.ends.len()
    }

    /// The term numbered `id`.
    pub(crate) fn term(&self, id: usize) -> &str {
        let start = if id == 0 { 0 } else { self.ends[id - 1] as usize };
        &self.bytes[start..self.ends[id] as usize]
    }

    /// The number of `term`.
    pub(crate) fn find(&self, term: &str) -> Option<usize> {
        let is_it = |number: &u32| self.term(*number as usize) == term;
        self.numbers.find(self.hasher.hash_one(term), is_it).map(|number| *number as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|id| self.term(id))
    }
}

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, &self.ends) == (&other.bytes, &other.ends)
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
