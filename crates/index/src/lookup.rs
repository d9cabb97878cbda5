//! The weights of a query's terms, found by number.

use vector::Damping;

use crate::packed::Cells;
use crate::plan::PlannedTerm;

/// By term of a segment its place in a query: a document's terms are looked up in it one after another.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    /// By number of a term: its place in the query counted from 1; 0 where it is not there.
    places: Vec<u32>,
    /// By place: the weight of the term, and what it brings to the document at hand where its bit is set in
    /// `found`. Place 0 stands for all terms that are not there.
    weights: Vec<f64>,
    parts: Vec<f64>,
    found: Vec<u64>,
}

impl Lookup {
    /// Takes up the terms of a query.
    pub(crate) fn fill(&mut self, n_terms: usize, terms: &[PlannedTerm]) {
        self.places.resize(self.places.len().max(n_terms), 0);
        self.weights.clear();
        self.weights.push(0.0);
        for (place, term) in (1..).zip(terms) {
            self.places[term.number as usize] = place;
            self.weights.push(term.weight);
        }
        self.parts.resize(self.parts.len().max(terms.len() + 1), 0.0);
        self.found.resize(self.found.len().max(terms.len() / 64 + 1), 0);
    }

    /// Forgets them again.
    pub(crate) fn clear(&mut self, terms: &[PlannedTerm]) {
        for term in terms {
            self.places[term.number as usize] = 0;
        }
    }

    /// The dot product of the query with a document, summed in the order of the terms' bytes.
    pub(crate) fn dot(&mut self, document: Cells<'_>, damping: Damping) -> f64 {
        let Self { places, weights, parts, found } = self;
        // Whether a term is there cannot be foretold: so there is no branch.
        let mut part = |(term, frequency)| {
            let place = places[term as usize] as usize;
            parts[place] = weights[place] * damping.weight(frequency);
            place
        };
        if weights.len() <= 64 {
            found[0] = document.fold(0, |found, cell| found | 1 << part(cell));
        } else {
            document.map(part).for_each(|place| found[place / 64] |= 1 << (place % 64));
        }
        found[0] &= !1;
        let mut dot = 0.0;
        for (word, parts) in found.iter_mut().zip(parts.chunks(64)) {
            while *word != 0 {
                dot += parts[word.trailing_zeros() as usize];
                *word &= *word - 1;
            }
        }
        dot
    }
}
