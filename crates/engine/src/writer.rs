//! The state that only the writer changes.

use std::collections::{BTreeSet, HashMap};

use cluster::{Classifier, Constraints};
use incident::{Incident, IncidentId};
use index::{DocId, Entry, Index};
use recurrence::{ClassId, Heir, inherit};
use store::{Change, Store};
use vector::Bag;

use crate::epoch::{self, Epoch};
use crate::families::Families;
use crate::happenings::Tallies;
use crate::prepare::in_parallel;
use crate::retriever::{Bags, Retriever};
use crate::services::Services;
use crate::state::State;

/// The seed of the draws behind the cut; any will do, as long as it stays.
pub(crate) const SEED: u64 = 0x5EED;
/// How many incidents are read at once when a store is opened.
const LOAD_CHUNK: usize = 4_096;
/// Up to this many incidents every epoch groups all of them anew: weights are rough while there are few,
/// and it costs milliseconds. Beyond, they are settled, and one pass groups as well.
const REGROUPED_UP_TO: usize = 2_000;

/// The indices under change, and what is needed to change them.
#[derive(Debug)]
pub(crate) struct Writer {
    index: Index,
    classifier: Classifier,
    families: Families,
    services: Services,
    /// The live document of each incident.
    docs: HashMap<IncidentId, DocId>,
    /// Documents that the classifier has and the index has not yet.
    arriving: Vec<(Entry, Bag)>,
    /// What the classes stand at in the record, which is what was committed.
    pub(crate) tallies: Tallies,
    position: u64,
    epoch: u64,
    epoch_position: u64,
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
            families: Families::new(store.classes()?),
            services: Services::default(),
            docs: HashMap::new(),
            arriving: Vec::new(),
            tallies: Tallies::default(),
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
        if let Some(record) = store.epoch()? {
            writer.restore(Epoch::from_record(&record)?);
        }
        Ok(writer)
    }

    /// The state that readers are to see.
    pub(crate) fn state(&mut self) -> State {
        State {
            snapshot: self.index.snapshot(),
            services: self.services.names(),
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
        self.families.class_of(*self.docs.get(id)?)
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
            Some(class) => (self.families.first_of(class), Some(class)),
            None => match self.classifier.nearest(&bags.classes, &[]) {
                Some((row, _)) => self.joined(DocId(row), &mut changes),
                None => (None, None),
            },
        };
        self.add(incident, bags, class, beside);
        (class, changes)
    }

    /// Removes an incident; what of its words was only there is forgotten, in the weights too.
    pub(crate) fn erase(&mut self, id: &IncidentId) {
        self.flush();
        if let Some(doc) = self.docs.get(id).copied() {
            self.take_out(id);
            self.index.erase(doc);
            self.classifier.forget_unheld_terms();
        }
    }

    /// Begins an epoch where one is due at the position reached, and says what that changes in the
    /// classes: weights and cut are computed anew, and while there are few incidents so are the classes.
    pub(crate) fn advance(&mut self) -> Option<Vec<Change>> {
        if !epoch::begins(self.epoch_position, self.position) {
            return None;
        }
        self.flush();
        self.epoch += 1;
        self.epoch_position = self.position;
        self.index.refresh(self.position);
        if self.docs.len() <= REGROUPED_UP_TO {
            return Some(self.regroup());
        }
        self.classifier.refresh(SEED);
        Some(Vec::new())
    }

    /// The epoch as it stands, for the record.
    pub(crate) fn epoch_record(&self) -> Change {
        let epoch = Epoch {
            number: self.epoch,
            search: self.index.postings().weights().clone(),
            classes: self.classifier.thresholds().clone(),
        };
        Change::Epoch(epoch.to_record())
    }

    /// Hands the documents that arrived to the index, all in one segment.
    pub(crate) fn flush(&mut self) {
        let docs = self.index.add(std::mem::take(&mut self.arriving));
        for doc in docs {
            let class = self.families.class_of(doc);
            self.index.set_class(doc, class.map(ClassId::number));
            if self.docs.get(self.families.id_of(doc)) != Some(&doc) {
                self.index.remove(doc);
            }
        }
    }

    /// Groups all incidents anew. Classes keep their ids as [`inherit`] says.
    fn regroup(&mut self) -> Vec<Change> {
        let groups = self.classifier.regroup(SEED, &self.families.ids(), &Constraints::default());
        let before: Vec<Vec<Option<ClassId>>> = groups
            .iter()
            .map(|rows| rows.iter().map(|row| self.families.class_of(DocId(*row))).collect())
            .collect();
        let inheritance = inherit(&before);
        let mut changes = Vec::new();
        let mut classes = Vec::with_capacity(groups.len());
        for heir in inheritance.heirs {
            classes.push(match heir {
                Heir::Kept(class) => class,
                Heir::New => self.opened(&mut changes),
            });
        }
        let placed: BTreeSet<DocId> = groups.iter().flatten().map(|row| DocId(*row)).collect();
        let alone: Vec<DocId> =
            self.families.classed().filter(|doc| !placed.contains(doc)).collect();
        alone.into_iter().for_each(|doc| self.assign(doc, None, &mut changes));
        for (class, rows) in classes.iter().zip(&groups) {
            rows.iter().for_each(|row| self.assign(DocId(*row), Some(*class), &mut changes));
        }
        for (class, place) in inheritance.merged {
            changes.extend(self.families.end(class, classes[place]));
        }
        changes
    }

    fn opened(&mut self, changes: &mut Vec<Change>) -> ClassId {
        let (class, change) = self.families.open(self.position);
        changes.push(change);
        class
    }

    /// Puts a document into a class, or out of all, where that is not how it is.
    fn assign(&mut self, doc: DocId, class: Option<ClassId>, changes: &mut Vec<Change>) {
        if self.families.class_of(doc) == class {
            return;
        }
        changes.push(self.families.assign(doc, class));
        if self.is_indexed(doc) {
            self.index.set_class(doc, class.map(ClassId::number));
        }
    }

    fn is_indexed(&self, doc: DocId) -> bool {
        (doc.0 as usize) < self.n_indexed()
    }

    fn n_indexed(&self) -> usize {
        self.families.n_docs() - self.arriving.len()
    }

    fn entry(&self, doc: DocId) -> &Entry {
        match (doc.0 as usize).checked_sub(self.n_indexed()) {
            Some(at) => &self.arriving[at].0,
            None => self.index.catalog().entry(doc),
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
            let beside = class.and_then(|class| self.families.first_of(class));
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
        let class = self.families.class_of(row).unwrap_or_else(|| {
            let class = self.opened(changes);
            self.assign(row, Some(class), changes);
            class
        });
        (Some(row), Some(class))
    }

    fn add(
        &mut self,
        incident: &Incident,
        bags: Bags,
        class: Option<ClassId>,
        beside: Option<DocId>,
    ) {
        let doc = DocId(self.classifier.add(&bags.classes, beside.map(|doc| doc.0)));
        self.families.push(doc, incident.id.clone(), class);
        self.docs.insert(incident.id.clone(), doc);
        self.services.add(&incident.services);
        self.arriving.push((Entry::of(incident), bags.search));
    }

    /// Takes the live document of `id` out of the classes and the index.
    fn take_out(&mut self, id: &IncidentId) {
        let Some(doc) = self.docs.remove(id) else {
            return;
        };
        let services = self.entry(doc).services.clone();
        self.services.remove(&services);
        self.classifier.remove(doc.0);
        self.families.remove(doc);
        if self.is_indexed(doc) {
            self.index.remove(doc);
        }
    }
}
