//! Sums in 16 bits, one per row of a window. They err upwards only: what reaches no threshold here
//! reaches none exactly.

use std::ops::Range;

use vector::Damping;

use crate::bits::{Bits, ones};
use crate::segment::DocId;
use crate::wide::{self, BLOCK, Hurdle, Layer, Left, Taken};
use crate::window::{Posting, WINDOW};

/// Where fewer than one row in so many is left, each is looked at by itself.
const SPARSE_SHARE: usize = 40;

/// Where this many rows hold a term often, what it brings is worked out once for all frequencies below this.
const TABLED: usize = 64;

/// One sum per row of the window at hand, saturating.
#[derive(Debug)]
pub(crate) struct Sums {
    sums: Box<[u16; WINDOW]>,
    n_rows: usize,
    /// The blocks outside of which none is left.
    blocks: Range<usize>,
    /// A bit for each row that a filter leaves; empty where there is none.
    left: Vec<u64>,
    /// Whether these are few.
    is_sparse: bool,
    /// Room for the search for promising rows.
    maxima: Vec<u16>,
    keys: Vec<u64>,
    promising: Vec<u16>,
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
            blocks: 0..0,
            left: Vec::new(),
            is_sparse: false,
            maxima: Vec::new(),
            keys: Vec::new(),
            promising: Vec::new(),
        }
    }

    /// Begins a window of the documents `docs`. Where there are `candidates`, only rows of these will be found.
    /// Returns how many rows are left; the sums are only good for something if any is.
    pub(crate) fn begin(&mut self, docs: &[DocId], candidates: Option<&Bits>) -> usize {
        self.n_rows = docs.len().next_multiple_of(BLOCK);
        self.left.clear();
        let n_left =
            candidates.map_or(docs.len(), |candidates| candidates.of_rows(docs, &mut self.left));
        self.is_sparse = candidates.is_some() && n_left < docs.len() / SPARSE_SHARE;
        self.blocks = if candidates.is_some() { ends(&self.left) } else { 0..self.n_rows / BLOCK };
        let rows = self.rows();
        self.sums[rows].fill(0);
        n_left
    }

    /// The rows outside of which none is left, whole blocks of them.
    fn rows(&self) -> Range<usize> {
        self.blocks.start * BLOCK..self.blocks.end * BLOCK
    }

    /// The rows that are left, where there are candidates.
    pub(crate) fn left(&self) -> impl Iterator<Item = u16> {
        rows(&self.left)
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
        let rows = self.rows();
        let once = impact.of(1);
        let listed = within(posting.once, &rows, |row| *row);
        listed.iter().for_each(|row| self.add(*row, once));
        let mut told = 0;
        for (bits, frequency) in posting.layers().zip(1..) {
            let upto = impact.of(frequency);
            layers.push(Layer { bits: &bits[self.blocks.clone()], impact: upto - told });
            told = upto;
        }
        let more = |frequency| impact.of(frequency).saturating_sub(told);
        let often = within(posting.often, &rows, |[row, _]| *row);
        if often.len() < TABLED {
            return often.iter().for_each(|[row, it]| self.add(*row, more(*it)));
        }
        let table: [u16; TABLED] = std::array::from_fn(|frequency| more(frequency as u16));
        for [row, frequency] in often {
            let tabled = table.get(usize::from(*frequency)).copied();
            self.add(*row, tabled.unwrap_or_else(|| more(*frequency)));
        }
    }

    /// Adds all that `layers` have to the rows whose bits are set: every sum is read and written once, however
    /// many there are.
    pub(crate) fn add_layers(&mut self, layers: &[Layer<'_>]) {
        let rows = self.rows();
        wide::add(&mut self.sums[rows], layers);
    }

    /// Writes down which rows take the `hurdle`, and counts them.
    pub(crate) fn scan(&self, hurdle: &Hurdle<'_>, taken: &mut Vec<Taken>) -> usize {
        if !self.is_sparse {
            return wide::scan(&self.sums[..self.n_rows], Left(&self.left), hurdle, taken);
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

    /// Rows that promise the greatest scores, at most `n`, best first: by their sums over their `floors`. Where many rows
    /// are left, none whose sum is 0.
    pub(crate) fn promising(&mut self, n: usize, floors: &[u16]) -> &[u16] {
        self.promising.clear();
        if self.is_sparse {
            self.promising.extend(rows(&self.left));
        } else {
            self.greatest(n);
        }
        let Self { sums, keys, promising, .. } = self;
        keys.clear();
        keys.extend(promising.iter().map(|row| {
            let floor = u32::from(floors[usize::from(*row)]).max(1);
            let promise = (u32::from(sums[usize::from(*row)]) << 16) / floor;
            u64::from(promise) << 16 | u64::from(u16::MAX - row)
        }));
        keep_greatest(keys, n);
        keys.sort_unstable_by(|left, right| right.cmp(left));
        promising.clear();
        promising.extend(keys.iter().map(|key| u16::MAX - *key as u16));
        promising
    }

    /// Of twice `n` blocks, those with the greatest sums, the row with that sum; all that have a sum where there are
    /// fewer than `n`.
    fn greatest(&mut self, n: usize) {
        let Self { maxima, keys, promising, .. } = self;
        let sums = &self.sums[..self.n_rows];
        wide::maxima(sums, Left(&self.left), maxima);
        let blocks = maxima.iter().zip(0_u64..).filter(|(greatest, _)| **greatest > 0);
        keys.clear();
        keys.extend(blocks.map(|(greatest, block)| u64::from(*greatest) << 16 | block));
        let is_thin = keys.len() < n;
        keep_greatest(keys, 2 * n);
        for key in keys {
            let (block, greatest) = (*key as u16, (*key >> 16) as u16);
            let reaching = wide::reaching(sums, block, if is_thin { 1 } else { greatest });
            let rows = reaching & Left(&self.left).of(usize::from(block));
            let n_rows = if is_thin { BLOCK } else { 1 };
            let rows = ones(rows).take(n_rows);
            promising.extend(rows.map(|bit| block * BLOCK as u16 + bit as u16));
        }
    }
}

/// The least range with every word that is not 0.
fn ends(words: &[u64]) -> Range<usize> {
    let is_held = |word: &u64| *word != 0;
    let first = words.iter().position(is_held).unwrap_or(0);
    first..words.iter().rposition(is_held).map_or(first, |last| last + 1)
}

/// Those of `listed`, which are in the order of their rows, that lie in `rows`.
fn within<'a, T>(listed: &'a [T], rows: &Range<usize>, row: impl Fn(&T) -> u16) -> &'a [T] {
    let before = |end: usize| listed.partition_point(|it| usize::from(row(it)) < end);
    let all_end = listed.last().is_none_or(|it| usize::from(row(it)) < rows.end);
    let from = if rows.start == 0 { 0 } else { before(rows.start) };
    &listed[from..if all_end { listed.len() } else { before(rows.end) }]
}

/// The rows whose bits are set, ascending.
fn rows(words: &[u64]) -> impl Iterator<Item = u16> {
    let blocks = words.iter().zip((0_usize..).step_by(BLOCK));
    blocks.flat_map(|(word, first)| ones(*word).map(move |bit| first as u16 + bit as u16))
}

/// Keeps the `n` greatest, in any order.
fn keep_greatest(values: &mut Vec<u64>, n: usize) {
    if n < values.len() {
        values.select_nth_unstable_by(n, |left, right| right.cmp(left));
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
        let mut candidates = Bits::none(1_920);
        (0..1_900).step_by(every).for_each(|doc| candidates.insert(DocId(doc)));
        let mut sums = Sums::new();
        sums.begin(&docs(1_900), Some(&candidates));
        (0..1_900).for_each(|row| sums.add(row, given(row)));
        sums
    }

    fn given(row: u16) -> u16 {
        row.wrapping_mul(37) % 1_901
    }

    #[test]
    fn only_candidates_are_found() {
        let (floors, rests) = (vec![10_000; 1_920], vec![0; 1_920]);
        let hurdle = Hurdle { floors: &floors, rests: &rests, threshold: 0, rest: 0, sum_min: 0 };
        for every in [1, 5, 240] {
            let (mut sums, mut taken, mut rows) = (narrowed(every), Vec::new(), Vec::new());
            assert!(sums.left().eq((0..1_900).step_by(every)));
            assert_eq!(sums.scan(&hurdle, &mut taken), 1_900_usize.div_ceil(every));
            sums.taken(&hurdle, &taken, |row, _| rows.push(row));
            assert!(rows.iter().copied().eq((0..1_900).step_by(every)));
            let promising = sums.promising(1_900, &floors);
            assert!(promising.iter().all(|row| usize::from(*row).is_multiple_of(every)));
        }
    }

    #[test]
    fn few_candidates_are_found_as_many_are() {
        let (floors, rests) = (vec![10_000; 1_920], vec![0; 1_920]);
        let hurdle =
            Hurdle { floors: &floors, rests: &rests, threshold: 6_554, rest: 0, sum_min: 0 };
        for every in [2, 240] {
            let (mut sums, mut taken, mut rows) = (narrowed(every), Vec::new(), Vec::new());
            assert_eq!(sums.is_sparse, every == 240);
            let n_taken = sums.scan(&hurdle, &mut taken);
            sums.taken(&hurdle, &taken, |row, _| rows.push(row));
            let held = || (0..1_900).step_by(every);
            let expect: Vec<u16> = held().filter(|row| given(*row) >= 1_000).collect();
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
    fn where_rows_are_left_sums_are_those_of_all() {
        let listed = [2, 60, 400].map(|every| {
            let rows: Vec<u16> = (0..3_000).filter(|row| row % every == 1).collect();
            let frequencies: Vec<u16> = rows.iter().map(|row| row % 7 / 6 + 1).collect();
            (rows, frequencies)
        });
        let window = Window::build(3_000, listed.iter().map(|(rows, often)| (&**rows, &**often)));
        let sums_of = |candidates: Option<&Bits>| {
            let (mut sums, mut layers) = (Sums::new(), Vec::new());
            sums.begin(&docs(3_000), candidates);
            let impact = Impact::new(10.3, Damping::Log);
            (0..3).for_each(|rank| sums.add_listed(&window.posting(rank), &impact, &mut layers));
            sums.add_layers(&layers);
            (0..3_000).map(|row| sums.of(row)).collect::<Vec<u16>>()
        };
        let all = sums_of(None);
        for left in [0..3_000, 700..1_900, 1_000..1_001, 2_999..3_000] {
            let mut candidates = Bits::none(3_000);
            left.clone().for_each(|doc| candidates.insert(DocId(doc as u32)));
            assert_eq!(sums_of(Some(&candidates))[left.clone()], all[left.clone()], "{left:?}");
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
        let greatest = (0..192).max_by_key(|row| sums.of(*row));
        assert_eq!(sums.promising(1, &floors).first().copied(), greatest);
    }
}
