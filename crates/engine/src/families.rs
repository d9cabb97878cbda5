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

    /// The live members of `class`, in the order in which they came.
    pub(crate) fn members_of(&self, class: ClassId) -> impl Iterator<Item = DocId> + '_ {
        self.members.get(&class).into_iter().flatten().copied()
    }

    /// How many classes have two live members or more.
    pub(crate) fn n_classes(&self) -> usize {
        self.members.values().filter(|members| members.len() > 1).count()
    }

    /// The class that the id leads to.
    pub(crate) fn current(&self, id: ClassId) -> ClassId {
        let mut current = id;
        while let Some(into) = self.records.get(&current).and_then(|record| record.merged_into) {
            current = into;
        }
        current
    }

    /// The live member of `class` that came first.
    pub(crate) fn first_of(&self, class: ClassId) -> Option<DocId> {
        self.members.get(&class)?.first().copied()
    }

    /// Every live document that is in a class, by class.
    pub(crate) fn classed(&self) -> impl Iterator<Item = DocId> + '_ {
        self.members.values().flatten().copied()
    }

    /// The id of the class that is opened next.
    pub(crate) fn next(&self) -> ClassId {
        let last = self.records.last_key_value().map_or(0, |(id, _)| id.number());
        ClassId::new(last + 1)
    }

    /// A new class, opened at `position`.
    pub(crate) fn open(&mut self, position: u64) -> (ClassId, Change) {
        let id = self.next();
        let record = ClassRecord { id, opened_at_position: position, merged_into: None };
        self.records.insert(id, record);
        (id, Change::Class(record))
    }

    /// Lets the id of `class` lead to another from now on, or to itself again.
    pub(crate) fn lead(&mut self, class: ClassId, into: Option<ClassId>) -> Option<Change> {
        let record = self.records.get_mut(&class)?;
        record.merged_into = into;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents named by their numbers, none in a class.
    fn families(n: u32) -> Families {
        let mut families = Families::default();
        for doc in 0..n {
            families.push(DocId(doc), IncidentId::new(doc.to_string()), None);
        }
        families
    }

    #[test]
    fn a_document_is_in_one_class_at_a_time() {
        let mut families = families(3);
        let (one, opened) = families.open(4);
        let (other, _) = families.open(5);
        let record = ClassRecord { id: one, opened_at_position: 4, merged_into: None };
        assert_eq!(opened, Change::Class(record));
        assert!(other > one);

        families.assign(DocId(2), Some(one));
        families.assign(DocId(1), Some(one));
        assert_eq!(families.first_of(one), Some(DocId(1)));
        let moved = families.assign(DocId(1), Some(other));
        assert_eq!(moved, Change::Assign { id: IncidentId::new("1"), class: Some(other) });
        assert_eq!(
            (families.first_of(one), families.class_of(DocId(1))),
            (Some(DocId(2)), Some(other))
        );
        assert_eq!(families.classed().collect::<Vec<_>>(), [DocId(2), DocId(1)]);

        families.remove(DocId(2));
        assert_eq!((families.first_of(one), families.class_of(DocId(2))), (None, None));
    }

    #[test]
    fn numbers_of_classes_are_never_used_again() {
        let ended = ClassRecord { id: ClassId::new(7), opened_at_position: 1, merged_into: None };
        let mut families = Families::new(vec![ended]);
        let (next, _) = families.open(9);
        assert_eq!(next, ClassId::new(8));
        let change = families.lead(ClassId::new(7), Some(next));
        assert_eq!(change, Some(Change::Class(ClassRecord { merged_into: Some(next), ..ended })));
        assert_eq!(families.current(ClassId::new(7)), next);
        assert_eq!(families.lead(ClassId::new(7), None), Some(Change::Class(ended)));
        assert_eq!(families.current(ClassId::new(7)), ClassId::new(7));
        assert_eq!(families.lead(ClassId::new(3), Some(next)), None);
    }
}
