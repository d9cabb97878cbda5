//! Which groups are near a vector.

use crate::groups::{Groups, Total};
use crate::tiers::TIERS;

/// Terms are looked up for as long as those that are not could bring a group this much of the mean asked
/// for: nearly all of it, for a group is verified by its own length in them.
const LEFT_OUT: f64 = 0.95;

/// While no more groups than this share a term looked up, the best of them is verified: where it is near,
/// much of the rest need not be looked up at all.
const PROBED_MAX: usize = 4_096;

/// Finds groups by their terms; what it holds is scratch between searches.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// By group, 0 in between: what the terms looked up so far bring.
    sums: Vec<f32>,
    /// By term, 0 in between: the cells of the vector.
    spread: Vec<f64>,
    /// The groups with a sum.
    touched: Vec<u32>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
struct Ask {
    least: f64,
    /// A group below this share of the best one seen is of no interest.
    share: f64,
}

impl Ask {
    fn rises(&self) -> bool {
        self.share > 0.0
    }

    fn see(&mut self, mean: f64) {
        self.least = self.least.max(mean * self.share);
    }
}

/// The groups near a vector.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Near {
    /// With their means, in no order of meaning.
    pub(crate) groups: Vec<(u32, f64)>,
    /// The mean of every other group is below this.
    pub(crate) floor: f64,
}

/// A vector, its terms by tier.
struct Vector<'a> {
    total: &'a Total,
    terms: Vec<(u8, u32, f64)>,
    /// By tier: the length of the mean in it and all commoner ones; then 0.
    rests: [f64; TIERS + 1],
}

impl<'a> Vector<'a> {
    fn new(groups: &Groups, total: &'a Total) -> Self {
        let mut squares = [0.0; TIERS + 1];
        let tiered = total.cells.iter().map(|(term, weight)| {
            let tier = groups.tier(*term);
            squares[usize::from(tier)] += weight * weight;
            (tier, *term, *weight)
        });
        let mut terms: Vec<(u8, u32, f64)> = tiered.collect();
        terms.sort_by_key(|(tier, _, _)| *tier);
        let mut rests = [0.0; TIERS + 1];
        let mut sum = 0.0;
        for tier in (0..TIERS).rev() {
            sum += squares[tier];
            rests[tier] = f64::sqrt(sum) / f64::from(total.rows);
        }
        Self { total, terms, rests }
    }

    fn terms_of(&self, tier: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let first = self.terms.partition_point(|term| usize::from(term.0) < tier);
        let own = self.terms[first..].iter().take_while(move |term| usize::from(term.0) == tier);
        own.map(|(_, term, weight)| (*term, *weight))
    }
}

impl Search {
    /// Each group whose mean cosine to the rows of `total` is `least` or more, and above 0, with that
    /// mean; groups below may be among them. In no order of meaning.
    ///
    /// Rare terms are looked up first, and common ones only where what they could bring, by the lengths
    /// of vector and group there, is not below `least` (Anastasiu and Karypis, "L2AP: Fast cosine
    /// similarity search with prefix L-2 norm bounds", 2014); groups that could still reach `least` are
    /// then verified.
    pub(crate) fn candidates(
        &mut self,
        groups: &Groups,
        total: &Total,
        least: f64,
    ) -> Vec<(u32, f64)> {
        self.search(groups, total, Ask { least, share: 0.0 }, |_| true).groups
    }

    /// The groups of the highest mean cosine to the rows of `total` among those that `is_allowed` and
    /// whose mean is `least` or more, with that mean; others may be among them. In no order of meaning.
    ///
    /// As [`Search::candidates`], but what is asked for rises with the best group seen, so that fewer
    /// terms are looked up and fewer groups verified.
    pub(crate) fn highest(
        &mut self,
        groups: &Groups,
        total: &Total,
        least: f64,
        is_allowed: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f64)> {
        self.search(groups, total, Ask { least, share: 1.0 }, is_allowed).groups
    }

    /// The groups whose mean cosine to the rows of `total` is `least` or more, and at least `share` of the highest one;
    /// others may be among them. `share` is above 0.
    pub(crate) fn near(&mut self, groups: &Groups, total: &Total, least: f64, share: f64) -> Near {
        self.search(groups, total, Ask { least, share }, |_| true)
    }

    fn search(
        &mut self,
        groups: &Groups,
        total: &Total,
        mut ask: Ask,
        is_allowed: impl Fn(u32) -> bool,
    ) -> Near {
        let vector = self.begin(groups, total);
        let (mut tier, mut n_probed) = (0, 0);
        while vector.rests[tier] * groups.lengths().bound(tier) > ask.least * LEFT_OUT {
            self.look_up(groups, &vector, tier);
            tier += 1;
            // Another look at few more groups seldom finds a better one.
            if ask.rises() && (2 * n_probed + 1..PROBED_MAX).contains(&self.touched.len()) {
                n_probed = self.touched.len();
                let best = self.best_so_far(groups, &is_allowed);
                best.into_iter().for_each(|best| ask.see(groups.mean(total, &self.spread, best)));
            }
        }
        let found = self.verified(groups, &vector, tier, ask, is_allowed);
        self.end(total);
        found
    }

    /// The groups that could have the mean asked for, the tiers from `tier` on not having been looked up,
    /// with the mean they have.
    fn verified(
        &mut self,
        groups: &Groups,
        vector: &Vector<'_>,
        tier: usize,
        mut ask: Ask,
        is_allowed: impl Fn(u32) -> bool,
    ) -> Near {
        let lengths = groups.lengths();
        // What 32 bits lose on each term looked up, and on its sum.
        let lost = f64::from(f32::EPSILON) * (vector.terms.len() + 4) as f64;
        let most_unseen = vector.rests[tier] * lengths.bound(tier) + lost;
        let listed = match vector.rests[tier] > 0.0 {
            true => lengths.listed(tier),
            false => &[],
        };
        let mut found = Vec::new();
        let mut verify = |ask: &mut Ask, group: u32, known: f64| {
            let unseen = vector.rests[tier] * lengths.rest(group, tier) + lost;
            if known + unseen >= ask.least && is_allowed(group) {
                let mean = groups.mean(vector.total, &self.spread, group);
                ask.see(mean);
                found.extend((mean > 0.0).then_some((group, mean)));
            }
        };
        for group in listed.iter().copied().filter(|group| groups.size(*group) > 0) {
            let sum = std::mem::take(&mut self.sums[group as usize]);
            verify(&mut ask, group, mean_known(groups, vector.total, group, sum));
        }
        let rows = f64::from(vector.total.rows);
        for group in self.touched.drain(..) {
            let sum = std::mem::take(&mut self.sums[group as usize]);
            // Nearly all are turned away here, without a look at how many rows they have: that makes the
            // mean no greater. The listed ones have no sum any more.
            if sum == 0.0 || f64::from(sum) < (ask.least - most_unseen) * rows {
                continue;
            }
            let known = mean_known(groups, vector.total, group, sum);
            if known + most_unseen >= ask.least {
                verify(&mut ask, group, known);
            }
        }
        Near { groups: found, floor: ask.least }
    }

    fn begin<'a>(&mut self, groups: &Groups, total: &'a Total) -> Vector<'a> {
        self.sums.resize(self.sums.len().max(groups.len()), 0.0);
        self.spread.resize(self.spread.len().max(groups.n_terms()), 0.0);
        for (term, weight) in &total.cells {
            self.spread[*term as usize] = *weight;
        }
        Vector::new(groups, total)
    }

    /// Adds up what the terms of a tier bring.
    fn look_up(&mut self, groups: &Groups, vector: &Vector<'_>, tier: usize) {
        for (term, weight) in vector.terms_of(tier) {
            let weight = weight as f32;
            for posting in groups.having(term) {
                let sum = &mut self.sums[posting.group as usize];
                if *sum == 0.0 {
                    self.touched.push(posting.group);
                }
                *sum += weight * posting.sum;
            }
        }
    }

    /// The group that the terms looked up so far bring most; of several one of them.
    fn best_so_far(&self, groups: &Groups, is_allowed: impl Fn(u32) -> bool) -> Option<u32> {
        let mut best: Option<(u32, f32)> = None;
        for group in self.touched.iter().copied() {
            let (sum, most) = (self.sums[group as usize], best.map_or(0.0, |best| best.1));
            if sum > most && sum / groups.size(group) as f32 > most && is_allowed(group) {
                best = Some((group, sum / groups.size(group) as f32));
            }
        }
        best.map(|(group, _)| group)
    }

    fn end(&mut self, total: &Total) {
        total.cells.iter().for_each(|(term, _)| self.spread[*term as usize] = 0.0);
    }
}

/// The mean that the terms looked up bring a group, `sum` being what they add up to.
fn mean_known(groups: &Groups, total: &Total, group: u32, sum: f32) -> f64 {
    f64::from(sum) / (f64::from(total.rows) * f64::from(groups.size(group)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::by_mean;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;
    use vector::Matrix;

    fn pair_and_single() -> Groups {
        let mut groups = Groups::new(vec![0, 3, 7]);
        let (pair, single) = (groups.open(), groups.open());
        groups.join(pair, &[(0, 1.0)], 1);
        groups.join(single, &[(1, 1.0)], 1);
        groups.join(pair, &[(0, 0.6), (2, 0.8)], 1);
        groups
    }

    fn one(cells: &[(u32, f64)]) -> Total {
        Total::of_one(cells.to_vec())
    }

    #[track_caller]
    fn check(groups: &Groups, cells: &[(u32, f64)], expect: &[(u32, f64)]) {
        let mut means = Search::default().candidates(groups, &one(cells), 0.0);
        means.sort_by_key(|mean| mean.0);
        assert_eq!(means, expect);
    }

    #[test]
    fn the_mean_counts_every_row_of_a_group() {
        let groups = pair_and_single();
        check(&groups, &[(2, 1.0)], &[(0, 0.4)]);
        check(&groups, &[(0, 0.6), (1, 0.8)], &[(0, 0.48), (1, 0.8)]);
    }

    #[test]
    fn what_shares_no_term_is_no_candidate() {
        check(&pair_and_single(), &[], &[]);
        check(&Groups::new(vec![0]), &[(0, 1.0)], &[]);
    }

    #[test]
    fn what_is_not_allowed_hides_nothing_else() {
        let groups = pair_and_single();
        let vector = one(&[(0, 0.6), (1, 0.8)]);
        let mut search = Search::default();
        let mut best = |forbidden: u32| {
            let found = search.highest(&groups, &vector, 0.1, |group| group != forbidden);
            found.into_iter().max_by(by_mean)
        };
        assert_eq!(best(9), Some((1, 0.8)));
        assert_eq!(best(1), Some((0, 0.48)));
    }

    /// Rows in groups of the sizes given, in order, and the rows of each.
    fn grouped(matrix: &Matrix, sizes: &[usize], tiers: &[u8]) -> (Groups, Vec<Vec<usize>>) {
        let mut groups = Groups::new(tiers.to_vec());
        let mut members: Vec<Vec<usize>> = Vec::new();
        for row in 0..matrix.n_rows() {
            if members.last().is_none_or(|rows| rows.len() == sizes[members.len()]) {
                groups.open();
                members.push(Vec::new());
            }
            let own = members.len() - 1;
            members[own].push(row);
            groups.join(own as u32, &matrix.cells(row).collect::<Vec<_>>(), 1);
        }
        (groups, members)
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn leaving_terms_out_loses_no_group_and_changes_no_mean(
            rows in rows(),
            sizes in prop::collection::vec(1..4_usize, 16),
            tiers in prop::collection::vec(0..8_u8, 8),
            least in 0.0..1.0,
        ) {
            let matrix = unit_matrix(&rows);
            let (groups, members) = grouped(&matrix, &sizes, &tiers);
            let mut search = Search::default();
            for row in 0..matrix.n_rows() {
                let vector = Total::of_one(matrix.cells(row).collect());
                let found = search.candidates(&groups, &vector, least);
                let highest = search.highest(&groups, &vector, least, |_| true);
                let mut best = 0.0_f64;
                for (group, rows) in (0..).zip(&members) {
                    let total: f64 = rows.iter().map(|other| matrix.cosine(row, *other)).sum();
                    let mean = total / rows.len() as f64;
                    best = best.max(mean);
                    let seen = found.iter().find(|candidate| candidate.0 == group);
                    prop_assert!(seen.is_some() || mean < least || mean == 0.0);
                    prop_assert!(seen.is_none_or(|seen| (seen.1 - mean).abs() < 1e-12));
                }
                let nearest = highest.into_iter().max_by(by_mean).map_or(0.0, |found| found.1);
                prop_assert!((nearest - best).abs() < 1e-12 || best < least);
                let nearest = found.into_iter().max_by(by_mean).map_or(0.0, |found| found.1);
                prop_assert!((nearest - best).abs() < 1e-12 || best < least);
            }
        }
    }
}
