//! What answers rest on, while it changes.

use std::borrow::Borrow;
use std::sync::Arc;

use incident::IncidentId;
use index::{DocId, Index};
use recurrence::{Decision, Standing};
use store::Store;

use crate::class_terms::ClassTerms;
use crate::epoch::Pass;
use crate::experience::Experience;
use crate::neighbourhoods::Neighbourhoods;
use crate::records::Records;
use crate::retriever::Retriever;
use crate::second_stage::{Basis, SecondStage};
use crate::services::Services;
use crate::state::State;

mod tail;

/// The index under change, and what else answers need. Who changes it is the writer, who knows the classes besides.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) index: Index,
    /// By document: the log position it came at.
    pub(crate) positions: Vec<u64>,
    pub(crate) services: Services,
    pub(crate) experience: Experience,
    /// Every decision, in the order in which they were made.
    pub(crate) decisions: Vec<Decision>,
    /// What those that stand come to.
    pub(crate) standing: Arc<Standing>,
    pub(crate) second_stage: Arc<SecondStage>,
    neighbourhoods: Arc<Neighbourhoods>,
    pub(crate) class_terms: Arc<ClassTerms>,
    pub(crate) records: Arc<Records>,
    pub(crate) position: u64,
    pub(crate) epoch: u64,
    pub(crate) epoch_position: u64,
    pub(crate) pass: Pass,
    /// The position of the log that the saved index has; 0 where there is none.
    pub(crate) saved_at: u64,
    /// The position at which an incident was last replaced by another version of it.
    pub(crate) edited_at: u64,
}

impl Corpus {
    /// No incidents yet; the rest is what `store` holds.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn new(store: &Store, retriever: &Retriever) -> store::Result<Self> {
        let decisions = store.decisions()?;
        Ok(Self {
            index: Index::new(retriever.slope()),
            positions: Vec::new(),
            services: Services::default(),
            experience: Experience::load(store)?,
            standing: Arc::new(Standing::of(&decisions)),
            decisions,
            second_stage: Arc::default(),
            neighbourhoods: Arc::default(),
            class_terms: Arc::default(),
            records: Arc::default(),
            position: store.last_position(),
            epoch: 0,
            epoch_position: 0,
            pass: Pass::default(),
            saved_at: 0,
            edited_at: 0,
        })
    }

    /// The state that readers are to see.
    pub(crate) fn state(&mut self) -> State {
        State {
            snapshot: self.index.snapshot(),
            second_stage: Arc::clone(&self.second_stage),
            neighbourhoods: Arc::clone(&self.neighbourhoods),
            class_terms: Arc::clone(&self.class_terms),
            records: Arc::clone(&self.records),
            services: self.services.names(),
            experience: self.experience.clone(),
            position: self.position,
            epoch: self.epoch,
            pass: self.pass,
            standing: Arc::clone(&self.standing),
        }
    }

    /// Goes on in an epoch that began earlier, with the weights of its record.
    pub(crate) fn restore(&mut self, number: u64, pass: Pass, search: index::Weights) {
        (self.epoch, self.pass, self.epoch_position) = (number, pass, search.position);
        let n_live = search.frequencies.n_docs() as usize;
        self.index.restore(search);
        let n_docs = self.positions.partition_point(|position| *position <= self.epoch_position);
        let catalog = self.index.catalog();
        let live = self.index.postings().live_docs();
        let ids = live.map(|doc| (doc, IncidentId::new(catalog.id(doc))));
        let basis = self.basis(ids, n_live, n_docs);
        self.begin_second_stage(basis);
    }

    /// Forgets what was remembered under the weights of before.
    pub(crate) fn begin_second_stage(&mut self, basis: Basis) {
        self.second_stage = Arc::new(SecondStage::new(basis));
        self.neighbourhoods = Arc::default();
        self.class_terms = Arc::default();
    }

    /// What the second stage of the epoch rests on that has begun with `n_live` live documents, all of them among the
    /// first `n_docs`; `live` are those of today.
    pub(crate) fn basis<I: Borrow<IncidentId>>(
        &self,
        live: impl Iterator<Item = (DocId, I)>,
        n_live: usize,
        n_docs: usize,
    ) -> Basis {
        let none = Basis::new(self.epoch_position, n_live, n_docs);
        live.fold(none, |basis, (doc, id)| {
            basis.with(doc, id.borrow(), self.positions[doc.0 as usize])
        })
    }

    /// Lets go what else hangs on a live document that goes.
    pub(crate) fn let_go(&mut self, doc: DocId, id: &IncidentId, services: &[String]) {
        let position = self.positions[doc.0 as usize];
        if let Some(basis) = self.second_stage.basis().without(doc, id, position) {
            self.second_stage = Arc::new(SecondStage::new(basis));
        }
        self.services.remove(services);
    }
}
