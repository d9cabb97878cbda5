//! Decisions, made and kept.

use std::sync::Arc;

use incident::IncidentId;
use index::DocId;
use jiff::Timestamp;
use recurrence::{Attribution, ClassId, Decision, DecisionId, Ruling, Standing, Wish, undone};
use store::Change;

use super::Writer;
use super::plan::{Goal, Plan, Step};
use super::shift::Shift;
use crate::error::{Error, Result};

/// A wish, and who has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Petition {
    /// What is to be decided.
    pub wish: Wish,
    /// Who decides, and why.
    pub by: Attribution,
    /// Makes a repetition harmless; empty: every petition counts.
    pub request_id: String,
}

impl Writer {
    /// The decision that `petition` has led to already: one of its request id, or one that stands and says
    /// the same where saying it twice says no more.
    ///
    /// # Errors
    /// [`Error::RequestIdTaken`] where the request id was used for something else.
    pub(crate) fn decided(&self, petition: &Petition) -> Result<Option<&Decision>> {
        let Petition { wish, by, request_id } = petition;
        let same_id = |decision: &&Decision| decision.request_id == *request_id;
        if let Some(kept) =
            self.corpus.decisions.iter().find(|kept| !request_id.is_empty() && same_id(kept))
        {
            if kept.wish == *wish && kept.by == *by {
                return Ok(Some(kept));
            }
            let request_id = request_id.clone();
            return Err(Error::RequestIdTaken { request_id, decision: kept.id });
        }
        Ok(self.standing_alike(wish))
    }

    /// A link, an unlink or a pin that stands and says what `wish` says.
    fn standing_alike(&self, wish: &Wish) -> Option<&Decision> {
        let taken_back = undone(&self.corpus.decisions);
        let mut standing =
            self.corpus.decisions.iter().rev().filter(|kept| !taken_back.contains_key(&kept.id));
        match wish {
            Wish::Link { .. } | Wish::Unlink { .. } => {
                standing.find(|kept| alike(&kept.wish, wish))
            }
            Wish::Pin { class, pinned } => {
                let class = self.families.current(*class);
                let last = standing.find(|kept| {
                    matches!(kept.ruling, Ruling::Pinned { class: other, .. } if other == class)
                });
                last.filter(|kept| {
                    matches!(kept.ruling, Ruling::Pinned { pinned: was, .. } if was == *pinned)
                })
            }
            _ => None,
        }
    }

    /// Grants `petition` at the next position of the log; says what that changes in the record. `name` is
    /// what the class to be renamed or pinned is called now.
    ///
    /// # Errors
    /// As [`Writer::plan`]; then nothing has changed.
    pub(crate) fn decide(
        &mut self,
        petition: Petition,
        name: String,
        decided_at: Timestamp,
    ) -> Result<(Decision, Vec<Change>)> {
        let Petition { wish, by, request_id } = petition;
        let Plan { ruling, steps } = self.plan(&wish, name)?;
        let position = self.next_position();
        let number = self.corpus.decisions.last().map_or(0, |last| last.id.number()) + 1;
        let id = DecisionId::new(number);
        let decision = Decision { id, by, decided_at, request_id, wish, ruling };
        self.corpus.decisions.push(decision.clone());
        self.corpus.standing = Arc::new(Standing::of(&self.corpus.decisions));
        let mut changes = vec![Change::Decide { position, decision: Box::new(decision.clone()) }];
        self.flush();
        let mut shift = Shift::default();
        steps.into_iter().for_each(|step| self.take_step(step, &mut shift));
        changes.extend(shift.finish(self.occasion(Some(id))));
        changes.extend(self.advance().into_iter().flatten());
        Ok((decision, changes))
    }

    fn take_step(&mut self, step: Step, shift: &mut Shift) {
        match step {
            Step::Move(docs, goal) => self.relocate(&docs, goal, shift),
            Step::End(class, into) => self.end_class(class, into, shift),
            Step::Reopen(class) => self.reopen_class(class, shift),
        }
    }

    fn relocate(&mut self, docs: &[DocId], goal: Goal, shift: &mut Shift) {
        if docs.is_empty() {
            return;
        }
        let class = match goal {
            Goal::Class(class) => Some(class),
            Goal::New => Some(self.open_class(shift)),
            Goal::Alone => None,
        };
        let beside = class.and_then(|class| self.families.first_of(class));
        let rows: Vec<u32> = docs.iter().map(|doc| doc.0).collect();
        self.classifier.relocate(&rows, beside.map(|doc| doc.0));
        docs.iter().for_each(|doc| self.assign(*doc, class, shift));
    }

    /// A live incident in a class or on its own that people hold together with `id`, which is about to come.
    pub(super) fn held_with(&self, id: &IncidentId) -> Option<DocId> {
        let held = self.corpus.standing.together(id);
        let mut others = held.iter().filter(|other| *other != id);
        others.find_map(|other| self.docs.get(other).copied())
    }

    /// The rows that people keep apart from `id`.
    pub(super) fn apart_from(&self, id: &IncidentId) -> Vec<u32> {
        self.live(&self.corpus.standing.apart_from(id)).map(|doc| doc.0).collect()
    }

    /// How many classes of two or more there are.
    pub(crate) fn n_classes(&self) -> usize {
        self.families.n_classes()
    }

    /// The class that the id leads to.
    pub(crate) fn current(&self, id: ClassId) -> ClassId {
        self.families.current(id)
    }
}

/// Whether two wishes say the same of the same pair, in whichever order.
fn alike(kept: &Wish, wish: &Wish) -> bool {
    let turned = match wish.clone() {
        Wish::Link { one, other } => Wish::Link { one: other, other: one },
        Wish::Unlink { one, other } => Wish::Unlink { one: other, other: one },
        other => other,
    };
    kept == wish || *kept == turned
}
