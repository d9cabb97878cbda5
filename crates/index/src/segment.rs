//! A run of documents with postings of their own.

use hashbrown::HashMap;
use vector::Bag;

use crate::dictionary::Dictionary;
use crate::footprint::{Footprint, n_bytes};
use crate::inverted::Inverted;
use crate::packed::{Cells, PackedLists};

mod saved;

/// The number of a document within one index: it grows in the order of arrival and is never used
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub u32);

/// Documents in ascending order with their terms, both ways round. Terms are numbered by how many documents
/// held them when it was built, the most frequent first. Never changed once built.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    docs: Vec<DocId>,
    dictionary: Dictionary,
    forward: PackedLists,
    inverted: Inverted,
}

impl Segment {
    /// Builds a segment of documents given in ascending order.
    pub(crate) fn build(documents: impl Iterator<Item = (DocId, Bag)>) -> Self {
        let mut docs = Vec::new();
        let mut numbers: HashMap<Box<str>, u32> = HashMap::new();
        let mut counts = Vec::new();
        let mut arrived = Rows::new();
        for (doc, bag) in documents {
            let mut number = |term: &str| {
                let number = numbers.get(term).copied().unwrap_or_else(|| {
                    let number = numbers.len() as u32;
                    numbers.insert(term.into(), number);
                    counts.push(0);
                    number
                });
                counts[number as usize] += 1;
                number
            };
            arrived.push(bag.iter().map(|(term, frequency)| (number(term), frequency)));
            docs.push(doc);
        }
        let mut sorted: Vec<(&str, u32)> =
            numbers.iter().map(|(term, number)| (&**term, *number)).collect();
        sorted.sort_unstable();
        let counted: Vec<(&str, u32)> =
            sorted.iter().map(|(term, arrived)| (*term, counts[*arrived as usize])).collect();
        let dictionary = Dictionary::new(&counted);
        let mut renumbered = vec![0; sorted.len()];
        for number in 0..sorted.len() as u32 {
            let (_, arrived) = sorted[dictionary.rank(number) as usize];
            renumbered[arrived as usize] = number;
        }
        let mut forward = Rows::new();
        for row in 0..docs.len() {
            let cells = arrived.lists.cells(row);
            forward.push(cells.map(|(term, count)| (renumbered[term as usize], count)));
        }
        drop(arrived);
        Self::assemble(docs, dictionary, forward)
    }

    /// One segment of the live documents of `segments`, each of which comes after the one before. Terms that
    /// no live document holds are dropped.
    pub(crate) fn merge(segments: &[&Self], is_live: impl Fn(DocId) -> bool) -> Self {
        let mut terms: Vec<(&str, u32)> =
            segments.iter().flat_map(|segment| segment.live_terms(&is_live)).collect();
        // Runs that are in order already, which this sort only merges.
        terms.sort();
        terms.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            earlier.1 += if same { later.1 } else { 0 };
            same
        });
        let dictionary = Dictionary::new(&terms);
        let mut docs = Vec::with_capacity(segments.iter().map(|segment| segment.len()).sum());
        let mut forward = Rows::new();
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
                forward.push(part.cells(row).map(|(term, frequency)| (number(term), frequency)));
            }
        }
        Self::assemble(docs, dictionary, forward)
    }

    fn assemble(docs: Vec<DocId>, dictionary: Dictionary, forward: Rows) -> Self {
        let (forward, counts) = forward.finish(dictionary.len());
        let inverted = Inverted::build(&forward, &counts);
        Self { docs, dictionary, forward, inverted }
    }

    /// The terms that live documents hold, in the order of their bytes, each with the number of these documents.
    fn live_terms(&self, is_live: impl Fn(DocId) -> bool) -> Vec<(&str, u32)> {
        let mut counts = vec![0; self.dictionary.len()];
        for (row, _) in self.docs.iter().enumerate().filter(|(_, doc)| is_live(**doc)) {
            self.cells(row).for_each(|(term, _)| counts[term as usize] += 1);
        }
        let numbers = self.dictionary.in_order_of_bytes().into_iter().map(|number| number as usize);
        let counted = numbers.map(|number| (self.dictionary.term(number), counts[number]));
        counted.filter(|(_, count)| *count > 0).collect()
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

    /// The terms of a row, in the order of their bytes, with their frequencies.
    pub(crate) fn terms_of(&self, row: usize) -> impl Iterator<Item = (&str, u16)> {
        let mut cells: Vec<(u32, u16)> = self.cells(row).collect();
        cells.sort_unstable_by_key(|(term, _)| self.dictionary.rank(*term));
        cells.into_iter().map(|(term, frequency)| (self.dictionary.term(term as usize), frequency))
    }

    /// The documents that hold the term numbered `term`.
    pub(crate) fn docs_with(&self, term: usize) -> Vec<DocId> {
        let mut docs = Vec::new();
        self.inverted.for_each(term as u32, |row, _| docs.push(self.docs[row]));
        docs
    }
}

/// Rows of which the cells come in any order.
struct Rows {
    lists: PackedLists,
    cells: Vec<(u32, u16)>,
}

impl Rows {
    fn new() -> Self {
        Self { lists: PackedLists::new(), cells: Vec::new() }
    }

    fn push(&mut self, cells: impl Iterator<Item = (u32, u16)>) {
        self.cells.clear();
        self.cells.extend(cells);
        self.cells.sort_unstable_by_key(|(term, _)| *term);
        self.lists.push_row(&self.cells);
    }

    /// The rows, and by term how many hold it.
    fn finish(mut self, n_terms: usize) -> (PackedLists, Vec<u32>) {
        self.lists.shrink();
        let mut counts = vec![0; n_terms];
        for row in 0..self.lists.n_rows() {
            self.lists.cells(row).for_each(|(term, _)| counts[term as usize] += 1);
        }
        (self.lists, counts)
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
        let holds = |row| segment.terms_of(row).any(|cell| cell == ("tls", 1));
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
