//! A weighted bag.

use crate::bag::Bag;
use crate::document_frequencies::DocumentFrequencies;
use crate::weighting::Damping;

/// The weights of a document's terms, in the order of the terms' bytes, and their Euclidean norm.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseVector {
    terms: Vec<(Box<str>, f64)>,
    norm: f64,
}

impl SparseVector {
    /// Weighs each term of `bag`: `(1 + ln tf) * idf`. A term that `frequencies` has not seen counts as
    /// document frequency 0.
    #[must_use]
    pub fn embed(bag: &Bag, frequencies: &DocumentFrequencies) -> Self {
        Self::embed_with(bag, Damping::Log, |term| frequencies.idf(term))
    }

    /// The same with another weight of term frequencies, and with an `idf` that need not be looked up.
    #[must_use]
    pub fn embed_with(bag: &Bag, damping: Damping, idf: impl Fn(&str) -> f64) -> Self {
        let mut squares = 0.0;
        let terms = bag
            .iter()
            .map(|(term, frequency)| {
                let weight = damping.weight(frequency) * idf(term);
                squares += weight * weight;
                (term.into(), weight)
            })
            .collect();
        Self { terms, norm: squares.sqrt() }
    }

    /// How many terms.
    #[must_use]
    pub fn len(&self) -> usize {
        self.terms.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The Euclidean norm of the weights, 0 for an empty vector.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.norm
    }

    /// Every term with its weight (not normalised), in the order of the terms' bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.terms.iter().map(|(term, weight)| (&**term, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_is_that_of_the_weights() {
        let bag = Bag::count([("a", 1), ("b", 3)].into_iter());
        let mut frequencies = DocumentFrequencies::default();
        frequencies.add(&bag);
        let vector = SparseVector::embed(&bag, &frequencies);
        let weight = 1.0 + 3.0_f64.ln();
        assert_eq!(vector.iter().collect::<Vec<_>>(), [("a", 1.0), ("b", weight)]);
        assert!((vector.norm() - (1.0 + weight * weight).sqrt()).abs() < 1e-12);
    }
}
