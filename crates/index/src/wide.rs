//! The loops over whole windows of 16-bit numbers. Each is compiled for several sets of instructions, the widest
//! that the machine has is chosen at run time, and what it computes is the same with all of them.

use pulp::{Arch, Simd, WithSimd};

/// How many rows are looked at as one.
pub(crate) const BLOCK: usize = 64;

/// A loop over blocks of rows.
trait Loop {
    type Output;

    /// Runs it; to be inlined where the set of instructions is chosen.
    fn run(self) -> Self::Output;
}

struct Widest<L>(L);

impl<L: Loop> WithSimd for Widest<L> {
    type Output = L::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _simd: S) -> L::Output {
        self.0.run()
    }
}

/// By block the greatest of its sums.
pub(crate) fn maxima(sums: &[u16], maxima: &mut Vec<u16>) {
    Arch::new().dispatch(Widest(Maxima { sums, maxima }));
}

/// Writes down which rows take the hurdle, and counts them. All slices have whole blocks, as many in each.
pub(crate) fn scan(sums: &[u16], hurdle: &Hurdle<'_>, taken: &mut Vec<Taken>) -> usize {
    Arch::new().dispatch(Widest(Scan { sums, hurdle, taken }))
}

/// The rows of a block that take a hurdle, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) block: u16,
    /// A bit per row.
    pub(crate) rows: u64,
}

/// What a sum has to reach. In the words of [`crate::scales::Scales`]: `sum >= floor * (threshold - rest
/// of the query * rest of the row)`, and at least `sum_min`.
#[derive(Debug)]
pub(crate) struct Hurdle<'a> {
    pub(crate) floors: &'a [u16],
    pub(crate) rests: &'a [u8],
    /// In 65,536ths, rounded down.
    pub(crate) threshold: u16,
    /// In 65,536ths of a 255th, rounded up; at most 257.
    pub(crate) rest: u16,
    pub(crate) sum_min: u16,
}

impl Hurdle<'_> {
    #[inline(always)]
    pub(crate) fn is_taken(&self, sum: u16, floor: u16, rest: u8) -> bool {
        let left = self.threshold.saturating_sub(u16::from(rest).wrapping_mul(self.rest));
        let least = (u32::from(floor) * u32::from(left)) >> 16;
        sum >= (least as u16).max(self.sum_min)
    }
}

struct Maxima<'a> {
    sums: &'a [u16],
    maxima: &'a mut Vec<u16>,
}

impl Loop for Maxima<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.maxima.clear();
        for block in self.sums.chunks_exact(BLOCK) {
            self.maxima.push(block.iter().fold(0, |greatest, sum| *sum.max(&greatest)));
        }
    }
}

struct Scan<'a> {
    sums: &'a [u16],
    hurdle: &'a Hurdle<'a>,
    taken: &'a mut Vec<Taken>,
}

impl Loop for Scan<'_> {
    type Output = usize;

    #[inline(always)]
    fn run(self) -> usize {
        let Self { sums, hurdle, taken } = self;
        taken.clear();
        let mut total = 0;
        let (sums, floors) = (sums.as_chunks::<BLOCK>().0, hurdle.floors.as_chunks::<BLOCK>().0);
        let scales = floors.iter().zip(hurdle.rests.as_chunks::<BLOCK>().0);
        for (block, (sums, (floors, rests))) in (0..).zip(sums.iter().zip(scales)) {
            let rows = || sums.iter().zip(floors).zip(rests);
            let mut any = 0;
            for ((sum, floor), rest) in rows() {
                any |= u16::from(hurdle.is_taken(*sum, *floor, *rest));
            }
            if any != 0 {
                let mut flags = [0; BLOCK];
                for (flag, ((sum, floor), rest)) in flags.iter_mut().zip(rows()) {
                    *flag = u8::from(hurdle.is_taken(*sum, *floor, *rest));
                }
                let rows = bits(&flags);
                total += rows.count_ones() as usize;
                taken.push(Taken { block, rows });
            }
        }
        total
    }
}

/// A bit per flag, each of which is 0 or 1.
#[inline(always)]
fn bits(flags: &[u8; BLOCK]) -> u64 {
    // Moves bit 8 * n of the word to bit 56 + n.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let words = flags.as_chunks::<8>().0.iter().map(|flags| u64::from_le_bytes(*flags));
    words.rev().fold(0, |bits, word| bits << 8 | word.wrapping_mul(GATHER) >> 56)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROWS: usize = 3 * BLOCK;

    fn any_sums() -> impl Strategy<Value = Vec<u16>> {
        prop::collection::vec(any::<u16>(), ROWS)
    }

    proptest! {
        #[test]
        fn scanning_is_the_same_with_every_set_of_instructions(
            sums in any_sums(),
            floors in any_sums(),
            rests in prop::collection::vec(any::<u8>(), ROWS),
            (threshold, rest, sum_min) in (any::<u16>(), 0_u16..258, any::<u16>()),
        ) {
            let hurdle = Hurdle { floors: &floors, rests: &rests, threshold, rest, sum_min };
            let (mut plain, mut wide) = (Vec::new(), Vec::new());
            let n_plain = Scan { sums: &sums, hurdle: &hurdle, taken: &mut plain }.run();
            let n_wide = scan(&sums, &hurdle, &mut wide);
            prop_assert_eq!((n_plain, &plain), (n_wide, &wide));
            let is_taken = |row: &usize| hurdle.is_taken(sums[*row], floors[*row], rests[*row]);
            let expect: Vec<usize> = (0..ROWS).filter(is_taken).collect();
            let found = |row: &usize| {
                plain.iter().any(|it| usize::from(it.block) == row / BLOCK && it.rows >> (row % BLOCK) & 1 == 1)
            };
            prop_assert_eq!((0..ROWS).filter(found).collect::<Vec<_>>(), expect.clone());
            prop_assert_eq!(n_plain, expect.len());
        }

        #[test]
        fn maxima_are_the_same_with_every_set_of_instructions(sums in any_sums()) {
            let (mut plain, mut wide) = (Vec::new(), Vec::new());
            Maxima { sums: &sums, maxima: &mut plain }.run();
            maxima(&sums, &mut wide);
            prop_assert_eq!(&plain, &wide);
            let expect = sums.chunks(BLOCK).map(|block| block.iter().copied().max().unwrap_or(0));
            prop_assert!(expect.eq(plain));
        }
    }
}
