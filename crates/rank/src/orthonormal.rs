//! Orthonormal columns.

use ndarray::Array2;

/// Below this share of a column's square, what is left of it is rounding.
const NEGLIGIBLE: f64 = 1e-12;

/// Makes the columns of `matrix` orthonormal, keeping their span; a column that depends on those before
/// it becomes 0.
///
/// [`separate`], twice, as one pass loses digits with the square of the condition (Yamamoto et al.,
/// "Roundoff error analysis of the CholeskyQR2 algorithm", 2015).
pub(crate) fn orthonormalise(matrix: &mut Array2<f64>) {
    separate(matrix);
    separate(matrix);
}

/// The same by one pass of Cholesky QR: orthonormal but for rounding. It reads the rows one by one, so
/// what it works on stays in the cache, and sums in one order, so the last bit is the same on every
/// machine.
pub(crate) fn separate(matrix: &mut Array2<f64>) {
    let factor = cholesky(gram(matrix));
    for mut row in matrix.outer_iter_mut() {
        let row = row.as_slice_mut().expect("rows lie one after another");
        solve(&factor, row);
    }
}

/// The lower triangle of the matrix of the columns' dot products.
fn gram(matrix: &Array2<f64>) -> Array2<f64> {
    let n = matrix.ncols();
    let mut gram = Array2::zeros((n, n));
    for row in matrix.outer_iter() {
        let row = row.to_slice().expect("rows lie one after another");
        for (at, weight) in row.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            let mut sums = gram.row_mut(at);
            let sums = sums.as_slice_mut().expect("rows lie one after another");
            sums[..=at].iter_mut().zip(row).for_each(|(sum, other)| *sum += weight * other);
        }
    }
    gram
}

/// The lower factor of a Gram matrix given by its lower triangle. A pivot of 0 marks a column that
/// depends on those before it.
fn cholesky(mut gram: Array2<f64>) -> Array2<f64> {
    for at in 0..gram.nrows() {
        let square = gram[(at, at)];
        for column in 0..=at {
            let known = (0..column).map(|k| gram[(at, k)] * gram[(column, k)]).sum::<f64>();
            let rest = gram[(at, column)] - known;
            let pivot = gram[(column, column)];
            gram[(at, column)] = match (column == at, pivot > 0.0) {
                (true, _) if rest <= NEGLIGIBLE * square => 0.0,
                (true, _) => rest.sqrt(),
                (false, true) => rest / pivot,
                (false, false) => 0.0,
            };
        }
    }
    gram
}

/// Replaces `row` by `x` with `factor * x = row`.
fn solve(factor: &Array2<f64>, row: &mut [f64]) {
    for at in 0..row.len() {
        let known = factor.row(at);
        let known = known.to_slice().expect("rows lie one after another");
        let pivot = known[at];
        let rest = row[at] - dot(&known[..at], &row[..at]);
        row[at] = if pivot > 0.0 { rest / pivot } else { 0.0 };
    }
}

/// Four sums side by side, which a processor adds at once; always the same four.
fn dot(left: &[f64], right: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 4];
    let (lefts, rights) = (left.chunks_exact(4), right.chunks_exact(4));
    let tail: f64 = lefts.remainder().iter().zip(rights.remainder()).map(|(l, r)| l * r).sum();
    for (l, r) in lefts.zip(rights) {
        (0..4).for_each(|lane| sums[lane] += l[lane] * r[lane]);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + tail
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[track_caller]
    fn check(mut matrix: Array2<f64>, expect: &Array2<f64>) {
        orthonormalise(&mut matrix);
        let products = matrix.t().dot(&matrix);
        assert!(products.iter().zip(expect).all(|(l, r)| (l - r).abs() < 1e-12), "{products}");
    }

    #[test]
    fn columns_become_orthonormal() {
        check(array![[3.0, 1.0], [4.0, 1.0], [0.0, 2.0]], &array![[1.0, 0.0], [0.0, 1.0]]);
    }

    #[test]
    fn a_dependent_column_becomes_0() {
        let matrix = array![[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]];
        check(matrix, &array![[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    }

    #[test]
    fn the_dot_product_counts_what_is_left_over() {
        assert_eq!(dot(&[1.0; 7], &[2.0; 7]), 14.0);
    }
}
