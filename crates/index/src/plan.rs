//! A query against one segment.

use vector::{Damping, SparseVector};

use crate::inverted::Place;
use crate::scales::{LAST_TIER, Scales, TermWeight};
use crate::segment::Segment;

/// The terms of a query that a segment knows.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// In the order of their bytes, which is that of their numbers.
    pub(crate) terms: Vec<PlannedTerm<'a>>,
    /// By tier: the norm of the terms beyond it, as a share of the norm of the whole query.
    pub(crate) rests: [f64; LAST_TIER + 1],
}

/// A term of a query in a segment.
#[derive(Debug)]
pub(crate) struct PlannedTerm<'a> {
    pub(crate) number: u32,
    /// Its weight in the query times its idf: times the damped frequency it is what the term brings to
    /// the dot product.
    pub(crate) weight: f64,
    pub(crate) tier: usize,
    pub(crate) place: Place<'a>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(query: &SparseVector, segment: &'a Segment, scales: &Scales) -> Self {
        let mut squares = [0.0; LAST_TIER + 1];
        let mut terms = Vec::with_capacity(query.len());
        for (term, weight) in query.iter() {
            let Some(number) = segment.dictionary().find(term) else {
                continue;
            };
            let TermWeight { idf, tier } = scales.term(number);
            let tier = usize::from(tier);
            squares[tier] += weight * weight;
            let weight = weight * idf;
            let number = number as u32;
            terms.push(PlannedTerm {
                number,
                weight,
                tier,
                place: segment.inverted().place(number),
            });
        }
        let rests = std::array::from_fn(|tier| {
            squares[tier + 1..].iter().sum::<f64>().sqrt() / query.norm()
        });
        Self { terms, rests }
    }

    /// Adds up the dot product with every row of window `number`, term by term in the order of their
    /// bytes.
    pub(crate) fn add_up(
        &self,
        segment: &Segment,
        number: usize,
        damping: Damping,
        sums: &mut [f64],
    ) {
        for term in &self.terms {
            term.place.for_each_in(segment.inverted(), number, |row, frequency| {
                sums[usize::from(row)] += term.weight * damping.weight(frequency);
            });
        }
    }
}
