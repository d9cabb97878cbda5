//! Groups of rows, and an inverted index over them.

use std::cmp::Ordering;

use vector::Matrix;

use crate::lengths::Lengths;
use crate::tiers::tiers_of;

/// A sum this many times longer than a vector is searched for the vector's terms; a shorter one is walked
/// along.
const LONGER: usize = 8;

/// Groups of rows by the terms they have. A group is kept as the sum of its rows, for the mean
/// cosine of a vector to the rows of a group is one dot product with their sum.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    /// Per term the groups that have it, in no order.
    postings: Vec<Vec<Posting>>,
    /// Per group its rows added up, terms ascending; empty once it is merged into another.
    sums: Vec<Vec<Cell>>,
    /// How many rows each group has.
    sizes: Vec<u32>,
    /// How common each term is.
    tiers: Vec<u8>,
    lengths: Lengths,
}

/// That a group has a term. The weight is rounded: it only says which groups are worth a closer look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) group: u32,
    /// The weights of the group's rows added up.
    pub(crate) sum: f32,
}

/// The weights of a group's rows for one term, added up.
#[derive(Debug, Clone, Copy)]
struct Cell {
    term: u32,
    /// Where in the postings of the term the group stands, so that nothing is ever looked for there.
    place: u32,
    sum: f64,
}

/// A vector to compare with groups: some rows added up, terms ascending.
#[derive(Debug, Clone)]
pub(crate) struct Total {
    pub(crate) cells: Vec<(u32, f64)>,
    pub(crate) rows: u32,
}

impl Total {
    /// A single vector of length 1 or less.
    pub(crate) fn of_one(cells: Vec<(u32, f64)>) -> Self {
        Self { cells, rows: 1 }
    }
}

impl Groups {
    /// An index without groups over terms of these `tiers`.
    pub(crate) fn new(tiers: Vec<u8>) -> Self {
        Self { postings: vec![Vec::new(); tiers.len()], tiers, ..Self::default() }
    }

    /// Each row of `matrix` as a group of its own.
    pub(crate) fn of_rows(matrix: &Matrix) -> Self {
        let mut groups = Self::new(tiers_of(matrix));
        for row in 0..matrix.n_rows() {
            let group = groups.open();
            groups.join(group, &matrix.cells(row).collect::<Vec<_>>(), 1);
        }
        groups
    }

    /// Takes all groups out, and keeps their room; terms are of these `tiers` from now on.
    pub(crate) fn empty(&mut self, tiers: &[u8]) {
        for cell in self.sums.drain(..).flatten() {
            self.postings[cell.term as usize].clear();
        }
        self.postings.resize_with(tiers.len(), Vec::new);
        self.tiers.clear();
        self.tiers.extend_from_slice(tiers);
        self.sizes.clear();
        self.lengths = Lengths::default();
    }

    /// Makes room for the terms that `tiers` has more.
    pub(crate) fn widen(&mut self, tiers: &[u8]) {
        self.tiers.extend_from_slice(&tiers[self.tiers.len()..]);
        self.postings.resize_with(tiers.len(), Vec::new);
    }

    /// How many groups were opened.
    pub(crate) fn len(&self) -> usize {
        self.sums.len()
    }

    pub(crate) fn n_terms(&self) -> usize {
        self.postings.len()
    }

    /// How common `term` is, from 0 for the rarest.
    pub(crate) fn tier(&self, term: u32) -> u8 {
        self.tiers[term as usize]
    }

    /// How long groups are in what is common.
    pub(crate) fn lengths(&self) -> &Lengths {
        &self.lengths
    }

    /// How many rows `group` has.
    pub(crate) fn size(&self, group: u32) -> u32 {
        self.sizes[group as usize]
    }

    /// The groups that have `term`, in no order.
    pub(crate) fn having(&self, term: u32) -> &[Posting] {
        &self.postings[term as usize]
    }

    /// Adds a group without rows and returns its number: they count from 0.
    pub(crate) fn open(&mut self) -> u32 {
        let group = number(self.sums.len());
        self.sums.push(Vec::new());
        self.sizes.push(0);
        self.lengths.open();
        group
    }

    /// Adds `rows` rows that sum to `sum`, terms ascending, to `group`.
    pub(crate) fn join(&mut self, group: u32, sum: &[(u32, f64)], rows: u32) {
        let own = &mut self.sums[group as usize];
        let n_before = own.len();
        if n_before == 0 {
            own.reserve_exact(sum.len());
        }
        for (term, weight) in sum {
            let posting = &mut self.postings[*term as usize];
            let tier = self.tiers[*term as usize];
            match own[..n_before].binary_search_by_key(term, |cell| cell.term) {
                Ok(at) => {
                    let cell = &mut own[at];
                    self.lengths.change(group, tier, cell.sum, cell.sum + weight);
                    cell.sum += weight;
                    posting[cell.place as usize].sum = cell.sum as f32;
                }
                Err(_) => {
                    self.lengths.change(group, tier, 0.0, *weight);
                    own.push(Cell { term: *term, place: number(posting.len()), sum: *weight });
                    posting.push(Posting { group, sum: *weight as f32 });
                }
            }
        }
        if n_before > 0 && own.len() > n_before {
            // Two ascending runs, which this sort only merges.
            own.sort_by_key(|cell| cell.term);
        }
        self.sizes[group as usize] += rows;
        self.lengths.settle(group, self.sizes[group as usize]);
    }

    /// Takes all rows out of `group`.
    pub(crate) fn clear(&mut self, group: u32) {
        let cells = std::mem::take(&mut self.sums[group as usize]);
        for cell in cells {
            let posting = &mut self.postings[cell.term as usize];
            posting.swap_remove(cell.place as usize);
            if let Some(moved) = posting.get(cell.place as usize) {
                let sums = &mut self.sums[moved.group as usize];
                let at = sums.binary_search_by_key(&cell.term, |cell| cell.term);
                sums[at.expect("a group has the terms it is posted under")].place = cell.place;
            }
        }
        self.lengths.clear(group);
        self.sizes[group as usize] = 0;
    }

    /// The rows of `group` added up.
    pub(crate) fn total(&self, group: u32) -> Total {
        let cells = self.sums[group as usize].iter().map(|cell| (cell.term, cell.sum));
        Total { cells: cells.collect(), rows: self.size(group) }
    }

    /// The mean cosine of the rows of `total` to those of `group`, the same to the last bit either way
    /// round. `spread` has the cells of `total` by term, and 0 elsewhere.
    pub(crate) fn mean(&self, total: &Total, spread: &[f64], group: u32) -> f64 {
        let sum = &self.sums[group as usize];
        let dot = if sum.len() > total.cells.len() * LONGER {
            sought(&total.cells, sum)
        } else {
            sum.iter().fold(0.0, |dot, cell| dot + spread[cell.term as usize] * cell.sum)
        };
        dot / (f64::from(total.rows) * f64::from(self.size(group)))
    }
}

/// The dot product of `few` with `many`, in the order of terms: the same to the last bit as walking along
/// `many`, for a term that one of them lacks adds nothing.
fn sought(few: &[(u32, f64)], many: &[Cell]) -> f64 {
    let mut rest = many;
    let mut dot = 0.0;
    for (term, weight) in few {
        let place = rest.partition_point(|cell| cell.term < *term);
        rest = &rest[place..];
        match rest.first() {
            Some(cell) if cell.term == *term => dot += weight * cell.sum,
            _ => {}
        }
    }
    dot
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("groups and rows are counted in 32 bits")
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

    /// Every group stands once, with its sum, where its cells say; and nothing else does.
    fn check_places(groups: &Groups) {
        let cells = (0..).zip(&groups.sums).flat_map(|(group, sum)| {
            sum.iter().map(move |cell| (cell.term, cell.place, group, cell.sum as f32))
        });
        let mut told: Vec<_> = cells.collect();
        told.sort_unstable_by_key(|entry| (entry.0, entry.1));
        let posted: Vec<_> = (0..)
            .zip(&groups.postings)
            .flat_map(|(term, posting)| {
                (0..).zip(posting).map(move |(place, it)| (term, place, it.group, it.sum))
            })
            .collect();
        assert_eq!(told, posted);
        let ascending = |sum: &Vec<Cell>| sum.is_sorted_by(|left, right| left.term < right.term);
        assert!(groups.sums.iter().all(ascending));
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn postings_and_sums_tell_the_same_whatever_is_cleared_and_joined(
            rows in rows(),
            moves in prop::collection::vec((0..16_u32, 0..16_u32), 0..12),
        ) {
            let matrix = unit_matrix(&rows);
            let mut groups = Groups::of_rows(&matrix);
            check_places(&groups);
            let n = groups.len() as u32;
            for (kept, gone) in moves.into_iter().filter(|(kept, gone)| kept.max(gone) < &n) {
                let Total { cells, rows } = groups.total(gone);
                groups.clear(gone);
                if kept != gone {
                    groups.join(kept, &cells, rows);
                }
                check_places(&groups);
            }
        }

        #[test]
        fn seeking_and_walking_along_agree_to_the_last_bit(rows in rows()) {
            let matrix = unit_matrix(&rows);
            let groups = Groups::of_rows(&matrix);
            for (left, right) in (0..groups.len() as u32).zip(1..groups.len() as u32) {
                let few = groups.total(left).cells;
                let mut spread = vec![0.0; matrix.n_terms()];
                few.iter().for_each(|(term, weight)| spread[*term as usize] = *weight);
                let many = &groups.sums[right as usize];
                let walked =
                    many.iter().fold(0.0, |dot, cell| dot + spread[cell.term as usize] * cell.sum);
                prop_assert_eq!(sought(&few, many).to_bits(), walked.to_bits());
            }
        }
    }

    #[test]
    fn of_equal_means_the_smaller_number_wins() {
        let means = [(3, 0.5), (1, 0.5), (2, 0.4)];
        assert_eq!(means.into_iter().max_by(by_mean), Some((1, 0.5)));
    }
}
