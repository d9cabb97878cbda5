//! Incidents that change class, and what that changes in the record.

use index::DocId;
use recurrence::{ClassId, DecisionId, Moves, Occasion};
use store::Change;

use super::Writer;

/// What one occasion changes in the classes, as it grows.
#[derive(Debug, Default)]
pub(super) struct Shift {
    changes: Vec<Change>,
    pub(super) moves: Moves,
}

impl Shift {
    /// Every change of the record, with what it means to the classes.
    pub(super) fn finish(self, occasion: Occasion) -> Vec<Change> {
        let mut changes = self.changes;
        changes.extend(self.moves.events(occasion).into_iter().map(Change::Lineage));
        changes
    }
}

impl Writer {
    /// The occasion of what changes now.
    pub(super) fn occasion(&self, decision: Option<DecisionId>) -> Occasion {
        Occasion { position: self.corpus.position, epoch: self.corpus.epoch, decision }
    }

    /// A new class.
    pub(super) fn open_class(&mut self, shift: &mut Shift) -> ClassId {
        let (class, change) = self.families.open(self.corpus.position);
        shift.changes.push(change);
        shift.moves.opened.insert(class);
        class
    }

    /// Ends `class`; its id leads to `into` from now on.
    pub(super) fn end_class(&mut self, class: ClassId, into: ClassId, shift: &mut Shift) {
        shift.changes.extend(self.families.lead(class, Some(into)));
        shift.moves.ended.insert(class, into);
    }

    /// Takes the end of `class` back: its id leads nowhere else any more.
    pub(super) fn reopen_class(&mut self, class: ClassId, shift: &mut Shift) {
        shift.changes.extend(self.families.lead(class, None));
        shift.moves.opened.insert(class);
    }

    /// Puts a document into a class, or out of all, where that is not how it is. The groups of the
    /// classifier are the caller's business.
    pub(super) fn assign(&mut self, doc: DocId, class: Option<ClassId>, shift: &mut Shift) {
        let from = self.families.class_of(doc);
        if from == class {
            return;
        }
        shift.moves.note(self.families.id_of(doc).clone(), from, class);
        shift.changes.push(self.families.assign(doc, class));
        if self.is_indexed(doc) {
            self.corpus.index.set_class(doc, class.map(ClassId::number));
        }
    }
}
