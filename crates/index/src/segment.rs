//! A run of documents with postings of their own.

use std::collections::HashMap;

use vector::Bag;

use crate::dictionary::Dictionary;
use crate::footprint::{Footprint, n_bytes};
use crate::forward::{Cells, Forward};
use crate::inverted::Inverted;
use crate::lists::Lists;
use crate::window::WINDOW;

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
    forward: Forward,
    inverted: Inverted,
}

impl Segment {
    /// Builds a segment of documents given in ascending order.
    pub(crate) fn build(documents: impl Iterator<Item = (DocId, Bag)>) -> Self {
        let mut docs = Vec::new();
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let mut arrived = Lists::new();
        for (doc, bag) in documents {
            for (term, frequency) in bag.iter() {
                let number = numbers.get(term).copied().unwrap_or_else(|| {
                    let number = numbers.len() as u32;
                    numbers.insert(term.into(), number);
                    number
                });
                arrived.push(number, frequency);
            }
            arrived.end_row();
            docs.push(doc);
        }
        let mut sorted: Vec<(&str, u32)> =
            numbers.iter().map(|(term, number)| (&**term, *number)).collect();
        sorted.sort_unstable();
        let mut renumbered = vec![0; sorted.len()];
        for (number, (_, arrived)) in (0..).zip(&sorted) {
            renumbered[*arrived as usize] = number;
        }
        let dictionary = Dictionary::from_sorted(sorted.iter().map(|(term, _)| *term));
        let mut forward = Forward::new();
        for row in 0..arrived.n_rows() {
            let cells = arrived.cells(row);
            forward.push_row(cells.map(|(term, count)| (renumbered[term as usize], count)));
        }
        drop(arrived);
        forward.shrink();
        Self::assemble(docs, dictionary, forward)
    }

    /// One segment of the live documents of `segments`, each of which comes after the one before. Terms that
    /// no live document holds are dropped.
    pub(crate) fn merge(segments: &[&Self], is_live: impl Fn(DocId) -> bool) -> Self {
        let mut terms: Vec<&str> =
            segments.iter().flat_map(|segment| segment.live_terms(&is_live)).collect();
        // Runs that are in order already, which this sort only merges.
        terms.sort();
        terms.dedup();
        let dictionary = Dictionary::from_sorted(terms.into_iter());
        let mut docs = Vec::with_capacity(segments.iter().map(|segment| segment.len()).sum());
        let mut forward = Forward::new();
        for part in segments {
            let numbers: Vec<Option<u32>> = part
                .dictionary
                .iter()
                .map(|term| dictionary.find(term).and_then(|id| u32::try_from(id).ok()))
                .collect();
            let number =
                |term: u32| numbers[term as usize].expect("a live document's term is kept");
            for (row, doc) in part.docs.iter().enumerate().filter(|(_, doc)| is_live(**doc)) {
                docs.push(*doc);
                forward.push_row(
                    part.forward.cells(row).map(|(term, frequency)| (number(term), frequency)),
                );
            }
        }
        forward.shrink();
        Self::assemble(docs, dictionary, forward)
    }

    fn assemble(docs: Vec<DocId>, dictionary: Dictionary, forward: Forward) -> Self {
        let inverted = Inverted::build(&forward, dictionary.len());
        Self { docs, dictionary, forward, inverted }
    }

    fn live_terms(&self, is_live: impl Fn(DocId) -> bool) -> Vec<&str> {
        let mut is_held = vec![false; self.dictionary.len()];
        for (row, _) in self.docs.iter().enumerate().filter(|(_, doc)| is_live(**doc)) {
            self.cells(row).for_each(|(term, _)| is_held[term as usize] = true);
        }
        let terms = self.dictionary.iter().zip(is_held);
        terms.filter_map(|(term, is_held)| is_held.then_some(term)).collect()
    }

    /// How many documents, dead ones included.
    pub(crate) fn len(&self) -> usize {
        self.docs.len()
    }

    /// What it takes, without scales.
    pub(crate) fn footprint(&self) -> Footprint {
        let (rare, frequent) = self.inverted.n_bytes();
        Footprint {
            words: self.dictionary.n_bytes(),
            forward: self.forward.n_bytes() + n_bytes(&self.docs),
            rare,
            frequent,
            ..Footprint::default()
        }
    }

    pub(crate) fn docs(&self) -> &[DocId] {
        &self.docs
    }

    pub(crate) fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    pub(crate) fn inverted(&self) -> &Inverted {
        &self.inverted
    }

    /// The row of `doc`, if it is here.
    pub(crate) fn row_of(&self, doc: DocId) -> Option<usize> {
        self.docs.binary_search(&doc).ok()
    }

    /// The terms of a row, as numbers of the dictionary, ascending, with their frequencies.
    pub(crate) fn cells(&self, row: usize) -> Cells<'_> {
        self.forward.cells(row)
    }

    /// The terms of a row, as numbers of the dictionary, with their frequencies.
    pub(crate) fn terms_of(&self, row: usize) -> impl Iterator<Item = (usize, u16)> + '_ {
        self.cells(row).map(|(term, frequency)| (term as usize, frequency))
    }

    /// The documents that hold the term numbered `term`.
    pub(crate) fn docs_with(&self, term: usize) -> Vec<DocId> {
        let mut docs = Vec::new();
        let place = self.inverted.place(term as u32);
        for number in 0..self.inverted.windows().len() {
            place.for_each_in(&self.inverted, number, |row, _| {
                docs.push(self.docs[number * WINDOW + usize::from(row)]);
            });
        }
        docs
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
        let segment = Segment::build(documents().into_iter());
        let tls = segment.dictionary().find("tls").expect("a term of the documents");
        assert_eq!(segment.docs_with(tls), [DocId(0), DocId(2)]);
        let holds = |row| segment.terms_of(row).any(|cell| cell == (tls, 1));
        assert_eq!([0, 1, 2].map(holds), [true, false, true]);
    }

    #[test]
    fn merging_equals_building_at_once() {
        let all = documents();
        let one_by_one: Vec<Segment> =
            all.iter().map(|one| Segment::build([one.clone()].into_iter())).collect();
        let segments: Vec<&Segment> = one_by_one.iter().collect();
        assert_eq!(Segment::merge(&segments, |_| true), Segment::build(all.into_iter()));
    }

    #[test]
    fn merging_drops_dead_documents_and_their_terms() {
        let all = documents();
        let left = Segment::build(all[..1].iter().cloned());
        let right = Segment::build(all[1..].iter().cloned());
        let merged = Segment::merge(&[&left, &right], |doc| doc != DocId(1));
        assert_eq!(merged.docs(), [DocId(0), DocId(2)]);
        assert_eq!(merged.dictionary().find("disk"), None);
    }
}
