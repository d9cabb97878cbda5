//! How near documents are to everything.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use index::{DocId, Filter, Snapshot};
use rank::Nearest;
use vector::SparseVector;

use crate::error::{Error, Result};
use crate::recent::Recent;
use crate::stop::Stop;

/// How many bytes one of the two halves may take: some 200,000 documents.
const HALF_BYTES_MAX: usize = 32 << 20;
/// Up to how many documents that came since are compared one by one; it costs less than a search of them.
const COMPARED_MAX: u32 = 200;
/// Up to which part of all documents came since it is worth to look at these alone.
const NEWER_SHARE: u32 = 4;

/// The nearest neighbours of documents, looked for when they are asked for and remembered while the weights stay the
/// same. Documents that came later are compared with those that are remembered.
#[derive(Debug)]
pub(crate) struct Neighbourhoods {
    found: Mutex<Recent<Compared>>,
}

/// A neighbourhood, and what it is one among. A copy shares it.
#[derive(Debug, Clone)]
struct Compared {
    nearest: Arc<Nearest>,
    /// Documents of lower numbers were looked at ...
    n_numbers: u32,
    /// ... when so many of them had been removed.
    n_removed: u32,
}

/// What is remembered of a neighbourhood.
#[derive(Debug)]
pub(crate) struct Recalled {
    pub(crate) nearest: Arc<Nearest>,
    /// Whether it is one among all documents that are there; else of those that were there when it was asked for last,
    /// all its own neighbours among them.
    pub(crate) is_current: bool,
}

impl Compared {
    /// How many documents came since, where they are all that may make a difference in `snapshot`.
    fn came_since(&self, snapshot: &Snapshot) -> Option<u32> {
        let (n_numbers, n_removed) = numbers(snapshot);
        let came_since = n_numbers.checked_sub(self.n_numbers)?;
        let went_since = n_removed.checked_sub(self.n_removed)?;
        let has_gone = |doc| !snapshot.postings().is_live(doc);
        (went_since == 0 || !self.nearest.any(has_gone)).then_some(came_since)
    }
}

impl Default for Neighbourhoods {
    fn default() -> Self {
        let n_bytes = |one: &Compared| one.nearest.n_bytes() + size_of::<(DocId, Compared)>();
        Self { found: Mutex::new(Recent::new(HALF_BYTES_MAX, n_bytes)) }
    }
}

impl Neighbourhoods {
    /// What is remembered of the neighbours of `doc`, none of whom has gone.
    pub(crate) fn recalled(&self, doc: DocId, snapshot: &Snapshot) -> Option<Recalled> {
        let compared = self.found().get(doc)?;
        let is_current = compared.came_since(snapshot)? == 0;
        Some(Recalled { nearest: compared.nearest, is_current })
    }

    /// The neighbours of `doc` in `snapshot`: those that are remembered, where it takes no search of all documents to
    /// bring them up to date.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] where `stop` ended it.
    pub(crate) fn of(
        &self,
        doc: DocId,
        snapshot: &Snapshot,
        stop: Stop<'_>,
    ) -> Result<Arc<Nearest>> {
        let remembered = self.remembered(doc, snapshot, stop);
        remembered.map_or_else(|| self.find(doc, snapshot, stop), Ok)
    }

    /// The neighbours of `doc` in `snapshot`, where it takes no search of all documents to tell.
    fn remembered(&self, doc: DocId, snapshot: &Snapshot, stop: Stop<'_>) -> Option<Arc<Nearest>> {
        let compared = self.found().get(doc)?;
        let came_since = compared.came_since(snapshot)?;
        let n_numbers = snapshot.n_numbers();
        if came_since == 0 {
            return Some(compared.nearest);
        }
        if came_since > n_numbers / NEWER_SHARE {
            return None;
        }
        let (vector, first) = (terms_of(doc, snapshot), DocId(compared.n_numbers));
        let nearest = Arc::new(if came_since > COMPARED_MAX {
            compared.nearest.or_newer(&vector, first, snapshot, stop)?
        } else {
            let newer = (first.0..n_numbers).map(DocId);
            compared.nearest.or(&Nearest::among(&vector, newer, snapshot))
        });
        self.remember(doc, &nearest, snapshot);
        Some(nearest)
    }

    /// Looks for the neighbours of `doc` in `snapshot`, and remembers them.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] where `stop` ended it.
    fn find(&self, doc: DocId, snapshot: &Snapshot, stop: Stop<'_>) -> Result<Arc<Nearest>> {
        let (vector, all) = (terms_of(doc, snapshot), Filter::default());
        let found = Nearest::find(doc, &vector, &all, snapshot, stop);
        let nearest = Arc::new(found.ok_or(Error::DeadlineExceeded)?);
        self.remember(doc, &nearest, snapshot);
        Ok(nearest)
    }

    /// Remembers what is so in `snapshot`, unless a later one has been asked for.
    fn remember(&self, doc: DocId, nearest: &Arc<Nearest>, snapshot: &Snapshot) {
        let (n_numbers, n_removed) = numbers(snapshot);
        let compared = Compared { nearest: Arc::clone(nearest), n_numbers, n_removed };
        let mut found = self.found();
        let is_later = |kept: Compared| (kept.n_numbers, kept.n_removed) > (n_numbers, n_removed);
        if !found.get(doc).is_some_and(is_later) {
            found.put(doc, compared);
        }
    }

    /// Whatever a thread that panicked left here is whole.
    fn found(&self) -> MutexGuard<'_, Recent<Compared>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn terms_of(doc: DocId, snapshot: &Snapshot) -> SparseVector {
    snapshot.postings().embed(&snapshot.postings().bag(doc))
}

/// How many documents ever came, and how many of them went.
fn numbers(snapshot: &Snapshot) -> (u32, u32) {
    let n_numbers = snapshot.n_numbers();
    let n_live = u32::try_from(snapshot.n_docs()).expect("fewer than 2^32 documents");
    (n_numbers, n_numbers - n_live)
}

#[cfg(test)]
mod tests {
    use incident::{Incident, IncidentId};
    use index::{Entry, Index};
    use vector::Bag;

    use super::*;
    use crate::stop::NEVER;

    const WORDS: [&str; 7] = ["auth", "db", "disk", "full", "kafka", "lag", "tls"];

    /// A document of some of the words; many are nearly alike.
    fn document(number: usize) -> (Entry, Bag) {
        let incident = Incident::new("jsonl", number.to_string(), "");
        let frequency = |at: usize| u16::try_from((number / (at + 1) + at) % 3).expect("below 3");
        let words = WORDS.iter().enumerate().map(|(at, word)| (*word, frequency(at)));
        (Entry::of(&incident), Bag::count(words.filter(|(_, frequency)| *frequency > 0)))
    }

    /// Compares what is remembered, or else found, with what a search of its own says.
    #[track_caller]
    fn check(neighbourhoods: &Neighbourhoods, snapshot: &Snapshot) -> usize {
        let mut n_searched = 0;
        for doc in snapshot.postings().live_docs() {
            for excluded in [None, Some(IncidentId::new("jsonl/3"))] {
                let others = Filter { exclude: excluded, ..Filter::default() };
                let recalled = neighbourhoods.recalled(doc, snapshot);
                let recalled = recalled.map(|it| it.nearest.hubness(snapshot.passing(&others)));
                let nearest =
                    neighbourhoods.remembered(doc, snapshot, NEVER).unwrap_or_else(|| {
                        n_searched += 1;
                        neighbourhoods.find(doc, snapshot, NEVER).expect("nobody stops it")
                    });
                let vector = terms_of(doc, snapshot);
                let anew = Nearest::find(doc, &vector, &others, snapshot, NEVER);
                let expect = anew.expect("nobody stops it").hubness(|_| true);
                let found = nearest.hubness(snapshot.passing(&others));
                assert_eq!(found, expect, "{doc:?} without {:?}", others.exclude);
                assert!(recalled.flatten() <= expect, "what came since only adds to it");
            }
        }
        n_searched
    }

    #[test]
    fn what_is_remembered_is_what_a_search_finds_whatever_comes_and_goes() {
        let mut index = Index::new(0.85);
        index.add((0..60).map(document));
        index.refresh(1);
        let neighbourhoods = Neighbourhoods::default();
        let first = index.snapshot();
        assert_eq!(check(&neighbourhoods, &first), 60);
        assert_eq!(check(&neighbourhoods, &first), 0, "all of it is remembered");
        index.add((60..75).map(document));
        let second = index.snapshot();
        assert_eq!(check(&neighbourhoods, &second), 15, "only the new ones are searched");
        check(&neighbourhoods, &first);
        [0, 7, 61].map(DocId).into_iter().for_each(|doc| index.remove(doc));
        let third = index.snapshot();
        check(&neighbourhoods, &third);
        check(&neighbourhoods, &second);
        check(&neighbourhoods, &third);
        index.add((75..1_300).map(document));
        check(&neighbourhoods, &index.snapshot());
        index.add((1_300..1_301 + COMPARED_MAX as usize).map(document));
        let searched = check(&neighbourhoods, &index.snapshot());
        assert_eq!(searched, 1 + COMPARED_MAX as usize, "only the new ones are searched by");
    }
}
