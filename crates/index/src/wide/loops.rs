//! The loops, each written once for all sets of instructions.

use super::{BLOCK, Hurdle, Lanes, Layer, Left, Loop, Taken};

pub(super) struct Add<'a> {
    pub(super) sums: &'a mut [u16],
    pub(super) layers: &'a [Layer<'a>],
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

pub(super) struct Maxima<'a> {
    pub(super) sums: &'a [u16],
    pub(super) left: Left<'a>,
    pub(super) maxima: &'a mut Vec<u16>,
}

impl Loop for Maxima<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self, lanes: impl Lanes) {
        self.maxima.clear();
        for (at, sums) in self.sums.as_chunks::<BLOCK>().0.iter().enumerate() {
            let block = lanes.keep(lanes.load(sums), self.left.of(at));
            self.maxima.push(lanes.greatest(block));
        }
    }
}

pub(super) struct Reaching<'a> {
    pub(super) sums: &'a [u16; BLOCK],
    pub(super) least: u16,
}

impl Loop for Reaching<'_> {
    type Output = u64;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> u64 {
        lanes.reaching(lanes.load(self.sums), self.least)
    }
}

pub(super) struct Count<'a> {
    pub(super) words: &'a [u64],
}

impl Loop for Count<'_> {
    type Output = usize;

    #[inline(always)]
    fn run(self, _: impl Lanes) -> usize {
        let mut count = 0;
        for word in self.words {
            count += word.count_ones() as usize;
        }
        count
    }
}

pub(super) struct Scan<'a> {
    pub(super) sums: &'a [u16],
    pub(super) left: Left<'a>,
    pub(super) hurdle: &'a Hurdle<'a>,
    pub(super) taken: &'a mut Vec<Taken>,
}

impl Loop for Scan<'_> {
    type Output = usize;

    #[inline(always)]
    fn run(self, lanes: impl Lanes) -> usize {
        let Self { sums, left, hurdle, taken } = self;
        taken.clear();
        let mut total = 0;
        let scales = hurdle.floors.as_chunks().0.iter().zip(hurdle.rests.as_chunks().0);
        let blocks = sums.as_chunks().0.iter().zip(scales);
        for (block, (sums, (floors, rests))) in (0_u16..).zip(blocks) {
            let rows =
                lanes.taken(lanes.load(sums), floors, rests, hurdle) & left.of(usize::from(block));
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

    use super::super::{With, portable};
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
            (rests, left) in (prop::collection::vec(any::<u8>(), ROWS), any_rows()),
            (threshold, rest, sum_min) in (any::<u16>(), 0_u16..258, any::<u16>()),
        ) {
            let hurdle = Hurdle { floors: &floors, rests: &rests, threshold, rest, sum_min };
            let mut taken = Vec::new();
            let outcomes = with_every_set!(
                Scan { sums: &sums, left: Left(&left), hurdle: &hurdle, taken: &mut taken },
                taken.clone()
            );
            let is_taken = |row: &usize| {
                is_set(&left, *row) && hurdle.is_taken(sums[*row], floors[*row], rests[*row])
            };
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
        fn maxima_are_the_same_with_every_set_of_instructions(sums in any_sums(), left in any_rows()) {
            let mut maxima = Vec::new();
            let greatest = |block: usize| {
                let rows = BLOCK * block..BLOCK * (block + 1);
                rows.filter(|row| is_set(&left, *row)).map(|row| sums[row]).max().unwrap_or(0)
            };
            let expect: Vec<u16> = (0..ROWS / BLOCK).map(greatest).collect();
            let outcomes = with_every_set!(
                Maxima { sums: &sums, left: Left(&left), maxima: &mut maxima },
                maxima.clone()
            );
            for ((), maxima) in outcomes {
                prop_assert_eq!(&maxima, &expect);
            }
        }

        #[test]
        fn bits_are_counted_alike_with_every_set_of_instructions(words in any_rows()) {
            let expect = (0..ROWS).filter(|row| is_set(&words, *row)).count();
            for (count, ()) in with_every_set!(Count { words: &words }, ()) {
                prop_assert_eq!(count, expect);
            }
        }

        #[test]
        fn rows_reach_a_sum_alike_with_every_set_of_instructions(
            sums in any::<[u16; BLOCK]>(),
            least in any::<u16>(),
        ) {
            let expect = (0..BLOCK).filter(|row| sums[*row] >= least);
            let expect = expect.fold(0, |rows, row| rows | 1_u64 << row);
            for (rows, ()) in with_every_set!(Reaching { sums: &sums, least }, ()) {
                prop_assert_eq!(rows, expect);
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
            let outcomes = with_every_set!(
                Add { sums: { sums.clone_from(&before); &mut sums }, layers: &layers },
                sums.clone()
            );
            for ((), sums) in outcomes {
                prop_assert_eq!(&sums, &expect);
            }
        }
    }
}
