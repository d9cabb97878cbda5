//! The loops over whole windows of 16-bit numbers. Each is written once over blocks of rows; what is done to a block is
//! there for several sets of instructions, the widest that the machine has is chosen at run time, and all compute
//! the same.

#[cfg(target_arch = "x86_64")]
use pulp::{Arch, NullaryFnOnce};

use self::loops::{Add, Count, Maxima, Reaching, Scan};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod loops;
mod portable;

/// How many rows are looked at as one.
pub(crate) const BLOCK: usize = 64;

/// A set of instructions, by what it does to the sums of a block. Sets of rows are a bit each.
///
/// Instructions are inlined only where the function around them is, so there are no closures in loops and blocks.
trait Lanes: Copy {
    type Block: Copy;

    fn load(self, sums: &[u16; BLOCK]) -> Self::Block;

    fn store(self, block: Self::Block, sums: &mut [u16; BLOCK]);

    /// Adds `impact` to the sums of `rows`, saturating.
    fn add(self, block: Self::Block, rows: u64, impact: u16) -> Self::Block;

    /// Takes its sum from every row that is none of `rows`.
    fn keep(self, block: Self::Block, rows: u64) -> Self::Block;

    fn greatest(self, block: Self::Block) -> u16;

    /// Which rows have `least` or more.
    fn reaching(self, block: Self::Block, least: u16) -> u64;

    /// Which rows of these `floors` and `rests` take the hurdle.
    fn taken(
        self,
        block: Self::Block,
        floors: &[u16; BLOCK],
        rests: &[u8; BLOCK],
        hurdle: &Hurdle<'_>,
    ) -> u64;
}

/// A loop over blocks of rows.
trait Loop {
    type Output;

    /// Runs it; to be inlined where the set of instructions is chosen.
    fn run(self, lanes: impl Lanes) -> Self::Output;
}

/// Runs a loop with the widest set of instructions there is.
fn run<L: Loop>(this: L) -> L::Output {
    #[cfg(target_arch = "x86_64")]
    match Arch::new() {
        Arch::V4(set) => return set.vectorize(With(this, set)),
        Arch::V3(set) => return set.vectorize(With(this, set)),
        _ => {}
    }
    this.run(portable::Portable)
}

#[cfg(target_arch = "x86_64")]
struct With<L, S>(L, S);

#[cfg(target_arch = "x86_64")]
impl<L: Loop, S: Lanes> NullaryFnOnce for With<L, S> {
    type Output = L::Output;

    #[inline(always)]
    fn call(self) -> L::Output {
        self.0.run(self.1)
    }
}

/// The rows of a window that may answer, a bit each; all where there is no word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Left<'a>(pub(crate) &'a [u64]);

impl Left<'_> {
    #[inline(always)]
    pub(crate) fn of(self, block: usize) -> u64 {
        self.0.get(block).copied().unwrap_or(u64::MAX)
    }
}

/// What the rows of a bitmap get.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'a> {
    /// A bit per row of the window.
    pub(crate) bits: &'a [u64],
    pub(crate) impact: u16,
}

/// Adds all that `layers` have to the rows whose bits are set: every sum is read and written once, however many
/// there are. They have a word for each block at least.
pub(crate) fn add(sums: &mut [u16], layers: &[Layer<'_>]) {
    if !layers.is_empty() {
        run(Add { sums, layers });
    }
}

/// By block the greatest of the sums of its rows that are `left`.
pub(crate) fn maxima(sums: &[u16], left: Left<'_>, maxima: &mut Vec<u16>) {
    run(Maxima { sums, left, maxima });
}

/// The rows of `block` whose sums reach `least`, a bit each.
pub(crate) fn reaching(sums: &[u16], block: u16, least: u16) -> u64 {
    let sums = &sums.as_chunks::<BLOCK>().0[usize::from(block)];
    run(Reaching { sums, least })
}

/// Writes down which rows that are `left` take the hurdle, and counts them. All slices have whole blocks, as many in
/// each.
pub(crate) fn scan(
    sums: &[u16],
    left: Left<'_>,
    hurdle: &Hurdle<'_>,
    taken: &mut Vec<Taken>,
) -> usize {
    run(Scan { sums, left, hurdle, taken })
}

/// How many bits are set.
pub(crate) fn count(words: &[u64]) -> usize {
    run(Count { words })
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
