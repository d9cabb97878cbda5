//! How long groups are in what is common.

use crate::tiers::TIERS;

/// One group in this many may be listed as long in a tier.
const LISTED: usize = 256;

/// No mean of unit rows is longer, whatever their rounding: the bound of all tiers while there are few groups.
const ROWS_MAX: f32 = 1.001;

/// The length of each group's mean in the terms of a tier and of all commoner ones. What a vector and a
/// group share in these terms is at most the product of their lengths there (Cauchy and Schwarz), which
/// is far less than what a search asks for: so common terms need not be looked up.
///
/// The few groups that are longest in a tier are listed, so that the others have a lower bound in common:
/// a search asks the listed ones one by one, and need not see the others where the bound says enough.
#[derive(Debug, Default)]
pub(crate) struct Lengths {
    by_group: Vec<Length>,
    bounds: [f32; TIERS],
    listed: [Vec<u32>; TIERS],
    /// How many groups there were when the bounds were last chosen.
    n_chosen_for: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Length {
    /// By tier: the squares of the sums of the terms in it, added up.
    squares: [f64; TIERS],
    /// By tier: the length of the mean in it and all commoner ones.
    rests: [f32; TIERS],
    /// By tier a bit: whether the group is listed there.
    is_listed: u8,
}

impl Lengths {
    /// Adds a group without rows. The bounds are chosen anew each time their number has doubled.
    pub(crate) fn open(&mut self) {
        if self.by_group.len() >= 2 * self.n_chosen_for {
            self.choose_bounds();
        }
        self.by_group.push(Length::default());
    }

    /// The sum of `group` for a term of `tier` has changed.
    pub(crate) fn change(&mut self, group: u32, tier: u8, before: f64, after: f64) {
        let squares = &mut self.by_group[group as usize].squares[usize::from(tier)];
        *squares += after * after - before * before;
    }

    /// What has changed of `group`, which has `rows` rows now, counts from here on.
    pub(crate) fn settle(&mut self, group: u32, rows: u32) {
        let length = &mut self.by_group[group as usize];
        let mut squares = 0.0_f64;
        for tier in (0..TIERS).rev() {
            squares += length.squares[tier];
            length.rests[tier] = rounded_up(squares.max(0.0).sqrt() / f64::from(rows));
            let bit = 1 << tier;
            if length.rests[tier] > self.bounds[tier] && length.is_listed & bit == 0 {
                length.is_listed |= bit;
                self.listed[tier].push(group);
            }
        }
    }

    /// All rows of `group` are gone.
    pub(crate) fn clear(&mut self, group: u32) {
        let length = &mut self.by_group[group as usize];
        (length.squares, length.rests) = Default::default();
    }

    /// The length of the mean of `group` in `tier` and all commoner ones; 0 beyond the last tier.
    pub(crate) fn rest(&self, group: u32, tier: usize) -> f64 {
        self.by_group[group as usize].rests.get(tier).map_or(0.0, |rest| f64::from(*rest))
    }

    /// No group that is not listed is longer than this in `tier` and all commoner ones.
    pub(crate) fn bound(&self, tier: usize) -> f64 {
        self.bounds.get(tier).map_or(0.0, |bound| f64::from(*bound))
    }

    /// Every group longer than the bound of `tier`, and perhaps others; none beyond the last tier.
    pub(crate) fn listed(&self, tier: usize) -> &[u32] {
        self.listed.get(tier).map_or(&[], Vec::as_slice)
    }

    fn choose_bounds(&mut self) {
        self.n_chosen_for = self.by_group.len().max(LISTED);
        self.by_group.iter_mut().for_each(|length| length.is_listed = 0);
        for tier in 0..TIERS {
            let mut rests: Vec<f32> = self.by_group.iter().map(|it| it.rests[tier]).collect();
            let n_above = rests.len() / LISTED;
            self.bounds[tier] = match rests.is_empty() {
                true => ROWS_MAX,
                false => *rests.select_nth_unstable_by(n_above, |l, r| r.total_cmp(l)).1,
            };
            self.listed[tier].clear();
            for (group, length) in (0..).zip(&mut self.by_group) {
                if length.rests[tier] > self.bounds[tier] {
                    length.is_listed |= 1 << tier;
                    self.listed[tier].push(group);
                }
            }
        }
    }
}

/// The same in 32 bits, never less.
fn rounded_up(length: f64) -> f32 {
    (length as f32).next_up()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_counts_its_tier_and_all_commoner_ones() {
        let mut lengths = Lengths::default();
        lengths.open();
        lengths.change(0, 1, 0.0, 3.0);
        lengths.change(0, 7, 0.0, 4.0);
        lengths.settle(0, 2);
        let near = |tier, expect: f64| assert!((lengths.rest(0, tier) - expect).abs() < 1e-6);
        (0..=1).for_each(|tier| near(tier, 2.5));
        (2..=7).for_each(|tier| near(tier, 2.0));
        near(8, 0.0);
        lengths.change(0, 7, 4.0, 0.0);
        lengths.settle(0, 2);
        assert_eq!(lengths.rest(0, 2), f64::from(0.0_f32.next_up()));
    }

    #[test]
    fn every_group_is_within_the_bound_or_listed_whenever_it_grows() {
        let mut lengths = Lengths::default();
        for group in 0..1_000_u32 {
            lengths.open();
            lengths.change(
                group,
                (group % 8) as u8,
                0.0,
                f64::from(group * 7919 % 1_009) / 1_009.0,
            );
            lengths.settle(group, 1);
            if group % 5 == 0 {
                lengths.change(group / 2, 3, 0.0, 0.9);
                lengths.settle(group / 2, 1);
            }
            for tier in 0..TIERS {
                let (bound, listed) = (lengths.bound(tier), lengths.listed(tier));
                let fits = |it: u32| lengths.rest(it, tier) <= bound || listed.contains(&it);
                assert!((0..=group).all(fits), "tier {tier} at {group}");
            }
        }
        assert!(lengths.listed(7).len() < 520, "{}", lengths.listed(7).len());
    }
}
