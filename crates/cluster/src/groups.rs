//! An inverted index over groups of rows.

use std::cmp::Ordering;

/// How far a bound may lie below the cosine it bounds: far above what rounding does to a sum, far
/// below what tells two documents apart.
const SLACK: f64 = 1e-9;

/// How much of the least mean asked for the terms left out may make up. More leaves out more terms
/// and lets more groups through to be verified.
const LEFT_OUT: f64 = 0.6;

/// A sum this many times longer than a vector is searched for the vector's terms; a shorter one is walked
/// along.
const LONGER: usize = 8;

/// Groups of rows by the terms they have. A group is kept as the sum of its rows, for the mean
/// cosine of a vector to the rows of a group is one dot product with their sum.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// Per term the groups that have it, ascending, with the weights of their rows added up.
    postings: Vec<Vec<(u32, f64)>>,
    /// Per group its rows added up, terms ascending; empty once it is merged into another.
    sums: Vec<Vec<(u32, f64)>>,
    /// How many rows each group has.
    sizes: Vec<u32>,
    /// Scratch of [`Self::candidates`] by group, 0 in between.
    totals: Vec<f64>,
    /// Scratch of [`Self::candidates`] by term, 0 in between.
    spread: Vec<f64>,
}

impl Groups {
    /// An index without groups over `n_terms` terms.
    pub(crate) fn new(n_terms: usize) -> Self {
        let (postings, spread) = (vec![Vec::new(); n_terms], vec![0.0; n_terms]);
        Self { postings, spread, ..Self::default() }
    }

    /// Makes room for `n_terms` terms.
    pub(crate) fn widen(&mut self, n_terms: usize) {
        self.postings.resize_with(n_terms, Vec::new);
        self.spread.resize(n_terms, 0.0);
    }

    /// How many groups were opened.
    pub(crate) fn len(&self) -> usize {
        self.sums.len()
    }

    /// Adds a group without rows and returns its number: they count from 0.
    pub(crate) fn open(&mut self) -> u32 {
        let group = u32::try_from(self.sums.len()).expect("rows are counted in 32 bits");
        self.sums.push(Vec::new());
        self.sizes.push(0);
        self.totals.push(0.0);
        group
    }

    /// Adds `rows` rows that sum to `sum`, terms ascending, to `group`.
    pub(crate) fn join(&mut self, group: u32, sum: &[(u32, f64)], rows: u32) {
        for (term, weight) in sum {
            let posting = &mut self.postings[*term as usize];
            match posting.binary_search_by_key(&group, |entry| entry.0) {
                Ok(place) => posting[place].1 += weight,
                Err(place) => posting.insert(place, (group, *weight)),
            }
        }
        let own = &mut self.sums[group as usize];
        *own = added(own, sum);
        self.sizes[group as usize] += rows;
    }

    /// Moves the rows of `gone` to `kept`.
    pub(crate) fn merge(&mut self, kept: u32, gone: u32) {
        let (sum, rows) = self.clear(gone);
        self.join(kept, &sum, rows);
    }

    /// Takes all rows out of `group`; gives back their sum and how many they were.
    pub(crate) fn clear(&mut self, group: u32) -> (Vec<(u32, f64)>, u32) {
        let sum = std::mem::take(&mut self.sums[group as usize]);
        for (term, _) in &sum {
            let posting = &mut self.postings[*term as usize];
            let place = posting.binary_search_by_key(&group, |entry| entry.0);
            posting.remove(place.expect("a group stands in the posting of each of its terms"));
        }
        (sum, std::mem::take(&mut self.sizes[group as usize]))
    }

    /// The mean of the rows of `group`, terms ascending.
    pub(crate) fn mean(&self, group: u32) -> Vec<(u32, f64)> {
        let rows = f64::from(self.sizes[group as usize]);
        let sum = self.sums[group as usize].iter();
        sum.map(|(term, weight)| (*term, weight / rows)).collect()
    }

    /// The mean cosine of a vector of length 1 or less, terms ascending, to the rows of each group
    /// where it is at least `least`; groups below that may be among them. In no order of meaning.
    ///
    /// The terms that cost most to look up are left out for as long as all they could add is well
    /// below `least` (the prefix filter of Bayardo, Ma and Srikant, "Scaling up all pairs
    /// similarity search", 2007); groups that could still reach `least` are then verified.
    pub(crate) fn candidates(&mut self, cells: &[(u32, f64)], least: f64) -> Vec<(u32, f64)> {
        let (looked_up, left_out) = self.plan(cells, least.max(0.0) * LEFT_OUT);
        let mut touched = Vec::new();
        for (term, weight) in looked_up {
            for (group, sum) in &self.postings[term as usize] {
                let total = &mut self.totals[*group as usize];
                if *total == 0.0 {
                    touched.push(*group);
                }
                *total += weight * sum;
            }
        }
        let reached = least - left_out - SLACK;
        cells.iter().for_each(|(term, weight)| self.spread[*term as usize] = *weight);
        let mut verified = Vec::new();
        for group in touched {
            let place = group as usize;
            let rows = f64::from(self.sizes[place]);
            let known = std::mem::take(&mut self.totals[place]) / rows;
            if known >= reached {
                verified.push((group, self.dot(cells, place) / rows));
            }
        }
        cells.iter().for_each(|(term, _)| self.spread[*term as usize] = 0.0);
        verified
    }

    /// The dot product of `cells`, which are spread out, with the sum of a group; the same to the last
    /// bit whichever of the two is walked along, for a term that one lacks adds nothing.
    fn dot(&self, cells: &[(u32, f64)], group: usize) -> f64 {
        let sum = &self.sums[group];
        if sum.len() > cells.len() * LONGER {
            return dot(cells, sum);
        }
        sum.iter().fold(0.0, |dot, (term, weight)| dot + self.spread[*term as usize] * weight)
    }

    /// The cells to look up, and the length of the rest, which is at most `budget`.
    fn plan(&self, cells: &[(u32, f64)], budget: f64) -> (Vec<(u32, f64)>, f64) {
        let cost = |(term, weight): &(u32, f64)| {
            self.postings[*term as usize].len() as f64 / (weight * weight)
        };
        let mut dearest: Vec<(f64, u32, f64)> =
            cells.iter().map(|cell| (cost(cell), cell.0, cell.1)).collect();
        dearest
            .sort_unstable_by(|left, right| right.0.total_cmp(&left.0).then(right.1.cmp(&left.1)));
        let mut left_out = 0.0;
        let mut looked_up = dearest.into_iter().peekable();
        while let Some((_, _, weight)) = looked_up.peek() {
            let more = left_out + weight * weight;
            if more > budget * budget {
                break;
            }
            left_out = more;
            looked_up.next();
        }
        (looked_up.map(|(_, term, weight)| (term, weight)).collect(), left_out.sqrt())
    }
}

/// The dot product of two sparse vectors, summed in ascending order of terms.
fn dot(left: &[(u32, f64)], right: &[(u32, f64)]) -> f64 {
    let (few, many) = if left.len() < right.len() { (left, right) } else { (right, left) };
    let mut rest = many;
    let mut sum = 0.0;
    for (term, weight) in few {
        let place = rest.partition_point(|cell| cell.0 < *term);
        rest = &rest[place..];
        match rest.first() {
            Some((found, other)) if found == term => sum += weight * other,
            _ => {}
        }
    }
    sum
}

/// The sum of two sparse vectors, terms ascending.
fn added(left: &[(u32, f64)], right: &[(u32, f64)]) -> Vec<(u32, f64)> {
    let mut sum = Vec::with_capacity(left.len() + right.len());
    let mut right = right.iter().copied().peekable();
    for (term, weight) in left.iter().copied() {
        while let Some(cell) = right.next_if(|cell| cell.0 < term) {
            sum.push(cell);
        }
        let shared = right.next_if(|cell| cell.0 == term);
        sum.push((term, weight + shared.map_or(0.0, |cell| cell.1)));
    }
    sum.extend(right);
    sum
}

/// Orders groups by their mean cosine; of equal ones the smaller number is the greater, so that it
/// is chosen.
pub(crate) fn by_mean(left: &(u32, f64), right: &(u32, f64)) -> Ordering {
    left.1.total_cmp(&right.1).then(right.0.cmp(&left.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;

    fn pair_and_single() -> Groups {
        let mut groups = Groups::new(3);
        let (pair, single) = (groups.open(), groups.open());
        groups.join(pair, &[(0, 1.0)], 1);
        groups.join(single, &[(1, 1.0)], 1);
        groups.join(pair, &[(0, 0.6), (2, 0.8)], 1);
        groups
    }

    #[track_caller]
    fn check(groups: &mut Groups, cells: &[(u32, f64)], expect: &[(u32, f64)]) {
        let mut means = groups.candidates(cells, 0.0);
        means.sort_by_key(|mean| mean.0);
        assert_eq!(means, expect);
    }

    #[test]
    fn the_mean_counts_every_row_of_a_group() {
        let mut groups = pair_and_single();
        check(&mut groups, &[(2, 1.0)], &[(0, 0.4)]);
        check(&mut groups, &[(0, 0.6), (1, 0.8)], &[(0, 0.48), (1, 0.8)]);
        assert_eq!(groups.mean(0), [(0, 0.8), (2, 0.4)]);
    }

    #[test]
    fn what_shares_no_term_is_no_candidate() {
        check(&mut pair_and_single(), &[], &[]);
        check(&mut Groups::new(1), &[(0, 1.0)], &[]);
    }

    #[test]
    fn a_merged_group_is_found_under_the_name_kept() {
        let mut groups = pair_and_single();
        groups.merge(0, 1);
        check(&mut groups, &[(1, 1.0)], &[(0, 1.0 / 3.0)]);
        assert_eq!(groups.len(), 2);
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
            let mut groups = Groups::new(matrix.n_terms());
            let mut members: Vec<Vec<usize>> = Vec::new();
            for row in 0..matrix.n_rows() {
                let full = members.last().is_none_or(|rows| rows.len() == sizes[members.len()]);
                if full {
                    groups.open();
                    members.push(Vec::new());
                }
                let own = members.len() - 1;
                members[own].push(row);
                groups.join(own as u32, &matrix.cells(row).collect::<Vec<_>>(), 1);
            }
            for row in 0..matrix.n_rows() {
                let found = groups.candidates(&matrix.cells(row).collect::<Vec<_>>(), least);
                for (group, rows) in (0..).zip(&members) {
                    let total: f64 = rows.iter().map(|other| matrix.cosine(row, *other)).sum();
                    let mean = total / rows.len() as f64;
                    let seen = found.iter().find(|candidate| candidate.0 == group);
                    prop_assert!(seen.is_some() || mean < least || mean == 0.0);
                    prop_assert!(seen.is_none_or(|seen| (seen.1 - mean).abs() < 1e-12));
                }
            }
        }
    }

    #[test]
    fn sums_keep_the_terms_of_both() {
        let sum = added(&[(1, 1.0), (4, 2.0)], &[(0, 0.5), (4, 0.25), (7, 3.0)]);
        assert_eq!(sum, [(0, 0.5), (1, 1.0), (4, 2.25), (7, 3.0)]);
    }

    #[test]
    fn of_equal_means_the_smaller_number_wins() {
        let means = [(3, 0.5), (1, 0.5), (2, 0.4)];
        assert_eq!(means.into_iter().max_by(by_mean), Some((1, 0.5)));
    }
}
