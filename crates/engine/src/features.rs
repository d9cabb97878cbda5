//! Features kept between questions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use index::DocId;

use crate::second_stage::Known;

/// How many bytes one of the two halves may take.
const HALF_BYTES_MAX: usize = 48 << 20;

/// The features read of late. It changes how fast an answer comes, never the answer.
///
/// Two halves: what is asked for goes to the young one; when that is full it becomes the old one, and what
/// nobody asked for meanwhile is dropped.
#[derive(Debug, Default)]
pub(crate) struct FeatureCache {
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<DocId, Arc<Known>>,
    old: HashMap<DocId, Arc<Known>>,
    young_bytes: usize,
}

impl FeatureCache {
    /// What is kept of `docs`, in that order.
    pub(crate) fn get(&self, docs: &[DocId]) -> Vec<Option<Arc<Known>>> {
        let mut halves = self.halves();
        docs.iter().map(|doc| halves.get(*doc)).collect()
    }

    /// Keeps features.
    pub(crate) fn put(&self, known: impl Iterator<Item = (DocId, Arc<Known>)>) {
        let mut halves = self.halves();
        known.for_each(|(doc, known)| halves.put(doc, known));
    }

    /// Whatever a thread that panicked left here is whole.
    fn halves(&self) -> MutexGuard<'_, Halves> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Halves {
    fn get(&mut self, doc: DocId) -> Option<Arc<Known>> {
        if let Some(known) = self.young.get(&doc) {
            return Some(Arc::clone(known));
        }
        let known = self.old.remove(&doc)?;
        self.put(doc, Arc::clone(&known));
        Some(known)
    }

    fn put(&mut self, doc: DocId, known: Arc<Known>) {
        self.young_bytes += known.n_bytes();
        if self.young_bytes > HALF_BYTES_MAX {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = known.n_bytes();
        }
        self.young.insert(doc, known);
    }
}

#[cfg(test)]
mod tests {
    use index::Postings;
    use rank::{Document, Model};
    use vector::Bag;

    use super::*;

    /// Features that say they take a hundredth of a half.
    fn known() -> Arc<Known> {
        let title = "x".repeat(HALF_BYTES_MAX / 100);
        let features = Model::default()
            .features(&Document::default(), &Postings::new(1.0, vector::Damping::Log));
        Arc::new(Known { features, search: Bag::default(), title })
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let (cache, one) = (FeatureCache::default(), known());
        for number in 0..1_000 {
            cache.put([(DocId(number), Arc::clone(&one))].into_iter());
            assert!(cache.get(&[DocId(0)])[0].is_some(), "asked for at {number}");
        }
        assert!(cache.get(&[DocId(1)])[0].is_none());
        assert!(cache.get(&[DocId(999)])[0].is_some());
        let halves = cache.halves();
        assert!(halves.young.len() + halves.old.len() <= 200, "{}", halves.young.len());
    }
}
