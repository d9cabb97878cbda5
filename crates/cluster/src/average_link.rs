//! Average link, exactly, without a matrix of all pairs.

use std::collections::HashMap;

use crate::groups::{Groups, by_mean};
use crate::labels::{Labels, numbered};
use vector::Matrix;

/// Merges the two groups of the highest mean pairwise cosine for as long as it is at least `cut`.
///
/// The merges are found along nearest-neighbour chains (Murtagh, "A survey of recent advances in
/// hierarchical clustering algorithms", 1983): two groups that are each other's nearest may be
/// merged at once, because a merged group is never nearer to a third than the nearer of its halves
/// was. For the same reason a group with no other at `cut` is finished. Of equally near groups the
/// one before in the chain comes first, then the one with the earliest row.
pub(crate) fn average_link(matrix: &Matrix, cut: f64) -> Labels {
    let points = points(matrix);
    let mut forest = Forest::plant(matrix, &points);
    for point in 0..forest.groups.len() {
        forest.grow(number(point), cut);
    }
    let roots = forest.roots();
    let groups: Vec<Option<u32>> =
        points.iter().map(|point| Some(roots[*point as usize])).collect();
    numbered(&groups)
}

/// The point of each row, numbered by first row. Equal rows are one point, so that a storm of
/// equal alerts costs as much as a single one; empty rows resemble nothing and stay apart.
fn points(matrix: &Matrix) -> Vec<u32> {
    let mut seen: HashMap<Vec<(u32, u64)>, u32> = HashMap::new();
    let mut next = 0..;
    let mut fresh = || next.next().expect("rows are counted in 32 bits");
    let mut point = |row: usize| {
        let bits: Vec<_> = matrix.cells(row).map(|(t, w)| (t, w.to_bits())).collect();
        if bits.is_empty() {
            return fresh();
        }
        *seen.entry(bits).or_insert_with(&mut fresh)
    };
    (0..matrix.n_rows()).map(&mut point).collect()
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("rows are counted in 32 bits")
}

/// A group in a chain, each the nearest of the one before.
#[derive(Debug, Clone, Copy)]
struct Link {
    group: u32,
    /// The mean cosine to the group before; a nearer one must be above it.
    mean: f64,
}

impl Link {
    /// The link that begins a chain: any group at `cut` is above it.
    fn first(group: u32, cut: f64) -> Self {
        let mean = cut.next_down();
        Self { group, mean }
    }
}

/// The groups formed so far, each named by its first point.
#[derive(Debug)]
struct Forest {
    groups: Groups,
    /// The group that each was merged into, an earlier one, or itself.
    parents: Vec<u32>,
}

impl Forest {
    /// One group per point.
    fn plant(matrix: &Matrix, points: &[u32]) -> Self {
        let mut groups = Groups::new(matrix.n_terms());
        let mut parents = Vec::new();
        for (row, point) in points.iter().enumerate() {
            if *point as usize == parents.len() {
                parents.push(groups.open());
            }
            groups.join(*point, &matrix.cells(row).collect::<Vec<_>>(), 1);
        }
        Self { groups, parents }
    }

    /// Merges along a chain until the group whose first point is `first` is finished; nothing to
    /// do where that point is in an earlier group, which is finished already.
    fn grow(&mut self, first: u32, cut: f64) {
        if self.parents[first as usize] != first {
            return;
        }
        let mut chain = vec![Link::first(first, cut)];
        while let Some(tip) = chain.last().copied() {
            if let Some(next) = self.nearer(&chain) {
                chain.push(next);
                continue;
            }
            chain.pop();
            let Some(before) = chain.pop() else { return };
            let merged = self.merge(before.group, tip.group);
            if chain.is_empty() {
                chain.push(Link::first(merged, cut));
            }
        }
    }

    /// The group nearest to the last of `chain`, where it is nearer than the one before in the
    /// chain. So the means rise strictly along it, and no rounding can close it to a ring.
    fn nearer(&mut self, chain: &[Link]) -> Option<Link> {
        let tip = chain.last()?;
        let centre = self.groups.mean(tip.group);
        self.groups
            .candidates(&centre, tip.mean)
            .into_iter()
            .filter(|(group, mean)| {
                *mean > tip.mean && chain.iter().all(|link| link.group != *group)
            })
            .max_by(by_mean)
            .map(|(group, mean)| Link { group, mean })
    }

    /// Makes one group of two and returns its name.
    fn merge(&mut self, one: u32, other: u32) -> u32 {
        let (kept, gone) = (one.min(other), one.max(other));
        self.groups.merge(kept, gone);
        self.parents[gone as usize] = kept;
        kept
    }

    /// The group that each point ended in.
    fn roots(&self) -> Vec<u32> {
        let mut roots: Vec<u32> = Vec::with_capacity(self.parents.len());
        for (point, parent) in self.parents.iter().enumerate() {
            let root = roots.get(*parent as usize).copied();
            roots.push(root.unwrap_or_else(|| number(point)));
        }
        roots
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{partition, rows, seeded, unit_matrix};
    use proptest::prelude::*;

    /// The textbook: all pairs of groups, all pairs of rows, the best pair merged.
    fn textbook(matrix: &Matrix, cut: f64) -> Labels {
        let mut groups: Vec<Vec<usize>> = (0..matrix.n_rows()).map(|row| vec![row]).collect();
        let mean = |a: &Vec<usize>, b: &Vec<usize>| {
            let pairs = a.iter().flat_map(|l| b.iter().map(|r| matrix.cosine(*l, *r)));
            pairs.sum::<f64>() / (a.len() * b.len()) as f64
        };
        loop {
            let pairs = (0..groups.len()).flat_map(|l| (0..l).map(move |r| (l, r)));
            let best = pairs
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
            prop_assert_eq!(average_link(&matrix, cut), textbook(&matrix, cut));
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
            let there = partition(&average_link(&unit_matrix(&shuffled), cut), &order);
            let in_order: Vec<usize> = (0..rows.len()).collect();
            let here = partition(&average_link(&unit_matrix(&rows), cut), &in_order);
            prop_assert_eq!(here, there);
        }
    }

    #[test]
    fn a_group_is_judged_by_its_mean_not_by_its_nearest_row() {
        let chain = Matrix::from_rows(
            4,
            [vec![(0, 0.8), (1, 0.6)], vec![(0, 0.6), (1, 0.8)], vec![(1, 0.8), (2, 0.6)]],
        );
        let pair = average_link(&chain, 0.6);
        assert_eq!((pair[0], pair[2]), (pair[1], None), "0.64 and 0.48 mean 0.56");
        let all = average_link(&chain, 0.55);
        assert_eq!((all[0], all[1]), (all[1], all[2]));
    }
}
