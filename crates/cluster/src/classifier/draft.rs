//! Grouping all documents anew beside the classifier, which goes on meanwhile.

use std::collections::BTreeMap;

use super::{Classifier, Regrouping, Thresholds, settled};
use crate::documents::Documents;
use crate::fit::fit;
use crate::labels::ClusterId;
use crate::null::{null_cut, sample_rows};

/// The documents of a classifier as they were when it was taken, to be grouped anew.
#[derive(Debug)]
pub struct Draft {
    pub(super) documents: Documents,
    pub(super) thresholds: Thresholds,
}

/// All documents grouped anew, for [`Classifier::adopt`].
#[derive(Debug, Clone, PartialEq)]
pub struct Drafted {
    /// The weights and the cut that the groups were made by.
    pub thresholds: Thresholds,
    /// The rows of each group of two or more, ascending, ordered by their first row.
    pub groups: Vec<Vec<u32>>,
}

impl Draft {
    /// Computes weights and cut anew and groups all live documents by them, as [`Classifier::regroup`] says.
    ///
    /// # Panics
    /// Where a row has no key.
    #[must_use]
    pub fn work_out<K: Ord>(mut self, how: &Regrouping<'_, K>) -> Drafted {
        weigh(&mut self.documents, &mut self.thresholds, how.seed);
        let groups = grouped(&self.documents, &self.thresholds, how);
        Drafted { thresholds: self.thresholds, groups }
    }
}

impl Classifier {
    /// What grouping all documents anew needs of them. To take it costs a copy of their terms.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft { documents: self.documents.clone(), thresholds: self.thresholds.clone() }
    }

    /// Begins an epoch with the weights and the cut of `drafted`, and with its groups: every live document that is in none
    /// is alone.
    ///
    /// # Panics
    /// Where a row of a group is not live.
    pub fn adopt(&mut self, drafted: Drafted) {
        let Drafted { thresholds, groups } = drafted;
        self.documents.weigh(&thresholds.frequencies);
        self.thresholds = thresholds;
        self.put_into(&groups);
    }

    /// The live rows of each of `groups` together, all others alone.
    pub(super) fn put_into(&mut self, groups: &[Vec<u32>]) {
        for row in self.documents.live_rows() {
            self.group_of[row as usize] = Some(row);
        }
        for group in groups {
            for row in group {
                let place = self.group_of[*row as usize].as_mut();
                *place.expect("only live rows are grouped") = group[0];
            }
        }
        self.add_up();
    }
}

/// Counts the live documents anew and weighs their terms by it; takes the cut from what chance does to them.
pub(super) fn weigh(documents: &mut Documents, thresholds: &mut Thresholds, seed: u64) {
    thresholds.frequencies = documents.weigh_anew();
    let live = documents.live_rows();
    let sample: Vec<u32> = sample_rows(live.len(), seed).into_iter().map(|at| live[at]).collect();
    let cut = null_cut(&documents.matrix(&sample), live.len(), seed);
    let is_estimate = live.len() > sample.len();
    thresholds.cut = if is_estimate { settled(thresholds.cut, cut) } else { cut };
}

/// The rows of each group of two or more, ascending, ordered by their first row.
pub(super) fn grouped<K: Ord>(
    documents: &Documents,
    thresholds: &Thresholds,
    how: &Regrouping<'_, K>,
) -> Vec<Vec<u32>> {
    let mut live = documents.live_rows();
    live.sort_by_key(|row| &how.keys[*row as usize]);
    let constraints = how.constraints.renumbered(&live);
    let matrix = documents.matrix(&live);
    let labels = fit(&matrix, how.algorithm, thresholds.cut.value, &constraints);
    let mut groups: BTreeMap<ClusterId, Vec<u32>> = BTreeMap::new();
    for (row, label) in live.iter().zip(labels) {
        if let Some(group) = label {
            groups.entry(group).or_default().push(*row);
        }
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}
