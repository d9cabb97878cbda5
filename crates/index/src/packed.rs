//! Lists of numbers with a frequency each, packed.

use crate::footprint::n_bytes;

mod saved;

/// For each row a list of ids, ascending, each with a frequency of at least 1: per id the gap to the one
/// before and whether the frequency is above 1, then such a frequency, as little-endian base-128
/// numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedLists {
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

/// The cells of a row, from its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Cells<'a> {
    bytes: &'a [u8],
    id: u32,
}

impl PackedLists {
    pub(crate) fn new() -> Self {
        Self { offsets: vec![0], bytes: Vec::new() }
    }

    /// Adds a row; its ids ascend.
    pub(crate) fn push_row(&mut self, cells: impl Iterator<Item = (u32, u16)>) {
        let mut before = 0;
        for (id, frequency) in cells {
            self.push((id - before) << 1 | u32::from(frequency > 1));
            if frequency > 1 {
                self.push(u32::from(frequency));
            }
            before = id;
        }
        let end = u32::try_from(self.bytes.len()).expect("a segment packs into less than 4 GiB");
        self.offsets.push(end);
    }

    /// Gives back what was set aside for more rows.
    pub(crate) fn shrink(&mut self) {
        self.offsets.shrink_to_fit();
        self.bytes.shrink_to_fit();
    }

    pub(crate) fn n_bytes(&self) -> usize {
        n_bytes(&self.offsets) + n_bytes(&self.bytes)
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn cells(&self, row: usize) -> Cells<'_> {
        let bytes = &self.bytes[self.offsets[row] as usize..self.offsets[row + 1] as usize];
        Cells { bytes, id: 0 }
    }

    fn push(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

impl Iterator for Cells<'_> {
    type Item = (u32, u16);

    #[inline(always)]
    fn next(&mut self) -> Option<(u32, u16)> {
        let (head, frequency, n_bytes) = short_cell(self.bytes).or_else(|| cell(self.bytes))?;
        self.bytes = &self.bytes[n_bytes..];
        self.id += head >> 1;
        Some((self.id, frequency))
    }
}

/// The first cell, as its head and its frequency, and how many bytes it has; `None` where it is a long one or the
/// last. Nearly all have a head of one byte or two and a frequency of no byte or one, which of these cannot be
/// foretold: so there is no branch.
#[inline(always)]
fn short_cell(bytes: &[u8]) -> Option<(u32, u16, usize)> {
    let first = u32::from_le_bytes(*bytes.first_chunk()?);
    let (is_two, is_often) = (first >> 7 & 1, first & 1);
    let head = (first & 0x7f) | ((first >> 1 & 0x3f80) * is_two);
    let frequency = (first >> (8 + 8 * is_two) & 0xff) * is_often;
    let is_short = first & 0x8080 != 0x8080 && frequency < 0x80;
    is_short.then_some((head, (frequency + 1 - is_often) as u16, (1 + is_two + is_often) as usize))
}

/// The same of any cell; `None` where there is none.
fn cell(bytes: &[u8]) -> Option<(u32, u16, usize)> {
    let (head, length) = number(bytes)?;
    if head & 1 == 0 {
        return Some((head, 1, length));
    }
    let (frequency, more) = number(&bytes[length..])?;
    Some((head, frequency as u16, length + more))
}

/// The first number, and how many bytes it has.
fn number(bytes: &[u8]) -> Option<(u32, usize)> {
    let length = bytes.iter().position(|byte| *byte < 0x80)? + 1;
    let bits = |number, byte: &u8| number << 7 | u32::from(byte & 0x7f);
    Some((bytes[..length].iter().rev().fold(0, bits), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_went_in() {
        let rows = [
            vec![(0, 1), (1, 2), (200, 1), (70_000, u16::MAX)],
            vec![],
            vec![(0x7fff_ffff, 300)],
            vec![(63, 1), (64, 127), (8_256, 128)],
        ];
        let mut lists = PackedLists::new();
        rows.iter().for_each(|row| lists.push_row(row.iter().copied()));
        assert_eq!(lists.n_rows(), rows.len());
        for (at, row) in rows.iter().enumerate() {
            assert_eq!(&lists.cells(at).collect::<Vec<_>>(), row);
        }
    }
}
