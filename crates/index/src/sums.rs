//! Sums in 16 bits, one per row of a window. They err upwards only: what reaches no threshold here
//! reaches none exactly.

use std::cmp::Reverse;

use vector::Damping;

use crate::bits::{Bits, ones};
use crate::segment::DocId;
use crate::wide::{self, BLOCK, Hurdle, Layer, Taken};
use crate::window::{Posting, WINDOW};

/// Where fewer than one row in so many is left, each is looked at by itself.
const SPARSE_SHARE: usize = 20;

/// One sum per row of the window at hand, saturating.
#[derive(Debug)]
pub(crate) struct Sums {
    sums: Box<[u16; WINDOW]>,
    n_rows: usize,
    /// A bit for each row that a filter leaves; empty where there is none.
    left: Vec<u64>,
    /// Whether these are few.
    is_sparse: bool,
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
        Self {
            sums: sums.try_into().expect("as many as the window has rows"),
            n_rows: 0,
            left: Vec::new(),
            is_sparse: false,
        }
    }

    /// Begins a window of the documents `docs`. Where there are `candidates`, only rows of these will have a sum.
    /// Returns how many rows are left; the sums are only good for something if any is.
    pub(crate) fn begin(&mut self, docs: &[DocId], candidates: Option<&Bits>) -> usize {
        self.n_rows = docs.len().next_multiple_of(BLOCK);
        self.left.clear();
        let n_left =
            candidates.map_or(docs.len(), |candidates| candidates.of_rows(docs, &mut self.left));
        self.is_sparse = candidates.is_some() && n_left < docs.len() / SPARSE_SHARE;
        let least = self.least();
        self.sums[..self.n_rows].fill(least);
        n_left
    }

    /// What a row that is left has at least: unlike others it is not 0, though nothing be added.
    pub(crate) fn least(&self) -> u16 {
        u16::from(!self.left.is_empty())
    }

    /// The rows that are left, where there are candidates.
    pub(crate) fn left(&self) -> impl Iterator<Item = u16> {
        let blocks = self.left.iter().zip((0_usize..).step_by(BLOCK));
        blocks.flat_map(|(word, first)| ones(*word).map(move |bit| first as u16 + bit as u16))
    }

    /// Takes its sum from every row that is not left; where few are left, the others are never looked at.
    pub(crate) fn cut(&mut self) {
        if self.is_sparse || self.left.is_empty() {
            return;
        }
        wide::keep(&mut self.sums[..self.n_rows], &self.left);
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
        wide::add(&mut self.sums[..self.n_rows], layers);
    }

    /// Writes down which rows take the `hurdle`, and counts them.
    pub(crate) fn scan(&self, hurdle: &Hurdle<'_>, taken: &mut Vec<Taken>) -> usize {
        if !self.is_sparse {
            return wide::scan(&self.sums[..self.n_rows], hurdle, taken);
        }
        taken.clear();
        for (block, word) in (0_u16..).zip(&self.left) {
            let takes = |bit: &u32| {
                let at = usize::from(block) * BLOCK + *bit as usize;
                hurdle.is_taken(self.sums[at], hurdle.floors[at], hurdle.rests[at])
            };
            let rows = ones(*word).filter(takes).fold(0, |rows, bit| rows | 1 << bit);
            if rows != 0 {
                taken.push(Taken { block, rows });
            }
        }
        taken.iter().map(|Taken { rows, .. }| rows.count_ones() as usize).sum()
    }

    /// Calls `visit` for each row that took the `hurdle`, with a bound of its score.
    pub(crate) fn taken(
        &self,
        hurdle: &Hurdle<'_>,
        taken: &[Taken],
        mut visit: impl FnMut(u16, f64),
    ) {
        for Taken { block, rows } in taken {
            for bit in ones(*rows) {
                let row = block * BLOCK as u16 + bit as u16;
                visit(row, hurdle.bound(self.of(row), usize::from(row)));
            }
        }
    }

    /// Rows that promise the greatest scores, at most `n`, best first: by their sums over their `floors`. None where a
    /// sum is 0.
    pub(crate) fn promising(&self, n: usize, floors: &[u16]) -> Vec<u16> {
        let promise = |row: u16| {
            let floor = u32::from(floors[usize::from(row)]).max(1);
            (Reverse((u32::from(self.of(row)) << 16) / floor), row)
        };
        let mut rows: Vec<(Reverse<u32>, u16)> = if self.is_sparse {
            self.left().map(promise).collect()
        } else {
            self.greatest(n).into_iter().map(promise).collect()
        };
        keep_least(&mut rows, n);
        rows.sort_unstable();
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// Of twice `n` blocks, those with the greatest sums, the row with that sum; all that have a sum where there are
    /// fewer than `n`.
    fn greatest(&self, n: usize) -> Vec<u16> {
        let mut maxima = Vec::with_capacity(WINDOW / BLOCK);
        wide::maxima(&self.sums[..self.n_rows], &mut maxima);
        let mut blocks: Vec<(Reverse<u16>, u16)> =
            maxima.into_iter().map(Reverse).zip(0..).filter(|(sum, _)| sum.0 > 0).collect();
        keep_least(&mut blocks, 2 * n);
        let is_thin = blocks.len() < n;
        let rows = |(Reverse(greatest), block): (Reverse<u16>, u16)| {
            let first = block * BLOCK as u16;
            let rows = first..=first + (BLOCK as u16 - 1);
            let is_it = move |sum: u16| sum == greatest || (is_thin && sum > 0);
            rows.filter(move |row| is_it(self.of(*row))).take(if is_thin { BLOCK } else { 1 })
        };
        blocks.into_iter().flat_map(rows).collect()
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

    fn docs(n: u32) -> Vec<DocId> {
        (0..n).map(DocId).collect()
    }

    /// Candidates are every so many-th row; each row has its own sum.
    fn narrowed(every: usize) -> Sums {
        let mut candidates = Bits::none(192);
        (0..190).step_by(every).for_each(|doc| candidates.insert(DocId(doc)));
        let mut sums = Sums::new();
        sums.begin(&docs(190), Some(&candidates));
        (0..190).for_each(|row| sums.add(row, given(row)));
        sums.cut();
        sums
    }

    fn given(row: u16) -> u16 {
        row.wrapping_mul(37) % 1_901
    }

    #[test]
    fn only_candidates_have_a_sum() {
        let sums = narrowed(5);
        assert!(sums.left().eq((0..190).step_by(5)));
        let expect = |row: u16| if row < 190 && row.is_multiple_of(5) { given(row) + 1 } else { 0 };
        assert!((0..192).all(|row| sums.of(row) == expect(row)));
    }

    #[test]
    fn few_candidates_are_found_as_many_are() {
        let (floors, rests) = (vec![10_000; 192], vec![0; 192]);
        let hurdle =
            Hurdle { floors: &floors, rests: &rests, threshold: 6_554, rest: 0, sum_min: 0 };
        for every in [2, 24] {
            let (sums, mut taken, mut rows) = (narrowed(every), Vec::new(), Vec::new());
            assert_eq!(sums.is_sparse, every == 24);
            let n_taken = sums.scan(&hurdle, &mut taken);
            sums.taken(&hurdle, &taken, |row, _| rows.push(row));
            let held = || (0..190).step_by(every);
            let expect: Vec<u16> = held().filter(|row| given(*row) + 1 >= 1_000).collect();
            assert_eq!((n_taken, &rows), (expect.len(), &expect));
            let best = held().max_by_key(|row| given(*row));
            assert_eq!(sums.promising(1, &floors).first().copied(), best);
        }
    }

    #[test]
    fn a_sum_is_no_less_than_what_was_added() {
        let rows: Vec<u16> = (0..200).filter(|row| row % 3 != 1).collect();
        let frequencies: Vec<u16> =
            rows.iter().map(|row| [1, 2, 1, 9][usize::from(row % 4)]).collect();
        let window = Window::build(200, [(rows.as_slice(), frequencies.as_slice())].into_iter());
        assert!(window.posting(0).layers().len() > 1, "the bitmaps are tried too");
        let impact = Impact::new(10.3, Damping::Log);
        let mut sums = Sums::new();
        sums.begin(&docs(200), None);
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
        sums.begin(&docs(1), None);
        sums.add(0, Impact::new(1e9, Damping::None).of(3));
        sums.add(0, 7);
        assert_eq!(sums.of(0), u16::MAX);
    }

    #[test]
    fn the_scan_counts_the_rows_that_are_then_visited() {
        let mut sums = Sums::new();
        sums.begin(&docs(192), None);
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
