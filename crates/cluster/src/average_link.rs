//! Average link, exactly, without a matrix of all pairs.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use crate::constraints::Constraints;
use crate::forest::Forest;
use crate::labels::{Labels, numbered};
use vector::Matrix;

/// Merges the two groups of the highest mean pairwise cosine for as long as it is at least `cut`, and
/// `constraints` do not keep them apart; rows that these hold together are one group from the start.
///
/// The merges are found along nearest-neighbour chains (Murtagh, "A survey of recent advances in
/// hierarchical clustering algorithms", 1983): two groups that are each other's nearest may be
/// merged at once, because a merged group is never nearer to a third than the nearer of its halves
/// was. For the same reason a group with no other at `cut` is finished. Both hold with constraints: a
/// pair that is kept apart counts as infinitely far. Of equally near groups the one before in the chain
/// comes first, then the one that `by_nearness` says.
///
/// Where many are near, what is nearest is merged first, down to a mean at which few are: the groups at a higher cut are
/// parts of those at a lower one, and there are fewer of them to compare.
pub(crate) fn average_link(matrix: &Matrix, cut: f64, constraints: &Constraints) -> Labels {
    let points = points(matrix, constraints);
    let groups = Forest::plant(matrix, &points, constraints).grow(cut);
    let groups = points.into_iter().map(|point| Some(groups[point as usize]));
    numbered(&groups.collect::<Vec<_>>())
}

/// The point of each row, numbered by first row. Rows that are held together are one point. So are
/// equal rows, so that a storm of equal alerts costs as much as a single one, but for those that are kept
/// apart from any; empty rows resemble nothing.
fn points(matrix: &Matrix, constraints: &Constraints) -> Vec<u32> {
    let heads = constraints.heads(matrix.n_rows());
    let mut is_bound = vec![false; matrix.n_rows()];
    let pairs = constraints.must.iter().chain(&constraints.cannot);
    pairs.flat_map(|(left, right)| [left, right]).for_each(|row| is_bound[*row as usize] = true);
    let mut points: Vec<u32> = Vec::with_capacity(matrix.n_rows());
    let mut next = 0..;
    // By the hash of a row the first that has it. Two rows that only share a hash both become points.
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for row in 0..matrix.n_rows() {
        let head = heads[row] as usize;
        let equal = match is_bound[row] || matrix.row(row).0.is_empty() {
            true => head,
            false => *seen.entry(hash(matrix, row)).or_insert(row),
        };
        points.push(match equal < row && (equal == head || matrix.row(equal) == matrix.row(row)) {
            true => points[equal],
            false => next.next().expect("rows are counted in 32 bits"),
        });
    }
    points
}

fn hash(matrix: &Matrix, row: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (term, weight) in matrix.cells(row) {
        (term, weight.to_bits()).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{distinct_rows, partition, rows, seeded, unit_matrix};
    use proptest::prelude::*;

    fn free() -> Constraints {
        Constraints::default()
    }

    /// The textbook: all pairs of groups, all pairs of rows, the best pair that may be merged.
    fn textbook(matrix: &Matrix, cut: f64, constraints: &Constraints) -> Labels {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (row, head) in constraints.heads(matrix.n_rows()).into_iter().enumerate() {
            match groups.iter_mut().find(|group| group[0] == head as usize) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        let together = groups.clone();
        let is_apart = |a: &Vec<usize>, b: &Vec<usize>| {
            constraints.cannot.iter().any(|(one, other)| {
                let (one, other) = (*one as usize, *other as usize);
                let is_void =
                    together.iter().any(|group| group.contains(&one) && group.contains(&other));
                let parts = (a.contains(&one) && b.contains(&other))
                    || (b.contains(&one) && a.contains(&other));
                parts && !is_void
            })
        };
        let mean = |a: &Vec<usize>, b: &Vec<usize>| {
            let pairs = a.iter().flat_map(|l| b.iter().map(|r| matrix.cosine(*l, *r)));
            pairs.sum::<f64>() / (a.len() * b.len()) as f64
        };
        loop {
            let pairs = (0..groups.len()).flat_map(|l| (0..l).map(move |r| (l, r)));
            let best = pairs
                .filter(|(l, r)| !is_apart(&groups[*l], &groups[*r]))
                .map(|(l, r)| (mean(&groups[l], &groups[r]), l, r))
                .max_by(|one, other| one.0.total_cmp(&other.0));
            match best {
                Some((mean, l, r)) if mean >= cut => {
                    let gone = groups.remove(l);
                    groups[r].extend(gone);
                }
                _ => break,
            }
        }
        let mut names = vec![None; matrix.n_rows()];
        for (name, group) in (0..).zip(&groups) {
            group.iter().for_each(|row| names[*row] = Some(name));
        }
        numbered(&names)
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn the_labels_are_those_of_the_textbook(rows in rows(), cut in 0.2..0.9) {
            let matrix = unit_matrix(&rows);
            prop_assert_eq!(average_link(&matrix, cut, &free()), textbook(&matrix, cut, &free()));
        }

        #[test]
        fn decisions_bind_as_the_textbook_with_forbidden_pairs_says(
            rows in distinct_rows(),
            must in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..3),
            cannot in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..6),
            cut in 0.2..0.9,
        ) {
            let pairs = |picks: Vec<(prop::sample::Index, prop::sample::Index)>| {
                let row = |pick: prop::sample::Index| pick.index(rows.len()) as u32;
                picks.into_iter().map(|(one, other)| (row(one), row(other))).collect()
            };
            let constraints = Constraints { must: pairs(must), cannot: pairs(cannot) };
            let matrix = unit_matrix(&rows);
            let found = average_link(&matrix, cut, &constraints);
            prop_assert_eq!(found, textbook(&matrix, cut, &constraints));
        }

        #[test]
        fn the_partition_does_not_depend_on_row_order(
            (rows, order) in rows().prop_flat_map(|rows| {
                let order: Vec<usize> = (0..rows.len()).collect();
                (Just(rows), Just(order).prop_shuffle())
            }),
            cut in 0.2..0.9,
        ) {
            let shuffled: Vec<_> = order.iter().map(|row| rows[*row].clone()).collect();
            let there = partition(&average_link(&unit_matrix(&shuffled), cut, &free()), &order);
            let in_order: Vec<usize> = (0..rows.len()).collect();
            let here = partition(&average_link(&unit_matrix(&rows), cut, &free()), &in_order);
            prop_assert_eq!(here, there);
        }
    }

    #[test]
    fn a_group_is_judged_by_its_mean_not_by_its_nearest_row() {
        let chain = Matrix::from_rows(
            4,
            [vec![(0, 0.8), (1, 0.6)], vec![(0, 0.6), (1, 0.8)], vec![(1, 0.8), (2, 0.6)]],
        );
        let pair = average_link(&chain, 0.6, &free());
        assert_eq!((pair[0], pair[2]), (pair[1], None), "0.64 and 0.48 mean 0.56");
        let all = average_link(&chain, 0.55, &free());
        assert_eq!((all[0], all[1]), (all[1], all[2]));
    }
}
