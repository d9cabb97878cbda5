//! Which groups are near a vector.

use crate::groups::{Groups, Total};

/// How much of the least mean asked for the terms left out may make up. More leaves out more terms
/// and lets more groups through to be verified.
const LEFT_OUT: f64 = 0.6;

/// Once no more than this length of a vector is still to be looked up, the best group so far is verified:
/// where it is near, much of the rest need not be looked up at all.
const PROBED_AT: f64 = 0.7;

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

/// A term of the vector, and the length of all from it on.
#[derive(Debug, Clone, Copy)]
struct Step {
    term: u32,
    weight: f64,
    rest: f64,
}

impl Search {
    /// Each group whose mean cosine to the rows of `total` is `least` or more, with that mean; groups
    /// below may be among them. In no order of meaning.
    ///
    /// The terms that cost most to look up are left out for as long as all they could add is well
    /// below `least` (the prefix filter of Bayardo, Ma and Srikant, "Scaling up all pairs
    /// similarity search", 2007); groups that could still reach `least` are then verified.
    pub(crate) fn candidates(
        &mut self,
        groups: &Groups,
        total: &Total,
        least: f64,
    ) -> Vec<(u32, f64)> {
        let steps = self.begin(groups, total);
        let looked_up = self.look_up(groups, &steps, least * LEFT_OUT);
        let reached = least - margin(&steps, looked_up);
        let mut found = Vec::new();
        for group in std::mem::take(&mut self.touched) {
            if self.known(groups, total, group) >= reached {
                found.push((group, groups.mean(total, &self.spread, group)));
            }
            self.sums[group as usize] = 0.0;
        }
        self.end(total);
        found
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
        mut least: f64,
        is_allowed: impl Fn(u32) -> bool,
    ) -> Vec<(u32, f64)> {
        let steps = self.begin(groups, total);
        let probed_at = self.look_up(groups, &steps, (least * LEFT_OUT).max(PROBED_AT));
        if let Some(best) = self.best_so_far(groups, total, &is_allowed) {
            least = least.max(groups.mean(total, &self.spread, best));
        }
        let looked_up = probed_at + self.look_up(groups, &steps[probed_at..], least * LEFT_OUT);
        let margin = margin(&steps, looked_up);
        let mut found = Vec::new();
        for group in std::mem::take(&mut self.touched) {
            if self.known(groups, total, group) >= least - margin && is_allowed(group) {
                let mean = groups.mean(total, &self.spread, group);
                least = least.max(mean);
                found.push((group, mean));
            }
            self.sums[group as usize] = 0.0;
        }
        self.end(total);
        found
    }

    /// Spreads the vector out; its terms, those that are cheap to look up for what they weigh first.
    fn begin(&mut self, groups: &Groups, total: &Total) -> Vec<Step> {
        self.sums.resize(self.sums.len().max(groups.len()), 0.0);
        self.spread.resize(self.spread.len().max(groups.n_terms()), 0.0);
        let mut cheapest: Vec<(f64, u32, f64)> = Vec::with_capacity(total.cells.len());
        for (term, weight) in &total.cells {
            self.spread[*term as usize] = *weight;
            let cost = groups.having(*term).len() as f64 / (weight * weight);
            cheapest.push((cost, *term, *weight));
        }
        cheapest
            .sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        let mut squares = 0.0;
        let mut steps: Vec<Step> = Vec::with_capacity(cheapest.len());
        for (_, term, weight) in cheapest.into_iter().rev() {
            squares += weight * weight;
            steps.push(Step { term, weight, rest: squares.sqrt() / f64::from(total.rows) });
        }
        steps.reverse();
        steps
    }

    /// Looks terms up for as long as more than `rest` of the vector's length is left; how many.
    fn look_up(&mut self, groups: &Groups, steps: &[Step], rest: f64) -> usize {
        let n_steps = steps.partition_point(|step| step.rest > rest);
        for step in &steps[..n_steps] {
            let weight = step.weight as f32;
            for posting in groups.having(step.term) {
                let sum = &mut self.sums[posting.group as usize];
                if *sum == 0.0 {
                    self.touched.push(posting.group);
                }
                *sum += weight * posting.sum;
            }
        }
        n_steps
    }

    /// The mean that the terms looked up so far bring a group.
    fn known(&self, groups: &Groups, total: &Total, group: u32) -> f64 {
        let sum = f64::from(self.sums[group as usize]);
        sum / (f64::from(total.rows) * f64::from(groups.size(group)))
    }

    /// The group that the terms looked up so far bring most; of several one of them.
    fn best_so_far(
        &self,
        groups: &Groups,
        total: &Total,
        is_allowed: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let mut best: Option<(u32, f64)> = None;
        for group in self.touched.iter().copied() {
            let known = self.known(groups, total, group);
            if best.is_none_or(|best| known > best.1) && is_allowed(group) {
                best = Some((group, known));
            }
        }
        best.map(|(group, _)| group)
    }

    fn end(&mut self, total: &Total) {
        total.cells.iter().for_each(|(term, _)| self.spread[*term as usize] = 0.0);
    }
}

/// How far the mean known of a group may lie below its mean: by the length of the terms left out, for no
/// group is longer than 1; and by what 32 bits lose on each term looked up and on its sum.
fn margin(steps: &[Step], looked_up: usize) -> f64 {
    let left_out = steps.get(looked_up).map_or(0.0, |step| step.rest);
    left_out + f64::from(f32::EPSILON) * (looked_up + 4) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::by_mean;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;
    use vector::Matrix;

    fn pair_and_single() -> Groups {
        let mut groups = Groups::new(3);
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
        check(&Groups::new(1), &[(0, 1.0)], &[]);
    }

    #[test]
    fn a_merged_group_is_found_under_the_name_kept() {
        let mut groups = pair_and_single();
        groups.merge(0, 1);
        check(&groups, &[(1, 1.0)], &[(0, 1.0 / 3.0)]);
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
    fn grouped(matrix: &Matrix, sizes: &[usize]) -> (Groups, Vec<Vec<usize>>) {
        let mut groups = Groups::new(matrix.n_terms());
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
            least in 0.0..1.0,
        ) {
            let matrix = unit_matrix(&rows);
            let (groups, members) = grouped(&matrix, &sizes);
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
