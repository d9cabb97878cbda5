//! How near documents are to everything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use index::{DocId, Filter, Snapshot};
use rank::Nearest;
use vector::Bag;

/// The nearest neighbours of documents among all of one snapshot, looked for when they are asked for. They
/// go with the snapshot: the next commit may bring nearer ones.
#[derive(Debug, Default)]
pub(crate) struct Neighbourhoods {
    found: Mutex<HashMap<DocId, Nearest>>,
}

impl Neighbourhoods {
    /// The hubness of `doc`, which has the terms of `bag`, among the documents that `filter` lets through.
    /// What the filter excludes is left out of the ten that are averaged; with no other condition the
    /// neighbours are remembered.
    pub(crate) fn hubness(
        &self,
        doc: DocId,
        bag: &Bag,
        filter: &Filter,
        snapshot: &Snapshot,
    ) -> f64 {
        let find = |filter| {
            let vector = snapshot.postings().embed(bag);
            Nearest::find(doc, &vector, filter, snapshot)
        };
        if filter.as_of.is_some() {
            return find(filter).hubness(|_| false);
        }
        let excluded = |other: DocId| {
            filter.exclude.as_ref().is_some_and(|id| snapshot.catalog().id(other) == id.as_str())
        };
        if let Some(nearest) = self.found().get(&doc) {
            return nearest.hubness(excluded);
        }
        let nearest = find(&Filter::default());
        let hubness = nearest.hubness(excluded);
        self.found().insert(doc, nearest);
        hubness
    }

    /// Whatever a thread that panicked left here is whole.
    fn found(&self) -> std::sync::MutexGuard<'_, HashMap<DocId, Nearest>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
