//! A folder as it was opened: enough for answers, and what the writer is made of.

use incident::IncidentId;
use index::Entry;
use store::Store;
use vector::Bag;

use crate::chunks::each_chunk_after;
use crate::class_rows::ClassRows;
use crate::corpus::Corpus;
use crate::prepare::in_parallel;
use crate::retriever::Retriever;
use crate::saved::{self, Content, Edition, Saved, SavedRows};
use crate::writer::Writer;

/// How many incidents are read all the same, to see whether they would be read alike today.
const PROBES: usize = 16;

/// What answers rest on, and the class bags of its documents, most of which may still be on disk.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) corpus: Corpus,
    /// `None` where the index was made anew.
    saved: Option<SavedRows>,
    /// Of the documents that the saved index does not have.
    later: ClassRows,
}

impl Opened {
    /// Opens what `store` holds: by the index that was saved and what came later, else by reading every incident.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn of(store: &Store, retriever: &Retriever) -> store::Result<Self> {
        let mut opened = match Self::by_saved(store, retriever)? {
            Some(opened) => opened,
            None => {
                let corpus = Corpus::new(store, retriever)?;
                Self { corpus, saved: None, later: ClassRows::default() }
            }
        };
        let Self { corpus, later, .. } = &mut opened;
        if corpus.saved_at < store.last_position() {
            corpus.catch_up(corpus.saved_at, store, retriever, later)?;
        }
        Ok(opened)
    }

    fn by_saved(store: &Store, retriever: &Retriever) -> store::Result<Option<Self>> {
        let Some(saved) = Saved::of(store, retriever)? else {
            return Ok(None);
        };
        let mut corpus = Corpus::new(store, retriever)?;
        let is_sound = match saved.read(&mut corpus) {
            Ok(()) => agrees(&corpus, saved.position(), store, retriever)?,
            Err(error) => {
                tracing::warn!(%error, "the saved index is damaged; the incidents are read instead");
                false
            }
        };
        if !is_sound {
            saved::discard(store.dir());
            return Ok(None);
        }
        corpus.saved_at = saved.position();
        Ok(Some(Self { corpus, saved: Some(saved.rows()), later: ClassRows::default() }))
    }

    /// Loads what else it takes to change the record.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn into_writer(self, store: &Store, retriever: &Retriever) -> store::Result<Writer> {
        let rows = self.rows(store, retriever)?;
        Writer::on(self.corpus, &rows, store)
    }

    /// What is to be saved.
    ///
    /// # Errors
    /// As [`Opened::into_writer`].
    pub(crate) fn edition(self, store: &Store, retriever: &Retriever) -> store::Result<Edition> {
        let rows = self.rows(store, retriever)?;
        Ok(Edition { position: self.corpus.position, content: Content::of(&self.corpus), rows })
    }

    /// The class bags of all documents.
    fn rows(&self, store: &Store, retriever: &Retriever) -> store::Result<ClassRows> {
        let Some(saved) = &self.saved else {
            return Ok(self.later.clone());
        };
        let n_docs = self.corpus.positions.len();
        match saved.read() {
            Ok(mut rows) if rows.len() + self.later.len() == n_docs => {
                rows.append(&self.later);
                Ok(rows)
            }
            _ => {
                tracing::warn!("the saved classes are damaged; the incidents are read instead");
                self.read_anew(store, retriever)
            }
        }
    }

    /// The same by reading every incident. What is dead has an empty row.
    fn read_anew(&self, store: &Store, retriever: &Retriever) -> store::Result<ClassRows> {
        let mut rows = ClassRows::default();
        let positions = &self.corpus.positions;
        each_chunk_after(0, store, |stored| {
            let read =
                in_parallel(stored, |one| (one.position, retriever.class_bag(&one.incident)));
            for (position, bag) in read {
                while positions.get(rows.len()).is_some_and(|dead| *dead < position) {
                    rows.push(&Bag::default());
                }
                rows.push(&bag);
            }
        })?;
        while rows.len() < positions.len() {
            rows.push(&Bag::default());
        }
        Ok(rows)
    }
}

/// Whether some of the incidents of `corpus`, which is as of `position`, would be read today as they were then.
fn agrees(
    corpus: &Corpus,
    position: u64,
    store: &Store,
    retriever: &Retriever,
) -> store::Result<bool> {
    let (postings, catalog) = (corpus.index.postings(), corpus.index.catalog());
    let step = corpus.positions.len().div_ceil(PROBES).max(1);
    for doc in postings.live_docs().step_by(step) {
        let Some(stored) = store.incident(&IncidentId::new(catalog.id(doc)))? else {
            return Ok(false);
        };
        // One that came anew is read anyway.
        let is_same = stored.position > position
            || (catalog.entry(doc) == Entry::of(&stored.incident)
                && postings.bag(doc) == retriever.search_bag(&stored.incident));
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}
