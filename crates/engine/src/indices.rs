//! The indices under change, as far as they are there.

use store::Store;

use crate::corpus::Corpus;
use crate::error::Result;
use crate::opened::Opened;
use crate::retriever::Retriever;
use crate::saved::Edition;
use crate::writer::Writer;

/// With fewer incidents a saved index is not worth a file: they are read in no time.
const SAVED_MIN: usize = 300;
/// The index is saved anew when the log has grown by more than this share of the incidents.
const LAG_MAX: usize = 50;

/// What it takes to change the record.
#[derive(Debug, Default)]
pub(crate) enum Indices {
    /// A commit failed: they were ahead of the record, and are built anew.
    #[default]
    Lost,
    /// Enough for answers.
    Opened(Box<Opened>),
    /// All of it.
    Loaded(Box<Writer>),
}

impl Indices {
    /// The writer, loaded where it is not there yet.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn loaded(&mut self, store: &Store, retriever: &Retriever) -> Result<&mut Writer> {
        let writer = match std::mem::take(self) {
            Self::Loaded(writer) => writer,
            Self::Opened(opened) => Box::new(opened.into_writer(store, retriever)?),
            Self::Lost => Box::new(Opened::of(store, retriever)?.into_writer(store, retriever)?),
        };
        *self = Self::Loaded(writer);
        let Self::Loaded(writer) = self else { unreachable!("it was just put there") };
        Ok(writer)
    }

    /// What is to be saved beside the writer, which goes on; `None` where it is not there, or not worth it.
    pub(crate) fn edition_if_due(&self) -> Option<Edition> {
        match self {
            Self::Loaded(writer) if is_behind(&writer.corpus) => Some(writer.edition()),
            _ => None,
        }
    }

    /// The index was saved as of `position`.
    pub(crate) fn saved_at(&mut self, position: u64) {
        if let Self::Loaded(writer) = self {
            writer.corpus.saved_at = position;
        }
    }

    /// What is to be saved at the end; `None` where it is not worth it.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn last_edition(
        self,
        store: &Store,
        retriever: &Retriever,
    ) -> store::Result<Option<Edition>> {
        let is_due = |corpus: &Corpus| is_behind(corpus) || holds_old_words(corpus);
        match self {
            Self::Loaded(writer) if is_due(&writer.corpus) => Ok(Some(writer.edition())),
            Self::Opened(opened) if is_due(&opened.corpus) => {
                opened.edition(store, retriever).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// Whether the saved index lags behind by so much that it is worth to save it anew.
fn is_behind(corpus: &Corpus) -> bool {
    let n_docs = corpus.index.snapshot().n_docs();
    let lag = (corpus.position - corpus.saved_at) as usize;
    n_docs >= SAVED_MIN && (corpus.saved_at == 0 || lag > n_docs / LAG_MAX)
}

/// Whether the saved index has a version of an incident that was replaced since.
fn holds_old_words(corpus: &Corpus) -> bool {
    corpus.saved_at > 0 && corpus.edited_at > corpus.saved_at
}
