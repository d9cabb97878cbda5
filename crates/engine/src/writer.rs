//! The state that only the writer changes.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::{Algorithm, Classifier};
use incident::{Incident, IncidentId};
use index::{DocId, Entry, Index};
use recurrence::{ClassId, Decision, Standing};
use store::{Change, RatingRecord, Store, StoredIncident};
use vector::Bag;

use crate::archive::Analysed;
use crate::class_terms::ClassTerms;
use crate::epoch::{self, Epoch, Pass};
use crate::experience::{Experience, Learnt};
use crate::families::Families;
use crate::happenings::Tallies;
use crate::neighbourhoods::Neighbourhoods;
use crate::prepare::in_parallel;
use crate::retriever::{Bags, Retriever};
use crate::second_stage::{Basis, SecondStage};
use crate::services::Services;
use crate::state::State;

mod archiving;
mod decide;
mod foresight;
mod merger;
mod plan;
mod regroup;
mod shift;

pub use decide::Petition;
use merger::Merger;
use regroup::How;
use shift::Shift;

/// The seed of the draws behind the cut; any will do, as long as it stays.
pub(crate) const SEED: u64 = 0x5EED;
/// How many incidents are read at once when a store is opened.
const LOAD_CHUNK: usize = 4_096;
/// How many documents go into a segment at once then.
const LOADED_SEGMENT: usize = 65_536;
/// Up to this many incidents every epoch groups all of them anew: weights are rough while there are few,
/// and it costs milliseconds. Beyond, they are settled, and one pass groups as well.
const REGROUPED_UP_TO: usize = 2_000;

/// The indices under change, and what is needed to change them.
#[derive(Debug)]
pub(crate) struct Writer {
    index: Index,
    merger: Merger,
    classifier: Classifier,
    families: Families,
    /// Every decision, in the order in which they were made.
    decisions: Vec<Decision>,
    /// What those that stand come to.
    standing: Arc<Standing>,
    services: Services,
    experience: Experience,
    /// The live document of each incident.
    docs: HashMap<IncidentId, DocId>,
    /// By document: the log position it came at.
    positions: Vec<u64>,
    second_stage: Arc<SecondStage>,
    neighbourhoods: Arc<Neighbourhoods>,
    class_terms: Arc<ClassTerms>,
    /// Documents that the classifier has and the index has not yet.
    arriving: Vec<(Entry, Bag)>,
    /// Documents that the index still has to let go.
    leaving: Vec<DocId>,
    /// The last epoch that the index has not begun yet.
    due: Option<Due>,
    /// Whether the weights are others than those recorded last.
    weights_changed: bool,
    /// What the classes stand at in the record, which is what was committed.
    pub(crate) tallies: Tallies,
    position: u64,
    epoch: u64,
    epoch_position: u64,
    /// Up to which position the archive is complete; 0 where there is none, or an incident it holds has
    /// changed.
    archived_to: u64,
    pass: Pass,
}

/// An epoch that began while documents were gathered for the index.
#[derive(Debug, Clone, Copy)]
struct Due {
    position: u64,
    /// How many were arriving and leaving when it began.
    n_arriving: usize,
    n_leaving: usize,
}

impl Writer {
    /// Builds the indices from what `store` holds.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn load(store: &Store, retriever: &Retriever) -> store::Result<Self> {
        let decisions = store.decisions()?;
        let mut writer = Self {
            index: Index::new(retriever.slope()),
            merger: Merger::default(),
            classifier: Classifier::new(),
            families: Families::new(store.classes()?),
            standing: Arc::new(Standing::of(&decisions)),
            decisions,
            services: Services::default(),
            experience: Experience::load(store)?,
            docs: HashMap::new(),
            positions: Vec::new(),
            second_stage: Arc::default(),
            neighbourhoods: Arc::default(),
            class_terms: Arc::default(),
            arriving: Vec::new(),
            leaving: Vec::new(),
            due: None,
            weights_changed: false,
            tallies: Tallies::default(),
            position: store.last_position(),
            epoch: 0,
            epoch_position: 0,
            archived_to: 0,
            pass: Pass::default(),
        };
        let read_to = writer.take_in_archive(store, retriever)?;
        let mut chunk: Vec<StoredIncident> = Vec::with_capacity(LOAD_CHUNK);
        store.for_each_after(read_to, |stored| {
            chunk.push(stored);
            if chunk.len() == LOAD_CHUNK {
                writer.take_in(std::mem::take(&mut chunk), retriever);
            }
            Ok::<(), store::Error>(())
        })?;
        writer.take_in(chunk, retriever);
        writer.flush();
        if let Some(record) = store.epoch()? {
            writer.restore(Epoch::from_record(&record)?);
        }
        Ok(writer)
    }

    /// The state that readers are to see.
    pub(crate) fn state(&mut self) -> State {
        State {
            snapshot: self.index.snapshot(),
            second_stage: Arc::clone(&self.second_stage),
            neighbourhoods: Arc::clone(&self.neighbourhoods),
            class_terms: Arc::clone(&self.class_terms),
            services: self.services.names(),
            experience: self.experience.clone(),
            position: self.position,
            epoch: self.epoch,
            pass: self.pass,
            standing: Arc::clone(&self.standing),
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
    /// A known incident keeps its class. Another joins what people hold it together with; else the class
    /// that is near, or makes one together with the one-off that is near, unless people keep them apart.
    pub(crate) fn put(
        &mut self,
        incident: &Incident,
        bags: Bags,
    ) -> (Option<ClassId>, Vec<Change>) {
        let kept = self.class_of(&incident.id);
        if self.holds(&incident.id) {
            self.archived_to = 0;
        }
        self.take_out(&incident.id);
        let mut shift = Shift::default();
        let (beside, class) = match kept {
            Some(class) => (self.families.first_of(class), Some(class)),
            None => match self.company(&incident.id, &bags) {
                Some(doc) => self.joined(doc, &incident.id, &mut shift),
                None => (None, None),
            },
        };
        self.positions.push(self.position);
        self.add(Entry::of(incident), bags, class, beside);
        (class, shift.finish(self.occasion(None)))
    }

    /// Removes an incident; what of its words was only there is forgotten, in the weights too.
    pub(crate) fn erase(&mut self, id: &IncidentId) {
        self.flush();
        self.archived_to = 0;
        let n_before = self.n_weighed();
        if let Some(doc) = self.docs.get(id).copied() {
            self.take_out(id);
            self.experience.forget(id);
            self.index.erase(doc);
            self.classifier.forget_unheld_terms();
            // They hold its words.
            self.class_terms = Arc::default();
        }
        self.weights_changed |= self.n_weighed() < n_before;
    }

    /// How many terms have a weight, in searches and in classes.
    fn n_weighed(&self) -> usize {
        let search = self.index.postings().weights().frequencies.n_terms();
        search + self.classifier.thresholds().frequencies.n_terms()
    }

    /// Begins an epoch where one is due at the position reached, and says what that changes in the
    /// classes: weights and cut are computed anew, and while there are few incidents so are the classes.
    pub(crate) fn advance(&mut self) -> Option<Vec<Change>> {
        if !epoch::begins(self.epoch_position, self.position) {
            return None;
        }
        let few = self.docs.len() <= REGROUPED_UP_TO;
        Some(self.begin_epoch(few.then_some(How::Now(Algorithm::AverageLink))))
    }

    /// Begins an epoch at the position reached, and groups all incidents anew where it is said how.
    fn begin_epoch(&mut self, regrouping: Option<How>) -> Vec<Change> {
        self.epoch += 1;
        self.epoch_position = self.position;
        self.weights_changed = true;
        let (n_arriving, n_leaving) = (self.arriving.len(), self.leaving.len());
        self.due = Some(Due { position: self.position, n_arriving, n_leaving });
        self.begin_second_stage(self.docs.len(), self.positions.len());
        match regrouping {
            Some(how) => self.regroup(how),
            None => {
                self.classifier.refresh(SEED);
                Vec::new()
            }
        }
    }

    /// What is known beyond the incidents.
    pub(crate) fn experience(&self) -> &Experience {
        &self.experience
    }

    /// Adds what a person said of a match; returns its log position.
    pub(crate) fn rate(&mut self, rating: RatingRecord) -> u64 {
        let position = self.next_position();
        self.experience.rate(position, rating);
        position
    }

    /// Puts what a replay taught in the place of what was known; says so for the record.
    pub(crate) fn learn(&mut self, learnt: Learnt) -> Change {
        let record = learnt.to_record(self.next_position());
        self.experience.learn(learnt);
        Change::Calibrate(record)
    }

    /// The weights as they stand, for the record, where they are not those recorded last. The index is
    /// brought up to date for it.
    pub(crate) fn new_weights(&mut self) -> Option<Change> {
        if !std::mem::take(&mut self.weights_changed) {
            return None;
        }
        self.flush();
        let epoch = Epoch {
            number: self.epoch,
            search: self.index.postings().weights().clone(),
            classes: self.classifier.thresholds().clone(),
            pass: self.pass,
        };
        Some(Change::Epoch(epoch.to_record()))
    }

    /// Brings the index up to date. It is behind during a commit, for nobody searches it before the end:
    /// of the epochs that began meanwhile only the last is computed, from the documents of that moment.
    pub(crate) fn flush(&mut self) {
        let mut arriving = std::mem::take(&mut self.arriving);
        let mut leaving = std::mem::take(&mut self.leaving);
        if let Some(Due { position, n_arriving, n_leaving }) = self.due.take() {
            let (later, gone_later) =
                (arriving.split_off(n_arriving), leaving.split_off(n_leaving));
            self.index_now(std::mem::replace(&mut arriving, later), &leaving);
            leaving = gone_later;
            self.index.refresh(position);
        }
        self.index_now(arriving, &leaving);
        self.merger.tend(&mut self.index);
    }

    /// Adds the documents that arrived to the index, all in one segment, and lets go those that left.
    fn index_now(&mut self, arrived: Vec<(Entry, Bag)>, left: &[DocId]) {
        for doc in self.index.add(arrived) {
            let class = self.families.class_of(doc);
            self.index.set_class(doc, class.map(ClassId::number));
        }
        left.iter().for_each(|doc| self.index.remove(*doc));
    }

    fn is_indexed(&self, doc: DocId) -> bool {
        (doc.0 as usize) < self.n_indexed()
    }

    fn n_indexed(&self) -> usize {
        self.families.n_docs() - self.arriving.len()
    }

    fn entry(&self, doc: DocId) -> Entry {
        match (doc.0 as usize).checked_sub(self.n_indexed()) {
            Some(at) => self.arriving[at].0.clone(),
            None => self.index.catalog().entry(doc),
        }
    }

    fn restore(&mut self, epoch: Epoch) {
        self.epoch = epoch.number;
        self.pass = epoch.pass;
        self.epoch_position = epoch.search.position;
        self.index.restore(epoch.search);
        self.classifier.restore(epoch.classes);
        let came_later = |position: &u64| *position > self.epoch_position;
        let n_docs = self.positions.partition_point(|at| !came_later(at));
        let n_live = self.index.postings().weights().frequencies.n_docs();
        self.begin_second_stage(n_live as usize, n_docs);
    }

    /// The second stage of the epoch that has begun with `n_live` live documents, all of them among the
    /// first `n_docs`.
    fn begin_second_stage(&mut self, n_live: usize, n_docs: usize) {
        let none = Basis::new(self.epoch_position, n_live, n_docs);
        let live = self.docs.iter();
        let basis = live
            .fold(none, |basis, (id, doc)| basis.with(*doc, id, self.positions[doc.0 as usize]));
        self.second_stage = Arc::new(SecondStage::new(basis));
        self.neighbourhoods = Arc::default();
        self.class_terms = Arc::default();
    }

    fn take_in(&mut self, stored: Vec<StoredIncident>, retriever: &Retriever) {
        self.take_up(in_parallel(stored, |stored| {
            let StoredIncident { position, incident, class, .. } = stored;
            let (entry, bags) = (Entry::of(&incident), retriever.bags(&incident));
            (position, Analysed { entry, bags }, class)
        }));
    }

    /// Adds incidents that were put at these positions of the log.
    fn take_up(&mut self, analysed: Vec<(u64, Analysed, Option<ClassId>)>) {
        for (position, Analysed { entry, bags }, class) in analysed {
            let beside = class.and_then(|class| self.families.first_of(class));
            self.positions.push(position);
            self.add(entry, bags, class, beside);
        }
        if self.arriving.len() >= LOADED_SEGMENT {
            self.flush();
        }
    }

    /// The document that a new incident is to share a class with.
    fn company(&mut self, id: &IncidentId, bags: &Bags) -> Option<DocId> {
        self.held_with(id).or_else(|| {
            let apart = self.apart_from(id);
            let (row, _) = self.classifier.nearest(&bags.classes, &apart)?;
            Some(DocId(row))
        })
    }

    /// The class of `doc`, which the new incident `id` is to join: a new one where `doc` is a one-off.
    fn joined(
        &mut self,
        doc: DocId,
        id: &IncidentId,
        shift: &mut Shift,
    ) -> (Option<DocId>, Option<ClassId>) {
        let class = self.families.class_of(doc).unwrap_or_else(|| {
            let class = self.open_class(shift);
            self.assign(doc, Some(class), shift);
            shift.moves.note(id.clone(), None, Some(class));
            class
        });
        (Some(doc), Some(class))
    }

    fn add(&mut self, entry: Entry, bags: Bags, class: Option<ClassId>, beside: Option<DocId>) {
        let doc = DocId(self.classifier.add(&bags.classes, beside.map(|doc| doc.0)));
        self.families.push(doc, entry.id.clone(), class);
        self.docs.insert(entry.id.clone(), doc);
        self.services.add(&entry.services);
        self.arriving.push((entry, bags.search));
    }

    /// Takes the live document of `id` out of the classes and the index.
    fn take_out(&mut self, id: &IncidentId) {
        let Some(doc) = self.docs.remove(id) else {
            return;
        };
        let position = self.positions[doc.0 as usize];
        if let Some(basis) = self.second_stage.basis().without(doc, id, position) {
            self.second_stage = Arc::new(SecondStage::new(basis));
        }
        let Entry { services, .. } = self.entry(doc);
        self.services.remove(&services);
        self.classifier.remove(doc.0);
        self.families.remove(doc);
        self.leaving.push(doc);
    }
}
