//! From which cosine on two documents are alike by more than chance.

use crate::block::Scratch;
use crate::parallel::in_parallel_with;
use crate::sum::Sum;
use crate::tiers::ranks;
use crate::vectors::Rows;
use crate::windows::Windows;
use vector::{Matrix, SplitMix64};

/// How many rows at most [`null_cut`] is given.
pub const SAMPLE_ROWS: usize = 2_000;

/// How often the cells are scattered. Each time the null rests on a handful of pairs out of millions, and
/// varies by some .03 from time to time; the median of so many by some .01.
const ROUNDS: usize = 15;

/// How many pairs by chance above the cut are borne, per document and other document.
const CHANCE: f64 = 0.002;

/// A cosine below this is taken for 0.
const COSINE_MIN: f64 = 1e-9;

/// How many rows are compared with all others at once; then what is looked for rises to what was found.
const COMPARED_AT_ONCE: usize = 64;

/// The cut is never above this: with few words to a document chance alone reaches 1.
const CUT_MAX: f64 = 0.8;

/// Below this many documents the null is not used. It is the highest of a few pairs then, which says
/// nothing where texts are long (it never reaches the floor) and is luck where they are short.
const DOCS_MIN: usize = 20;

/// The floor for corpora of up to 200 documents, and for those of 2,000 and more.
const FLOORS: [(f64, f64); 2] = [(200.0, 0.5), (2_000.0, 0.3)];

/// The cosine from which on documents belong together, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// The cut: `null` brought between `floor` and 0.8; below 20 documents `floor`.
    pub value: f64,
    /// The cosine that chance seldom exceeds in this corpus, in 0 to 1; 0 where it is below `floor`,
    /// where it decides nothing and is not looked for.
    pub null: f64,
    /// The least cut for a corpus of this size.
    pub floor: f64,
}

/// The rows of a corpus of `n_docs` documents that [`null_cut`] is to be given, ascending: all, or
/// [`SAMPLE_ROWS`] drawn at random (Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S).
#[must_use]
pub fn sample_rows(n_docs: usize, seed: u64) -> Vec<usize> {
    let mut rng = SplitMix64::new(seed);
    let mut wanted = n_docs.min(SAMPLE_ROWS);
    let mut drawn = |row: &usize| {
        let taken = rng.below(n_docs - row) < wanted;
        wanted -= usize::from(taken);
        taken
    };
    (0..n_docs).filter(&mut drawn).collect()
}

/// The cut that follows from what chance does to the words of this corpus: every cell of `sample`
/// is sent to a random row, and the (1 - 0.002 / `n_docs`) quantile of all cosines between those
/// rows is taken, fifteen times over; the median of these is the null. `n_docs` is the size of the
/// whole corpus that `sample` was drawn from.
#[must_use]
pub fn null_cut(sample: &Matrix, n_docs: usize, seed: u64) -> Cut {
    let floor = floor(n_docs);
    let null = median_null(&sample.transposed(), n_docs, floor, seed);
    let value = match n_docs < DOCS_MIN {
        true => floor,
        false => null.clamp(floor, CUT_MAX),
    };
    Cut { value, null, floor }
}

/// The middle of what [`Rounds::null`] says of all rounds; 0 where the first of them, which are most, have all said that.
fn median_null(by_term: &Matrix, n_docs: usize, floor: f64, seed: u64) -> f64 {
    let rounds = Rounds::new(by_term, n_docs, floor, seed);
    let (numbers, mut tables) = ((0..ROUNDS).collect::<Vec<usize>>(), Vec::new());
    let (most, others) = numbers.split_at(ROUNDS / 2 + 1);
    let mut nulls_of = |numbers| {
        in_parallel_with(numbers, 1, &mut tables, |table, number| rounds.null(*number, table))
    };
    let mut nulls = nulls_of(most);
    if nulls.iter().any(|null| *null > 0.0) {
        nulls.extend(nulls_of(others));
    }
    nulls.sort_by(f64::total_cmp);
    nulls[nulls.len() / 2]
}

/// [`null_cut`] for the whole corpus `matrix`, from the rows [`sample_rows`] draws of it.
#[must_use]
pub fn corpus_cut(matrix: &Matrix, seed: u64) -> Cut {
    let n_docs = matrix.n_rows();
    null_cut(&matrix.select(&sample_rows(n_docs, seed)), n_docs, seed)
}

/// The least cut for a corpus of `n_docs` documents: 0.5 up to 200, 0.3 from 2,000 on, falling
/// linearly in the logarithm in between. In a few documents chance alone reaches next to nothing.
#[must_use]
pub fn floor(n_docs: usize) -> f64 {
    let [(few, high), (many, low)] = FLOORS;
    let fallen = ((n_docs as f64 / few).ln() / (many / few).ln()).clamp(0.0, 1.0);
    high + fallen * (low - high)
}

/// The rounds in which the cells of a matrix are scattered.
#[derive(Debug)]
struct Rounds<'a> {
    by_term: &'a Matrix,
    /// Of each term how many are rarer.
    ranks: Vec<u32>,
    n_docs: usize,
    floor: f64,
    seed: u64,
}

/// What a round is worked out on.
#[derive(Debug, Default)]
struct Table {
    rows: Vec<Vec<(u32, f64)>>,
    scratch: Scratch,
    /// By term, 0 in between: the cells of a row.
    spread: Vec<f64>,
}

impl<'a> Rounds<'a> {
    /// `by_term` is the transposed matrix.
    fn new(by_term: &'a Matrix, n_docs: usize, floor: f64, seed: u64) -> Self {
        let lengths = (0..by_term.n_rows()).map(|term| by_term.row(term).0.len() as u32);
        let ranks = ranks(&lengths.collect::<Vec<u32>>());
        Self { by_term, ranks, n_docs, floor, seed }
    }

    /// The (1 - 0.002 / `n_docs`) quantile of the cosines of all pairs of rows of the round `number`; 0 where it is below
    /// the floor. Each round draws on where the one before it ends.
    fn null(&self, number: usize, table: &mut Table) -> f64 {
        let mut rng = SplitMix64::new(self.seed);
        rng.skip(number * self.by_term.n_cells());
        let rows = scattered(self.by_term, &mut rng, &mut table.rows);
        self.chance_cosine(&rows, table)
    }

    /// That quantile of `rows`, between two of them by linear interpolation as numpy does it; 0 where there is no pair.
    fn chance_cosine(&self, rows: &Matrix, table: &mut Table) -> f64 {
        let n_pairs = rows.n_rows() * rows.n_rows().saturating_sub(1) / 2;
        if n_pairs == 0 {
            return 0.0;
        }
        let from_top = (n_pairs - 1) as f64 * (CHANCE / self.n_docs.max(1) as f64).min(1.0);
        let above = from_top as usize;
        let mut top = self.highest_cosines(rows, above + 2, self.floor.max(COSINE_MIN), table);
        if top.len() == above + 1 {
            // The quantile lies between the last of these and one below the floor.
            top = self.highest_cosines(rows, above + 2, COSINE_MIN, table);
        }
        let at = |place: usize| top.get(place).copied().unwrap_or(0.0);
        let quantile = at(above) + (from_top - above as f64) * (at(above + 1) - at(above));
        if quantile < self.floor { 0.0 } else { quantile }
    }

    /// The `count` highest cosines between two of `rows` that are at least `floor`, descending.
    fn highest_cosines(
        &self,
        rows: &Matrix,
        count: usize,
        floor: f64,
        table: &mut Table,
    ) -> Vec<f64> {
        let Table { scratch, spread, .. } = table;
        spread.resize(rows.n_terms(), 0.0);
        let vectors = Rows::new(rows, &self.ranks);
        let windows = Windows::new(&vectors, floor);
        let mut top: Vec<f64> = Vec::new();
        for first in (0..rows.n_rows()).step_by(COMPARED_AT_ONCE) {
            let places = first..rows.n_rows().min(first + COMPARED_AT_ONCE);
            let least = top.get(count - 1).copied().unwrap_or(floor);
            windows.near(places, least, scratch, |row, others| {
                let own = Sum::of_row(rows, row as usize);
                own.spread(spread);
                for (other, bound) in others {
                    let least = top.get(count - 1).copied().unwrap_or(floor);
                    if f64::from(*bound) >= least {
                        let cosine = own.mean(spread, &Sum::of_row(rows, *other as usize));
                        let place = top.partition_point(|higher| *higher >= cosine);
                        if cosine >= floor {
                            top.insert(place, cosine);
                            top.truncate(count);
                        }
                    }
                }
                own.unspread(spread);
            });
        }
        top
    }
}

/// The matrix with every cell in a random row and every row of length 1 again; cells of one term
/// that meet are added up. `by_term` is the transposed matrix; `rows` is room to do it in.
fn scattered(by_term: &Matrix, rng: &mut SplitMix64, rows: &mut Vec<Vec<(u32, f64)>>) -> Matrix {
    rows.iter_mut().for_each(Vec::clear);
    rows.resize_with(by_term.n_terms(), Vec::new);
    for term in 0..by_term.n_rows() {
        let id = u32::try_from(term).expect("terms are counted in 32 bits");
        for (_, weight) in by_term.cells(term) {
            let row = &mut rows[rng.below(by_term.n_terms())];
            match row.last_mut() {
                Some((last, sum)) if *last == id => *sum += weight,
                _ => row.push((id, weight)),
            }
        }
    }
    rows.iter_mut().for_each(|row| scale_to_one(row));
    Matrix::from_rows(by_term.n_rows(), rows.iter().map(|row| row.iter().copied()))
}

fn scale_to_one(row: &mut [(u32, f64)]) {
    let length = row.iter().map(|cell| cell.1 * cell.1).sum::<f64>().sqrt();
    row.iter_mut().for_each(|cell| cell.1 /= length);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;

    /// `numpy.quantile(values, q)`.
    fn quantile(mut values: Vec<f64>, q: f64) -> f64 {
        values.sort_by(f64::total_cmp);
        let place = q * (values.len() - 1) as f64;
        let (low, high) = (place.floor() as usize, place.ceil() as usize);
        values[low] + (values[high] - values[low]) * (place - low as f64)
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn the_quantile_is_that_of_all_pairs(
            rows in rows(),
            n_docs in 1..40_usize,
            floor in 0.0..1.0,
        ) {
            let matrix = unit_matrix(&rows);
            let n = matrix.n_rows();
            let pairs = (0..n).flat_map(|l| (0..l).map(move |r| (l, r)));
            let cosines: Vec<f64> = pairs.map(|(l, r)| matrix.cosine(l, r)).collect();
            let expect = match cosines.is_empty() {
                true => 0.0,
                false => quantile(cosines, 1.0 - CHANCE / n_docs as f64),
            };
            let chance_cosine = |floor| {
                let by_term = matrix.transposed();
                Rounds::new(&by_term, n_docs, floor, 1).chance_cosine(&matrix, &mut Table::default())
            };
            prop_assert!((chance_cosine(0.0) - expect).abs() < 1e-12);
            let floored = chance_cosine(floor);
            if expect < floor - 1e-9 {
                prop_assert_eq!(floored, 0.0);
            } else if expect > floor + 1e-9 {
                prop_assert!((floored - expect).abs() < 1e-12);
            }
        }

        #[test]
        fn scattering_keeps_the_weight_of_each_term_or_scales_it_to_length_one(rows in rows()) {
            let matrix = unit_matrix(&rows);
            let mut room = vec![vec![(7, 7.0)]; 3];
            let moved = scattered(&matrix.transposed(), &mut SplitMix64::new(3), &mut room);
            prop_assert_eq!(moved.n_rows(), matrix.n_rows());
            prop_assert!(moved.n_cells() <= matrix.n_cells());
            for row in 0..moved.n_rows() {
                let length: f64 = moved.cells(row).map(|cell| cell.1 * cell.1).sum();
                prop_assert!(moved.cells(row).count() == 0 || (length - 1.0).abs() < 1e-12);
            }
            for term in 0..matrix.n_terms() {
                let had = matrix.transposed().cells(term).count() > 0;
                prop_assert_eq!(moved.transposed().cells(term).count() > 0, had);
            }
        }
    }

    #[test]
    fn the_floor_falls_from_a_half_to_three_tenths() {
        let check = |n_docs, expect: f64| assert!((floor(n_docs) - expect).abs() < 1e-12);
        check(0, 0.5);
        check(200, 0.5);
        check(632, 0.5 - 0.2 * 3.16_f64.log10());
        check(2_000, 0.3);
        check(1_000_000, 0.3);
    }

    #[test]
    fn a_small_corpus_is_sampled_whole_and_a_large_one_in_part() {
        assert_eq!(sample_rows(4, 9), [0, 1, 2, 3]);
        let rows = sample_rows(50_000, 9);
        assert_eq!(rows.len(), SAMPLE_ROWS);
        assert!(rows.is_sorted_by(|left, right| left < right) && rows[SAMPLE_ROWS - 1] < 50_000);
        let mean = rows.iter().sum::<usize>() / SAMPLE_ROWS;
        assert!((24_000..26_000).contains(&mean), "{mean}");
        assert_ne!(rows, sample_rows(50_000, 10));
    }

    #[test]
    fn the_cut_stays_between_floor_and_ceiling() {
        let same = Matrix::from_rows(1, vec![[(0, 1.0)]; 60]);
        let cut = null_cut(&same, 60, 1);
        assert!((cut.null - 1.0).abs() < 1e-12, "one word: chance reaches 1");
        assert_eq!((cut.value, cut.floor), (0.8, 0.5));
        let none = null_cut(&Matrix::from_rows(1, [vec![]]), 1, 1);
        assert_eq!((none.value, none.null), (0.5, 0.0));
    }

    #[test]
    fn a_handful_of_documents_is_cut_at_the_floor() {
        let words = |n: usize| Matrix::from_rows(1, vec![[(0, 1.0)]; n]);
        let few = null_cut(&words(19), 19, 1);
        assert_eq!((few.value, few.floor), (0.5, 0.5));
        assert!((few.null - 1.0).abs() < 1e-12);
        assert_eq!(null_cut(&words(20), 20, 1).value, 0.8);
    }

    #[test]
    fn the_null_is_the_middle_of_the_rounds() {
        let matrix = Matrix::from_rows(18, (0..40_u32).map(|r| [(r % 7, 0.6), (7 + r % 11, 0.8)]));
        let (by_term, mut rng) = (matrix.transposed(), SplitMix64::new(8));
        let one_by_one = Rounds::new(&by_term, 40, 0.5, 8);
        let mut round = || {
            let rows = scattered(&by_term, &mut rng, &mut Vec::new());
            one_by_one.chance_cosine(&rows, &mut Table::default())
        };
        let rounds: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
        let null = null_cut(&matrix, 40, 8).null;
        let count = |keep: fn(f64, f64) -> bool| rounds.iter().filter(|r| keep(**r, null)).count();
        let (below, above) = (count(|r, null| r < null), count(|r, null| r > null));
        let half = ROUNDS / 2;
        assert!(below <= half && above <= half && below + above < ROUNDS, "{null} of {rounds:?}");
        assert!(below + above > 0, "the rounds differ");
    }

    #[test]
    fn the_same_seed_gives_the_same_cut() {
        let rows = (0..40_u32).map(|row| [(row % 7, 0.6), (7 + row % 11, 0.8)]);
        let matrix = Matrix::from_rows(18, rows);
        assert_eq!(null_cut(&matrix, 40, 5), null_cut(&matrix, 40, 5));
    }
}
