//! One document at a time.

use crate::groups::{Groups, Total, by_mean};
use crate::labels::{Labels, numbered};
use crate::search::Search;
use crate::tiers::tiers_of;
use vector::Matrix;

/// Groups the rows in one pass in the order of `order`, each joining the group before it with the
/// highest mean cosine to its members, if that is at least `cut` (of equal ones the group of the smaller
/// number), or opening one. The labels are in row order all the same; a row
/// that is not in `order` has none.
///
/// # Panics
/// Where `order` has a row that `matrix` has not.
#[must_use]
pub fn online(matrix: &Matrix, order: impl IntoIterator<Item = usize>, cut: f64) -> Labels {
    let mut groups = Groups::new(tiers_of(matrix));
    let mut search = Search::default();
    let mut joined = vec![None; matrix.n_rows()];
    for row in order {
        let vector = Total::of_one(matrix.cells(row).collect());
        let found = nearest(search.highest(&groups, &vector, cut, |_| true), cut);
        let group = found.map_or_else(|| groups.open(), |(group, _)| group);
        groups.join(group, &vector.cells, 1);
        joined[row] = Some(group);
    }
    numbered(&joined)
}

/// The group with the highest mean, if it is at least `cut`.
pub(crate) fn nearest(means: impl IntoIterator<Item = (u32, f64)>, cut: f64) -> Option<(u32, f64)> {
    means.into_iter().max_by(by_mean).filter(|(_, mean)| *mean >= cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// The group a new document joins, with the mean cosine to its members: the highest one if it is
    /// at least `cut`, of equal ones the group of the smaller number; `None` where it opens a group of
    /// its own.
    ///
    /// `similarities` has the number of a group and the cosine to one of its members, for every member
    /// whose cosine is not 0, and is added up in the order given. `sizes` has how many members a group
    /// has, those at 0 included.
    fn assign(
        similarities: impl IntoIterator<Item = (u32, f64)>,
        sizes: impl Fn(u32) -> u32,
        cut: f64,
    ) -> Option<(u32, f64)> {
        let mut totals: BTreeMap<u32, f64> = BTreeMap::new();
        for (group, cosine) in similarities {
            *totals.entry(group).or_default() += cosine;
        }
        let means =
            totals.into_iter().map(|(group, total)| (group, total / f64::from(sizes(group))));
        nearest(means, cut)
    }

    #[track_caller]
    fn check(similarities: &[(u32, f64)], expect: Option<(u32, f64)>) {
        let sizes = |group| [2, 1, 4][group as usize];
        assert_eq!(assign(similarities.iter().copied(), sizes, 0.5), expect);
    }

    #[test]
    fn the_highest_mean_wins_not_the_nearest_member() {
        check(&[(0, 0.9), (1, 0.6), (0, 0.1)], Some((1, 0.6)));
    }

    #[test]
    fn members_without_a_similarity_count_as_zero() {
        check(&[(2, 1.0), (2, 0.75)], None);
    }

    #[test]
    fn a_mean_at_the_cut_is_enough_and_of_two_the_smaller_number_wins() {
        check(&[(1, 0.5), (0, 0.5), (0, 0.5)], Some((0, 0.5)));
        check(&[], None);
    }

    /// The same pass with [`assign`] fed member by member.
    fn member_by_member(matrix: &Matrix, order: &[usize], cut: f64) -> Labels {
        let mut members: Vec<Vec<usize>> = Vec::new();
        for row in order {
            let similarities = (0..).zip(&members).flat_map(|(group, rows)| {
                rows.iter().map(move |other| (group, matrix.cosine(*row, *other)))
            });
            let sizes = |group: u32| members[group as usize].len() as u32;
            match assign(similarities, sizes, cut) {
                Some((group, _)) => members[group as usize].push(*row),
                None => members.push(vec![*row]),
            }
        }
        let mut names = vec![None; matrix.n_rows()];
        for (name, rows) in (0..).zip(&members) {
            rows.iter().for_each(|row| names[*row] = Some(name));
        }
        numbered(&names)
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn one_pass_is_the_assignment_of_each_row_in_turn(
            rows in rows(),
            reverse in any::<bool>(),
            cut in 0.2..0.9,
        ) {
            let matrix = unit_matrix(&rows);
            let mut order: Vec<usize> = (0..rows.len()).collect();
            if reverse {
                order.reverse();
            }
            let expect = member_by_member(&matrix, &order, cut);
            prop_assert_eq!(online(&matrix, order, cut), expect);
        }
    }

    #[test]
    fn rows_left_out_have_no_group() {
        let matrix = Matrix::from_rows(1, [[(0, 1.0)], [(0, 1.0)], [(0, 1.0)]]);
        let labels = online(&matrix, [2, 0], 0.5);
        assert_eq!((labels[0], labels[1]), (labels[2], None));
        assert!(labels[0].is_some());
    }
}
