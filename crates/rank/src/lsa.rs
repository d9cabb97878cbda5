//! Latent semantic analysis: terms that stand in the same documents are near to each other.

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};
use vector::{Matrix, SplitMix64};

use crate::orthonormal::{orthonormalise, separate};

/// How many dimensions the space has at most.
const DIMENSIONS_MAX: usize = 200;
/// How often the range is sharpened. Halko et al. find one or two enough for a slow decay; term
/// matrices decay slower still.
const POWER_ITERATIONS: usize = 4;

/// A corpus' own latent space (Deerwester et al., "Indexing by latent semantic analysis", 1990).
///
/// It is the range of the leading right singular vectors, found by randomised subspace iteration
/// (Halko, Martinsson and Tropp, "Finding structure with randomness", 2011, algorithm 4.4). Their second
/// stage would only turn the axes within that range, which no cosine sees; it is left out.
///
/// A term takes 8 bytes and 4 per dimension; a term that no document of the corpus had lies outside.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Lsa {
    n_dimensions: usize,
    /// The numbers of the terms, ascending.
    terms: Vec<u64>,
    /// Shape `(n_terms, n_dimensions)`.
    basis: Vec<f32>,
}

impl Lsa {
    /// The space of the rows of `matrix`, whose columns are the terms of the numbers `terms`. `seed` draws
    /// the directions that are begun with.
    pub(crate) fn fit(matrix: &Matrix, terms: &[u64], seed: u64) -> Self {
        let n_dimensions = DIMENSIONS_MAX.min(matrix.n_rows()).min(matrix.n_terms());
        let places = right_range(matrix, n_dimensions, seed);
        let mut ascending: Vec<(u64, usize)> = terms.iter().copied().zip(0..).collect();
        ascending.sort_unstable();
        let rows = ascending.iter().flat_map(|(_, column)| places.row(*column));
        Self {
            n_dimensions,
            basis: rows.map(|weight| *weight as f32).collect(),
            terms: ascending.into_iter().map(|(term, _)| term).collect(),
        }
    }

    /// Whether it is in one piece.
    pub(crate) fn is_sound(&self) -> bool {
        self.basis.len() == self.terms.len() * self.n_dimensions && self.terms.is_sorted()
    }

    /// The direction of a document of these terms and weights; all 0 where it lies outside the space.
    pub(crate) fn project(&self, cells: &[(u64, f64)]) -> Vec<f32> {
        let mut sums = vec![0.0_f64; self.n_dimensions];
        for (term, weight) in cells {
            for (sum, at) in sums.iter_mut().zip(self.place(*term)) {
                *sum += weight * f64::from(*at);
            }
        }
        let norm = sums.iter().fold(0.0, |squares, sum| squares + sum * sum).sqrt();
        let scale = if norm > 1e-9 { 1.0 / norm } else { 0.0 };
        sums.iter().map(|sum| (sum * scale) as f32).collect()
    }

    /// What each of the `cells` of a question brings to its cosine with the direction `document`.
    pub(crate) fn parts(&self, cells: &[(u64, f64)], document: &[f32]) -> Vec<f64> {
        let towards = |(term, weight): &(u64, f64)| {
            let products = self.place(*term).iter().zip(document);
            weight * products.map(|(at, to)| f64::from(*at) * f64::from(*to)).sum::<f64>()
        };
        let parts: Vec<f64> = cells.iter().map(towards).collect();
        let (sum, whole) =
            (parts.iter().sum::<f64>(), cosine(&self.project(cells), document.iter().copied()));
        let scale = if sum.abs() > 1e-9 { whole / sum } else { 0.0 };
        parts.into_iter().map(|part| part * scale).collect()
    }

    /// Where a term lies; empty for an unknown one.
    fn place(&self, term: u64) -> &[f32] {
        match self.terms.binary_search(&term) {
            Ok(row) => &self.basis[row * self.n_dimensions..(row + 1) * self.n_dimensions],
            Err(_) => &[],
        }
    }
}

/// The cosine of two directions, in [-1, 1].
pub(crate) fn cosine(left: &[f32], right: impl Iterator<Item = f32>) -> f64 {
    let products = left.iter().zip(right).map(|(left, right)| f64::from(left * right));
    products.sum::<f64>().clamp(-1.0, 1.0)
}

/// An orthonormal basis of the range of the leading right singular vectors, shape `(n_terms, n)`; a
/// column is 0 where the rank is smaller.
fn right_range(matrix: &Matrix, n: usize, seed: u64) -> Array2<f64> {
    let transposed = matrix.transposed();
    let mut left = product(matrix, &signs(matrix.n_terms(), n, seed));
    for _ in 0..POWER_ITERATIONS {
        separate(&mut left);
        left = product(matrix, &product(&transposed, &left));
    }
    orthonormalise(&mut left);
    let mut right = product(&transposed, &left);
    orthonormalise(&mut right);
    right
}

/// `sparse * dense`, summed in ascending order of the sparse columns.
fn product(sparse: &Matrix, dense: &Array2<f64>) -> Array2<f64> {
    let mut result = Array2::zeros((sparse.n_rows(), dense.ncols()));
    for (row, mut sums) in result.outer_iter_mut().enumerate() {
        for (column, weight) in sparse.cells(row) {
            let other: ArrayView1<'_, f64> = dense.row(column as usize);
            sums.scaled_add(weight, &other);
        }
    }
    result
}

/// Random signs: unlike normal deviates they need no logarithm, and are the same on every machine.
fn signs(n_rows: usize, n_columns: usize, seed: u64) -> Array2<f64> {
    let mut rng = SplitMix64::new(seed);
    Array2::from_shape_simple_fn((n_rows, n_columns), || {
        if rng.next_u64() >> 63 == 0 { 1.0 } else { -1.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of 30 terms, none of them in its place.
    const NUMBERS: [u64; 30] = {
        let mut numbers = [0; 30];
        let mut at = 0;
        while at < 30 {
            numbers[at] = 30 - at as u64;
            at += 1;
        }
        numbers
    };

    /// A matrix of rank 3: each row mixes three sparse patterns by signs drawn.
    fn low_rank() -> Matrix {
        let mixes = signs(40, 3, 5);
        let patterns = signs(3, 30, 6);
        let row = |at: usize| -> Vec<(u32, f64)> {
            let cell = |term: usize| (0..3).map(|k| mixes[(at, k)] * patterns[(k, term)]).sum();
            (0..30).map(|term| (term as u32, cell(term))).collect()
        };
        Matrix::from_rows(30, (0..40).map(row))
    }

    #[test]
    fn a_matrix_of_low_rank_is_reconstructed() {
        let matrix = low_rank();
        let basis = right_range(&matrix, 3, 1);
        let coordinates = product(&matrix, &basis);
        for row in 0..matrix.n_rows() {
            for (term, weight) in matrix.cells(row) {
                let pairs = coordinates.row(row).into_iter().zip(basis.row(term as usize));
                let found: f64 = pairs.map(|(left, right)| left * right).sum();
                assert!((found - weight).abs() < 1e-9, "{row} {term}: {found} not {weight}");
            }
        }
    }

    #[test]
    fn synonyms_that_share_their_neighbours_are_near() {
        // 0 and 1 never meet, but stand beside 2; 3 and 4 stand apart.
        let rows = [vec![(0, 0.6), (2, 0.8)], vec![(1, 0.6), (2, 0.8)], vec![(3, 0.6), (4, 0.8)]];
        let matrix = Matrix::from_rows(5, rows);
        let mut lsa = Lsa::fit(&matrix, &[0, 1, 2, 3, 4], 1);
        assert_eq!(lsa.n_dimensions, 3);
        lsa.n_dimensions = 2;
        lsa.basis = right_range(&matrix, 2, 1).iter().map(|weight| *weight as f32).collect();
        let place = |term| lsa.project(&[(term, 1.0)]);
        let cosine = |left: u64, right: u64| cosine(&place(left), place(right).into_iter());
        assert!(cosine(0, 1) > 0.99, "{}", cosine(0, 1));
        assert!(cosine(0, 3).abs() < 0.1, "{}", cosine(0, 3));
    }

    #[test]
    fn the_same_seed_gives_the_same_space() {
        let fit = |seed| Lsa::fit(&low_rank(), &NUMBERS, seed);
        assert_eq!(fit(3), fit(3));
        assert!(fit(3).is_sound());
    }

    #[test]
    fn the_parts_of_the_terms_sum_to_the_cosine() {
        let lsa = Lsa::fit(&low_rank(), &NUMBERS, 3);
        let (left, right) = ([(1, 0.5), (4, -1.0), (99, 2.0)], [(2, 1.0), (4, 0.3)]);
        let document = lsa.project(&right);
        let parts = lsa.parts(&left, &document);
        let whole = cosine(&lsa.project(&left), document.iter().copied());
        assert!((parts.iter().sum::<f64>() - whole).abs() < 1e-9 && parts[2] == 0.0, "{parts:?}");
    }

    #[test]
    fn an_empty_corpus_has_an_empty_space() {
        let nothing = Matrix::from_rows(0, Vec::<Vec<(u32, f64)>>::new());
        let lsa = Lsa::fit(&nothing, &[], 1);
        assert!(lsa.project(&[(1, 1.0)]).is_empty() && lsa.is_sound());
        assert_eq!(cosine(&lsa.project(&[]), std::iter::empty()), 0.0);
    }
}
