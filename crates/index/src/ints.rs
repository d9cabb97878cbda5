//! Columns of numbers in as few bytes as they need.

use std::ops::RangeInclusive;

use crate::footprint::n_bytes;

mod saved;

/// Numbers by row, some missing. While it grows each takes as much as it may need; packed, all take as many
/// bytes as the one that is furthest from the least.
#[derive(Debug, Clone)]
pub(crate) enum Ints {
    Growing(Vec<Option<i64>>),
    Packed(Packed),
}

#[derive(Debug, Clone)]
pub(crate) struct Packed {
    n_rows: usize,
    /// The least number.
    base: i64,
    /// The code of the greatest number; 0 where there is none.
    greatest: u64,
    /// Whether any is missing.
    has_none: bool,
    /// Bytes a number: 0, 1, 2, 4 or 8.
    width: usize,
    /// For each row, little-endian, what the number is above `base`; where any is missing 1 more, and 0 for those.
    bytes: Box<[u8]>,
}

/// A column of more rows has a byte for each at least: so nothing that is read can claim more rows than it has bytes for.
const BARE_MAX: usize = 1 << 10;

impl Default for Ints {
    fn default() -> Self {
        Self::Growing(Vec::new())
    }
}

impl Ints {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Growing(values) => values.len(),
            Self::Packed(packed) => packed.n_rows,
        }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, value: Option<i64>) {
        if let Self::Packed(packed) = self {
            *self = Self::Growing((0..packed.n_rows).map(|row| packed.get(row)).collect());
        }
        if let Self::Growing(values) = self {
            values.push(value);
        }
    }

    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::Growing(values) => values[row],
            Self::Packed(packed) => packed.get(row),
        }
    }

    /// Clears in `words`, a bit per row, those of which the number is not in `range`, or is missing unless
    /// `none_fits`.
    pub(crate) fn keep_fitting(
        &self,
        range: &RangeInclusive<i64>,
        none_fits: bool,
        words: &mut [u64],
    ) {
        match self {
            Self::Packed(packed) => packed.keep_fitting(range, none_fits, words),
            Self::Growing(values) => {
                let fits = |value: &Option<i64>| value.map_or(none_fits, |it| range.contains(&it));
                keep(words, values.iter().map(fits));
            }
        }
    }

    /// Packs it, unless its numbers are too far apart for that.
    pub(crate) fn pack(&mut self) {
        if let Self::Growing(values) = self
            && let Some(packed) = Packed::of(values)
        {
            *self = Self::Packed(packed);
        }
    }

    pub(crate) fn n_bytes(&self) -> usize {
        match self {
            Self::Growing(values) => n_bytes(values),
            Self::Packed(packed) => packed.bytes.len(),
        }
    }
}

impl Packed {
    fn new(n_rows: usize, base: i64, has_none: bool, width: usize, bytes: Box<[u8]>) -> Self {
        let packed = Self { n_rows, base, width, bytes, greatest: 0, has_none };
        let greatest = match width {
            1 => packed.codes::<1>().max(),
            2 => packed.codes::<2>().max(),
            4 => packed.codes::<4>().max(),
            8 => packed.codes::<8>().max(),
            _ => None,
        };
        Self { greatest: greatest.unwrap_or(0), ..packed }
    }

    fn of(values: &[Option<i64>]) -> Option<Self> {
        let known = || values.iter().flatten().copied();
        let has_none = values.contains(&None);
        let lift = u64::from(has_none);
        let (base, last) = (known().min().unwrap_or(0), known().max());
        let greatest = match last {
            Some(last) => u64::try_from(last.checked_sub(base)?).ok()? + lift,
            None => 0,
        };
        let width = match greatest {
            0 if values.len() <= BARE_MAX => 0,
            0..0x100 => 1,
            0x100..0x1_0000 => 2,
            0x1_0000..0x1_0000_0000 => 4,
            _ => 8,
        };
        let code = |value: &Option<i64>| value.map_or(0, |value| (value - base) as u64 + lift);
        let bytes =
            values.iter().flat_map(|value| code(value).to_le_bytes().into_iter().take(width));
        Some(Self::new(values.len(), base, has_none, width, bytes.collect()))
    }

    fn keep_fitting(&self, range: &RangeInclusive<i64>, none_fits: bool, words: &mut [u64]) {
        let (none_fits, lift) = (none_fits && self.has_none, i128::from(self.has_none));
        let code = |bound: i64| i128::from(bound) - i128::from(self.base) + lift;
        let (first, last) = (code(*range.start()).max(lift), code(*range.end()));
        let greatest = i128::from(self.greatest);
        let (any, all) = (first <= last.min(greatest), first == lift && last >= greatest);
        if all && (none_fits || !self.has_none) {
            return;
        }
        if !(any || none_fits) {
            return words.fill(0);
        }
        // Codes from `first` on, and so many more; where there are none, from beyond the greatest.
        let (first, n_more) = if any {
            (first as u64, (last.min(greatest) - first) as u64)
        } else {
            (self.greatest + 1, 0)
        };
        let fits = |code: u64| code.wrapping_sub(first) <= n_more || (code == 0 && none_fits);
        match self.width {
            1 => keep(words, self.codes::<1>().map(fits)),
            2 => keep(words, self.codes::<2>().map(fits)),
            4 => keep(words, self.codes::<4>().map(fits)),
            8 => keep(words, self.codes::<8>().map(fits)),
            _ => keep(words, (0..self.n_rows).map(|_| fits(0))),
        }
    }

    /// The codes, `WIDTH` bytes each.
    fn codes<const WIDTH: usize>(&self) -> impl Iterator<Item = u64> {
        self.bytes.as_chunks::<WIDTH>().0.iter().map(|bytes| {
            let mut wide = [0; 8];
            wide[..WIDTH].copy_from_slice(bytes);
            u64::from_le_bytes(wide)
        })
    }

    fn get(&self, row: usize) -> Option<i64> {
        let at = row * self.width;
        let bytes = &self.bytes[at..at + self.width];
        let code = match *bytes {
            [] => 0,
            [byte] => u64::from(byte),
            [low, high] => u64::from(u16::from_le_bytes([low, high])),
            [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
            _ => bytes.iter().rev().fold(0, |code, byte| code << 8 | u64::from(*byte)),
        };
        code.checked_sub(u64::from(self.has_none)).map(|above| self.base + above as i64)
    }
}

/// Clears the bits of the rows that do not fit.
fn keep(words: &mut [u64], mut fitting: impl Iterator<Item = bool>) {
    for word in words {
        let mut bits = 0;
        for (bit, fits) in (0..64).zip(&mut fitting) {
            bits |= u64::from(fits) << bit;
        }
        *word &= bits;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(values: &[Option<i64>]) -> Ints {
        let mut ints = Ints::default();
        values.iter().for_each(|value| ints.push(*value));
        ints.pack();
        ints
    }

    #[track_caller]
    fn check(values: &[Option<i64>], width: usize) {
        let ints = packed(values);
        assert_eq!((0..ints.len()).map(|row| ints.get(row)).collect::<Vec<_>>(), values);
        assert_eq!(ints.n_bytes(), width * values.len());
    }

    #[test]
    fn a_column_takes_what_its_range_needs() {
        check(&[], 0);
        check(&[None, None], 0);
        check(&[Some(1_700_000_000), None, Some(1_700_000_254)], 1);
        check(&[Some(-3), None, Some(252)], 2);
        check(&[Some(0), Some(0x1_0000)], 4);
        check(&[Some(0), Some(0xffff_fffe)], 4);
        check(&[Some(-9), Some(-9)], 0);
        check(&[Some(-9); BARE_MAX + 1], 1);
        check(&[None; BARE_MAX + 1], 1);
        check(&[Some(i64::MIN), None, Some(-2)], 8);
        check(&[Some(0), Some(0xff)], 1);
        check(&[Some(0), Some(0xffff_ffff)], 4);
        check(&[Some(0), None, Some(0xffff_ffff)], 8);
        check(&[Some(0), Some(i64::MAX)], 8);
    }

    #[test]
    fn numbers_too_far_apart_stay_as_they_are() {
        let values = [Some(i64::MIN), None, Some(i64::MAX)];
        let ints = packed(&values);
        assert_eq!([0, 1, 2].map(|row| ints.get(row)), values);
    }

    proptest! {
        #[test]
        fn numbers_come_back_as_they_went_in(
            values in prop::collection::vec(prop::option::of(any::<i64>()), 0..40),
            shift in 0_u32..63,
        ) {
            let values: Vec<Option<i64>> =
                values.into_iter().map(|value| value.map(|value| value >> shift)).collect();
            let ints = packed(&values);
            prop_assert_eq!((0..ints.len()).map(|row| ints.get(row)).collect::<Vec<_>>(), values);
        }

        #[test]
        fn those_in_a_range_are_found_however_they_are_kept(
            values in prop::collection::vec(prop::option::of(any::<i64>()), 0..150),
            shift in 0_u32..63,
            (first, last) in (any::<i64>(), any::<i64>()),
            none_fits in any::<bool>(),
            is_packed in any::<bool>(),
        ) {
            let (range, mut ints) = (first >> shift..=last >> shift, Ints::default());
            values.iter().for_each(|value| ints.push(value.map(|value| value >> shift)));
            if is_packed {
                ints.pack();
            }
            let mut words = vec![u64::MAX; values.len().div_ceil(64)];
            ints.keep_fitting(&range, none_fits, &mut words);
            for row in 0..values.len() {
                let expect = ints.get(row).map_or(none_fits, |value| range.contains(&value));
                prop_assert_eq!(words[row / 64] >> (row % 64) & 1 == 1, expect, "row {}", row);
            }
        }
    }
}
