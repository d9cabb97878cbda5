//! Groups that grow with the corpus.

use std::collections::{HashMap, HashSet};

use vector::{Bag, DocumentFrequencies};

use crate::constraints::Constraints;
use crate::documents::{Adder, Documents};
use crate::fit::Algorithm;
use crate::groups::{Groups, Total};
use crate::null::{Cut, null_cut};
use crate::online::nearest;
use crate::parallel::in_parallel_with;
use crate::search::Search;

mod ahead;
mod draft;
mod resumed;

use ahead::Since;

pub use ahead::Prospect;
pub use draft::{Draft, Drafted};

/// How far apart the cuts of two samples of one corpus lie: at most this on tickets of a service desk, where
/// the null rests on a handful of pairs out of millions.
const CUT_NOISE: f64 = 0.03;

/// So many groups are added up on all cores before they are indexed, which bounds the memory.
const ADDED_UP_AT_ONCE: usize = 8_192;
/// So many of them are handed over together.
const ADDED_UP_TOGETHER: usize = 256;

/// What the groups are told apart by, frozen for an epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// Over the documents that were live when the epoch began.
    pub frequencies: DocumentFrequencies,
    /// The mean cosine from which on a document joins a group.
    pub cut: Cut,
}

/// How to group all documents anew.
#[derive(Debug, Clone)]
pub struct Regrouping<'a, K> {
    /// Of the draws behind the cut.
    pub seed: u64,
    /// By row; their order settles ties.
    pub keys: &'a [K],
    /// Which algorithm groups.
    pub algorithm: Algorithm,
    /// Rows of the classifier, all live, that belong together or do not.
    pub constraints: Constraints,
}

/// Groups of documents that come one at a time. Each joins the group with the highest mean cosine to
/// its members, if that is at least the cut; else it opens one. Weights and cut change in
/// [`Classifier::refresh`] only.
///
/// What it answers is a function of the documents that are live, in the order in which they came, of
/// their groups, and of the last [`Thresholds`]: one built anew from those answers alike, up to the
/// rounding of sums over terms that were first seen in this epoch.
#[derive(Debug)]
pub struct Classifier {
    documents: Documents,
    /// By row; `None` once it is removed.
    group_of: Vec<Option<u32>>,
    groups: Groups,
    /// One for each core.
    searches: Vec<Search>,
    since: Since,
    /// By group: its rows, ascending.
    members: Vec<Vec<u32>>,
    thresholds: Thresholds,
}

impl Classifier {
    /// No documents.
    #[must_use]
    pub fn new() -> Self {
        let documents = Documents::default();
        let thresholds = Thresholds {
            frequencies: DocumentFrequencies::default(),
            cut: null_cut(&documents.matrix(&[]), 0, 0),
        };
        Self {
            documents,
            group_of: Vec::new(),
            groups: Groups::new(Vec::new()),
            searches: vec![Search::default()],
            since: Since::default(),
            members: Vec::new(),
            thresholds,
        }
    }

    /// The weights and the cut of the epoch.
    #[must_use]
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// The terms by their numbers.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.documents.terms()
    }

    /// By row: the numbers of its terms, ascending, with their frequencies; none of a row that was removed.
    pub fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (u32, u16)>> {
        self.documents.rows()
    }

    /// The first row of the group that a document of these terms would join, with the mean cosine to
    /// the group's members; `None` where it would open one. A group that has one of the rows `apart` is
    /// passed over: that is how a decision that two incidents cannot share a class binds the later one. (One
    /// that they must is kept by [`Classifier::add`].)
    pub fn nearest(&mut self, bag: &Bag, apart: &[u32]) -> Option<(u32, f64)> {
        let vector = self.vector(bag);
        self.nearest_of_all(&vector, apart)
    }

    /// The same where `prospect` is what [`Classifier::look_ahead`] found.
    pub fn nearest_foreseen(
        &mut self,
        bag: &Bag,
        apart: &[u32],
        prospect: Prospect,
    ) -> Option<(u32, f64)> {
        if !apart.is_empty() {
            return self.nearest(bag, apart);
        }
        match self.foreseen(bag, prospect) {
            Ok(found) => found,
            Err(vector) => self.nearest_of_all(&vector, apart),
        }
    }

    /// Adds a document to the group of the row `beside`, or to one of its own; returns its row. Rows
    /// count from 0.
    ///
    /// # Panics
    /// Where `beside` is no live row.
    pub fn add(&mut self, bag: &Bag, beside: Option<u32>) -> u32 {
        let row = self.documents.push(bag, &self.thresholds.frequencies);
        self.groups.widen(self.documents.tiers());
        if let Some(changed) = self.since.changed() {
            changed.widen(self.documents.tiers());
        }
        let group = match beside {
            Some(row) => self.group_of[row as usize].expect("only live rows are joined"),
            None => self.open(),
        };
        self.group_of.push(Some(group));
        self.join(row, group);
        row
    }

    /// Moves live rows out of their groups: all to the group of the row `beside`, or all to a new one.
    ///
    /// # Panics
    /// Where one of them, or `beside`, is no live row.
    pub fn relocate(&mut self, rows: &[u32], beside: Option<u32>) {
        let group_of = |own: &Self, row: u32| {
            own.group_of[row as usize].expect("only live rows are moved or joined")
        };
        let mut left: Vec<u32> = rows.iter().map(|row| group_of(self, *row)).collect();
        left.sort_unstable();
        left.dedup();
        let group = match beside {
            Some(row) => group_of(self, row),
            None => self.open(),
        };
        let moved: HashSet<u32> = rows.iter().copied().collect();
        for old in &left {
            self.members[*old as usize].retain(|member| !moved.contains(member));
            self.rejoin(*old);
        }
        rows.iter().for_each(|row| self.group_of[*row as usize] = Some(group));
        self.members[group as usize].extend(&moved);
        self.members[group as usize].sort_unstable();
        self.rejoin(group);
    }

    /// Takes a row out of its group; taking it out again changes nothing.
    pub fn remove(&mut self, row: u32) {
        let Some(group) = self.group_of[row as usize].take() else {
            return;
        };
        self.documents.remove(row);
        self.members[group as usize].retain(|member| *member != row);
        self.rejoin(group);
    }

    /// Begins an epoch: counts the live documents anew, and takes the cut from what chance does to
    /// their words under `seed`. The groups stay.
    pub fn refresh(&mut self, seed: u64) {
        draft::weigh(&mut self.documents, &mut self.thresholds, seed);
        self.add_up();
    }

    /// Begins an epoch as [`Classifier::refresh`] does, and groups all live documents anew at the cut;
    /// returns the rows of each group of two or more, ascending, ordered by their first row. A constraint on
    /// a row that is not live binds nobody.
    ///
    /// # Panics
    /// Where a row has no key.
    pub fn regroup<K: Ord>(&mut self, how: &Regrouping<'_, K>) -> Vec<Vec<u32>> {
        draft::weigh(&mut self.documents, &mut self.thresholds, how.seed);
        let groups = draft::grouped(&self.documents, &self.thresholds, how);
        self.put_into(&groups);
        groups
    }

    /// Goes on in an epoch whose weights and cut were computed earlier.
    pub fn restore(&mut self, thresholds: Thresholds) {
        self.documents.weigh(&thresholds.frequencies);
        self.thresholds = thresholds;
        self.add_up();
    }

    /// Forgets the document frequency of every term that a removed document was the last to hold.
    pub fn forget_unheld_terms(&mut self) {
        self.since.end();
        self.documents.forget_left(&mut self.thresholds.frequencies);
    }

    fn vector(&self, bag: &Bag) -> Total {
        Total::of_one(self.documents.embed(bag, &self.thresholds.frequencies))
    }

    fn nearest_of_all(&mut self, vector: &Total, apart: &[u32]) -> Option<(u32, f64)> {
        let cut = self.thresholds.cut.value;
        let closed: Vec<u32> =
            apart.iter().filter_map(|row| self.group_of[*row as usize]).collect();
        let is_open = |group: u32| !closed.contains(&group);
        let found = self.searches[0].highest(&self.groups, vector, cut, is_open).into_iter();
        nearest(found.map(|(group, mean)| (self.members[group as usize][0], mean)), cut)
    }

    fn open(&mut self) -> u32 {
        self.members.push(Vec::new());
        self.groups.open()
    }

    fn join(&mut self, row: u32, group: u32) {
        let cells = self.documents.unit(row);
        self.groups.join(group, &cells, 1);
        self.members[group as usize].push(row);
        if let Some(changed) = self.since.changed() {
            changed.joined(group, &cells, &self.groups);
        }
    }

    /// Adds the members of a group up anew. Subtracting a row that left would leave a rounding error
    /// that one built anew does not have.
    fn rejoin(&mut self, group: u32) {
        self.groups.clear(group);
        let members = &self.members[group as usize];
        if !members.is_empty() {
            let total = self.documents.total(members);
            self.groups.join(group, &total.cells, total.rows);
        }
        if let Some(changed) = self.since.changed() {
            changed.rejoined(group, &self.groups);
        }
    }

    /// Adds every group up anew, numbered by their first row.
    fn add_up(&mut self) {
        self.since.end();
        self.groups = Groups::new(self.documents.tiers().to_vec());
        self.members.clear();
        let mut renumbered: HashMap<u32, usize> = HashMap::new();
        for row in self.documents.live_rows() {
            let old = self.group_of[row as usize].expect("a live row has a group");
            let group = *renumbered.entry(old).or_insert(self.members.len());
            if group == self.members.len() {
                self.members.push(Vec::new());
            }
            self.members[group].push(row);
            self.group_of[row as usize] = u32::try_from(group).ok();
        }
        let (documents, mut adders) = (&self.documents, Vec::new());
        for some in self.members.chunks(ADDED_UP_AT_ONCE) {
            let shares: Vec<&[Vec<u32>]> = some.chunks(ADDED_UP_TOGETHER).collect();
            let totals = |adder: &mut Adder, groups: &&[Vec<u32>]| documents.totals(groups, adder);
            for totals in in_parallel_with(&shares, 1, &mut adders, totals) {
                for (cells, rows) in totals.iter() {
                    let group = self.groups.open();
                    self.groups.join(group, cells, rows);
                }
            }
        }
    }
}

/// The cut to go on with where `new` was estimated from a sample: the one of before, unless it has moved by
/// more than another sample would have moved it. Otherwise groups would come and go by the luck of the draw.
fn settled(old: Cut, new: Cut) -> Cut {
    let is_null = |cut: Cut| cut.value > cut.floor;
    let has_moved = (new.value - old.value).abs() > CUT_NOISE;
    if is_null(old) && is_null(new) && !has_moved { Cut { value: old.value, ..new } } else { new }
}

impl Default for Classifier {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
