//! One interface over the clustering algorithms.

use crate::average_link::average_link;
use crate::constraints::Constraints;
use crate::dbscan::dbscan;
use crate::labels::Labels;
use vector::Matrix;

/// How a whole corpus is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Average link (UPGMA, Sokal and Michener 1958), cut at a mean pairwise cosine.
    #[default]
    AverageLink,
    /// DBSCAN (Ester, Kriegel, Sander and Xu 1996) over cosine distances.
    Dbscan {
        /// How many rows at a cosine not below the cut, itself among them, make a row the core of
        /// a group. Fewer than 2 count as 2: a single row is no group.
        min_points: usize,
    },
}

/// Groups the rows of `matrix`, which are unit vectors of positive weights or empty; an empty row
/// is a one-off. `cut` is the cosine from which on two rows (DBSCAN) or two groups (average link)
/// belong together.
///
/// `constraints` bind either algorithm. Average link begins with the rows that must share a group in
/// one, and passes over a merge that would join rows that cannot. DBSCAN knows neither, so its groups are
/// made to fit afterwards: those that must be one are joined, then rows that cannot stay together leave
/// for a group beside it, earlier rows first.
///
/// # Panics
/// Where `cut` is not above 0 and at most 1, or a constraint names a row that there is not.
#[must_use]
pub fn fit(matrix: &Matrix, algorithm: Algorithm, cut: f64, constraints: &Constraints) -> Labels {
    assert!(cut > 0.0 && cut <= 1.0, "a cut of {cut}");
    match algorithm {
        Algorithm::AverageLink => average_link(matrix, cut, constraints),
        Algorithm::Dbscan { min_points } => constraints.imposed(&dbscan(matrix, min_points, cut)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labels::ClusterId;

    const ALGORITHMS: [Algorithm; 2] =
        [Algorithm::AverageLink, Algorithm::Dbscan { min_points: 2 }];

    #[track_caller]
    fn check(rows: &[&[(u32, f64)]], cut: f64, expect: &[Option<u32>]) {
        let matrix = Matrix::from_rows(4, rows.iter().map(|row| row.iter().copied()));
        let expect: Labels = expect.iter().map(|id| id.map(ClusterId)).collect();
        for algorithm in ALGORITHMS {
            assert_eq!(
                fit(&matrix, algorithm, cut, &Constraints::default()),
                expect,
                "{algorithm:?}"
            );
        }
    }

    #[test]
    fn near_rows_share_a_group_and_far_ones_are_one_offs() {
        let rows: [&[(u32, f64)]; 4] =
            [&[(0, 1.0)], &[(2, 1.0)], &[(0, 0.8), (1, 0.6)], &[(3, 1.0)]];
        check(&rows, 0.7, &[Some(0), None, Some(0), None]);
        check(&rows, 0.9, &[None; 4]);
    }

    #[test]
    fn equal_rows_share_a_group_at_any_cut() {
        let third = 1.0 / 3.0_f64.sqrt();
        let row: &[(u32, f64)] = &[(0, third), (1, third), (2, third)];
        check(&[row, row, row], 1.0, &[Some(0); 3]);
    }

    #[test]
    fn empty_rows_are_one_offs() {
        check(&[&[], &[], &[(0, 1.0)]], 0.1, &[None; 3]);
        check(&[], 0.1, &[]);
    }

    #[test]
    #[should_panic(expected = "a cut of 0")]
    fn a_cut_of_zero_is_refused() {
        let _ = fit(
            &Matrix::from_rows(0, [vec![]]),
            Algorithm::AverageLink,
            0.0,
            &Constraints::default(),
        );
    }
}
