//! Scales to bytes and back.

use std::sync::Arc;

use flat::{Input, Output, Result, require};

use super::{LAST_TIER, Scales, TermWeight};

impl Scales {
    /// Writes all of them.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.array(&self.norms)?;
        out.number(self.unit)?;
        out.array(&self.floors)?;
        self.rests.iter().try_for_each(|rests| out.array(rests))?;
        out.array(&self.terms.iter().map(|term| term.idf).collect::<Vec<f64>>())?;
        out.array(&self.terms.iter().map(|term| term.tier).collect::<Vec<u8>>())
    }

    /// Reads what [`Scales::write`] wrote of `n_rows` rows and `n_terms` terms.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize, n_terms: usize) -> Result<Self> {
        let norms: Vec<f64> = input.array_of(n_rows)?;
        let unit: f64 = input.number()?;
        let n_padded = n_rows.next_multiple_of(64);
        let floors = input.array_of(n_padded)?;
        let mut rests: [Vec<u8>; LAST_TIER] = Default::default();
        for tier in &mut rests {
            *tier = input.array_of(n_padded)?;
        }
        let idfs: Vec<f64> = input.array_of(n_terms)?;
        let tiers: Vec<u8> = input.array_of(n_terms)?;
        let are_numbers = norms.iter().chain(&idfs).chain([&unit]).all(|it| it.is_finite());
        let are_tiers = tiers.iter().all(|tier| usize::from(*tier) <= LAST_TIER);
        require(are_numbers && are_tiers, "a weight is none")?;
        let terms = idfs.into_iter().zip(tiers).map(|(idf, tier)| TermWeight { idf, tier });
        Ok(Self { norms, unit, floors, rests, terms: Arc::new(terms.collect()) })
    }
}
