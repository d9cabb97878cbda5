//! Texts one after another in one allocation.

use std::ops::Range;

use crate::footprint::n_bytes;

mod saved;

/// Texts by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    bytes: String,
    /// By row: where its text ends.
    ends: Vec<u32>,
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(u32::try_from(self.bytes.len()).expect("they fill less than 4 GiB"));
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> &str {
        &self.bytes[self.span(row)]
    }

    /// Whether row `row` has this text.
    #[inline]
    pub(crate) fn is(&self, row: usize, text: &str) -> bool {
        self.bytes.as_bytes()[self.span(row)] == *text.as_bytes()
    }

    #[inline]
    fn span(&self, row: usize) -> Range<usize> {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        start..self.ends[row] as usize
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Gives back what was set aside for more.
    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(crate) fn n_bytes(&self) -> usize {
        self.bytes.capacity() + n_bytes(&self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_went_in() {
        let given = ["", "INC-1", "Störung", ""];
        let mut texts = Texts::default();
        given.iter().for_each(|text| texts.push(text));
        texts.shrink();
        assert_eq!(texts.iter().collect::<Vec<_>>(), given);
        assert_eq!(texts.get(2), "Störung");
    }
}
