//! The weights of an epoch, and what they make of every document.

use std::sync::Arc;

use vector::DocumentFrequencies;

use super::{Part, Postings};
use crate::scales::{LAST_TIER, Scales, TermWeight};
use crate::segment::Segment;
use crate::weights::Weights;

/// A mean in fixed point, 32 bits behind the point: unlike a sum of floats it does not depend on the
/// order of the values, and so not on the order in which documents came.
#[derive(Debug, Default)]
struct Mean {
    sum: u128,
    n_values: u32,
}

impl Postings {
    /// Counts the live documents anew, at `position` of the log.
    pub(crate) fn refresh(&mut self, position: u64) {
        let frequencies = self.count();
        self.weights = Arc::new(Weights { position, frequencies, mean_norm: 0.0 });
        self.refresh_norms();
    }

    /// Takes weights computed earlier.
    pub(crate) fn restore(&mut self, weights: Weights) {
        self.weights = Arc::new(weights);
        self.parts = self.parts.iter().map(|part| self.part(Arc::clone(&part.segment))).collect();
    }

    /// `segment` under the weights at hand.
    pub(super) fn part(&self, segment: Arc<Segment>) -> Part {
        let weights = self.term_weights(&segment);
        let norms = self.norms(&segment, &weights);
        let scales = Arc::new(self.scales(&segment, weights, norms));
        Part { segment, scales }
    }

    fn count(&self) -> DocumentFrequencies {
        let mut n_docs = 0;
        let by_part: Vec<Vec<u32>> = self
            .parts
            .iter()
            .map(|part| {
                let segment = &part.segment;
                let mut here = vec![0_u32; segment.dictionary().len()];
                for (row, _) in
                    segment.docs().iter().enumerate().filter(|(_, doc)| self.is_live(**doc))
                {
                    n_docs += 1;
                    segment.cells(row).for_each(|(term, _)| here[term as usize] += 1);
                }
                here
            })
            .collect();
        let terms = self.parts.iter().map(|part| part.segment.dictionary().iter());
        let counts = terms.zip(&by_part).flat_map(|(terms, here)| terms.zip(here.iter().copied()));
        DocumentFrequencies::new(n_docs, counts.filter(|(_, count)| *count > 0))
    }

    /// Computes the norms under the weights at hand; their mean over the live documents becomes that of
    /// the weights.
    fn refresh_norms(&mut self) {
        let of_part = |part: &Part| {
            let weights = self.term_weights(&part.segment);
            (self.norms(&part.segment, &weights), weights)
        };
        let weighed: Vec<(Vec<f64>, Arc<Vec<TermWeight>>)> =
            self.parts.iter().map(of_part).collect();
        let mut mean = Mean::default();
        for (part, (norms, _)) in self.parts.iter().zip(&weighed) {
            let rows = part.segment.docs().iter().zip(norms);
            rows.filter(|(doc, _)| self.is_live(**doc)).for_each(|(_, norm)| mean.add(*norm));
        }
        Arc::make_mut(&mut self.weights).mean_norm = mean.value();
        for (at, (norms, weights)) in weighed.into_iter().enumerate() {
            let scales = self.scales(&self.parts[at].segment, weights, norms);
            self.parts[at].scales = Arc::new(scales);
        }
    }

    fn term_weights(&self, segment: &Segment) -> Arc<Vec<TermWeight>> {
        let frequencies = &self.weights.frequencies;
        let weights = segment.dictionary().iter().map(|term| TermWeight::of(term, frequencies));
        Arc::new(weights.collect())
    }

    fn norms(&self, segment: &Segment, weights: &[TermWeight]) -> Vec<f64> {
        let mut squares = vec![0.0; segment.len()];
        for term in segment.dictionary().in_order_of_bytes() {
            let idf = weights[term as usize].idf;
            segment.inverted().for_each(term, |row, frequency| {
                let weight = self.damping.weight(frequency) * idf;
                squares[row] += weight * weight;
            });
        }
        squares.into_iter().map(f64::sqrt).collect()
    }

    fn scales(&self, segment: &Segment, weights: Arc<Vec<TermWeight>>, norms: Vec<f64>) -> Scales {
        let terms = Arc::clone(&weights);
        let rests_of = |row| {
            let mut squares = [0.0; LAST_TIER + 1];
            for (term, frequency) in segment.cells(row) {
                let TermWeight { idf, tier } = weights[term as usize];
                let weight = self.damping.weight(frequency) * idf;
                squares[usize::from(tier)] += weight * weight;
            }
            let mut beyond = 0.0;
            let mut rests = [0.0; LAST_TIER];
            for tier in (0..LAST_TIER).rev() {
                beyond += squares[tier + 1];
                rests[tier] = self.slope * f64::sqrt(beyond);
            }
            rests
        };
        let rests = (0..segment.len()).map(rests_of);
        Scales::new(norms, |norm| self.pivoted(norm), rests, terms)
    }
}

impl Mean {
    const UNIT: f64 = 4_294_967_296.0;

    fn add(&mut self, value: f64) {
        self.sum += (value * Self::UNIT).round() as u128;
        self.n_values += 1;
    }

    fn value(&self) -> f64 {
        if self.n_values == 0 {
            return 0.0;
        }
        self.sum as f64 / Self::UNIT / f64::from(self.n_values)
    }
}
