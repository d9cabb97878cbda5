//! The weights of a query's terms, found by number.

use vector::Damping;

use crate::forward::Cells;
use crate::plan::PlannedTerm;

/// A bit per term of a segment, and how many are set before: a document's terms are looked up in it one
/// after another, and nearly all are not there.
#[derive(Debug, Default)]
pub(crate) struct Lookup {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    bits: u64,
    n_before: u32,
}

impl Lookup {
    /// Takes up the terms of a query, which ascend.
    pub(crate) fn fill(&mut self, n_terms: usize, terms: &[PlannedTerm<'_>]) {
        let n_slots = n_terms.div_ceil(64);
        if self.slots.len() < n_slots {
            self.slots.resize(n_slots, Slot::default());
        }
        for (n_before, term) in (0..).zip(terms) {
            let slot = &mut self.slots[term.number as usize / 64];
            if slot.bits == 0 {
                slot.n_before = n_before;
            }
            slot.bits |= 1 << (term.number % 64);
        }
    }

    /// Forgets them again.
    pub(crate) fn clear(&mut self, terms: &[PlannedTerm<'_>]) {
        for term in terms {
            self.slots[term.number as usize / 64].bits = 0;
        }
    }

    /// The dot product of the query with a document, summed in the order of the terms' bytes.
    pub(crate) fn dot(
        &self,
        terms: &[PlannedTerm<'_>],
        document: Cells<'_>,
        damping: Damping,
    ) -> f64 {
        let mut dot = 0.0;
        for (term, frequency) in document {
            let (slot, bit) = (self.slots[term as usize / 64], 1_u64 << (term % 64));
            if slot.bits & bit != 0 {
                let place = slot.n_before + (slot.bits & (bit - 1)).count_ones();
                dot += terms[place as usize].weight * damping.weight(frequency);
            }
        }
        dot
    }
}
