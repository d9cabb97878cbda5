//! The nearest groups to each.

use std::cmp;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::block::Scratch;
use crate::constraints::Apart;
use crate::parallel::joined;
use crate::sum::Sum;
use crate::vectors::Vectors;
use crate::windows::Windows;

/// How many groups at most are compared with those of a block at once, while it is in the caches.
const COMPARED_AT_ONCE: usize = 16_384;

/// A core has about so many shares of the work, or more.
const SHARES: usize = 8;

/// How many neighbours of a group are kept; so the memory does not depend on how much is alike.
const KEPT: usize = if cfg!(test) { 2 } else { 32 };

/// So many groups are looked at to learn how many neighbours groups have ...
const SAMPLED: usize = 512;

/// ... but no more than one in so many.
const SAMPLED_SHARE: usize = 16;

/// Where groups have more neighbours than twice as many, those that are nearest are merged before others are looked for.
const CROWD: usize = if cfg!(test) { 0 } else { 4 };

/// Up to so many groups are compared at the cut at once as long as they do not have more neighbours than are kept: that costs
/// less than one comparison more at a higher level.
const AT_ONCE: usize = if cfg!(test) { 4 } else { 1 << 17 };

/// Levels are at least so far apart: each time all groups are compared anew.
const STEP: f64 = 0.05;

/// Groups that may be merged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open<'s, 'a> {
    pub(crate) sums: &'s [Sum<'a>],
    /// Which of these.
    pub(crate) groups: &'s [u32],
    /// Of each term how many are rarer.
    pub(crate) ranks: &'s [u32],
    pub(crate) apart: &'s Apart,
}

/// The groups at the cut to one group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Neighbours {
    /// The nearest of all, with its mean cosine.
    pub(crate) nearest: Option<(u32, f64)>,
    /// The nearest ones.
    pub(crate) groups: Vec<u32>,
    /// No other group at the cut is nearer than this; 0 where there is no other.
    pub(crate) beyond: f64,
}

/// What is known of the neighbours of a group while they are looked for.
#[derive(Debug, Default)]
struct Slot {
    best: Mutex<Best>,
    /// The bits of [`Best::beyond`], which only rises.
    beyond: AtomicU32,
}

/// The nearest to a group of those found so far.
#[derive(Debug, Default)]
struct Best {
    nearest: Option<(u32, f64)>,
    /// Each with a bound of its mean.
    groups: Vec<(u32, f32)>,
}

impl Vectors for Open<'_, '_> {
    fn len(&self) -> usize {
        self.groups.len()
    }

    fn cells(&self, vector: u32) -> impl Iterator<Item = (u32, f64)> {
        self.sums[self.groups[vector as usize] as usize].means()
    }

    fn ranks(&self) -> &[u32] {
        self.ranks
    }
}

impl Open<'_, '_> {
    /// Goes down from `ceiling` to the level at `cut` or above it at which each has few neighbours; says which that is, and
    /// finds these.
    pub(crate) fn around(&self, cut: f64, ceiling: f64) -> (f64, Vec<Neighbours>) {
        let windows = Windows::new(self, cut);
        let level = self.level(&windows, cut, ceiling);
        if level > cut {
            drop(windows);
            return (level, self.neighbours(&Windows::new(self, level), level));
        }
        (cut, self.neighbours(&windows, cut))
    }

    /// A level above `cut` and below `ceiling` at which each has few neighbours; `cut` where it has few there.
    fn level(&self, windows: &Windows<'_, Self>, cut: f64, ceiling: f64) -> f64 {
        if ceiling < cut + 2.0 * STEP {
            return cut;
        }
        let mut scratch = Scratch::default();
        let mut bounds: Vec<f32> = Vec::new();
        let n_asked = self.groups.len().div_ceil(SAMPLED_SHARE).min(SAMPLED);
        let crowd = if self.groups.len() <= AT_ONCE { KEPT } else { CROWD };
        let n_few = crowd * n_asked;
        for place in (0..n_asked).map(|at| at * self.groups.len() / n_asked) {
            windows.near(place..place + 1, cut, &mut scratch, |_, others| {
                bounds.extend(others.iter().map(|(_, bound)| *bound));
            });
            if bounds.len() > n_few {
                // Those further away decide nothing.
                bounds.select_nth_unstable_by(n_few, |l, r| r.total_cmp(l));
                bounds.truncate(n_few + 1);
            }
        }
        let level = bounds.get(n_few).map_or(cut, |level| f64::from(*level).min(ceiling - STEP));
        if level < cut + STEP { cut } else { level }
    }

    /// The neighbours of each at `cut`, found on all cores. They do not depend on who finds which first: what is kept are
    /// the nearest, whatever their order.
    fn neighbours(&self, windows: &Windows<'_, Self>, cut: f64) -> Vec<Neighbours> {
        let slots: Vec<Slot> = self.groups.iter().map(|_| Slot::default()).collect();
        let n_groups = self.groups.len();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = n_groups.div_ceil(SHARES * cores).clamp(1, COMPARED_AT_ONCE);
        let n_shares = n_groups.div_ceil(share);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut spread = vec![0.0; self.ranks.len()];
            let mut scratch = Scratch::default();
            let shares = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
            for share_no in shares.take_while(|share_no| *share_no < n_shares) {
                // Those that are compared with most come first, so that all cores end together.
                let first = (n_shares - 1 - share_no) * share;
                let places = first..n_groups.min(first + share);
                windows.near(places, cut, &mut scratch, |group, others| {
                    self.verify(group, others, cut, &slots, &mut spread);
                });
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..cores.min(n_shares)).map(|_| scope.spawn(work)).collect();
            threads.into_iter().for_each(joined);
        });
        slots.into_iter().map(Slot::neighbours).collect()
    }

    /// Notes at both ends which of `others`, which may be neighbours of `place`, are and come into question.
    fn verify(
        &self,
        place: u32,
        others: &[(u32, f32)],
        cut: f64,
        slots: &[Slot],
        spread: &mut [f64],
    ) {
        let group = self.groups[place as usize];
        let (own, slot) = (&self.sums[group as usize], &slots[place as usize]);
        let mut is_spread = false;
        for (at, bound) in others {
            let (other, other_slot) = (self.groups[*at as usize], &slots[*at as usize]);
            let is_of_use = slot.admits(*bound) || other_slot.admits(*bound);
            if !is_of_use || !self.apart.allows(group, other) {
                continue;
            }
            if !is_spread {
                own.spread(spread);
                is_spread = true;
            }
            let mean = own.mean(spread, &self.sums[other as usize]);
            if mean >= cut {
                slot.offer(group, other, mean);
                other_slot.offer(other, group, mean);
            }
        }
        if is_spread {
            own.unspread(spread);
        }
    }
}

impl Slot {
    /// Whether a neighbour whose mean is at most `bound` may be kept.
    fn admits(&self, bound: f32) -> bool {
        bound >= f32::from_bits(self.beyond.load(Ordering::Relaxed))
    }

    fn offer(&self, own: u32, group: u32, mean: f64) {
        if self.admits((mean as f32).next_up()) {
            let mut best = unlocked(self.best.lock());
            best.offer(own, group, mean);
            self.beyond.store(best.beyond().to_bits(), Ordering::Relaxed);
        }
    }

    fn neighbours(self) -> Neighbours {
        let best = unlocked(self.best.into_inner());
        let beyond = f64::from(best.beyond());
        // Written to room of its own, no larger than it has to be.
        let groups = best.groups.iter().map(|(group, _)| *group).collect();
        Neighbours { nearest: best.nearest, groups, beyond }
    }
}

impl Best {
    /// No group that is not among those kept has a higher mean than this; 0 where none was left out.
    fn beyond(&self) -> f32 {
        let least = self.groups.iter().fold(f32::MAX, |least, (_, bound)| least.min(*bound));
        if self.groups.len() < KEPT { 0.0 } else { least }
    }

    /// Takes in a neighbour of `own`; where there are too many, the furthest goes.
    fn offer(&mut self, own: u32, group: u32, mean: f64) {
        let new = (group, mean);
        if self.nearest.is_none_or(|nearest| by_nearness(own, &new, &nearest).is_gt()) {
            self.nearest = Some(new);
        }
        self.groups.push((group, (mean as f32).next_up()));
        if self.groups.len() > KEPT {
            let wide = |(group, bound): (u32, f32)| (group, f64::from(bound));
            let places = 0..self.groups.len();
            let furthest = places.min_by(|left, right| {
                by_nearness(own, &wide(self.groups[*left]), &wide(self.groups[*right]))
            });
            furthest.map(|place| self.groups.swap_remove(place));
        }
    }
}

/// Orders the neighbours of `own` by their mean. Of equally near ones that comes first whose number has more of its highest
/// bits in common with that of `own`: so where all are equally near most have the one whose nearest they are, and may
/// be merged at once.
pub(crate) fn by_nearness(own: u32, left: &(u32, f64), right: &(u32, f64)) -> cmp::Ordering {
    left.1.total_cmp(&right.1).then((right.0 ^ own).cmp(&(left.0 ^ own)))
}

/// What a lock holds: nobody panics in the middle of a change.
fn unlocked<T>(locked: Result<T, PoisonError<T>>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}
