//! A run of documents with postings of their own.

use std::collections::HashMap;

use vector::Bag;

use crate::dictionary::Dictionary;
use crate::lists::Lists;

/// The number of a document within one index: it grows in the order of arrival and is never used
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

/// Documents in ascending order with their terms, both ways round. Terms are numbered in the order of
/// their bytes, so a document's row is in that order too. Never changed once built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    docs: Vec<DocId>,
    dictionary: Dictionary,
    /// Row: a document of `docs`; ids: terms.
    forward: Lists,
    /// Row: a term; ids: indices into `docs`.
    postings: Lists,
}

impl Segment {
    /// Builds a segment of documents given in ascending order.
    pub(crate) fn build(documents: &[(DocId, Bag)]) -> Self {
        let mut terms: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        for (term, _) in documents.iter().flat_map(|(_, bag)| bag.iter()) {
            numbers.entry(term).or_insert_with(|| {
                terms.push(term);
                0
            });
        }
        terms.sort_unstable();
        for (number, term) in (0_u32..).zip(&terms) {
            numbers.insert(term, number);
        }
        let mut forward = Lists::new();
        for (_, bag) in documents {
            for (term, frequency) in bag.iter() {
                forward.push(numbers[term], frequency);
            }
            forward.end_row();
        }
        let docs = documents.iter().map(|(doc, _)| *doc).collect();
        Self::assemble(docs, Dictionary::from_sorted(terms.into_iter()), forward)
    }

    /// One segment of the live documents of `left` and of `right`, which comes after it. Terms that no
    /// live document holds are dropped.
    pub(crate) fn merge(left: &Self, right: &Self, is_live: impl Fn(DocId) -> bool) -> Self {
        let mut terms: Vec<&str> = left.live_terms(&is_live);
        terms.extend(right.live_terms(&is_live));
        terms.sort_unstable();
        terms.dedup();
        let dictionary = Dictionary::from_sorted(terms.into_iter());
        let mut docs = Vec::with_capacity(left.len() + right.len());
        let mut forward = Lists::new();
        for part in [left, right] {
            let numbers: Vec<Option<u32>> = part
                .dictionary
                .iter()
                .map(|term| dictionary.find(term).and_then(|id| u32::try_from(id).ok()))
                .collect();
            for (row, doc) in part.docs.iter().enumerate().filter(|(_, doc)| is_live(**doc)) {
                docs.push(*doc);
                for (term, frequency) in part.forward.cells(row) {
                    let number = numbers[term as usize].expect("a live document's terms are kept");
                    forward.push(number, frequency);
                }
                forward.end_row();
            }
        }
        Self::assemble(docs, dictionary, forward)
    }

    fn assemble(docs: Vec<DocId>, dictionary: Dictionary, forward: Lists) -> Self {
        let postings = forward.transposed(dictionary.len());
        Self { docs, dictionary, forward, postings }
    }

    fn live_terms(&self, is_live: impl Fn(DocId) -> bool) -> Vec<&str> {
        let holds_live = |term: usize| {
            let (rows, _) = self.postings.row(term);
            rows.iter().any(|row| is_live(self.docs[*row as usize]))
        };
        (0..self.dictionary.len())
            .filter(|term| holds_live(*term))
            .map(|term| self.dictionary.term(term))
            .collect()
    }

    /// How many documents, dead ones included.
    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    pub(crate) fn docs(&self) -> &[DocId] {
        &self.docs
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The row of `doc`, if it is here.
    pub(crate) fn row_of(&self, doc: DocId) -> Option<usize> {
        self.docs.binary_search(&doc).ok()
    }

    /// The terms of a row, as numbers of the dictionary, with their frequencies.
    pub(crate) fn terms_of(&self, row: usize) -> impl Iterator<Item = (usize, u16)> + '_ {
        self.forward.cells(row).map(|(term, frequency)| (term as usize, frequency))
    }

    /// The frequency of the term numbered `term` in a row; `None` where it does not stand there.
    pub(crate) fn frequency(&self, row: usize, term: usize) -> Option<u16> {
        let (terms, frequencies) = self.forward.row(row);
        let number = u32::try_from(term).ok()?;
        terms.binary_search(&number).ok().map(|at| frequencies[at])
    }

    /// The rows that hold the term numbered `term`, ascending, with its frequencies.
    pub(crate) fn postings_of(&self, term: usize) -> (&[u32], &[u16]) {
        self.postings.row(term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').map(|word| (word, 1)))
    }

    fn documents() -> Vec<(DocId, Bag)> {
        ["tls handshake", "disk full", "tls expired"]
            .iter()
            .zip(0..)
            .map(|(words, id)| (DocId(id), bag(words)))
            .collect()
    }

    #[test]
    fn postings_and_rows_tell_the_same() {
        let segment = Segment::build(&documents());
        let tls = segment.dictionary().find("tls").expect("a term of the documents");
        assert_eq!(segment.postings_of(tls).0, [0, 2]);
        assert_eq!(segment.frequency(2, tls), Some(1));
        assert_eq!(segment.frequency(1, tls), None);
    }

    #[test]
    fn merging_equals_building_at_once() {
        let all = documents();
        let left = Segment::build(&all[..1]);
        let right = Segment::build(&all[1..]);
        assert_eq!(Segment::merge(&left, &right, |_| true), Segment::build(&all));
    }

    #[test]
    fn merging_drops_dead_documents_and_their_terms() {
        let all = documents();
        let left = Segment::build(&all[..1]);
        let right = Segment::build(&all[1..]);
        let merged = Segment::merge(&left, &right, |doc| doc != DocId(1));
        assert_eq!(merged.docs(), [DocId(0), DocId(2)]);
        assert_eq!(merged.dictionary().find("disk"), None);
    }
}
