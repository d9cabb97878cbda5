//! What a score is divided by, and what bounds it, for each document of a segment.

use std::sync::Arc;

use vector::DocumentFrequencies;

use crate::footprint::n_bytes;

mod saved;

/// Upper ends of the tiers of terms, as shares of the documents that hold them. What is more frequent
/// makes one more tier.
const TIER_ENDS: [f64; 4] = [0.02, 0.05, 0.10, 0.20];
/// The tier of the most frequent terms.
pub(crate) const LAST_TIER: usize = TIER_ENDS.len();
/// The lowest tier that a search begins with: below, too little of a score is known.
pub(crate) const FIRST_TIER: usize = 1;
/// The highest tier that it begins with, as long as any term is in it.
pub(crate) const FIRST_TIER_MAX: usize = 3;
/// The share of the documents whose norms fit; the few longer ones count as if they were shorter, which
/// bounds their scores all the same.
const FITTING: f64 = 0.999;
/// What the norm at that share becomes; some headroom for sums of many terms.
const FITTED: f64 = 60_000.0;

/// The norms of a segment's documents, and the same rounded so that a bound can be tested in 16 bits.
///
/// The residual-norm bound (as of L2AP: Anastasiu and Karypis, "L2AP: Fast cosine similarity search with
/// prefix L-2 norm bounds", 2014): by Cauchy and Schwarz, what the terms beyond a tier bring to a dot
/// product is at most the norm of the query beyond the tier times that of the document.
#[derive(Debug, Clone)]
pub(crate) struct Scales {
    norms: Vec<f64>,
    unit: f64,
    floors: Vec<u16>,
    rests: [Vec<u8>; LAST_TIER],
    /// By term.
    terms: Arc<Vec<TermWeight>>,
}

/// How a term counts in one epoch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermWeight {
    pub(crate) idf: f64,
    pub(crate) tier: u8,
}

impl TermWeight {
    pub(crate) fn of(term: &str, frequencies: &DocumentFrequencies) -> Self {
        let frequency = frequencies.of(term);
        let share = f64::from(frequency) / f64::from(frequencies.n_docs().max(1));
        let tier = TIER_ENDS.partition_point(|end| *end < share) as u8;
        Self { idf: frequencies.idf_of(frequency), tier }
    }
}

impl Scales {
    /// Takes by row the norm, what the pivot makes of a norm, and by row for each tier the norm of the terms
    /// beyond it times the slope.
    pub(crate) fn new(
        norms: Vec<f64>,
        pivoted: impl Fn(f64) -> f64,
        rests: impl Iterator<Item = [f64; LAST_TIER]>,
        terms: Arc<Vec<TermWeight>>,
    ) -> Self {
        let pivoted = || norms.iter().map(|norm| pivoted(*norm));
        let unit = FITTED / percentile(pivoted().collect(), FITTING).max(f64::MIN_POSITIVE);
        let n_padded = norms.len().next_multiple_of(64);
        let mut floors = Vec::with_capacity(n_padded);
        floors.extend(pivoted().map(|norm| (norm * unit) as u16));
        // Padding has no score and is never a candidate.
        floors.resize(n_padded, u16::MAX);
        let mut bytes: [Vec<u8>; LAST_TIER] = std::array::from_fn(|_| Vec::with_capacity(n_padded));
        for (rest, norm) in rests.zip(pivoted()) {
            for (bytes, rest) in bytes.iter_mut().zip(rest) {
                let share = if norm > 0.0 { rest / norm } else { 0.0 };
                bytes.push(((share * 255.0) as u8).saturating_add(u8::from(share > 0.0)));
            }
        }
        bytes.iter_mut().for_each(|bytes| bytes.resize(n_padded, 0));
        Self { norms, unit, floors, rests: bytes, terms }
    }

    /// How the term numbered `term` counts.
    pub(crate) fn term(&self, term: usize) -> TermWeight {
        self.terms[term]
    }

    /// The same scales, the term numbered `term` counting otherwise; for one that no live document holds.
    pub(crate) fn with_term(&self, term: usize, weight: TermWeight) -> Self {
        let mut scales = self.clone();
        Arc::make_mut(&mut scales.terms)[term] = weight;
        scales
    }

    pub(crate) fn n_bytes(&self) -> usize {
        let rests = self.rests.iter().map(n_bytes).sum::<usize>();
        n_bytes(&self.norms) + n_bytes(&self.floors) + rests + n_bytes(&self.terms)
    }

    /// The Euclidean norm of each row.
    pub(crate) fn norms(&self) -> &[f64] {
        &self.norms
    }

    /// How many units of a 16-bit sum a weight of 1 is.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// By row the pivoted norm in units, rounded down; padded to a multiple of 64 rows.
    pub(crate) fn floors(&self) -> &[u16] {
        &self.floors
    }

    /// By row the norm beyond `tier` as a share of the pivoted norm, in 255ths, rounded up; padded
    /// likewise.
    pub(crate) fn rests(&self, tier: usize) -> &[u8] {
        &self.rests[tier]
    }
}

fn percentile(mut values: Vec<f64>, share: f64) -> f64 {
    if values.is_empty() {
        return 1.0;
    }
    let at = ((values.len() - 1) as f64 * share) as usize;
    *values.select_nth_unstable_by(at, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roundings_err_on_the_side_of_the_bound() {
        let pivoted = [0.5, 2.0, 0.0, 90.0];
        let rests = [[0.1, 0.0, 0.0, 0.0], [2.0, 1.0, 0.5, 0.004], [0.0; 4], [89.0, 1.0, 0.0, 0.0]];
        let scales = Scales::new(pivoted.to_vec(), |norm| norm, rests.into_iter(), Arc::default());
        assert_eq!(scales.floors().len(), 64);
        for (row, norm) in pivoted.iter().enumerate() {
            assert!(f64::from(scales.floors()[row]) <= norm * scales.unit());
            for (tier, rest) in rests[row].iter().enumerate() {
                let byte = f64::from(scales.rests(tier)[row]);
                assert!(byte / 255.0 * norm >= *rest, "row {row}, tier {tier}");
                assert!(*rest > 0.0 || byte == 0.0);
            }
        }
    }
}
