//! The state that only the writer changes.

use std::collections::{BTreeSet, HashMap};

use cluster::Classifier;
use incident::{Incident, IncidentId};
use index::{DocId, Entry, Index};
use recurrence::ClassId;
use store::{Change, ClassRecord, Store};
use vector::Bag;

use crate::epoch::{self, Epoch};
use crate::prepare::in_parallel;
use crate::retriever::{Bags, Retriever};
use crate::state::State;

/// The seed of the draws behind the cut; any will do, as long as it stays.
const SEED: u64 = 0x5EED;
/// How many incidents are read at once when a store is opened.
const LOAD_CHUNK: usize = 4_096;

/// The indices under change, and what is needed to change them.
#[derive(Debug)]
pub(crate) struct Writer {
    index: Index,
    classifier: Classifier,
    docs: HashMap<IncidentId, DocId>,
    /// By document.
    labels: Vec<Label>,
    /// The live documents of each class.
    members: HashMap<ClassId, BTreeSet<DocId>>,
    /// Documents that the classifier has and the index has not yet.
    arriving: Vec<(Entry, Bag)>,
    last_class: u32,
    position: u64,
    epoch: u64,
    epoch_position: u64,
}

#[derive(Debug)]
struct Label {
    id: IncidentId,
    class: Option<ClassId>,
}

impl Writer {
    /// Builds the indices from what `store` holds.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn load(store: &Store, retriever: &Retriever) -> store::Result<Self> {
        let mut writer = Self {
            index: Index::new(retriever.slope()),
            classifier: Classifier::new(),
            docs: HashMap::new(),
            labels: Vec::new(),
            members: HashMap::new(),
            arriving: Vec::new(),
            last_class: 0,
            position: store.last_position(),
            epoch: 0,
            epoch_position: 0,
        };
        let mut chunk: Vec<(Incident, Option<ClassId>)> = Vec::with_capacity(LOAD_CHUNK);
        store.for_each(|stored| {
            chunk.push((stored.incident, stored.class));
            if chunk.len() == LOAD_CHUNK {
                writer.take_in(std::mem::take(&mut chunk), retriever);
            }
            Ok::<(), store::Error>(())
        })?;
        writer.take_in(chunk, retriever);
        writer.last_class = store
            .classes()?
            .iter()
            .map(|class| class.id.number())
            .max()
            .unwrap_or(0);
        if let Some(record) = store.epoch()? {
            writer.restore(Epoch::from_record(&record)?);
        }
        Ok(writer)
    }

    /// The state that readers are to see.
    pub(crate) fn state(&self) -> State {
        State {
            snapshot: self.index.snapshot(),
            position: self.position,
            epoch: self.epoch,
        }
    }

    /// How many incidents are live.
    pub(crate) fn n_incidents(&self) -> usize {
        self.docs.len()
    }

    /// The next position of the log.
    pub(crate) fn next_position(&mut self) -> u64 {
        self.position += 1;
        self.position
    }

    /// Whether an incident of that id is live.
    pub(crate) fn holds(&self, id: &IncidentId) -> bool {
        self.docs.contains_key(id)
    }

    /// The class of a live incident.
    pub(crate) fn class_of(&self, id: &IncidentId) -> Option<ClassId> {
        self.labels[self.docs.get(id)?.0 as usize].class
    }

    /// Adds a new incident, or the new version of a known one; says which class it is in, and what else
    /// changed in the record because of it.
    ///
    /// A known incident keeps its class. Another joins the class that is near, or makes one together
    /// with the one-off that is near.
    pub(crate) fn put(
        &mut self,
        incident: &Incident,
        bags: Bags,
    ) -> (Option<ClassId>, Vec<Change>) {
        let kept = self.class_of(&incident.id);
        self.take_out(&incident.id);
        let mut changes = Vec::new();
        let (beside, class) = match kept {
            Some(class) => (
                self.members.get(&class).and_then(BTreeSet::first).copied(),
                Some(class),
            ),
            None => match self.classifier.nearest(&bags.classes) {
                Some((row, _)) => self.joined(DocId(row), &mut changes),
                None => (None, None),
            },
        };
        self.add(incident, bags, class, beside);
        (class, changes)
    }

    /// Removes an incident; what of its words was only there is forgotten.
    pub(crate) fn erase(&mut self, id: &IncidentId) -> Change {
        self.flush();
        if let Some(doc) = self.docs.get(id).copied() {
            self.take_out(id);
            self.index.erase(doc);
            self.classifier.forget_unheld_terms();
        }
        Change::Epoch(self.current_epoch().to_record())
    }

    /// Begins an epoch where one is due at the position reached.
    pub(crate) fn advance(&mut self) -> Option<Change> {
        if !epoch::begins(self.epoch_position, self.position) {
            return None;
        }
        self.flush();
        self.epoch += 1;
        self.epoch_position = self.position;
        self.index.refresh(self.position);
        self.classifier.refresh(SEED);
        Some(Change::Epoch(self.current_epoch().to_record()))
    }

    /// Hands the documents that arrived to the index, all in one segment.
    pub(crate) fn flush(&mut self) {
        let docs = self.index.add(std::mem::take(&mut self.arriving));
        for doc in docs {
            let label = &self.labels[doc.0 as usize];
            self.index.set_class(doc, label.class.map(ClassId::number));
            if self.docs.get(&label.id) != Some(&doc) {
                self.index.remove(doc);
            }
        }
    }

    fn current_epoch(&self) -> Epoch {
        Epoch {
            number: self.epoch,
            search: self.index.postings().weights().clone(),
            classes: self.classifier.thresholds().clone(),
        }
    }

    fn restore(&mut self, epoch: Epoch) {
        self.epoch = epoch.number;
        self.epoch_position = epoch.search.position;
        self.index.restore(epoch.search);
        self.classifier.restore(epoch.classes);
    }

    fn take_in(&mut self, incidents: Vec<(Incident, Option<ClassId>)>, retriever: &Retriever) {
        let analysed = in_parallel(incidents, |(incident, class)| {
            let bags = retriever.bags(&incident);
            (incident, class, bags)
        });
        for (incident, class, bags) in analysed {
            let members = class.and_then(|class| self.members.get(&class));
            let beside = members.and_then(BTreeSet::first).copied();
            self.add(&incident, bags, class, beside);
        }
        self.flush();
    }

    /// The class of `row`, which a new incident is to join: a new one where `row` is a one-off.
    fn joined(
        &mut self,
        row: DocId,
        changes: &mut Vec<Change>,
    ) -> (Option<DocId>, Option<ClassId>) {
        let label = &mut self.labels[row.0 as usize];
        if let Some(class) = label.class {
            return (Some(row), Some(class));
        }
        self.last_class += 1;
        let class = ClassId::new(self.last_class);
        label.class = Some(class);
        changes.push(Change::Class(ClassRecord {
            id: class,
            opened_at_position: self.position,
        }));
        changes.push(Change::Assign {
            id: label.id.clone(),
            class: Some(class),
        });
        self.members.entry(class).or_default().insert(row);
        if (row.0 as usize) < self.labels.len() - self.arriving.len() {
            self.index.set_class(row, Some(class.number()));
        }
        (Some(row), Some(class))
    }

    fn add(
        &mut self,
        incident: &Incident,
        bags: Bags,
        class: Option<ClassId>,
        beside: Option<DocId>,
    ) {
        let row = self.classifier.add(&bags.classes, beside.map(|doc| doc.0));
        let doc = DocId(row);
        assert_eq!(
            self.labels.len(),
            row as usize,
            "rows and documents are numbered alike"
        );
        self.labels.push(Label {
            id: incident.id.clone(),
            class,
        });
        self.docs.insert(incident.id.clone(), doc);
        if let Some(class) = class {
            self.members.entry(class).or_default().insert(doc);
        }
        self.arriving.push((Entry::of(incident), bags.search));
    }

    /// Takes the live document of `id` out of the classes and the index.
    fn take_out(&mut self, id: &IncidentId) {
        let Some(doc) = self.docs.remove(id) else {
            return;
        };
        self.classifier.remove(doc.0);
        if let Some(members) = self.labels[doc.0 as usize]
            .class
            .and_then(|c| self.members.get_mut(&c))
        {
            members.remove(&doc);
        }
        if (doc.0 as usize) < self.labels.len() - self.arriving.len() {
            self.index.remove(doc);
        }
    }
}
