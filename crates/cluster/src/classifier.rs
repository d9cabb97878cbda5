//! Groups that grow with the corpus.

use std::collections::{BTreeMap, HashMap, HashSet};

use vector::{Bag, DocumentFrequencies};

use crate::constraints::Constraints;
use crate::documents::Documents;
use crate::fit::{Algorithm, fit};
use crate::groups::{Groups, Total};
use crate::labels::ClusterId;
use crate::null::{Cut, null_cut, sample_rows};
use crate::online::nearest;
use crate::search::Search;

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
    search: Search,
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
            groups: Groups::new(0),
            search: Search::default(),
            members: Vec::new(),
            thresholds,
        }
    }

    /// The weights and the cut of the epoch.
    #[must_use]
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// The first row of the group that a document of these terms would join, with the mean cosine to
    /// the group's members; `None` where it would open one. A group that has one of the rows `apart` is
    /// passed over: that is how a decision that two incidents cannot share a class binds the later one. (One
    /// that they must is kept by [`Classifier::add`].)
    pub fn nearest(&mut self, bag: &Bag, apart: &[u32]) -> Option<(u32, f64)> {
        let vector = Total::of_one(self.documents.embed(bag, &self.thresholds.frequencies));
        let cut = self.thresholds.cut.value;
        let closed: Vec<u32> =
            apart.iter().filter_map(|row| self.group_of[*row as usize]).collect();
        let is_open = |group: u32| !closed.contains(&group);
        let found = self.search.highest(&self.groups, &vector, cut, is_open).into_iter();
        nearest(found.map(|(group, mean)| (self.members[group as usize][0], mean)), cut)
    }

    /// Adds a document to the group of the row `beside`, or to one of its own; returns its row. Rows
    /// count from 0.
    ///
    /// # Panics
    /// Where `beside` is no live row.
    pub fn add(&mut self, bag: &Bag, beside: Option<u32>) -> u32 {
        let row = self.documents.push(bag, &self.thresholds.frequencies);
        self.groups.widen(self.documents.n_terms());
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
        self.weigh(seed);
        self.add_up();
    }

    /// Begins an epoch as [`Classifier::refresh`] does, and groups all live documents anew at the cut;
    /// returns the rows of each group of two or more, ascending, ordered by their first row. A constraint on
    /// a row that is not live binds nobody.
    ///
    /// # Panics
    /// Where a row has no key.
    pub fn regroup<K: Ord>(&mut self, how: &Regrouping<'_, K>) -> Vec<Vec<u32>> {
        self.weigh(how.seed);
        let mut live = self.documents.live_rows();
        live.sort_by_key(|row| &how.keys[*row as usize]);
        let cut = self.thresholds.cut.value;
        let constraints = how.constraints.renumbered(&live);
        let matrix = self.documents.matrix(&live);
        let labels = fit(&matrix, how.algorithm, cut, &constraints);
        let mut grouped: BTreeMap<ClusterId, Vec<u32>> = BTreeMap::new();
        for (row, label) in live.iter().zip(labels) {
            match label {
                Some(group) => grouped.entry(group).or_default().push(*row),
                None => self.group_of[*row as usize] = Some(*row),
            }
        }
        let mut groups: Vec<Vec<u32>> = grouped.into_values().collect();
        for group in &mut groups {
            group.sort_unstable();
            group.iter().for_each(|row| self.group_of[*row as usize] = Some(group[0]));
        }
        groups.sort_unstable();
        self.add_up();
        groups
    }

    /// Goes on in an epoch whose weights and cut were computed earlier.
    pub fn restore(&mut self, thresholds: Thresholds) {
        self.documents.weigh(&thresholds.frequencies);
        self.thresholds = thresholds;
        self.add_up();
    }

    /// Forgets the document frequency of every term that no live document holds.
    pub fn forget_unheld_terms(&mut self) {
        let held = self.documents.count();
        let frequencies = &mut self.thresholds.frequencies;
        let known = frequencies.sorted().into_iter();
        let gone: Vec<String> =
            known.filter(|(term, _)| held.of(term) == 0).map(|(term, _)| term.to_owned()).collect();
        gone.iter().for_each(|term| frequencies.forget(term));
    }

    /// Computes weights and cut anew; the groups are still to be added up with them.
    fn weigh(&mut self, seed: u64) {
        self.thresholds.frequencies = self.documents.count();
        self.documents.weigh(&self.thresholds.frequencies);
        let live = self.documents.live_rows();
        let sample: Vec<u32> =
            sample_rows(live.len(), seed).into_iter().map(|at| live[at]).collect();
        self.thresholds.cut = null_cut(&self.documents.matrix(&sample), live.len(), seed);
    }

    fn open(&mut self) -> u32 {
        self.members.push(Vec::new());
        self.groups.open()
    }

    fn join(&mut self, row: u32, group: u32) {
        self.groups.join(group, &self.documents.unit(row), 1);
        self.members[group as usize].push(row);
    }

    /// Adds the members of a group up anew. Subtracting a row that left would leave a rounding error
    /// that one built anew does not have.
    fn rejoin(&mut self, group: u32) {
        self.groups.clear(group);
        let members = std::mem::take(&mut self.members[group as usize]);
        members.into_iter().for_each(|row| self.join(row, group));
    }

    /// Adds every group up anew, numbered by their first row.
    fn add_up(&mut self) {
        self.groups = Groups::new(self.documents.n_terms());
        self.members.clear();
        let mut renumbered: HashMap<u32, u32> = HashMap::new();
        for row in self.documents.live_rows() {
            let old = self.group_of[row as usize].expect("a live row has a group");
            let group = *renumbered.entry(old).or_insert_with(|| {
                self.members.push(Vec::new());
                self.groups.open()
            });
            self.group_of[row as usize] = Some(group);
            self.join(row, group);
        }
    }
}

impl Default for Classifier {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').filter(|word| !word.is_empty()).map(|word| (word, 1)))
    }

    fn classifier(texts: &[&str]) -> Classifier {
        let mut classifier = Classifier::new();
        for text in texts {
            arrive(&mut classifier, text);
        }
        classifier
    }

    fn arrive(classifier: &mut Classifier, text: &str) -> u32 {
        let beside = classifier.nearest(&bag(text), &[]).map(|(row, _)| row);
        let row = classifier.add(&bag(text), beside);
        classifier.refresh(7);
        row
    }

    #[test]
    fn the_same_failure_joins_and_another_does_not() {
        let texts =
            ["tls handshake expired chain", "disk full wal volume", "tls handshake expired chain"];
        let mut classifier = classifier(&texts);
        assert_eq!(
            classifier.nearest(&bag("tls handshake expired chain"), &[]).map(|found| found.0),
            Some(0)
        );
        assert_eq!(classifier.nearest(&bag("queue backlog"), &[]), None);
        assert_eq!(classifier.nearest(&bag(""), &[]), None);
    }

    #[test]
    fn a_removed_row_attracts_no_more() {
        let mut classifier = classifier(&["tls handshake", "disk full"]);
        classifier.remove(0);
        classifier.remove(0);
        assert_eq!(classifier.nearest(&bag("tls handshake"), &[]), None);
    }

    #[test]
    fn of_two_groups_as_near_the_one_with_the_earlier_first_row_wins() {
        let mut classifier = Classifier::new();
        let texts = ["tls chain", "tls pinned", "tls chain", "disk pinned"];
        for (text, beside) in texts.into_iter().zip([None, None, Some(0), None]) {
            classifier.add(&bag(text), beside);
        }
        classifier.refresh(7);
        classifier.thresholds.cut.value = 0.1;
        let first =
            |classifier: &mut Classifier| classifier.nearest(&bag("tls"), &[]).map(|it| it.0);
        assert_eq!(first(&mut classifier), Some(0));
        classifier.remove(0);
        assert_eq!(first(&mut classifier), Some(1), "the other group now begins with row 2");
    }

    #[test]
    fn regrouping_looks_at_all_documents_at_once() {
        let mut classifier = Classifier::new();
        for text in ["disk full", "tls handshake", "tls handshake", "disk full"] {
            classifier.add(&bag(text), None);
        }
        assert_eq!(classifier.regroup(&regrouping(&KEYS, &[], &[])), [vec![0, 3], vec![1, 2]]);
        assert_eq!(classifier.nearest(&bag("tls handshake"), &[]).map(|found| found.0), Some(1));
    }

    const KEYS: [&str; 4] = ["d", "c", "b", "a"];

    fn regrouping<'a>(
        keys: &'a [&'a str],
        must: &[(u32, u32)],
        cannot: &[(u32, u32)],
    ) -> Regrouping<'a, &'a str> {
        let constraints = Constraints { must: must.to_vec(), cannot: cannot.to_vec() };
        Regrouping { seed: 7, keys, algorithm: Algorithm::AverageLink, constraints }
    }

    #[test]
    fn constraints_name_rows_of_the_classifier() {
        let mut classifier = Classifier::new();
        for text in ["disk full", "tls handshake", "tls handshake", "disk full"] {
            classifier.add(&bag(text), None);
        }
        classifier.remove(1);
        let how = regrouping(&KEYS, &[(0, 2)], &[(2, 3)]);
        assert_eq!(classifier.regroup(&how), [vec![0, 2]]);
    }

    #[test]
    fn moved_rows_attract_where_they_are_now() {
        let mut classifier = Classifier::new();
        for text in ["disk full", "tls handshake", "tls handshake", "tls handshake"] {
            classifier.add(&bag(text), None);
        }
        classifier.refresh(7);
        let first = |classifier: &mut Classifier| {
            classifier.nearest(&bag("tls handshake"), &[]).map(|found| found.0)
        };
        classifier.relocate(&[3, 2], None);
        assert_eq!(first(&mut classifier), Some(1));
        classifier.relocate(&[1], Some(3));
        assert_eq!(classifier.members[classifier.group_of[3].expect("live") as usize], [1, 2, 3]);
        assert_eq!(first(&mut classifier), Some(1));
    }
    #[test]
    fn a_forgotten_term_counts_as_never_seen() {
        let mut classifier = classifier(&["tls canary", "tls chain"]);
        classifier.remove(0);
        classifier.forget_unheld_terms();
        let frequencies = &classifier.thresholds().frequencies;
        assert_eq!((frequencies.of("canary"), frequencies.of("tls")), (0, 2));
    }

    proptest! {
        #[test]
        fn one_built_anew_answers_alike(
            texts in prop::collection::vec("[a-e]( [a-e]){0,4}", 1..14),
            removed in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
            later in prop::collection::vec("[a-f]( [a-f]){0,4}", 0..4),
            query in "[a-f]( [a-f]){0,4}",
        ) {
            let mut grown = Classifier::new();
            let mut arrived = Vec::new();
            for text in &texts {
                arrived.push((text, arrive(&mut grown, text)));
            }
            for pick in &removed {
                grown.remove(arrived[pick.index(arrived.len())].1);
            }
            for text in &later {
                let beside = grown.nearest(&bag(text), &[]).map(|found| found.0);
                arrived.push((text, grown.add(&bag(text), beside)));
            }

            let mut anew = Classifier::new();
            let mut first_of: HashMap<u32, u32> = HashMap::new();
            let mut renumbered: HashMap<u32, u32> = HashMap::new();
            for (text, row) in &arrived {
                let Some(kept) = grown.group_of[*row as usize] else { continue };
                let beside = first_of.get(&kept).copied();
                let added = anew.add(&bag(text), beside);
                first_of.entry(kept).or_insert(added);
                renumbered.insert(*row, added);
            }
            anew.restore(grown.thresholds().clone());
            let found = grown.nearest(&bag(&query), &[]).map(|(row, mean)| (renumbered[&row], mean));
            match (anew.nearest(&bag(&query), &[]), found) {
                (Some((row, mean)), Some((found, expect))) => {
                    prop_assert_eq!(row, found);
                    prop_assert!((mean - expect).abs() < 1e-12);
                }
                (nearest, found) => prop_assert_eq!(nearest, found),
            }
            grown.refresh(7);
            anew.refresh(7);
            prop_assert_eq!(anew.thresholds(), grown.thresholds());
        }
    }
}
