//! Sums in 16 bits, one per row of a window. They err upwards only: what reaches no threshold here
//! reaches none exactly.

use vector::Damping;

use crate::window::{Posting, WINDOW};

/// How many rows are looked at as one.
pub(crate) const BLOCK: usize = 64;

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

    /// Adds a term to all rows that hold it.
    pub(crate) fn add_posting(&mut self, posting: &Posting<'_>, impact: &Impact) {
        let once = impact.of(1);
        posting.once.iter().for_each(|row| self.add(*row, once));
        let mut told = 0;
        for (layer, frequency) in posting.layers().zip(1..) {
            let upto = impact.of(frequency);
            add_where(&mut self.sums[..], layer, upto - told);
            told = upto;
        }
        for [row, frequency] in posting.often {
            self.add(*row, impact.of(*frequency) - told);
        }
    }

    /// Writes down the blocks in which a row takes the `hurdle`, and counts these rows.
    pub(crate) fn scan(&self, hurdle: &Hurdle<'_>, blocks: &mut Vec<u16>) -> usize {
        blocks.clear();
        let mut total = 0;
        let sums = self.sums[..self.n_rows].chunks_exact(BLOCK);
        let scales = hurdle.floors.chunks_exact(BLOCK).zip(hurdle.rests.chunks_exact(BLOCK));
        for (block, (sums, (floors, rests))) in (0..).zip(sums.zip(scales)) {
            let mut taken = 0_u16;
            for ((sum, floor), rest) in sums.iter().zip(floors).zip(rests) {
                taken = taken.wrapping_add(u16::from(hurdle.is_taken(*sum, *floor, *rest)));
            }
            if taken > 0 {
                blocks.push(block);
                total += usize::from(taken);
            }
        }
        total
    }

    /// Calls `visit` for each row of these blocks that takes the `hurdle`, with a bound of its score.
    pub(crate) fn taken(
        &self,
        hurdle: &Hurdle<'_>,
        blocks: &[u16],
        mut visit: impl FnMut(u16, f64),
    ) {
        for first in blocks.iter().map(|block| block * BLOCK as u16) {
            for row in first..=first + (BLOCK as u16 - 1) {
                let (sum, at) = (self.of(row), usize::from(row));
                if hurdle.is_taken(sum, hurdle.floors[at], hurdle.rests[at]) {
                    visit(row, hurdle.bound(sum, at));
                }
            }
        }
    }

    /// The rows with the greatest sum of their blocks, of the `n` blocks where it is greatest; none
    /// where it is 0.
    pub(crate) fn greatest(&self, n: usize) -> Vec<u16> {
        let blocks = self.sums[..self.n_rows].chunks_exact(BLOCK);
        let greatest = |block: &[u16]| block.iter().fold(0, |greatest, sum| *sum.max(&greatest));
        let mut maxima: Vec<(u16, u16)> =
            blocks.map(greatest).zip(0..).filter(|(sum, _)| *sum > 0).collect();
        let by_sum = |(sum, block): &(u16, u16)| (std::cmp::Reverse(*sum), *block);
        if n < maxima.len() {
            maxima.select_nth_unstable_by_key(n, by_sum);
            maxima.truncate(n);
        }
        maxima.sort_unstable_by_key(by_sum);
        let row = |(sum, block): (u16, u16)| {
            let first = block * BLOCK as u16;
            (first..=first + (BLOCK as u16 - 1)).find(|row| self.of(*row) == sum)
        };
        maxima.into_iter().filter_map(row).collect()
    }
}

impl Hurdle<'_> {
    #[inline]
    fn is_taken(&self, sum: u16, floor: u16, rest: u8) -> bool {
        let left = self.threshold.saturating_sub(u16::from(rest).wrapping_mul(self.rest));
        let least = (u32::from(floor) * u32::from(left)) >> 16;
        sum >= (least as u16).max(self.sum_min)
    }

    /// What the score of row `at` cannot exceed.
    fn bound(&self, sum: u16, at: usize) -> f64 {
        if sum == u16::MAX || self.floors[at] == 0 {
            return f64::INFINITY;
        }
        let known = f64::from(sum) / f64::from(self.floors[at]);
        known + f64::from(self.rests[at]) * f64::from(self.rest) / 65_536.0
    }
}

/// Adds `impact` where a bit is set.
fn add_where(sums: &mut [u16], bits: &[u64], impact: u16) {
    for (block, word) in sums.chunks_exact_mut(BLOCK).zip(bits) {
        for (quarter, sums) in block.chunks_exact_mut(16).enumerate() {
            let part = (word >> (16 * quarter)) as u16;
            for (bit, sum) in sums.iter_mut().enumerate() {
                let is_set = part & (1 << bit) != 0;
                *sum = sum.saturating_add(if is_set { impact } else { 0 });
            }
        }
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
        sums.add_posting(&window.posting(0), &impact);
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
        let (mut blocks, mut visited) = (Vec::new(), Vec::new());
        let n_taken = sums.scan(&hurdle, &mut blocks);
        sums.taken(&hurdle, &blocks, |row, bound| visited.push((row, bound)));
        assert_eq!(n_taken, visited.len());
        assert!((10..180).contains(&n_taken), "{n_taken} of 192");
        assert!(visited.iter().all(|(_, bound)| *bound >= 0.499));
        assert_eq!(
            sums.greatest(1),
            (0..192).max_by_key(|row| sums.of(*row)).map(|row| vec![row]).unwrap_or_default()
        );
    }
}
