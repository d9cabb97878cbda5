//! Incidents kept between questions.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use incident::{AsOf, Incident, IncidentId};
use index::DocId;
use store::StoredIncident;

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::recent::Recent;
use crate::state::State;

/// How many bytes one of the two halves may take: some 25,000 incidents of 60 words.
const HALF_BYTES_MAX: usize = 32 << 20;

/// Incidents as the store has them, by document: those asked for of late. To read one of them from the store takes some
/// ten microseconds, and a class may have thousands. A document never changes: another version of its incident is
/// another document.
#[derive(Debug)]
pub(crate) struct Records {
    recent: Mutex<Recent<Arc<Incident>>>,
}

impl Default for Records {
    fn default() -> Self {
        Self { recent: Mutex::new(Recent::new(HALF_BYTES_MAX, |incident| n_bytes(incident))) }
    }
}

impl Records {
    /// The incidents of `docs`, in that order.
    ///
    /// # Errors
    /// Where the store cannot be read; [`Error::Overtaken`] where one of them has changed since `state`.
    pub(crate) fn of(
        &self,
        docs: &[DocId],
        engine: &Engine,
        state: &State,
    ) -> Result<Vec<Arc<Incident>>> {
        let mut recent = self.recent();
        let kept: Vec<Option<Arc<Incident>>> = docs.iter().map(|doc| recent.get(*doc)).collect();
        drop(recent);
        let is_missing = |(doc, kept): (&DocId, &Option<_>)| kept.is_none().then_some(*doc);
        let missing: Vec<DocId> = docs.iter().zip(&kept).filter_map(is_missing).collect();
        let mut read = self.read(&missing, engine, state)?.into_iter();
        let next = |kept: Option<_>| kept.or_else(|| read.next()).expect("what is missing is read");
        Ok(kept.into_iter().map(next).collect())
    }

    /// The incident of `doc`.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) fn one(&self, doc: DocId, engine: &Engine, state: &State) -> Result<Arc<Incident>> {
        let incident = self.of(&[doc], engine, state)?.pop();
        Ok(incident.expect("as many as were asked for"))
    }

    fn read(&self, docs: &[DocId], engine: &Engine, state: &State) -> Result<Vec<Arc<Incident>>> {
        if docs.is_empty() {
            return Ok(Vec::new());
        }
        let stored = stored(docs, engine, state)?.into_iter();
        let read: Vec<Arc<Incident>> = stored.map(|stored| Arc::new(stored.incident)).collect();
        let mut recent = self.recent();
        docs.iter().zip(&read).for_each(|(doc, read)| recent.put(*doc, Arc::clone(read)));
        Ok(read)
    }

    /// Whatever a thread that panicked left here is whole.
    fn recent(&self) -> MutexGuard<'_, Recent<Arc<Incident>>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The incidents of `docs`, in that order, read from the store.
///
/// # Errors
/// As [`Records::of`].
pub(crate) fn stored(
    docs: &[DocId],
    engine: &Engine,
    state: &State,
) -> Result<Vec<StoredIncident>> {
    let catalog = state.snapshot.catalog();
    let ids: Vec<IncidentId> = docs.iter().map(|doc| IncidentId::new(catalog.id(*doc))).collect();
    stored_at(&ids, state.position, engine)
}

/// The incidents `ids`, in that order, as they stood at `position` of the log.
///
/// # Errors
/// As [`Records::of`].
pub(crate) fn stored_at(
    ids: &[IncidentId],
    position: u64,
    engine: &Engine,
) -> Result<Vec<StoredIncident>> {
    let stored = engine.store.incidents(ids)?;
    let unchanged = stored.len() == ids.len() && stored.iter().all(|one| one.position <= position);
    if unchanged { Ok(stored) } else { Err(Error::Overtaken) }
}

/// The incident as it was known at `as_of`, without a copy where that is all of it.
pub(crate) fn known_at(incident: Arc<Incident>, as_of: AsOf) -> Option<Arc<Incident>> {
    if as_of.explicit {
        return incident.as_known_at(as_of).map(Arc::new);
    }
    incident.is_seen_at(as_of).then_some(incident)
}

/// How many bytes an incident takes, about: what its JSON text has, whatever part of it is long.
fn n_bytes(incident: &Incident) -> usize {
    let text = serde_json::to_vec(incident).expect("an incident is plain data with text keys");
    size_of::<Incident>() + text.len()
}
