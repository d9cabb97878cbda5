//! Rows added up.

use std::borrow::Cow;

use vector::Matrix;

/// Some rows added up, terms ascending; a single one is that of the matrix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sum<'a> {
    terms: Cow<'a, [u32]>,
    weights: Cow<'a, [f64]>,
    rows: u32,
}

impl<'a> Sum<'a> {
    pub(crate) fn of_row(matrix: &'a Matrix, row: usize) -> Self {
        let (terms, weights) = matrix.row(row);
        Self { terms: Cow::Borrowed(terms), weights: Cow::Borrowed(weights), rows: 1 }
    }

    /// The mean of the rows.
    pub(crate) fn means(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.cells().map(|(term, sum)| (term, sum / f64::from(self.rows)))
    }

    /// Adds the rows of another.
    pub(crate) fn add(&mut self, other: &Self) {
        let room = self.terms.len() + other.terms.len();
        let (mut terms, mut weights) = (Vec::with_capacity(room), Vec::with_capacity(room));
        let mut others = other.cells().peekable();
        for (term, sum) in self.cells() {
            while let Some((lesser, sum)) = others.next_if(|(other, _)| *other < term) {
                terms.push(lesser);
                weights.push(sum);
            }
            let same = others.next_if(|(other, _)| *other == term);
            terms.push(term);
            weights.push(sum + same.map_or(0.0, |(_, sum)| sum));
        }
        for (term, sum) in others {
            terms.push(term);
            weights.push(sum);
        }
        terms.shrink_to_fit();
        weights.shrink_to_fit();
        self.rows += other.rows;
        (self.terms, self.weights) = (Cow::Owned(terms), Cow::Owned(weights));
    }

    /// Writes the cells to `spread`, by term.
    pub(crate) fn spread(&self, spread: &mut [f64]) {
        self.cells().for_each(|(term, sum)| spread[term as usize] = sum);
    }

    /// Writes 0 there again.
    pub(crate) fn unspread(&self, spread: &mut [f64]) {
        self.terms.iter().for_each(|term| spread[*term as usize] = 0.0);
    }

    /// The mean cosine of these rows, of which `spread` has the cells, to those of `other`: the same to the last
    /// bit either way round.
    pub(crate) fn mean(&self, spread: &[f64], other: &Self) -> f64 {
        let dot = other.cells().fold(0.0, |dot, (term, sum)| dot + spread[term as usize] * sum);
        dot / (f64::from(self.rows) * f64::from(other.rows))
    }

    fn cells(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.terms.iter().copied().zip(self.weights.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn the_mean_is_that_of_all_pairs_and_the_same_either_way_round(
            rows in rows(),
            split in any::<prop::sample::Index>(),
        ) {
            let matrix = unit_matrix(&rows);
            let n = matrix.n_rows();
            prop_assume!(n > 1);
            let first_n = 1 + split.index(n - 1);
            let sum_of = |rows: std::ops::Range<usize>| {
                let rows = rows.map(|row| Sum::of_row(&matrix, row));
                rows.reduce(|mut sum, row| {
                    sum.add(&row);
                    sum
                })
            };
            let (one, other) = (sum_of(0..first_n).unwrap(), sum_of(first_n..n).unwrap());
            let mean = |one: &Sum<'_>, other: &Sum<'_>| {
                let mut spread = vec![0.0; matrix.n_terms()];
                one.spread(&mut spread);
                let mean = one.mean(&spread, other);
                one.unspread(&mut spread);
                assert!(spread.iter().all(|cell| *cell == 0.0));
                mean
            };
            let pairs = (0..first_n).flat_map(|l| (first_n..n).map(move |r| (l, r)));
            let total: f64 = pairs.map(|(l, r)| matrix.cosine(l, r)).sum();
            let expect = total / (first_n * (n - first_n)) as f64;
            prop_assert!((mean(&one, &other) - expect).abs() < 1e-12);
            prop_assert_eq!(mean(&one, &other).to_bits(), mean(&other, &one).to_bits());
        }
    }
}
