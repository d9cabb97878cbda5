//! The terms of a segment to bytes and back.

use flat::{Input, Output, Result, require};

use super::Dictionary;
use crate::texts::Texts;

impl Dictionary {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        self.terms.write(out)?;
        out.array(&self.ranks)
    }

    /// Reads what [`Dictionary::write`] wrote.
    pub(crate) fn read(input: &mut Input<'_>) -> Result<Self> {
        let terms = Texts::read(input)?;
        let ranks: Vec<u32> = input.array_of(terms.len())?;
        let ranked = ranks.iter().all(|rank| (*rank as usize) < terms.len());
        require(ranked, "a term has a place that is none")?;
        let mut dictionary = Self { terms, ranks, ..Self::default() };
        let in_order = dictionary.in_order_of_bytes();
        let ascend = in_order
            .windows(2)
            .all(|pair| dictionary.term(pair[0] as usize) < dictionary.term(pair[1] as usize));
        let placed =
            in_order.iter().zip(0..).all(|(number, rank)| dictionary.rank(*number) == rank);
        require(ascend && placed, "terms are in another order")?;
        dictionary.number();
        Ok(dictionary)
    }
}
