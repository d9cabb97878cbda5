//! Texts to bytes and back.

use flat::{Input, Output, Result, require};

use super::Texts;

impl Texts {
    /// Writes all of them.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.text(&self.bytes)?;
        out.array(&self.ends)
    }

    /// Reads what [`Texts::write`] wrote.
    pub(crate) fn read(input: &mut Input<'_>) -> Result<Self> {
        let texts = Self { bytes: input.text()?, ends: input.array()? };
        let whole = texts.ends.last().copied().unwrap_or(0) as usize == texts.bytes.len();
        let between = texts.ends.iter().all(|end| texts.bytes.is_char_boundary(*end as usize));
        require(whole && between && texts.ends.is_sorted(), "a text ends where it cannot")?;
        Ok(texts)
    }
}
