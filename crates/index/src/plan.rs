//! A query against one segment.

use std::ops::Range;

use vector::{Damping, SparseVector};

use crate::scales::{LAST_TIER, Scales, TermWeight};
use crate::segment::Segment;
use crate::window::{Posting, WINDOW};

/// The terms of a query that a segment knows.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    segment: &'a Segment,
    /// In the order of their bytes.
    pub(crate) terms: Vec<PlannedTerm>,
    /// By tier: the norm of the terms beyond it, as a share of the norm of the whole query.
    pub(crate) rests: [f64; LAST_TIER + 1],
    /// The rows of the rare terms, one term after another.
    rare: Vec<(u32, u16)>,
}

/// A term of a query in a segment.
#[derive(Debug)]
pub(crate) struct PlannedTerm {
    pub(crate) number: u32,
    /// Its weight in the query times its idf: times the damped frequency it is what the term brings to
    /// the dot product.
    pub(crate) weight: f64,
    pub(crate) tier: usize,
    /// Where its rows are among those of rare terms; `None` for a frequent term.
    rare: Option<Range<usize>>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(query: &SparseVector, segment: &'a Segment, scales: &Scales) -> Self {
        let mut squares = [0.0; LAST_TIER + 1];
        let mut terms = Vec::with_capacity(query.len());
        let mut rare = Vec::new();
        for (term, weight) in query.iter() {
            let Some(number) = segment.dictionary().find(term) else {
                continue;
            };
            let TermWeight { idf, tier } = scales.term(number);
            let (number, tier) = (number as u32, usize::from(tier));
            squares[tier] += weight * weight;
            let from = rare.len();
            let rare = segment.inverted().rare(number).map(|rows| {
                rare.extend(rows);
                from..rare.len()
            });
            terms.push(PlannedTerm { number, weight: weight * idf, tier, rare });
        }
        let rests = std::array::from_fn(|tier| {
            squares[tier + 1..].iter().sum::<f64>().sqrt() / query.norm()
        });
        Self { segment, terms, rests, rare }
    }

    pub(crate) fn segment(&self) -> &'a Segment {
        self.segment
    }

    /// The posting of each term in window `number`, in place of those in `postings`; `None` for a rare one.
    pub(crate) fn postings(&self, number: usize, postings: &mut Vec<Option<Posting<'a>>>) {
        let window = &self.segment.inverted().windows()[number];
        let posting = |term: &PlannedTerm| term.rare.is_none().then(|| window.posting(term.number));
        postings.clear();
        postings.extend(self.terms.iter().map(posting));
    }

    /// Calls `visit` for each row of window `number`, counted from the window's first, that holds `term`,
    /// with its frequency; each row once.
    #[inline]
    pub(crate) fn for_each_in(
        &self,
        term: &PlannedTerm,
        number: usize,
        mut visit: impl FnMut(u16, u16),
    ) {
        let Some(rows) = term.rare.clone().map(|rows| &self.rare[rows]) else {
            return self.segment.inverted().windows()[number].posting(term.number).for_each(visit);
        };
        let from = rows.partition_point(|(row, _)| (*row as usize) < number * WINDOW);
        let to = rows.partition_point(|(row, _)| (*row as usize) < (number + 1) * WINDOW);
        for (row, frequency) in &rows[from..to] {
            // The low 16 bits are the row's place in its window.
            visit(*row as u16, *frequency);
        }
    }

    /// Adds up the dot product with every row of window `number`, term by term in the order of their
    /// bytes.
    pub(crate) fn add_up(&self, number: usize, damping: Damping, sums: &mut [f64]) {
        for term in &self.terms {
            self.for_each_in(term, number, |row, frequency| {
                sums[usize::from(row)] += term.weight * damping.weight(frequency);
            });
        }
    }
}
