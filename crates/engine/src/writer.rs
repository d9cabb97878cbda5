//! The state that only the writer changes.

use std::collections::HashMap;
use std::sync::Arc;

use cluster::{Algorithm, Classifier, Prospect};
use incident::{Incident, IncidentId};
use index::{DocId, Entry};
use recurrence::ClassId;
use store::{Change, RatingRecord, Store};
use vector::Bag;

use crate::class_rows::ClassRows;
use crate::corpus::Corpus;
use crate::epoch::{self, Epoch};
use crate::experience::{Experience, Learnt};
use crate::families::Families;
use crate::happenings::Tallies;
use crate::retriever::Bags;
use crate::saved::{Content, Edition};

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
/// Up to this many incidents every epoch groups all of them anew: weights are rough while there are few,
/// and it costs milliseconds. Beyond, they are settled, and one pass groups as well.
const REGROUPED_UP_TO: usize = 2_000;

/// All that changes when the record does.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) corpus: Corpus,
    merger: Merger,
    classifier: Classifier,
    families: Families,
    /// The live document of each incident.
    docs: HashMap<IncidentId, DocId>,
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
    /// Makes what else it takes to change `corpus`, whose class bags are `class_rows`.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn on(corpus: Corpus, class_rows: &ClassRows, store: &Store) -> store::Result<Self> {
        assert_eq!(class_rows.len(), corpus.positions.len(), "every document has a row");
        let mut families = Families::new(store.classes()?);
        let mut docs = HashMap::with_capacity(class_rows.len());
        let (catalog, postings) = (corpus.index.catalog(), corpus.index.postings());
        let mut classes = Vec::with_capacity(class_rows.len());
        for doc in (0..).map(DocId).take(class_rows.len()) {
            let id = IncidentId::new(catalog.id(doc));
            let class = catalog.class_of(doc).filter(|_| postings.is_live(doc));
            families.push(doc, id.clone(), class.map(ClassId::new));
            if postings.is_live(doc) {
                docs.insert(id, doc);
            }
            classes.push(postings.is_live(doc).then_some(class));
        }
        let thresholds = store.epoch()?.map(|record| Epoch::from_record(&record)).transpose()?;
        let rows = classes.into_iter().enumerate();
        let rows = rows.map(|(row, class)| Some((class_rows.cells(row), class?)));
        let thresholds = thresholds.map(|epoch| epoch.classes);
        Ok(Self {
            classifier: Classifier::resumed(class_rows.terms(), rows, thresholds),
            corpus,
            merger: Merger::default(),
            families,
            docs,
            arriving: Vec::new(),
            leaving: Vec::new(),
            due: None,
            weights_changed: false,
            tallies: Tallies::default(),
        })
    }

    /// What is to be saved; between commits.
    pub(crate) fn edition(&self) -> Edition {
        Edition {
            position: self.corpus.position,
            content: Content::of(&self.corpus),
            rows: ClassRows::of(&self.classifier),
        }
    }

    /// The next position of the log.
    pub(crate) fn next_position(&mut self) -> u64 {
        self.corpus.position += 1;
        self.corpus.position
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
    /// that is near, or makes one together with the one-off that is near, unless people keep them apart. `prospect`
    /// is what [`Writer::look_ahead`] found, where it was asked.
    pub(crate) fn put(
        &mut self,
        incident: &Incident,
        bags: Bags,
        prospect: Option<Prospect>,
    ) -> (Option<ClassId>, Vec<Change>) {
        let kept = self.class_of(&incident.id);
        if self.holds(&incident.id) {
            self.corpus.edited_at = self.corpus.position;
        }
        self.take_out(&incident.id);
        let mut shift = Shift::default();
        let (beside, class) = match kept {
            Some(class) => (self.families.first_of(class), Some(class)),
            None => match self.company(&incident.id, &bags.classes, prospect) {
                Some(doc) => self.joined(doc, &incident.id, &mut shift),
                None => (None, None),
            },
        };
        self.corpus.positions.push(self.corpus.position);
        self.add(Entry::of(incident), bags, class, beside);
        (class, shift.finish(self.occasion(None)))
    }

    /// Looks for the classes near new incidents, by their bags: that is most of the work of putting them in, and can be
    /// done for many on all cores. It says what it says only for as long as no epoch begins.
    pub(crate) fn look_ahead(&mut self, bags: &[&Bag]) -> Vec<Prospect> {
        self.classifier.look_ahead(bags)
    }

    /// How many more positions of the log there are up to the next epoch.
    pub(crate) fn n_until_epoch(&self) -> usize {
        let until = epoch::until(self.corpus.epoch_position, self.corpus.position);
        usize::try_from(until).unwrap_or(usize::MAX)
    }

    /// Removes an incident; what of its words was only there is forgotten, in the weights too.
    pub(crate) fn erase(&mut self, id: &IncidentId) {
        self.flush();
        self.corpus.saved_at = 0;
        let n_before = self.n_weighed();
        if let Some(doc) = self.docs.get(id).copied() {
            self.take_out(id);
            self.corpus.experience.forget(id);
            self.corpus.index.erase(doc);
            self.classifier.forget_unheld_terms();
            // They hold its words.
            self.corpus.class_terms = Arc::default();
            self.corpus.records = Arc::default();
        }
        self.weights_changed |= self.n_weighed() < n_before;
    }

    /// How many terms have a weight, in searches and in classes.
    fn n_weighed(&self) -> usize {
        let search = self.corpus.index.postings().weights().frequencies.n_terms();
        search + self.classifier.thresholds().frequencies.n_terms()
    }

    /// Begins an epoch where one is due at the position reached, and says what that changes in the
    /// classes: weights and cut are computed anew, and while there are few incidents so are the classes.
    pub(crate) fn advance(&mut self) -> Option<Vec<Change>> {
        if !epoch::begins(self.corpus.epoch_position, self.corpus.position) {
            return None;
        }
        let few = self.docs.len() <= REGROUPED_UP_TO;
        Some(self.begin_epoch(few.then_some(How::Now(Algorithm::AverageLink))))
    }

    /// Begins an epoch at the position reached, and groups all incidents anew where it is said how.
    fn begin_epoch(&mut self, regrouping: Option<How>) -> Vec<Change> {
        self.corpus.epoch += 1;
        self.corpus.epoch_position = self.corpus.position;
        self.weights_changed = true;
        let (n_arriving, n_leaving) = (self.arriving.len(), self.leaving.len());
        self.due = Some(Due { position: self.corpus.position, n_arriving, n_leaving });
        let live = self.docs.iter().map(|(id, doc)| (*doc, id));
        let basis = self.corpus.basis(live, self.docs.len(), self.corpus.positions.len());
        self.corpus.begin_second_stage(basis);
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
        &self.corpus.experience
    }

    /// Adds what a person said of a match; returns its log position.
    pub(crate) fn rate(&mut self, rating: RatingRecord) -> u64 {
        let position = self.next_position();
        self.corpus.experience.rate(position, rating);
        position
    }

    /// Puts what a replay taught in the place of what was known; says so for the record.
    pub(crate) fn learn(&mut self, learnt: Learnt) -> Change {
        let record = learnt.to_record(self.next_position());
        self.corpus.experience.learn(learnt);
        Change::Calibrate(record)
    }

    /// The weights as they stand, for the record, where they are not those recorded last. The index is
    /// brought up to date for it. For the commit alone.
    pub(crate) fn new_weights(&mut self) -> Option<Change> {
        if !std::mem::take(&mut self.weights_changed) {
            return None;
        }
        self.flush();
        let (search, classes) =
            (self.corpus.index.postings().weights(), self.classifier.thresholds());
        let (number, pass) = (self.corpus.epoch, self.corpus.pass);
        Some(Change::Epoch(Epoch::record(number, search, classes, pass)))
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
            self.corpus.index.refresh(position);
        }
        self.index_now(arriving, &leaving);
        self.merger.tend(&mut self.corpus.index);
    }

    /// Adds the documents that arrived to the index, all in one segment, and lets go those that left.
    fn index_now(&mut self, arrived: Vec<(Entry, Bag)>, left: &[DocId]) {
        for doc in self.corpus.index.add(arrived) {
            let class = self.families.class_of(doc);
            self.corpus.index.set_class(doc, class.map(ClassId::number));
        }
        left.iter().for_each(|doc| self.corpus.index.remove(*doc));
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
            None => self.corpus.index.catalog().entry(doc),
        }
    }

    /// The document that a new incident is to share a class with.
    fn company(&mut self, id: &IncidentId, bag: &Bag, prospect: Option<Prospect>) -> Option<DocId> {
        self.held_with(id).or_else(|| {
            let apart = self.apart_from(id);
            let nearest = match prospect {
                Some(prospect) => self.classifier.nearest_foreseen(bag, &apart, prospect),
                None => self.classifier.nearest(bag, &apart),
            };
            nearest.map(|(row, _)| DocId(row))
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
        self.corpus.services.add(&entry.services);
        self.arriving.push((entry, bags.search));
    }

    /// Takes the live document of `id` out of the classes and the index.
    fn take_out(&mut self, id: &IncidentId) {
        let Some(doc) = self.docs.remove(id) else {
            return;
        };
        let Entry { services, .. } = self.entry(doc);
        self.corpus.let_go(doc, id, &services);
        self.classifier.remove(doc.0);
        self.families.remove(doc);
        self.leaving.push(doc);
    }
}
