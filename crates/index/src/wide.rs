//! The loops over whole windows of 16-bit numbers. Each is written once over blocks of rows; what is done to a block is
//! there for several sets of instructions, the widest that the machine has is chosen at run time, and all compute
//! the same.

#[cfg(target_arch = "x86_64")]
use pulp::{Arch, NullaryFnOnce};

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
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

/// Takes its sum from every row whose bit is not set.
pub(crate) fn keep(sums: &mut [u16], rows: &[u64]) {
    run(Keep { sums, rows });
}

/// By block the greatest of its sums.
pub(crate) fn maxima(sums: &[u16], maxima: &mut Vec<u16>) {
    run(Maxima { sums, maxima });
}

/// Writes down which rows take the hurdle, and counts them. All slices have whole blocks, as many in each.
pub(crate) fn scan(sums: &[u16], hurdle: &Hurdle<'_>, taken: &mut Vec<Taken>) -> usize {
    run(Scan { sums, hurdle, taken })
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

struct Add<'a> {
    sums: &'a mut [u16],
    layers: &'a [Layer<'a>],
}

impl Loop for Add<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        for (at, sums) in self.sums.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let mut block = lanes.load(sums);
            for layer in self.layers {
                block = lanes.add(block, layer.bits[at], layer.impact);
            }
            lanes.store(block, sums);
        }
    }
}

struct Keep<'a> {
    sums: &'a mut [u16],
    rows: &'a [u64],
}

impl Loop for Keep<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        for (sums, rows) in self.sums.as_chunks_mut::<BLOCK>().0.iter_mut().zip(self.rows) {
            lanes.store(lanes.keep(lanes.load(sums), *rows), sums);
        }
    }
}

struct Maxima<'a> {
    sums: &'a [u16],
    maxima: &'a mut Vec<u16>,
}

impl Loop for Maxima<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        self.maxima.clear();
        for sums in self.sums.as_chunks::<BLOCK>().0 {
            self.maxima.push(lanes.greatest(lanes.load(sums)));
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
    fn run(self, lanes: impl Lanes) -> usize {
        let Self { sums, hurdle, taken } = self;
        taken.clear();
        let mut total = 0;
        let scales = hurdle.floors.as_chunks().0.iter().zip(hurdle.rests.as_chunks().0);
        let blocks = sums.as_chunks().0.iter().zip(scales);
        for (block, (sums, (floors, rests))) in (0..).zip(blocks) {
            let rows = lanes.taken(lanes.load(sums), floors, rests, hurdle);
            if rows != 0 {
                total += rows.count_ones() as usize;
                taken.push(Taken { block, rows });
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ROWS: usize = 3 * BLOCK;

    fn any_sums() -> impl Strategy<Value = Vec<u16>> {
        prop::collection::vec(any::<u16>(), ROWS)
    }

    fn any_rows() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(any::<u64>(), ROWS / BLOCK)
    }

    /// Runs `$loop`, written down anew for each, with every set of instructions that the machine has.
    macro_rules! with_every_set {
        ($loop:expr, $came_of_it:expr) => {{
            let mut outcomes = vec![($loop.run(portable::Portable), $came_of_it)];
            #[cfg(target_arch = "x86_64")]
            if let Some(set) = pulp::x86::V3::try_new() {
                outcomes.push((set.vectorize(With($loop, set)), $came_of_it));
            }
            #[cfg(target_arch = "x86_64")]
            if let Some(set) = pulp::x86::V4::try_new() {
                outcomes.push((set.vectorize(With($loop, set)), $came_of_it));
            }
            outcomes
        }};
    }

    fn is_set(rows: &[u64], row: usize) -> bool {
        rows[row / BLOCK] >> (row % BLOCK) & 1 == 1
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
            let mut taken = Vec::new();
            let outcomes = with_every_set!(
                Scan { sums: &sums, hurdle: &hurdle, taken: &mut taken },
                taken.clone()
            );
            let is_taken = |row: &usize| hurdle.is_taken(sums[*row], floors[*row], rests[*row]);
            let expect: Vec<usize> = (0..ROWS).filter(is_taken).collect();
            for (n_taken, taken) in outcomes {
                let rows = taken.iter().flat_map(|Taken { block, rows }| {
                    crate::bits::ones(*rows).map(|bit| usize::from(*block) * BLOCK + bit as usize)
                });
                prop_assert_eq!(rows.collect::<Vec<_>>(), expect.clone());
                prop_assert_eq!(n_taken, expect.len());
            }
        }

        #[test]
        fn maxima_are_the_same_with_every_set_of_instructions(sums in any_sums()) {
            let mut maxima = Vec::new();
            let expect = sums.chunks(BLOCK).map(|block| block.iter().copied().max().unwrap_or(0));
            let expect: Vec<u16> = expect.collect();
            for ((), maxima) in with_every_set!(Maxima { sums: &sums, maxima: &mut maxima }, maxima.clone()) {
                prop_assert_eq!(&maxima, &expect);
            }
        }

        #[test]
        fn sums_change_alike_with_every_set_of_instructions(
            before in any_sums(),
            (first, second) in (any_rows(), any_rows()),
            impacts in any::<[u16; 2]>(),
        ) {
            let layers = [(&first, impacts[0]), (&second, impacts[1])]
                .map(|(bits, impact)| Layer { bits, impact });
            let added = |row: usize| {
                let held = layers.iter().filter(|layer| is_set(layer.bits, row));
                held.fold(before[row], |sum, layer| sum.saturating_add(layer.impact))
            };
            let expect: Vec<u16> = (0..ROWS).map(added).collect();
            let mut sums = before.clone();
            for ((), sums) in with_every_set!(Add { sums: { sums.clone_from(&before); &mut sums }, layers: &layers }, sums.clone()) {
                prop_assert_eq!(&sums, &expect);
            }
            let kept = |row: usize| if is_set(&first, row) { before[row] } else { 0 };
            let expect: Vec<u16> = (0..ROWS).map(kept).collect();
            for ((), sums) in with_every_set!(Keep { sums: { sums.clone_from(&before); &mut sums }, rows: &first }, sums.clone()) {
                prop_assert_eq!(&sums, &expect);
            }
        }
    }
}
