//! Sets of documents.

use crate::footprint::n_bytes;
use crate::segment::DocId;
use crate::wide;

/// A set of documents, a bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// None of them, with room for the documents below `n_docs`.
    pub(crate) fn none(n_docs: usize) -> Self {
        Self { words: vec![0; n_docs.div_ceil(64)] }
    }

    /// All of the documents below `n_docs`.
    pub(crate) fn all(n_docs: usize) -> Self {
        let mut words = vec![u64::MAX; n_docs / 64];
        if !n_docs.is_multiple_of(64) {
            words.push((1 << (n_docs % 64)) - 1);
        }
        Self { words }
    }

    /// Those from `first` on of the documents below `n_docs`.
    pub(crate) fn from(first: DocId, n_docs: usize) -> Self {
        let mut bits = Self::all(n_docs);
        let (whole, rest) = (first.0 as usize / 64, first.0 % 64);
        bits.words.iter_mut().take(whole).for_each(|word| *word = 0);
        bits.words.iter_mut().skip(whole).take(1).for_each(|word| *word &= u64::MAX << rest);
        bits
    }

    /// Room for more is made where it is needed.
    pub(crate) fn insert(&mut self, doc: DocId) {
        let at = doc.0 as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        self.words[at] |= 1 << (doc.0 % 64);
    }

    pub(crate) fn has(&self, doc: DocId) -> bool {
        self.word(doc.0 as usize / 64) >> (doc.0 % 64) & 1 == 1
    }

    /// False where none of `docs`, which ascend, is in the set; true also where only others near them are.
    pub(crate) fn may_have_any(&self, docs: &[DocId]) -> bool {
        let (Some(first), Some(last)) = (docs.first(), docs.last()) else {
            return false;
        };
        let words = first.0 as usize / 64..=last.0 as usize / 64;
        self.words.iter().take(words.end() + 1).skip(*words.start()).any(|word| *word != 0)
    }

    /// Adds all of `other`, as far as there is room.
    pub(crate) fn add(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
    }

    /// Keeps what is in `other` too.
    pub(crate) fn keep(&mut self, other: &Self) {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
    }

    /// The words of 64 documents each.
    pub(crate) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    pub(crate) fn count(&self) -> usize {
        wide::count(&self.words)
    }

    /// Ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = DocId> {
        (0..)
            .zip(&self.words)
            .flat_map(|(at, word)| ones(*word).map(move |bit| DocId(at * 64 + bit)))
    }

    /// By row a bit where its document, one of `docs`, which ascend, is in the set; returns how many are.
    pub(crate) fn of_rows(&self, docs: &[DocId], rows: &mut Vec<u64>) -> usize {
        rows.clear();
        rows.extend(docs.chunks(64).map(|docs| self.of_few(docs)));
        wide::count(rows)
    }

    /// The same of at most 64.
    fn of_few(&self, docs: &[DocId]) -> u64 {
        let (Some(first), Some(last)) = (docs.first(), docs.last()) else {
            return 0;
        };
        if (last.0 - first.0) as usize + 1 == docs.len() {
            let (at, shift) = (first.0 as usize / 64, first.0 % 64);
            let high = if shift == 0 { 0 } else { self.word(at + 1) << (64 - shift) };
            return (self.word(at) >> shift | high) & (u64::MAX >> (64 - docs.len()));
        }
        docs.iter().rev().fold(0, |bits, doc| bits << 1 | u64::from(self.has(*doc)))
    }

    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    pub(crate) fn n_bytes(&self) -> usize {
        n_bytes(&self.words)
    }
}

/// The places of the bits of `word`, ascending.
pub(crate) fn ones(word: u64) -> impl Iterator<Item = u32> {
    let mut left = word;
    std::iter::from_fn(move || {
        let bit = (left != 0).then(|| left.trailing_zeros())?;
        left &= left - 1;
        Some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(docs: &[u32]) -> Bits {
        let mut bits = Bits::default();
        docs.iter().for_each(|doc| bits.insert(DocId(*doc)));
        bits
    }

    #[test]
    fn rows_have_the_bits_of_their_documents() {
        let bits = set(&[3, 63, 64, 100, 130]);
        let run: Vec<DocId> = (3..140).map(DocId).collect();
        let gaps: Vec<DocId> = (0..140).filter(|doc| doc % 7 != 0).map(DocId).collect();
        for docs in [run, gaps, Vec::new()] {
            let mut rows = Vec::new();
            let count = bits.of_rows(&docs, &mut rows);
            let found = rows
                .iter()
                .enumerate()
                .flat_map(|(at, word)| ones(*word).map(move |bit| at * 64 + bit as usize));
            let found: Vec<DocId> = found.map(|row| docs[row]).collect();
            let expect: Vec<DocId> = bits.iter().filter(|doc| docs.contains(doc)).collect();
            assert_eq!((count, found), (expect.len(), expect));
        }
    }

    #[test]
    fn what_has_none_of_a_run_of_documents_is_passed_over() {
        let docs = |run: std::ops::Range<u32>| run.map(DocId).collect::<Vec<_>>();
        let bits = set(&[130, 700]);
        assert!(bits.may_have_any(&docs(0..131)) && bits.may_have_any(&docs(690..9_000)));
        assert!(!bits.may_have_any(&docs(0..128)) && !bits.may_have_any(&docs(192..640)));
        assert!(!bits.may_have_any(&docs(9_000..9_001)) && !bits.may_have_any(&[]));
    }

    #[test]
    fn sets_are_added_and_cut() {
        let mut bits = Bits::none(200);
        bits.add(&set(&[1, 70]));
        bits.add(&set(&[150]));
        bits.keep(&set(&[70, 150, 151]));
        assert_eq!(bits.iter().collect::<Vec<_>>(), [DocId(70), DocId(150)]);
        assert!([0, 5, 64, 130].iter().all(|n| Bits::all(*n).iter().count() == *n));
        for first in [0, 5, 64, 129, 130, 200] {
            assert!(Bits::from(DocId(first), 130).iter().eq((first..130).map(DocId)), "{first}");
        }
    }
}
