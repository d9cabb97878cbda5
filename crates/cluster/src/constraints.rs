//! What people have said about single rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::labels::{Labels, numbered};

/// Pairs of rows that belong to one group, and pairs that do not, whatever their words say. The order of
/// pairs, and of rows within a pair, means nothing.
///
/// `must` comes first: rows held together by a chain of `must` pairs share a group even where a
/// `cannot` pair is among them, which then parts nobody. Whoever keeps the decisions has to settle such a
/// contradiction; here it only has a defined end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    /// Rows that share a group.
    pub must: Vec<(u32, u32)>,
    /// Rows that never share a group.
    pub cannot: Vec<(u32, u32)>,
}

impl Constraints {
    /// For each of `n_rows` rows the first row that it is held together with, itself included.
    ///
    /// # Panics
    /// Where a pair names a row that there is not.
    pub(crate) fn heads(&self, n_rows: usize) -> Vec<u32> {
        let mut sets = Sets::new(n_rows);
        self.must.iter().for_each(|(left, right)| sets.join(*left, *right));
        sets.firsts()
    }

    /// The same over the rows `kept` alone, by their places there; a pair with another row is dropped.
    pub(crate) fn renumbered(&self, kept: &[u32]) -> Self {
        let places: HashMap<u32, u32> = kept.iter().copied().zip(0..).collect();
        let place = |(one, other): &(u32, u32)| Some((*places.get(one)?, *places.get(other)?));
        Self {
            must: self.must.iter().filter_map(place).collect(),
            cannot: self.cannot.iter().filter_map(place).collect(),
        }
    }

    /// `labels` made to fit: groups that share rows that must be together become one; then, row by row,
    /// one that cannot be with those before it goes, with the rows it must be with, to the first part
    /// beside them that may have it.
    pub(crate) fn imposed(&self, labels: &Labels) -> Labels {
        let units = self.heads(labels.len());
        let mut apart = Apart::default();
        for (one, other) in &self.cannot {
            apart.keep(units[*one as usize], units[*other as usize]);
        }
        let groups = self.joined(labels);
        // By group, for each of its parts the units there that are kept apart from any.
        let mut parts: HashMap<u32, Vec<Vec<u32>>> = HashMap::new();
        let mut part_of: Vec<usize> = vec![0; labels.len()];
        for unit in (0..).zip(&units).filter(|(row, unit)| row == *unit).map(|(row, _)| row) {
            if !apart.binds(unit) {
                continue;
            }
            let parts = parts.entry(groups[unit as usize]).or_default();
            let may_have = |part: &Vec<u32>| part.iter().all(|other| apart.allows(unit, *other));
            let part = parts.iter().position(may_have).unwrap_or_else(|| {
                parts.push(Vec::new());
                parts.len() - 1
            });
            parts[part].push(unit);
            part_of[unit as usize] = part;
        }
        let mut names: HashMap<(u32, usize), u32> = HashMap::new();
        let mut next = 0..;
        let named = units.iter().zip(&groups).map(|(unit, group)| {
            let name = names.entry((*group, part_of[*unit as usize]));
            Some(*name.or_insert_with(|| next.next().expect("fewer groups than rows")))
        });
        numbered(&named.collect::<Vec<_>>())
    }

    /// By row the first row of its group, groups that share rows that must be together made one; a row
    /// without a group is one of its own.
    fn joined(&self, labels: &Labels) -> Vec<u32> {
        let mut sets = Sets::new(labels.len());
        let mut firsts = HashMap::new();
        for (row, label) in (0..).zip(labels) {
            if let Some(label) = label {
                sets.join(row, *firsts.entry(*label).or_insert(row));
            }
        }
        self.must.iter().for_each(|(left, right)| sets.join(*left, *right));
        sets.firsts()
    }
}

/// Disjoint sets of rows, each named by its first row: what a row leads to is never after it.
struct Sets {
    parents: Vec<u32>,
}

impl Sets {
    fn new(n_rows: usize) -> Self {
        Self { parents: (0..).take(n_rows).collect() }
    }

    fn first_of(&self, mut row: u32) -> u32 {
        while self.parents[row as usize] != row {
            row = self.parents[row as usize];
        }
        row
    }

    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.first_of(one), self.first_of(other));
        self.parents[one.max(other) as usize] = one.min(other);
    }

    /// By row the first row of its set.
    fn firsts(mut self) -> Vec<u32> {
        for row in 0..self.parents.len() {
            self.parents[row] = self.parents[self.parents[row] as usize];
        }
        self.parents
    }
}

/// Which groups are kept apart.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    others: BTreeMap<u32, BTreeSet<u32>>,
}

impl Apart {
    /// Keeps two groups apart; a group is never apart from itself.
    pub(crate) fn keep(&mut self, one: u32, other: u32) {
        if one != other {
            self.others.entry(one).or_default().insert(other);
            self.others.entry(other).or_default().insert(one);
        }
    }

    /// Whether the two may share a group.
    pub(crate) fn allows(&self, one: u32, other: u32) -> bool {
        self.others.get(&one).is_none_or(|others| !others.contains(&other))
    }

    /// Whether anything is kept apart from `group`.
    fn binds(&self, group: u32) -> bool {
        self.others.contains_key(&group)
    }

    /// What was kept apart from `gone` is now kept apart from `kept`.
    pub(crate) fn merge(&mut self, kept: u32, gone: u32) {
        for other in self.others.remove(&gone).unwrap_or_default() {
            if let Some(others) = self.others.get_mut(&other) {
                others.remove(&gone);
            }
            self.keep(kept, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_held_together_along_chains_whatever_the_order_of_pairs() {
        let heads = |must: &[(u32, u32)]| {
            Constraints { must: must.to_vec(), ..Constraints::default() }.heads(6)
        };
        assert_eq!(heads(&[(4, 2), (1, 4)]), [0, 1, 1, 3, 1, 5]);
        assert_eq!(heads(&[(1, 4), (2, 4)]), [0, 1, 1, 3, 1, 5]);
        assert_eq!(heads(&[]), [0, 1, 2, 3, 4, 5]);
    }

    #[track_caller]
    fn check(labels: &[u32], must: &[(u32, u32)], cannot: &[(u32, u32)], expect: &[u32]) {
        let groups = |names: &[u32]| numbered(&names.iter().copied().map(Some).collect::<Vec<_>>());
        let constraints = Constraints { must: must.to_vec(), cannot: cannot.to_vec() };
        assert_eq!(constraints.imposed(&groups(labels)), groups(expect));
    }

    #[test]
    fn groups_found_elsewhere_are_joined_and_parted() {
        check(&[0, 0, 1, 1, 2], &[], &[], &[0, 0, 1, 1, 2]);
        check(&[0, 0, 1, 1, 2], &[(1, 2)], &[], &[0, 0, 0, 0, 2]);
        check(&[0, 0, 1, 1, 2], &[(4, 0)], &[], &[0, 0, 1, 1, 0]);
        check(&[0, 0, 0, 0, 1], &[], &[(0, 2)], &[0, 0, 2, 0, 1]);
        check(&[0, 0, 0, 0, 1], &[(2, 3)], &[(0, 2)], &[0, 0, 2, 2, 1]);
        check(&[0, 0, 0, 0, 1], &[(0, 2)], &[(0, 2)], &[0, 0, 0, 0, 1]);
        check(&[0, 0, 0, 0, 1], &[], &[(0, 1), (0, 2), (1, 2)], &[0, 1, 2, 0, 3]);
    }

    #[test]
    fn what_is_kept_apart_from_a_group_stays_apart_from_what_it_became() {
        let mut apart = Apart::default();
        apart.keep(1, 2);
        apart.keep(3, 3);
        apart.merge(0, 2);
        assert!(!apart.allows(0, 1) && !apart.allows(1, 0));
        assert!(apart.allows(1, 2) && apart.allows(3, 3) && apart.allows(0, 3));
    }
}
