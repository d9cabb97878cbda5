//! A segment to bytes and back.

use flat::{Input, Output, Result, require};

use super::{DocId, Segment};
use crate::dictionary::Dictionary;
use crate::inverted::Inverted;
use crate::packed::PackedLists;

impl Segment {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.array(&self.docs.iter().map(|doc| doc.0).collect::<Vec<u32>>())?;
        self.dictionary.write(out)?;
        self.forward.write(out)?;
        self.inverted.write(out)
    }

    /// Reads what [`Segment::write`] wrote.
    pub(crate) fn read(input: &mut Input<'_>) -> Result<Self> {
        let docs: Vec<u32> = input.array()?;
        require(docs.is_sorted_by(|left, right| left < right), "documents in another order")?;
        let dictionary = Dictionary::read(input)?;
        let (n_rows, n_terms) = (docs.len(), dictionary.len());
        let forward = PackedLists::read(input, n_rows, n_terms)?;
        let inverted = Inverted::read(input, n_rows, n_terms)?;
        Ok(Self { docs: docs.into_iter().map(DocId).collect(), dictionary, forward, inverted })
    }

    /// The same documents numbered from 0 on.
    pub(crate) fn renumbered(mut self) -> Self {
        self.docs = (0..).map(DocId).take(self.docs.len()).collect();
        self
    }
}
