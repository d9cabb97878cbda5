//! Lists of numbers with a frequency each, packed.

use crate::footprint::n_bytes;

mod saved;

/// So many cells share a width; of a row whose length is no multiple of it, the first block is the short one.
const BLOCK: usize = 4;
/// Bits of a width, so that it is below 32.
const WIDTH_BITS: u32 = 5;
/// Bits of the code of a frequency above 1: what it is above 2, or [`ESCAPE`], and all of it after that.
const CODE_BITS: usize = 4;
const ESCAPE: u32 = 15;
const FREQUENCY_BITS: usize = 16;

/// For each row a list of ids below 2^31, ascending, each with a frequency of at least 1.
///
/// A row without cells has no bytes; another begins with their number, in base 128, low digits first. From there
/// on upwards come the bits of blocks: a width, and per cell whether the frequency is above 1 and in as many bits
/// as the width says how many numbers are left out between this id and the one before. From the end of the row
/// downwards come the codes of such frequencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedLists {
    offsets: Vec<u32>,
    bytes: Vec<u8>,
}

/// The cells of a row, from its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Cells<'a> {
    /// From the first of the row on.
    bytes: &'a [u8],
    n_left: usize,
    /// Where the next bits begin.
    front: usize,
    /// Where the codes that are left end.
    back: usize,
    width: u32,
    /// The least that the next id can be.
    id: u32,
}

impl PackedLists {
    pub(crate) fn new() -> Self {
        Self { offsets: vec![0], bytes: Vec::new() }
    }

    /// Adds a row; its ids ascend.
    pub(crate) fn push_row(&mut self, cells: &[(u32, u16)]) {
        if !cells.is_empty() {
            self.push_cells(cells);
        }
        let end = u32::try_from(self.bytes.len()).expect("a segment packs into less than 4 GiB");
        self.offsets.push(end);
    }

    fn push_cells(&mut self, cells: &[(u32, u16)]) {
        self.push_number(cells.len());
        let mut bits = Bits { bytes: &mut self.bytes, last: 0, n_bits: 0 };
        let mut codes: Vec<u8> = Vec::new();
        let mut least = 0;
        let (short, whole) = cells.split_at(cells.len() % BLOCK);
        let blocks = Some(short).filter(|it| !it.is_empty()).into_iter();
        for block in blocks.chain(whole.chunks(BLOCK)) {
            let mut gaps = [0; BLOCK];
            for (gap, (id, _)) in gaps.iter_mut().zip(block) {
                *gap = id - least;
                least = id + 1;
            }
            let width = u32::BITS - gaps.iter().fold(0, |all, gap| all | gap).leading_zeros();
            assert!(width < u32::BITS, "the ids are below 2^31");
            bits.push(u64::from(width), WIDTH_BITS);
            for (gap, (_, frequency)) in gaps.iter().zip(block) {
                let is_often = *frequency > 1;
                bits.push(u64::from(*gap) << 1 | u64::from(is_often), width + 1);
                if is_often {
                    push_code(u32::from(*frequency), &mut codes);
                }
            }
        }
        bits.finish(&codes);
    }

    fn push_number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
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

    #[inline]
    pub(crate) fn cells(&self, row: usize) -> Cells<'_> {
        let [from, to] = [row, row + 1].map(|row| self.offsets[row] as usize);
        Cells::new(&self.bytes[from..], to - from)
    }
}

impl<'a> Cells<'a> {
    /// Of the row in the first `len` of `bytes`.
    #[inline]
    fn new(bytes: &'a [u8], len: usize) -> Self {
        let (n_left, front) = if len == 0 { (0, 0) } else { number(bytes) };
        let mut cells = Self { bytes, n_left, front, back: 8 * len, width: 0, id: 0 };
        if !n_left.is_multiple_of(BLOCK) {
            cells.width = cells.next_bits(WIDTH_BITS);
        }
        cells
    }

    #[inline(always)]
    fn next_bits(&mut self, n: u32) -> u32 {
        let taken = bits(self.bytes, self.front, n);
        self.front += n as usize;
        taken
    }

    /// A frequency that is too large for a code.
    #[cold]
    fn escaped(&mut self) -> u16 {
        self.back = self.back.wrapping_sub(FREQUENCY_BITS);
        bits(self.bytes, self.back, FREQUENCY_BITS as u32) as u16
    }
}

impl Iterator for Cells<'_> {
    type Item = (u32, u16);

    #[inline(always)]
    fn next(&mut self) -> Option<(u32, u16)> {
        self.n_left = self.n_left.checked_sub(1)?;
        if self.n_left % BLOCK == BLOCK - 1 {
            self.width = self.next_bits(WIDTH_BITS);
        }
        let head = self.next_bits(self.width + 1);
        let id = self.id.wrapping_add(head >> 1);
        self.id = id.wrapping_add(1);
        // Whether there is a code cannot be foretold: so there is no branch.
        let is_often = head & 1;
        let code = bits(self.bytes, self.back.wrapping_sub(CODE_BITS), CODE_BITS as u32);
        self.back = self.back.wrapping_sub(CODE_BITS * is_often as usize);
        if code * is_often == ESCAPE {
            return Some((id, self.escaped()));
        }
        Some((id, (1 + is_often * (code + 1)) as u16))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.n_left, Some(self.n_left))
    }
}

/// The `n` bits, at most 32, from bit `at` on; zeros where there are none.
#[inline(always)]
fn bits(bytes: &[u8], at: usize, n: u32) -> u32 {
    let bytes = bytes.get(at / 8..).unwrap_or_default();
    let word = bytes.first_chunk().map_or_else(|| last_word(bytes), |it| u64::from_le_bytes(*it));
    ((word >> (at % 8)) & ((1 << n) - 1)) as u32
}

/// Less than eight bytes.
#[cold]
fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// How many cells a row has, and where its bits begin.
#[inline]
fn number(bytes: &[u8]) -> (usize, usize) {
    let length = bytes.iter().take_while(|byte| **byte >= 0x80).count() + 1;
    let digits = bytes.iter().take(length).rev();
    (digits.fold(0, |number, byte| number << 7 | usize::from(byte & 0x7f)), 8 * length)
}

fn push_code(frequency: u32, codes: &mut Vec<u8>) {
    if frequency - 2 < ESCAPE {
        codes.push((frequency - 2) as u8);
    } else {
        codes.push(ESCAPE as u8);
        codes.extend([12, 8, 4, 0].map(|shift| (frequency >> shift & 0xf) as u8));
    }
}

/// Bits at the end of bytes.
struct Bits<'a> {
    bytes: &'a mut Vec<u8>,
    /// Those that fill no byte yet.
    last: u64,
    n_bits: u32,
}

impl Bits<'_> {
    fn push(&mut self, bits: u64, n: u32) {
        self.last |= bits << self.n_bits;
        self.n_bits += n;
        while self.n_bits >= 8 {
            self.bytes.push(self.last as u8);
            self.last >>= 8;
            self.n_bits -= 8;
        }
    }

    /// Puts `codes` behind them, the last one first.
    fn finish(mut self, codes: &[u8]) {
        let n_bits = self.n_bits as usize + CODE_BITS * codes.len();
        let n_unused = n_bits.next_multiple_of(8) - n_bits;
        self.push(0, n_unused as u32);
        codes.iter().rev().for_each(|code| self.push(u64::from(*code), CODE_BITS as u32));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(rows: &[Vec<(u32, u16)>]) {
        let mut lists = PackedLists::new();
        rows.iter().for_each(|row| lists.push_row(row));
        assert_eq!(lists.n_rows(), rows.len());
        for (at, row) in rows.iter().enumerate() {
            assert_eq!(&lists.cells(at).collect::<Vec<_>>(), row);
        }
    }

    #[test]
    fn rows_come_back_as_they_went_in() {
        check(&[
            vec![(0, 1), (1, 2), (200, 1), (70_000, u16::MAX)],
            vec![],
            vec![(0x7fff_ffff, 300)],
            vec![(63, 1), (64, 16), (8_256, 17), (8_257, 1), (8_258, 18), (100_000, 2)],
            (0..200).map(|id| (id * id, 1)).collect(),
        ]);
    }

    prop_compose! {
        fn any_row()(
            shift in 1_u32..32,
            ids in prop::collection::btree_map(0_u32..1 << 31, (any::<u16>(), 0_u32..16), 0..40),
        ) -> Vec<(u32, u16)> {
            let small: std::collections::BTreeMap<u32, u16> = ids
                .into_iter()
                .map(|(id, (frequency, less))| (id >> (32 - shift), (frequency >> less).max(1)))
                .collect();
            small.into_iter().collect()
        }
    }

    proptest! {
        #[test]
        fn any_rows_come_back(rows in prop::collection::vec(any_row(), 0..5)) {
            check(&rows);
        }
    }
}
