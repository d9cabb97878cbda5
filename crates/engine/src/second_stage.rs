//! What answers are ranked by beyond the index.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use incident::IncidentId;
use index::{DocId, Snapshot};
use rank::{Document, Model, Sample};
use store::StoredIncident;

use crate::engine::Engine;
use crate::error::Result;
use crate::features::{FeatureCache, Known};
use crate::prepare::in_parallel;
use crate::records::{stored, stored_at};
use crate::state::State;
use crate::writer::SEED;

/// The file that the model is kept in ...
pub(crate) const MODEL_NAME: &str = "rank.model";
/// ... and what its form and the way it is fitted are called: to be raised when one of them changes.
const MODEL_FORMAT: u32 = 1;

/// What a model is fitted to: the sampled documents that were there when the epoch began and are unchanged. It is
/// a function of the log alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Basis {
    sample: Sample,
    /// The log position at which the epoch began.
    until: u64,
    /// Documents of lower numbers were there.
    n_docs: u32,
    /// Names the versions of the sampled documents.
    fingerprint: u64,
}

/// A model and the features of documents under it. It holds for as long as its basis does: till the next
/// epoch, or till one of the documents it is fitted to changes or goes.
#[derive(Debug, Default)]
pub(crate) struct SecondStage {
    basis: Basis,
    model: Mutex<Option<Arc<Model>>>,
    features: OnceLock<FeatureCache>,
}

impl Basis {
    /// The basis of the epoch that began at `until` with `n_live` documents, all of them numbered below
    /// `n_docs`, before any of them is added.
    pub(crate) fn new(until: u64, n_live: usize, n_docs: usize) -> Self {
        let [n_live, n_docs] =
            [n_live, n_docs].map(|n| u32::try_from(n).expect("fewer than 2^32 documents"));
        Self { sample: Sample::of(n_live), until, n_docs, fingerprint: 0 }
    }

    /// The basis that has these [`Basis::marks`], of an epoch that began at `until` with `n_live` documents.
    pub(crate) fn marked(until: u64, n_live: u32, (n_docs, fingerprint): (u32, u64)) -> Self {
        Self { sample: Sample::of(n_live), until, n_docs, fingerprint }
    }

    /// Below which number documents were there, and the fingerprint.
    pub(crate) fn marks(&self) -> (u32, u64) {
        (self.n_docs, self.fingerprint)
    }

    /// The same where the documents that were there are numbered below `n_docs` now.
    #[must_use]
    pub(crate) fn renumbered(self, n_docs: u32) -> Self {
        Self { n_docs, ..self }
    }

    /// With a document more, where that is in the sample.
    #[must_use]
    pub(crate) fn with(self, doc: DocId, id: &IncidentId, position: u64) -> Self {
        let print = self.print(doc, id, position).unwrap_or(0);
        Self { fingerprint: self.fingerprint.wrapping_add(print), ..self }
    }

    /// Without a document; `None` where it was not in the sample, so that nothing changes.
    pub(crate) fn without(self, doc: DocId, id: &IncidentId, position: u64) -> Option<Self> {
        let print = self.print(doc, id, position)?;
        Some(Self { fingerprint: self.fingerprint.wrapping_sub(print), ..self })
    }

    fn print(&self, doc: DocId, id: &IncidentId, position: u64) -> Option<u64> {
        Some(rank::fingerprint(self.draw(doc, id)?, position))
    }

    fn draw(&self, doc: DocId, id: &IncidentId) -> Option<u64> {
        if doc.0 < self.n_docs { self.sample.draw(id) } else { None }
    }

    /// The ids of the sample, ascending.
    fn ids(&self, snapshot: &Snapshot) -> Vec<IncidentId> {
        let docs = snapshot.postings().live_docs().take_while(|doc| doc.0 < self.n_docs);
        let entries = docs.map(|doc| (doc, IncidentId::new(snapshot.catalog().id(doc))));
        let sampled = entries.filter(|(doc, id)| self.draw(*doc, id).is_some());
        let mut ids: Vec<IncidentId> = sampled.map(|(_, id)| id).collect();
        ids.sort_unstable();
        ids
    }

    fn key(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("{version} {MODEL_FORMAT} {} {:?} {}", self.until, self.sample, self.fingerprint)
    }
}

impl SecondStage {
    pub(crate) fn new(basis: Basis) -> Self {
        Self { basis, ..Self::default() }
    }

    /// What the model is fitted to.
    pub(crate) fn basis(&self) -> Basis {
        self.basis
    }

    /// The model: read from the data folder, else fitted, by whoever needs it first. The others wait.
    ///
    /// # Errors
    /// Where the store cannot be read; [`crate::Error::Overtaken`] where it has changed since `state`.
    pub(crate) fn model(&self, engine: &Engine, state: &State) -> Result<Arc<Model>> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = &*model {
            return Ok(Arc::clone(model));
        }
        let key = self.basis.key();
        let kept = engine.store.kept(MODEL_NAME, key.as_bytes());
        let fresh = match kept.and_then(|bytes| Model::from_bytes(&bytes)) {
            Some(kept) => kept,
            None => self.fitted(engine, state, &key)?,
        };
        Ok(Arc::clone(model.insert(Arc::new(fresh))))
    }

    /// What is known of `docs`, in that order.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub(crate) fn known(
        &self,
        docs: &[DocId],
        engine: &Engine,
        state: &State,
    ) -> Result<Vec<Known>> {
        let features = self.features(engine);
        let mut known = features.get(docs);
        let missing: Vec<usize> = (0..docs.len()).filter(|at| known[*at].is_none()).collect();
        if !missing.is_empty() {
            let unread: Vec<DocId> = missing.iter().map(|at| docs[*at]).collect();
            let model = self.model(engine, state)?;
            let read = stored(&unread, engine, state)?;
            let read = in_parallel(read, |one| one_known(&one, &model, engine, state));
            features.put(unread.into_iter().zip(read.iter().cloned()).collect());
            missing.into_iter().zip(read).for_each(|(at, one)| known[at] = Some(one));
        }
        Ok(known.into_iter().map(|one| one.expect("what was missing was read")).collect())
    }

    /// Reads those of `docs` that nobody has asked for yet and that there is room for, on this thread alone.
    ///
    /// # Errors
    /// As [`Self::model`].
    pub(crate) fn read_ahead(&self, docs: &[DocId], engine: &Engine, state: &State) -> Result<()> {
        let unread = self.features(engine).unread(docs);
        let model = self.model(engine, state)?;
        let read = stored(&unread, engine, state)?;
        let read = read.iter().map(|one| one_known(one, &model, engine, state));
        self.features(engine).put_aside(&unread.iter().copied().zip(read).collect::<Vec<_>>());
        Ok(())
    }

    fn features(&self, engine: &Engine) -> &FeatureCache {
        self.features.get_or_init(|| FeatureCache::new(engine.store.scratch()))
    }

    fn fitted(&self, engine: &Engine, state: &State, key: &str) -> Result<Model> {
        let read = stored_at(&self.basis.ids(&state.snapshot), self.basis.until, engine)?;
        let documents: Vec<Document> =
            in_parallel(read, |one| engine.retriever.document(&one.incident));
        let documents: Vec<&Document> = documents.iter().collect();
        let model = Model::fit(&documents, state.snapshot.postings(), SEED);
        if let Err(error) = engine.store.keep(MODEL_NAME, key.as_bytes(), &model.to_bytes()) {
            tracing::warn!(%error, "the ranking model is not kept; the next process fits it anew");
        }
        Ok(model)
    }
}

fn one_known(
    StoredIncident { incident, .. }: &StoredIncident,
    model: &Model,
    engine: &Engine,
    state: &State,
) -> Known {
    let document = engine.retriever.document(incident);
    Known::of(incident, &document, model, state.snapshot.postings())
}
