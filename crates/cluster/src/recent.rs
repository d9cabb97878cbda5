//! The groups that have changed since some moment.

use std::collections::HashMap;

use crate::groups::{Groups, Total};
use crate::search::Search;

/// Copies of the groups that have changed since some moment, few among many, in an index of their own: what was found
/// among all groups at that moment still holds for the others.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    copies: Groups,
    /// By copy: the group.
    of: Vec<u32>,
    /// By group: its copy.
    by_group: HashMap<u32, u32>,
    search: Search,
}

impl Recent {
    /// None has changed from now on; terms are of these `tiers`.
    pub(crate) fn begin(&mut self, tiers: &[u8]) {
        self.copies.empty(tiers);
        self.of.clear();
        self.by_group.clear();
    }

    /// Makes room for the terms that `tiers` has more.
    pub(crate) fn widen(&mut self, tiers: &[u8]) {
        self.copies.widen(tiers);
    }

    /// How many groups have changed.
    pub(crate) fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether `group` has changed.
    pub(crate) fn has(&self, group: u32) -> bool {
        self.by_group.contains_key(&group)
    }

    /// A row of these `cells` has joined `group`, which `groups` tells with it.
    pub(crate) fn joined(&mut self, group: u32, cells: &[(u32, f64)], groups: &Groups) {
        match self.by_group.get(&group) {
            Some(copy) => self.copies.join(*copy, cells, 1),
            None => self.copy(group, groups),
        }
    }

    /// `group` was added up anew.
    pub(crate) fn rejoined(&mut self, group: u32, groups: &Groups) {
        if let Some(copy) = self.by_group.get(&group) {
            self.copies.clear(*copy);
        }
        self.copy(group, groups);
    }

    /// As [`Search::highest`], among these groups alone.
    pub(crate) fn highest(
        &mut self,
        total: &Total,
        least: f64,
    ) -> impl Iterator<Item = (u32, f64)> {
        let found = self.search.highest(&self.copies, total, least, |_| true);
        found.into_iter().map(|(copy, mean)| (self.of[copy as usize], mean))
    }

    fn copy(&mut self, group: u32, groups: &Groups) {
        let copy = *self.by_group.entry(group).or_insert_with(|| {
            self.of.push(group);
            self.copies.open()
        });
        let Total { cells, rows } = groups.total(group);
        if rows > 0 {
            self.copies.join(copy, &cells, rows);
        }
    }
}
