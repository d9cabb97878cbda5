//! What an index takes.

use std::ops::AddAssign;

/// The bytes that each part of an index takes. Counted are allocations, not what the allocator adds; names, which
/// lie in hash tables, about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Footprint {
    /// What filters and ties look at.
    pub facts: usize,
    /// The words of the segments and what finds them.
    pub words: usize,
    /// The words of each document.
    pub forward: usize,
    /// The documents of rare words.
    pub rare: usize,
    /// The documents of frequent words.
    pub frequent: usize,
    /// Norms, and bounds of them.
    pub scales: usize,
    /// The document frequencies of the epoch.
    pub weights: usize,
}

impl Footprint {
    /// All parts with their names.
    #[must_use]
    pub fn parts(&self) -> [(&'static str, usize); 7] {
        let Self { facts, words, forward, rare, frequent, scales, weights } = *self;
        [
            ("facts", facts),
            ("words", words),
            ("forward", forward),
            ("rare", rare),
            ("frequent", frequent),
            ("scales", scales),
            ("weights", weights),
        ]
    }

    /// All of it.
    #[must_use]
    pub fn sum(&self) -> usize {
        self.parts().iter().map(|(_, n_bytes)| n_bytes).sum()
    }
}

impl AddAssign for Footprint {
    fn add_assign(&mut self, other: Self) {
        self.facts += other.facts;
        self.words += other.words;
        self.forward += other.forward;
        self.rare += other.rare;
        self.frequent += other.frequent;
        self.scales += other.scales;
        self.weights += other.weights;
    }
}

/// What the elements of a vector take.
pub(crate) fn n_bytes<T>(values: &Vec<T>) -> usize {
    values.capacity() * size_of::<T>()
}
