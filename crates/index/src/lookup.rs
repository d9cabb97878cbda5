//! The weights of a query's terms, found by number.

use vector::Damping;

use crate::packed::Cells;
use crate::plan::PlannedTerm;

/// A bit per term of a segment, and how many are set before: a document's terms are looked up in it one
/// after another, and nearly all are not there.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    slots: Vec<Slot>,
    /// The places of the query's terms, in the order of their numbers.
    places: Vec<u32>,
    /// By place: what the term brings to the document at hand, where its bit is set in `found`.
    parts: Vec<f64>,
    found: Vec<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    bits: u64,
    n_before: u32,
}

impl Lookup {
    /// Takes up the terms of a query.
    pub(crate) fn fill(&mut self, n_terms: usize, terms: &[PlannedTerm]) {
        let n_slots = n_terms.div_ceil(64);
        if self.slots.len() < n_slots {
            self.slots.resize(n_slots, Slot::default());
        }
        self.places.clear();
        self.places.extend((0..).take(terms.len()));
        self.places.sort_unstable_by_key(|place| terms[*place as usize].number);
        for (n_before, place) in (0..).zip(&self.places) {
            let number = terms[*place as usize].number;
            let slot = &mut self.slots[number as usize / 64];
            if slot.bits == 0 {
                slot.n_before = n_before;
            }
            slot.bits |= 1 << (number % 64);
        }
        self.parts.resize(self.parts.len().max(terms.len()), 0.0);
        self.found.resize(self.found.len().max(terms.len().div_ceil(64)), 0);
    }

    /// Forgets them again.
    pub(crate) fn clear(&mut self, terms: &[PlannedTerm]) {
        for term in terms {
            self.slots[term.number as usize / 64].bits = 0;
        }
    }

    /// The dot product of the query with a document, summed in the order of the terms' bytes.
    pub(crate) fn dot(
        &mut self,
        terms: &[PlannedTerm],
        document: Cells<'_>,
        damping: Damping,
    ) -> f64 {
        for (term, frequency) in document {
            let (slot, bit) = (self.slots[term as usize / 64], 1_u64 << (term % 64));
            if slot.bits & bit != 0 {
                let before = slot.n_before + (slot.bits & (bit - 1)).count_ones();
                let place = self.places[before as usize] as usize;
                // Nearly all stand there once, and whatever the damping that weighs 1.
                let damped = if frequency == 1 { 1.0 } else { damping.weight(frequency) };
                self.parts[place] = terms[place].weight * damped;
                self.found[place / 64] |= 1 << (place % 64);
            }
        }
        let mut dot = 0.0;
        for (word, parts) in self.found.iter_mut().zip(self.parts.chunks(64)) {
            while *word != 0 {
                dot += parts[word.trailing_zeros() as usize];
                *word &= *word - 1;
            }
        }
        dot
    }
}
