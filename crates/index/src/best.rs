//! The best documents found so far.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::catalog::Catalog;
use crate::search::Hit;
use crate::segment::DocId;

/// The `k` best of the documents offered; ties: newer `started_at`, then the smaller id.
#[derive(Debug)]
pub(crate) struct Best<'a> {
    k: usize,
    catalog: &'a Catalog,
    /// What a score has to reach while there are fewer than `k`.
    floor: Option<f64>,
    heap: BinaryHeap<Reverse<Candidate<'a>>>,
}

/// Greater is better.
#[derive(Debug)]
struct Candidate<'a> {
    score: f64,
    doc: DocId,
    catalog: &'a Catalog,
}

impl<'a> Best<'a> {
    /// None yet; `k` is at least 1.
    pub(crate) fn new(k: usize, catalog: &'a Catalog) -> Self {
        Self { k, catalog, floor: None, heap: BinaryHeap::new() }
    }

    /// The same of those alone whose score is at least `floor`.
    pub(crate) fn not_below(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    pub(crate) fn k(&self) -> usize {
        self.k
    }

    /// The score that another document has to reach; `None` where any will do.
    pub(crate) fn threshold(&self) -> Option<f64> {
        let worst = if self.is_full() { self.heap.peek() } else { None };
        worst.map(|Reverse(worst)| worst.score).or(self.floor)
    }

    /// Whether there are `k`.
    pub(crate) fn is_full(&self) -> bool {
        self.heap.len() >= self.k
    }

    /// Takes a document of that score, if it is among the best and `accepts` lets it through.
    pub(crate) fn offer(&mut self, doc: DocId, score: f64, accepts: impl FnOnce() -> bool) {
        if self.threshold().is_some_and(|threshold| score < threshold) {
            return;
        }
        let candidate = Candidate { score, doc, catalog: self.catalog };
        let worst = if self.is_full() { self.heap.peek() } else { None };
        if worst.is_none_or(|Reverse(worst)| candidate > *worst) && accepts() {
            self.heap.push(Reverse(candidate));
            if self.heap.len() > self.k {
                self.heap.pop();
            }
        }
    }

    /// Best first.
    pub(crate) fn into_hits(self) -> Vec<Hit> {
        let sorted = self.heap.into_sorted_vec();
        sorted.iter().map(|Reverse(found)| Hit { doc: found.doc, score: found.score }).collect()
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then_with(|| self.catalog.newer_first(other.doc, self.doc))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}
