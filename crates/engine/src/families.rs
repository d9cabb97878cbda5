//! Which incident is in which class, while that changes.

use std::collections::{BTreeMap, BTreeSet};

use incident::IncidentId;
use index::DocId;
use recurrence::ClassId;
use store::{Change, ClassRecord};

/// The classes and their live members.
#[derive(Debug, Default)]
pub(crate) struct Families {
    /// By document.
    labels: Vec<Label>,
    members: BTreeMap<ClassId, BTreeSet<DocId>>,
    /// Every class there ever was.
    records: BTreeMap<ClassId, ClassRecord>,
}

#[derive(Debug)]
struct Label {
    id: IncidentId,
    class: Option<ClassId>,
}

impl Families {
    /// The classes of `records`, without members yet.
    pub(crate) fn new(records: Vec<ClassRecord>) -> Self {
        let records = records.into_iter().map(|record| (record.id, record)).collect();
        Self { records, ..Self::default() }
    }

    /// Adds the next document.
    pub(crate) fn push(&mut self, doc: DocId, id: IncidentId, class: Option<ClassId>) {
        assert_eq!(self.labels.len(), doc.0 as usize, "rows and documents are numbered alike");
        self.labels.push(Label { id, class: None });
        self.set(doc, class);
    }

    pub(crate) fn n_docs(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn id_of(&self, doc: DocId) -> &IncidentId {
        &self.labels[doc.0 as usize].id
    }

    /// The ids by document.
    pub(crate) fn ids(&self) -> Vec<&IncidentId> {
        self.labels.iter().map(|label| &label.id).collect()
    }

    pub(crate) fn class_of(&self, doc: DocId) -> Option<ClassId> {
        self.labels[doc.0 as usize].class
    }

    /// The live member of `class` that came first.
    pub(crate) fn first_of(&self, class: ClassId) -> Option<DocId> {
        self.members.get(&class)?.first().copied()
    }

    /// Every live document that is in a class, by class.
    pub(crate) fn classed(&self) -> impl Iterator<Item = DocId> + '_ {
        self.members.values().flatten().copied()
    }

    /// A new class, opened at `position`.
    pub(crate) fn open(&mut self, position: u64) -> (ClassId, Change) {
        let last = self.records.last_key_value().map_or(0, |(id, _)| id.number());
        let id = ClassId::new(last + 1);
        let record = ClassRecord { id, opened_at_position: position, merged_into: None };
        self.records.insert(id, record);
        (id, Change::Class(record))
    }

    /// Ends `class`; its id leads to `into` from now on.
    pub(crate) fn end(&mut self, class: ClassId, into: ClassId) -> Option<Change> {
        let record = self.records.get_mut(&class)?;
        record.merged_into = Some(into);
        Some(Change::Class(*record))
    }

    /// Puts a document into `class`, or out of all; says how the record changes.
    pub(crate) fn assign(&mut self, doc: DocId, class: Option<ClassId>) -> Change {
        self.set(doc, class);
        Change::Assign { id: self.id_of(doc).clone(), class }
    }

    /// Takes a document that is no longer live out of its class.
    pub(crate) fn remove(&mut self, doc: DocId) {
        self.set(doc, None);
    }

    fn set(&mut self, doc: DocId, class: Option<ClassId>) {
        let label = &mut self.labels[doc.0 as usize];
        if let Some(members) = label.class.and_then(|old| self.members.get_mut(&old)) {
            members.remove(&doc);
        }
        label.class = class;
        if let Some(class) = class {
            self.members.entry(class).or_default().insert(doc);
        }
    }
}
