//! Features kept between questions.

use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use incident::Incident;
use index::{DocId, Postings};
use rank::{Document, Features, Model};

use crate::recent::Recent;
use crate::repeats::mark_of;
use crate::scratch::Scratch;

/// How many bytes one of the two halves may take in memory.
const HALF_BYTES_MAX: usize = 48 << 20;

/// What ranking knows of a document. A copy shares it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(crate) features: Features,
    /// Its title as [`mark_of`] says it.
    pub(crate) title: Option<u64>,
}

/// The features that were read: those of late in memory, the others in a file.
#[derive(Debug)]
pub(crate) struct FeatureCache {
    recent: Mutex<Recent<Known>>,
    scratch: Scratch,
}

impl Known {
    /// Reads what ranking looks at in `incident`, which is `document`.
    pub(crate) fn of(
        incident: &Incident,
        document: &Document,
        model: &Model,
        postings: &Postings,
    ) -> Self {
        Self { features: model.features(document, postings), title: mark_of(&incident.title) }
    }

    fn n_bytes(&self) -> usize {
        self.features.bytes().len() + size_of::<Self>()
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.features.bytes().to_vec();
        bytes.push(u8::from(self.title.is_some()));
        bytes.extend(self.title.unwrap_or_default().to_le_bytes());
        bytes
    }

    /// Takes back what [`Self::to_bytes`] gave, without a copy.
    fn from_bytes(bytes: Arc<[u8]>) -> Option<Self> {
        let (rest, title) = bytes.split_last_chunk::<8>()?;
        let has_title = *rest.last()? == 1;
        let title = has_title.then_some(u64::from_le_bytes(*title));
        Some(Self { features: Features::from_bytes(bytes)?, title })
    }
}

impl FeatureCache {
    /// Nothing yet. What does not fit into memory goes to `file`.
    pub(crate) fn new(file: std::io::Result<File>) -> Self {
        let recent = Recent::new(HALF_BYTES_MAX, Known::n_bytes);
        Self { recent: Mutex::new(recent), scratch: Scratch::new(file) }
    }

    /// What is kept of `docs`, in that order.
    pub(crate) fn get(&self, docs: &[DocId]) -> Vec<Option<Known>> {
        let mut recent = self.recent();
        let mut known: Vec<Option<Known>> = docs.iter().map(|doc| recent.get(*doc)).collect();
        drop(recent);
        let missing = known.iter_mut().zip(docs).filter(|(known, _)| known.is_none());
        let mut read = Vec::new();
        for (known, doc) in missing {
            *known = self.scratch.get(*doc).and_then(Known::from_bytes);
            read.extend(known.clone().map(|known| (*doc, known)));
        }
        self.recall(read);
        known
    }

    /// Keeps features.
    pub(crate) fn put(&self, known: Vec<(DocId, Known)>) {
        known.iter().for_each(|(doc, known)| self.scratch.put(*doc, &known.to_bytes()));
        self.recall(known);
    }

    /// Keeps features that nobody has asked for yet.
    pub(crate) fn put_aside(&self, known: &[(DocId, Known)]) {
        known.iter().for_each(|(doc, known)| self.scratch.put(*doc, &known.to_bytes()));
    }

    /// Those of `docs` that could be put aside and are not.
    pub(crate) fn unread(&self, docs: &[DocId]) -> Vec<DocId> {
        if self.scratch.is_full() {
            return Vec::new();
        }
        docs.iter().copied().filter(|doc| !self.scratch.holds(*doc)).collect()
    }

    fn recall(&self, known: Vec<(DocId, Known)>) {
        let mut recent = self.recent();
        known.into_iter().for_each(|(doc, known)| recent.put(doc, known));
    }

    /// Whatever a thread that panicked left here is whole.
    fn recent(&self) -> MutexGuard<'_, Recent<Known>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use vector::Damping;

    use super::*;

    fn known(title: &str) -> Known {
        let incident = Incident::new("jsonl", "1", title);
        let postings = Postings::new(1.0, Damping::Log);
        Known::of(&incident, &Document::default(), &Model::default(), &postings)
    }

    #[test]
    fn what_was_put_aside_comes_back_as_it_was() {
        let cache = FeatureCache::new(tempfile::tempfile());
        let all = [(DocId(3), "Disk full"), (DocId(5), "")];
        let all = all.map(|(doc, title)| (doc, known(title)));
        cache.put_aside(&all);
        assert_eq!(cache.unread(&[DocId(3), DocId(4)]), [DocId(4)]);
        let back = cache.get(&[DocId(3), DocId(4), DocId(5)]);
        assert_eq!(back, [Some(all[0].1.clone()), None, Some(all[1].1.clone())]);
    }

    #[test]
    fn a_title_stands_for_those_that_read_alike() {
        assert_eq!(known("Disk 7 FULL").title, known("disk  12 full").title);
        assert_ne!(known("disk full").title, known("disk empty").title);
        assert_eq!(known(" ").title, None);
    }
}
