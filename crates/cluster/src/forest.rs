//! Merging groups along nearest-neighbour chains.

use crate::constraints::{Apart, Constraints};
use crate::neighbours::{Neighbours, Open, by_nearness};
use crate::sum::Sum;
use crate::tiers::ranks_of;
use vector::Matrix;

/// What sums of 64 bits may be off by.
const ROUNDING: f64 = 1e-9;

/// A group in a chain, each the nearest of the one before.
#[derive(Debug, Clone, Copy)]
struct Link {
    group: u32,
    /// The mean cosine to the group before; a nearer one must be above it.
    mean: f64,
}

/// What is known of the nearest of a group.
#[derive(Debug, Clone, Copy)]
enum Nearest {
    /// There is none at the level.
    None,
    Group(u32, f64),
    /// It may not be among the neighbours that are known.
    Unknown,
}

/// The groups formed so far, each named by its first point.
#[derive(Debug)]
pub(crate) struct Forest<'a> {
    sums: Vec<Sum<'a>>,
    /// Of each term how many are rarer.
    ranks: Vec<u32>,
    apart: Apart,
    /// The least mean that is merged at so far.
    level: f64,
    /// The group that each was merged into or one that this is part of, an earlier one, or itself.
    parents: Vec<u32>,
    /// The groups that may be merged yet, ascending.
    open: Vec<u32>,
    /// Of each open group its neighbours, as they were called when they were found; what became of one counts.
    neighbours: Vec<Neighbours>,
    /// Whether a group is as it was when its neighbours were found.
    is_fresh: Vec<bool>,
    /// By term, 0 in between: the cells of a group that is compared with others.
    spread: Vec<f64>,
}

impl<'a> Forest<'a> {
    /// The groups of `points`, by row, numbered by first row.
    pub(crate) fn plant(matrix: &'a Matrix, points: &[u32], constraints: &Constraints) -> Self {
        let mut sums: Vec<Sum<'a>> = Vec::new();
        for (row, point) in points.iter().enumerate() {
            match sums.get_mut(*point as usize) {
                Some(sum) => sum.add(&Sum::of_row(matrix, row)),
                None => sums.push(Sum::of_row(matrix, row)),
            }
        }
        let mut apart = Apart::default();
        for (one, other) in &constraints.cannot {
            apart.keep(points[*one as usize], points[*other as usize]);
        }
        let numbers: Vec<u32> = (0..).take(sums.len()).collect();
        Self {
            ranks: ranks_of(matrix),
            apart,
            level: 1.0,
            open: numbers.clone(),
            parents: numbers,
            neighbours: vec![Neighbours::default(); sums.len()],
            is_fresh: vec![false; sums.len()],
            spread: vec![0.0; matrix.n_terms()],
            sums,
        }
    }

    /// Merges groups for as long as two have a mean cosine of `cut`, which is above 0; says what became of each point.
    ///
    /// All groups are compared with all, and merged for as long as the neighbours found then say which is the nearest. Those
    /// of which they do not are compared once more, among themselves: what is finished is near to none. Each time two
    /// are merged at least, for before the first merge the nearest of all are known.
    ///
    /// Where many are near, what is nearest is merged first, down to a level at which few are: the groups at a higher
    /// level are parts of those at a lower one, and there are fewer of them to compare.
    pub(crate) fn grow(mut self, cut: f64) -> Vec<u32> {
        while !self.open.is_empty() {
            self.look_around(cut);
            let mut open = std::mem::take(&mut self.open);
            open.retain(|group| !self.follow(*group) || self.level > cut);
            open.iter_mut().for_each(|group| *group = self.root(*group));
            open.sort_unstable();
            open.dedup();
            self.open = open;
        }
        (0..).take(self.parents.len()).map(|point| self.root(point)).collect()
    }

    /// Goes down to the level at `cut` or above it at which the open groups have few neighbours, and finds these.
    fn look_around(&mut self, cut: f64) {
        let (sums, groups) = (&self.sums, &self.open);
        let open = Open { sums, groups, ranks: &self.ranks, apart: &self.apart };
        let (level, neighbours) = open.around(cut, self.level);
        self.level = level;
        for (group, found) in groups.iter().zip(neighbours) {
            self.neighbours[*group as usize] = found;
            self.is_fresh[*group as usize] = true;
        }
    }

    /// Merges along a chain that begins at `first` until that is part of a finished group; false where it is not known
    /// which is the nearest of one. Nothing to do where `first` is in another group, which ends a chain of its own.
    fn follow(&mut self, first: u32) -> bool {
        if self.root(first) != first {
            return true;
        }
        let mut chain = vec![Link { group: first, mean: 0.0 }];
        while let Some(tip) = chain.last().copied() {
            match self.nearest(tip.group) {
                Nearest::Unknown => return false,
                Nearest::Group(group, mean) if mean > tip.mean && is_new(&chain, group) => {
                    chain.push(Link { group, mean });
                    continue;
                }
                Nearest::Group(..) | Nearest::None => {}
            }
            chain.pop();
            let Some(before) = chain.pop() else { break };
            let group = self.merge(before.group, tip.group);
            if chain.is_empty() {
                chain.push(Link { group, mean: 0.0 });
            }
        }
        true
    }

    /// The nearest of `group`, where it is at the level.
    ///
    /// What two groups had no neighbour in, none was nearer to than their bound, and a mean of means is no higher than they
    /// are. So the neighbours of a merged group are among those of its parts, or beyond the bound; and two groups that are
    /// as they were are as near as they were, and no other has come nearer.
    fn nearest(&mut self, group: u32) -> Nearest {
        let is_fresh = |group: u32| self.is_fresh[group as usize];
        match self.neighbours[group as usize].nearest {
            Some((nearest, mean)) if is_fresh(group) && is_fresh(nearest) => {
                return Nearest::Group(nearest, mean);
            }
            None if is_fresh(group) => return Nearest::None,
            _ => {}
        }
        let mut own = std::mem::take(&mut self.neighbours[group as usize]);
        own.groups.iter_mut().for_each(|other| *other = self.root(*other));
        own.groups.sort_unstable();
        own.groups.dedup();
        let sum = &self.sums[group as usize];
        sum.spread(&mut self.spread);
        let mut nearest: Option<(u32, f64)> = None;
        own.groups.retain(|other| {
            if *other == group || !self.apart.allows(group, *other) {
                return false;
            }
            let mean = sum.mean(&self.spread, &self.sums[*other as usize]);
            let new = (*other, mean);
            if mean >= self.level
                && nearest.is_none_or(|old| by_nearness(group, &new, &old).is_gt())
            {
                nearest = Some(new);
            }
            mean >= self.level
        });
        sum.unspread(&mut self.spread);
        let beyond = own.beyond;
        self.neighbours[group as usize] = own;
        match nearest {
            Some((nearest, mean)) if beyond < self.level || mean > beyond + ROUNDING => {
                Nearest::Group(nearest, mean)
            }
            None if beyond < self.level => Nearest::None,
            _ => Nearest::Unknown,
        }
    }

    /// Makes one group of two and returns its name.
    fn merge(&mut self, one: u32, other: u32) -> u32 {
        let (kept, gone) = (one.min(other), one.max(other));
        let sum = std::mem::take(&mut self.sums[gone as usize]);
        self.sums[kept as usize].add(&sum);
        let Neighbours { groups, beyond, .. } = std::mem::take(&mut self.neighbours[gone as usize]);
        let own = &mut self.neighbours[kept as usize];
        own.groups.extend(groups);
        own.beyond = own.beyond.max(beyond);
        self.apart.merge(kept, gone);
        self.parents[gone as usize] = kept;
        self.is_fresh[kept as usize] = false;
        self.is_fresh[gone as usize] = false;
        kept
    }

    /// What `group` is part of now. On the way there each is led past the next, which halves the way.
    fn root(&mut self, mut group: u32) -> u32 {
        while self.parents[group as usize] != group {
            let next = self.parents[self.parents[group as usize] as usize];
            self.parents[group as usize] = next;
            group = next;
        }
        group
    }
}

fn is_new(chain: &[Link], group: u32) -> bool {
    chain.iter().all(|link| link.group != group)
}
