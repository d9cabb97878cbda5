//! Merging groups along nearest-neighbour chains.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::constraints::{Apart, Constraints};
use crate::groups::by_mean;
use crate::parallel::joined;
use crate::sum::Sum;
use crate::tiers::tiers_of;
use crate::windows::{Asked, Found, Sums, Windows};
use vector::Matrix;

/// How many groups at most are looked for in a window at once, while it is in the caches.
const SEARCHED_AT_ONCE: usize = 16_384;

/// A core has about so many shares of the work, or more.
const SHARES: usize = 4;

/// Of so many groups neighbours are counted to learn how many there are.
const SAMPLED: usize = 512;

/// Groups have about so many neighbours at the mean down to which they are merged in one go.
const CROWD: usize = if cfg!(test) { 1 } else { 16 };

/// The highest level above the cut.
const LEVEL_MAX: f64 = 0.9;

/// Of more groups than this that may be neighbours the best are verified at first.
const VERIFIED: usize = if cfg!(test) { 3 } else { 512 };

/// How many neighbours of a group are kept; so the memory does not depend on how much is alike.
const KEPT: usize = if cfg!(test) { 2 } else { 64 };

/// What sums of 64 bits may be off by.
const ROUNDING: f64 = 1e-9;

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

/// The groups formed so far. While they are merged each is named by its first part.
#[derive(Debug)]
pub(crate) struct Forest<'a> {
    sums: Vec<Sum<'a>>,
    tiers: Vec<u8>,
    apart: Apart,
    /// The least mean that is merged at.
    level: f64,
    /// The groups as they were before any was merged at this level.
    windows: Windows,
    /// The group that each was merged into, an earlier one, or itself.
    parents: Vec<u32>,
    /// Of each group those that it may merge with.
    neighbours: Vec<Neighbours>,
    scratch: Scratch,
}

/// The groups at the level to one group.
#[derive(Debug, Clone, Default)]
struct Neighbours {
    /// As they were called when they were found; what became of one counts.
    groups: Vec<u32>,
    /// No other group is nearer than this.
    beyond: f64,
}

/// What a search holds.
#[derive(Debug, Default)]
struct Scratch {
    sums: Sums,
    /// By term, 0 in between: the cells of the group whose neighbours are looked for.
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
        Self {
            sums,
            apart,
            level: 1.0,
            windows: Windows::default(),
            parents: Vec::new(),
            neighbours: Vec::new(),
            scratch: Scratch::of(matrix.n_terms()),
            tiers: tiers_of(matrix),
        }
    }

    /// The level to merge at before `cut`, above it, where groups have many neighbours there: one at which they have few.
    pub(crate) fn upper_level(&mut self, cut: f64) -> Option<f64> {
        self.prepare(cut);
        let n_asked = self.sums.len().min(SAMPLED);
        let groups: Vec<usize> = (0..n_asked).map(|at| at * self.sums.len() / n_asked).collect();
        let asked: Vec<Asked> = groups.iter().map(|group| self.asked(*group)).collect();
        let found = self.windows.near(&asked, VERIFIED, &mut self.scratch.sums);
        let others = groups.iter().zip(found).flat_map(|(group, found)| {
            found.vectors.into_iter().filter(move |(other, _)| *other as usize != *group)
        });
        let mut bounds: Vec<f32> = others.map(|(_, bound)| bound).collect();
        if bounds.len() <= CROWD * n_asked {
            return None;
        }
        let (_, level, _) = bounds.select_nth_unstable_by(CROWD * n_asked, |l, r| r.total_cmp(l));
        Some(f64::from(*level).min(LEVEL_MAX)).filter(|level| *level > cut)
    }

    /// Merges groups for as long as two have a mean cosine of `level`, which is above 0; says what became of each, named
    /// anew by their order.
    pub(crate) fn grow(&mut self, level: f64) -> Vec<u32> {
        self.prepare(level);
        self.parents = (0..).take(self.sums.len()).collect();
        self.look_around();
        for group in 0..self.sums.len() {
            self.follow(number(group));
        }
        self.rename()
    }

    /// Indexes the groups, to be searched at `level`.
    fn prepare(&mut self, level: f64) {
        if self.level != level || self.windows.len() != self.sums.len() {
            self.level = level;
            self.windows = Windows::default();
            let cells = |sum: &Sum<'_>, each: &mut dyn FnMut(u32, f64)| {
                sum.means().for_each(|(term, mean)| each(term, mean));
            };
            self.windows = Windows::new(&self.sums, cells, &self.tiers, level);
        }
    }

    /// Names the groups that are left by their order; returns the names by those they had.
    fn rename(&mut self) -> Vec<u32> {
        let mut names: Vec<u32> = Vec::with_capacity(self.sums.len());
        let mut left = Vec::new();
        for (group, sum) in self.sums.drain(..).enumerate() {
            let parent = self.parents[group] as usize;
            if parent == group {
                names.push(number(left.len()));
                left.push(sum);
            } else {
                names.push(names[parent]);
            }
        }
        self.apart = self.apart.renamed(&names);
        self.sums = left;
        names
    }

    /// Finds the neighbours of every group, on all cores: none of these searches depends on another, and most groups are
    /// finished by theirs.
    fn look_around(&mut self) {
        let n_groups = self.sums.len();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = n_groups.div_ceil(SHARES * cores).clamp(1, SEARCHED_AT_ONCE);
        let n_shares = n_groups.div_ceil(share);
        let next = AtomicUsize::new(0);
        let this = &*self;
        let work = || {
            let mut scratch = Scratch::of(this.tiers.len());
            let shares = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            let shares = shares.take_while(|share| *share < n_shares);
            let found = shares.map(|number| {
                let first = number * share;
                let groups = first..n_groups.min(first + share);
                (number, this.neighbours_of(groups, &mut scratch))
            });
            found.collect::<Vec<(usize, Vec<Neighbours>)>>()
        };
        let mut found = thread::scope(|scope| {
            let threads: Vec<_> = (0..cores.min(n_shares)).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(joined).collect::<Vec<_>>()
        });
        found.sort_unstable_by_key(|(share, _)| *share);
        self.neighbours = found.into_iter().flat_map(|(_, found)| found).collect();
    }

    /// The neighbours of each of `groups` before any merge.
    fn neighbours_of(&self, groups: Range<usize>, scratch: &mut Scratch) -> Vec<Neighbours> {
        let asked: Vec<Asked> = groups.clone().map(|group| self.asked(group)).collect();
        let found = self.windows.near(&asked, VERIFIED, &mut scratch.sums);
        (groups.zip(found))
            .map(|(group, found)| self.verified(number(group), found, scratch).1)
            .collect()
    }

    fn asked(&self, group: usize) -> Asked {
        self.windows.asked(self.sums[group].means(), &self.tiers, self.level)
    }

    /// The nearest of `group`, and its neighbours.
    fn search(&self, group: u32, scratch: &mut Scratch) -> (Option<(u32, f64)>, Neighbours) {
        let asked = [self.asked(group as usize)];
        let found = self.windows.near(&asked, usize::MAX, &mut scratch.sums).swap_remove(0);
        self.verified(group, found, scratch)
    }

    /// Of what may be near to `group` what is.
    fn verified(
        &self,
        group: u32,
        found: Found,
        scratch: &mut Scratch,
    ) -> (Option<(u32, f64)>, Neighbours) {
        let Found { vectors: mut found, beyond } = found;
        for (point, _) in &mut found {
            *point = self.root(*point);
        }
        found.sort_unstable_by(|left, right| left.0.cmp(&right.0).then(right.1.total_cmp(&left.1)));
        found.dedup_by_key(|(group, _)| *group);
        found.sort_unstable_by(|left, right| right.1.total_cmp(&left.1));
        let own = &self.sums[group as usize];
        own.spread(&mut scratch.spread);
        let mut near: Vec<(u32, f64)> = Vec::new();
        let mut beyond = self.level.next_down().max(f64::from(beyond));
        let mut best = 0.0_f64;
        for (other, bound) in found {
            if near.len() >= KEPT && best > f64::from(bound) {
                beyond = beyond.max(f64::from(bound));
                break;
            }
            if other == group || !self.apart.allows(group, other) {
                continue;
            }
            let mean = own.mean(&scratch.spread, &self.sums[other as usize]);
            if mean >= self.level {
                best = best.max(mean);
                near.push((other, mean));
            }
        }
        own.unspread(&mut scratch.spread);
        kept(near, beyond)
    }

    /// Merges along a chain until the group whose first point is `first` is finished; nothing to
    /// do where that point is in an earlier group, which is finished already.
    fn follow(&mut self, first: u32) {
        if self.parents[first as usize] != first {
            return;
        }
        let mut chain = vec![Link::first(first, self.level)];
        while let Some(tip) = chain.last().copied() {
            if let Some(next) = self.nearer(&chain) {
                chain.push(next);
                continue;
            }
            chain.pop();
            let Some(before) = chain.pop() else { return };
            let merged = self.merge(before.group, tip.group);
            if chain.is_empty() {
                chain.push(Link::first(merged, self.level));
            }
        }
    }

    /// The group nearest to the last of `chain`, where it is nearer than the one before in the
    /// chain. So the means rise strictly along it, and no rounding can close it to a ring.
    fn nearer(&mut self, chain: &[Link]) -> Option<Link> {
        let tip = chain.last()?;
        let (group, mean) = self.nearest(tip.group)?;
        let is_new = || chain.iter().all(|link| link.group != group);
        (mean > tip.mean && is_new()).then_some(Link { group, mean })
    }

    /// The nearest of `group`, where it is at the level.
    ///
    /// What two groups had no neighbour in, none was nearer to than their bound, and a mean of means is no higher than they
    /// are. So the neighbours of a merged group are among those of its parts, or beyond the bound: only where the
    /// nearest does not stand out above it is it searched for.
    fn nearest(&mut self, group: u32) -> Option<(u32, f64)> {
        let Neighbours { mut groups, mut beyond } =
            std::mem::take(&mut self.neighbours[group as usize]);
        for other in &mut groups {
            *other = self.root(*other);
        }
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|other| *other != group && self.apart.allows(group, *other));
        let own = &self.sums[group as usize];
        own.spread(&mut self.scratch.spread);
        let spread = &self.scratch.spread;
        let mut near: Vec<(u32, f64)> = groups
            .iter()
            .map(|other| (*other, own.mean(spread, &self.sums[*other as usize])))
            .collect();
        own.unspread(&mut self.scratch.spread);
        near.retain(|(_, mean)| {
            let is_near = *mean >= self.level;
            beyond = if is_near { beyond } else { beyond.max(*mean) };
            is_near
        });
        let (mut nearest, mut neighbours) = kept(near, beyond);
        let is_sure =
            beyond < self.level || nearest.is_some_and(|(_, mean)| mean > beyond + ROUNDING);
        if !is_sure {
            let mut scratch = std::mem::take(&mut self.scratch);
            (nearest, neighbours) = self.search(group, &mut scratch);
            self.scratch = scratch;
        }
        self.neighbours[group as usize] = neighbours;
        nearest
    }

    /// Makes one group of two and returns its name.
    fn merge(&mut self, one: u32, other: u32) -> u32 {
        let (kept, gone) = (one.min(other), one.max(other));
        let sum = std::mem::take(&mut self.sums[gone as usize]);
        self.sums[kept as usize].add(&sum);
        let Neighbours { groups, beyond } = std::mem::take(&mut self.neighbours[gone as usize]);
        let own = &mut self.neighbours[kept as usize];
        own.groups.extend(groups);
        own.beyond = own.beyond.max(beyond);
        self.apart.merge(kept, gone);
        self.parents[gone as usize] = kept;
        kept
    }

    fn root(&self, mut group: u32) -> u32 {
        while self.parents[group as usize] != group {
            group = self.parents[group as usize];
        }
        group
    }
}

impl Scratch {
    fn of(n_terms: usize) -> Self {
        Self { spread: vec![0.0; n_terms], ..Self::default() }
    }
}

/// The nearest of `near`, and its best [`KEPT`] where no other group is nearer than `beyond`.
fn kept(mut near: Vec<(u32, f64)>, mut beyond: f64) -> (Option<(u32, f64)>, Neighbours) {
    if near.len() > KEPT {
        near.sort_unstable_by(|left, right| by_mean(right, left));
        beyond = beyond.max(near[KEPT].1);
        near.truncate(KEPT);
    }
    let nearest = near.iter().copied().max_by(by_mean);
    (nearest, Neighbours { groups: near.into_iter().map(|(group, _)| group).collect(), beyond })
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("rows are counted in 32 bits")
}
