//! Average link, exactly, without a matrix of all pairs.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::thread;

use crate::constraints::{Apart, Constraints};
use crate::groups::{Groups, by_mean};
use crate::labels::{Labels, numbered};
use crate::search::Search;
use crate::tiers::tiers_of;
use vector::Matrix;

/// Below this many groups a second thread costs more than it saves.
const GROUPS_PER_THREAD: usize = 256;

/// Merges the two groups of the highest mean pairwise cosine for as long as it is at least `cut`, and
/// `constraints` do not keep them apart; rows that these hold together are one group from the start.
///
/// The merges are found along nearest-neighbour chains (Murtagh, "A survey of recent advances in
/// hierarchical clustering algorithms", 1983): two groups that are each other's nearest may be
/// merged at once, because a merged group is never nearer to a third than the nearer of its halves
/// was. For the same reason a group with no other at `cut` is finished. Both hold with constraints: a
/// pair that is kept apart counts as infinitely far. Of equally near groups the one before in the chain
/// comes first, then the one with the earliest row.
///
/// Before any merge the nearest of every point is looked for, on all cores: most points are finished by
/// it or merge with it, and none of these searches depends on another.
pub(crate) fn average_link(matrix: &Matrix, cut: f64, constraints: &Constraints) -> Labels {
    let points = points(matrix, constraints);
    let mut forest = Forest::plant(matrix, &points, constraints);
    forest.look_around(cut);
    for point in 0..forest.groups.len() {
        forest.grow(number(point), cut);
    }
    let roots = forest.roots();
    let groups: Vec<Option<u32>> =
        points.iter().map(|point| Some(roots[*point as usize])).collect();
    numbered(&groups)
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
    search: Search,
    /// The group that each was merged into, an earlier one, or itself.
    parents: Vec<u32>,
    /// Whether a group has been merged.
    is_merged: Vec<bool>,
    /// The nearest of each group, and its mean cosine, before any was merged.
    nearest: Vec<Option<(u32, f64)>>,
    apart: Apart,
}

impl Forest {
    /// One group per point.
    fn plant(matrix: &Matrix, points: &[u32], constraints: &Constraints) -> Self {
        let mut groups = Groups::new(tiers_of(matrix));
        for (row, point) in points.iter().enumerate() {
            if *point as usize == groups.len() {
                groups.open();
            }
            groups.join(*point, &matrix.cells(row).collect::<Vec<_>>(), 1);
        }
        let mut apart = Apart::default();
        for (one, other) in &constraints.cannot {
            apart.keep(points[*one as usize], points[*other as usize]);
        }
        Self {
            parents: (0..).take(groups.len()).collect(),
            is_merged: vec![false; groups.len()],
            nearest: Vec::new(),
            search: Search::default(),
            groups,
            apart,
        }
    }

    /// Finds the nearest of every group.
    fn look_around(&mut self, cut: f64) {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = self.groups.len().div_ceil(cores).max(GROUPS_PER_THREAD);
        let n_groups = number(self.groups.len());
        let this = &*self;
        self.nearest = thread::scope(|scope| {
            let shares = (0..n_groups).step_by(share).map(|first| {
                let own = first..n_groups.min(first.saturating_add(number(share)));
                scope.spawn(move || {
                    let mut search = Search::default();
                    own.map(|group| this.nearest_of(&mut search, group, cut)).collect::<Vec<_>>()
                })
            });
            let running: Vec<_> = shares.collect();
            running.into_iter().flat_map(joined).collect()
        });
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
        let nearest = match self.known_nearest(tip.group) {
            Some(known) => known,
            None => {
                let mut search = std::mem::take(&mut self.search);
                let found = self.nearest_of(&mut search, tip.group, tip.mean);
                self.search = search;
                found
            }
        };
        let (group, mean) = nearest?;
        let is_new = || chain.iter().all(|link| link.group != group);
        (mean > tip.mean && is_new()).then_some(Link { group, mean })
    }

    /// The nearest of `group`, `None` in it where there is none at the cut, if what was found before any
    /// merge still holds: neither has been merged, and what has been merged has come no nearer.
    fn known_nearest(&self, group: u32) -> Option<Option<(u32, f64)>> {
        let is_merged = |group: u32| self.is_merged[group as usize];
        let nearest = self.nearest[group as usize];
        let holds = !is_merged(group) && nearest.is_none_or(|(other, _)| !is_merged(other));
        holds.then_some(nearest)
    }

    /// The group of the highest mean cosine to `group`, where that is `least` or more.
    fn nearest_of(&self, search: &mut Search, group: u32, least: f64) -> Option<(u32, f64)> {
        let is_other = |other| other != group && self.apart.allows(group, other);
        let found = search.highest(&self.groups, &self.groups.total(group), least, is_other);
        found.into_iter().max_by(by_mean).filter(|(_, mean)| *mean >= least)
    }

    /// Makes one group of two and returns its name.
    fn merge(&mut self, one: u32, other: u32) -> u32 {
        let (kept, gone) = (one.min(other), one.max(other));
        self.groups.merge(kept, gone);
        self.apart.merge(kept, gone);
        self.parents[gone as usize] = kept;
        [kept, gone].into_iter().for_each(|group| self.is_merged[group as usize] = true);
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

fn joined<R>(thread: thread::ScopedJoinHandle<'_, Vec<R>>) -> Vec<R> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
