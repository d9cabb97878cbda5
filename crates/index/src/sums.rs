//! Sums in 16 bits, one per row of a window. They err upwards only: what reaches no threshold here
//! reaches none exactly.

use std::cmp::Reverse;

use vector::Damping;

use crate::wide::{self, BLOCK, Hurdle, Taken};
use crate::window::{Posting, WINDOW};

/// For each byte all ones where a bit of it is set: looking a mask up is four times faster than what compilers
/// make of testing bits in 16-bit lanes.
static MASKS: [[u16; 8]; 256] = masks();

const fn masks() -> [[u16; 8]; 256] {
    let mut masks = [[0; 8]; 256];
    let mut at = 0;
    while at < 256 * 8 {
        if (at / 8) >> (at % 8) & 1 == 1 {
            masks[at / 8][at % 8] = u16::MAX;
        }
        at += 1;
    }
    masks
}

/// What the rows of a bitmap get.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer<'a> {
    /// A bit per row of the window.
    bits: &'a [u64],
    impact: u16,
}

/// One sum per row of the window at hand, saturating.
#[derive(Debug)]
pub(crate) struct Sums {
    sums: Box<[u16; WINDOW]>,
    n_rows: usize,
}

/// What a term brings to the sum of a row, by its frequency there.
#[derive(Debug)]
pub(crate) struct Impact {
    unit: f64,
    damping: Damping,
    /// Those of the frequencies that nearly all postings have.
    small: [u16; 6],
}

impl Impact {
    /// `weight` is in units of a sum per unit of damped frequency.
    pub(crate) fn new(weight: f64, damping: Damping) -> Self {
        let small =
            std::array::from_fn(|frequency| impact(weight, damping, (frequency as u16).max(1)));
        Self { unit: weight, damping, small }
    }

    #[inline]
    pub(crate) fn of(&self, frequency: u16) -> u16 {
        match self.small.get(usize::from(frequency)) {
            Some(impact) => *impact,
            None => impact(self.unit, self.damping, frequency),
        }
    }
}

/// Rounded up, and by one more for the roundings of floats.
fn impact(weight: f64, damping: Damping, frequency: u16) -> u16 {
    // The conversion saturates.
    ((weight * damping.weight(frequency)) as u16).saturating_add(1)
}

impl Sums {
    pub(crate) fn new() -> Self {
        let sums = vec![0; WINDOW].into_boxed_slice();
        Self { sums: sums.try_into().expect("as many as the window has rows"), n_rows: 0 }
    }

    /// Begins a window of `n_rows`.
    pub(crate) fn clear(&mut self, n_rows: usize) {
        self.n_rows = n_rows.next_multiple_of(BLOCK);
        self.sums[..self.n_rows].fill(0);
    }

    pub(crate) fn of(&self, row: u16) -> u16 {
        self.sums[usize::from(row)]
    }

    #[inline]
    pub(crate) fn add(&mut self, row: u16, impact: u16) {
        let sum = &mut self.sums[usize::from(row)];
        *sum = sum.saturating_add(impact);
    }

    /// Adds a term to the rows that are listed for it; `layers` gets what its bitmaps add.
    pub(crate) fn add_listed<'a>(
        &mut self,
        posting: &Posting<'a>,
        impact: &Impact,
        layers: &mut Vec<Layer<'a>>,
    ) {
        let once = impact.of(1);
        posting.once.iter().for_each(|row| self.add(*row, once));
        let mut told = 0;
        for (bits, frequency) in posting.layers().zip(1..) {
            let upto = impact.of(frequency);
            layers.push(Layer { bits, impact: upto - told });
            told = upto;
        }
        for [row, frequency] in posting.often {
            self.add(*row, impact.of(*frequency) - told);
        }
    }

    /// Adds all that `layers` have to the rows whose bits are set: every sum is read and written once, however
    /// many there are.
    pub(crate) fn add_layers(&mut self, layers: &[Layer<'_>]) {
        if layers.is_empty() {
            return;
        }
        for (at, block) in
            self.sums[..self.n_rows].as_chunks_mut::<BLOCK>().0.iter_mut().enumerate()
        {
            let mut sums = *block;
            for Layer { bits, impact } in layers {
                for (sums, byte) in
                    sums.as_chunks_mut::<8>().0.iter_mut().zip(bits[at].to_le_bytes())
                {
                    for (sum, mask) in sums.iter_mut().zip(MASKS[usize::from(byte)]) {
                        *sum = sum.saturating_add(mask & impact);
                    }
                }
            }
            *block = sums;
        }
    }

    /// Writes down which rows take the `hurdle`, and counts them.
    pub(crate) fn scan(&self, hurdle: &Hurdle<'_>, taken: &mut Vec<Taken>) -> usize {
        wide::scan(&self.sums[..self.n_rows], hurdle, taken)
    }

    /// Calls `visit` for each row that took the `hurdle`, with a bound of its score.
    pub(crate) fn taken(
        &self,
        hurdle: &Hurdle<'_>,
        taken: &[Taken],
        mut visit: impl FnMut(u16, f64),
    ) {
        for Taken { block, rows } in taken {
            let mut left = *rows;
            while left != 0 {
                let row = block * BLOCK as u16 + left.trailing_zeros() as u16;
                left &= left - 1;
                visit(row, hurdle.bound(self.of(row), usize::from(row)));
            }
        }
    }

    /// Rows that promise the greatest scores, at most `n` and one of a block, best first. Of the blocks with the
    /// greatest sums, twice as many, the rows with these sums are put in the order of the sums over their
    /// `floors`. None where a sum is 0.
    pub(crate) fn promising(&self, n: usize, floors: &[u16]) -> Vec<u16> {
        let mut maxima = Vec::with_capacity(WINDOW / BLOCK);
        wide::maxima(&self.sums[..self.n_rows], &mut maxima);
        let mut blocks: Vec<(Reverse<u16>, u16)> =
            maxima.into_iter().map(Reverse).zip(0..).filter(|(sum, _)| sum.0 > 0).collect();
        keep_least(&mut blocks, 2 * n);
        let row = |(Reverse(sum), block): (Reverse<u16>, u16)| {
            let first = block * BLOCK as u16;
            let row = (first..=first + (BLOCK as u16 - 1)).find(|row| self.of(*row) == sum)?;
            let floor = u32::from(floors[usize::from(row)]).max(1);
            Some((Reverse((u32::from(sum) << 16) / floor), row))
        };
        let mut rows: Vec<(Reverse<u32>, u16)> = blocks.into_iter().filter_map(row).collect();
        keep_least(&mut rows, n);
        rows.sort_unstable();
        rows.into_iter().map(|(_, row)| row).collect()
    }
}

/// Keeps the `n` least, in any order.
fn keep_least<T: Ord>(values: &mut Vec<T>, n: usize) {
    if n < values.len() {
        values.select_nth_unstable(n);
        values.truncate(n);
    }
}

impl Hurdle<'_> {
    /// What the score of row `at` cannot exceed.
    fn bound(&self, sum: u16, at: usize) -> f64 {
        if sum == u16::MAX || self.floors[at] == 0 {
            return f64::INFINITY;
        }
        let known = f64::from(sum) / f64::from(self.floors[at]);
        known + f64::from(self.rests[at]) * f64::from(self.rest) / 65_536.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::Window;

    #[test]
    fn a_sum_is_no_less_than_what_was_added() {
        let rows: Vec<u16> = (0..200).filter(|row| row % 3 != 1).collect();
        let frequencies: Vec<u16> =
            rows.iter().map(|row| [1, 2, 1, 9][usize::from(row % 4)]).collect();
        let window = Window::build(200, [(rows.as_slice(), frequencies.as_slice())].into_iter());
        assert!(window.posting(0).layers().len() > 1, "the bitmaps are tried too");
        let impact = Impact::new(10.3, Damping::Log);
        let mut sums = Sums::new();
        sums.clear(200);
        let mut layers = Vec::new();
        sums.add_listed(&window.posting(0), &impact, &mut layers);
        sums.add_layers(&layers);
        for row in 0..200 {
            let frequency = rows.iter().position(|held| *held == row).map(|at| frequencies[at]);
            let expect = frequency.map_or(0.0, |it| 10.3 * Damping::Log.weight(it));
            let sum = f64::from(sums.of(row));
            assert!(sum >= expect && sum <= expect + 2.0, "row {row}: {sum}, {expect}");
        }
    }

    #[test]
    fn a_sum_stops_at_its_limit() {
        let mut sums = Sums::new();
        sums.clear(1);
        sums.add(0, Impact::new(1e9, Damping::None).of(3));
        sums.add(0, 7);
        assert_eq!(sums.of(0), u16::MAX);
    }

    #[test]
    fn the_scan_counts_the_rows_that_are_then_visited() {
        let mut sums = Sums::new();
        sums.clear(192);
        let floors = vec![10_000; 192];
        let rests: Vec<u8> = (0..192).map(|row| (row % 256) as u8).collect();
        (0..192_u16).for_each(|row| sums.add(row, row.wrapping_mul(37) % 6_000));
        let hurdle =
            Hurdle { floors: &floors, rests: &rests, threshold: 32_768, rest: 60, sum_min: 0 };
        let (mut taken, mut visited) = (Vec::new(), Vec::new());
        let n_taken = sums.scan(&hurdle, &mut taken);
        sums.taken(&hurdle, &taken, |row, bound| visited.push((row, bound)));
        assert_eq!(n_taken, visited.len());
        assert!((10..180).contains(&n_taken), "{n_taken} of 192");
        assert!(visited.iter().all(|(_, bound)| *bound >= 0.499));
        assert_eq!(
            sums.promising(1, &floors),
            (0..192).max_by_key(|row| sums.of(*row)).map(|row| vec![row]).unwrap_or_default()
        );
    }
}
