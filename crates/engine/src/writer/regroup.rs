//! The batch pass: all incidents grouped anew, within what people decided.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use cluster::{Algorithm, Constraints, Regrouping};
use incident::IncidentId;
use index::DocId;
use recurrence::{ClassId, Heir, inherit};
use store::Change;

use super::foresight::Proposal;
use super::shift::Shift;
use super::{SEED, Writer};

/// How many members of a class that somebody named stay together, its earliest: so many make a class.
const NAMED_ANCHOR: usize = 2;

/// How all incidents come to be grouped anew.
#[derive(Debug)]
pub(super) enum How {
    /// Worked out on the spot.
    Now(Algorithm),
    /// As it was worked out beside the writer.
    As(Proposal),
}

impl Writer {
    /// Groups all incidents anew at the next position of the log, as proposed where that still holds; says what that
    /// changes in the record.
    pub(crate) fn recluster(&mut self, proposal: Proposal) -> Vec<Change> {
        let algorithm = name_of(proposal.algorithm);
        let how = match self.fits(&proposal) {
            true => How::As(proposal),
            false => How::Now(proposal.algorithm),
        };
        let position = self.next_position();
        let mut changes = vec![Change::Regroup { position, algorithm }];
        changes.extend(self.begin_epoch(Some(how)));
        changes
    }

    /// Groups all incidents anew. Classes keep their ids as [`inherit`] says; those that people made, named
    /// or pinned go on in any case.
    pub(super) fn regroup(&mut self, how: How) -> Vec<Change> {
        let claims = self.claims();
        let mut groups = match how {
            How::As(proposal) => self.adopt(proposal),
            How::Now(algorithm) => {
                let constraints = self.constraints(&claims);
                let keys = self.families.ids();
                let how = Regrouping { seed: SEED, keys: &keys, algorithm, constraints };
                self.classifier.regroup(&how)
            }
        };
        let grouped: BTreeSet<u32> = groups.iter().flatten().copied().collect();
        // Whom people put into a class of their own is no one-off.
        groups
            .extend(claims.values().filter(|doc| !grouped.contains(&doc.0)).map(|doc| vec![doc.0]));
        self.corpus.pass.number += 1;
        self.corpus.pass.position = self.corpus.position;
        let mut shift = Shift::default();
        self.hand_on(&groups, &claims, &mut shift);
        shift.finish(self.occasion(None))
    }

    /// Makes classes of `groups`.
    fn hand_on(
        &mut self,
        groups: &[Vec<u32>],
        claims: &BTreeMap<ClassId, DocId>,
        shift: &mut Shift,
    ) {
        let place_of: HashMap<u32, usize> = (0..)
            .zip(groups)
            .flat_map(|(place, rows)| rows.iter().map(move |row| (*row, place)))
            .collect();
        let claimed = claims.iter().map(|(class, doc)| (*class, place_of[&doc.0])).collect();
        let before: Vec<Vec<Option<ClassId>>> = groups
            .iter()
            .map(|rows| rows.iter().map(|row| self.families.class_of(DocId(*row))).collect())
            .collect();
        let inheritance = inherit(&before, &claimed);
        let mut classes = Vec::with_capacity(groups.len());
        for heir in inheritance.heirs {
            classes.push(match heir {
                Heir::Kept(class) => class,
                Heir::New => self.open_class(shift),
            });
        }
        let alone: Vec<DocId> =
            self.families.classed().filter(|doc| !place_of.contains_key(&doc.0)).collect();
        alone.into_iter().for_each(|doc| self.assign(doc, None, shift));
        for (class, rows) in classes.iter().zip(groups) {
            rows.iter().for_each(|row| self.assign(DocId(*row), Some(*class), shift));
        }
        for (class, place) in inheritance.merged {
            self.end_class(class, classes[place], shift);
        }
    }

    /// The classes that people made, named or pinned, each with a member that stays in it.
    pub(super) fn claims(&self) -> BTreeMap<ClassId, DocId> {
        let held = self.corpus.standing.named().chain(self.corpus.standing.pinned());
        let mut claims: BTreeMap<ClassId, DocId> =
            held.filter_map(|class| Some((class, self.families.first_of(class)?))).collect();
        for (class, ids) in self.corpus.standing.claims() {
            let made_of = self.live(&ids).find(|doc| self.families.class_of(*doc) == Some(class));
            claims.extend(made_of.map(|doc| (class, doc)));
        }
        claims
    }

    /// What people decided, by row.
    pub(super) fn constraints(&self, claims: &BTreeMap<ClassId, DocId>) -> Constraints {
        let mut constraints = Constraints::default();
        for ids in self.corpus.standing.blocks() {
            hold_together(self.live(&ids), &mut constraints);
        }
        for class in self.corpus.standing.pinned() {
            hold_together(self.families.members_of(class), &mut constraints);
        }
        for class in self.corpus.standing.named() {
            let anchor = self.families.members_of(class).take(NAMED_ANCHOR);
            hold_together(anchor, &mut constraints);
        }
        for (one, other) in self.corpus.standing.rifts() {
            let ends = self.live(&one).next().zip(self.live(&other).next());
            constraints.cannot.extend(ends.map(|(one, other)| (one.0, other.0)));
        }
        let held: Vec<u32> = claims.values().map(|doc| doc.0).collect();
        for (place, one) in held.iter().enumerate() {
            constraints.cannot.extend(held[..place].iter().map(|other| (*other, *one)));
        }
        constraints
    }

    /// The live documents of `ids`, in that order.
    pub(super) fn live(&self, ids: &[&IncidentId]) -> impl Iterator<Item = DocId> {
        ids.iter().filter_map(|id| self.docs.get(*id).copied())
    }
}

/// Notes that all of `docs` share a group.
fn hold_together(docs: impl Iterator<Item = DocId>, constraints: &mut Constraints) {
    let docs: Vec<DocId> = docs.collect();
    constraints.must.extend(docs.windows(2).map(|pair| (pair[0].0, pair[1].0)));
}

/// The name of an algorithm in the log.
fn name_of(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::AverageLink => "average-link",
        Algorithm::Dbscan { .. } => "dbscan",
    }
}
