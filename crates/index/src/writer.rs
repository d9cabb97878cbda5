//! The one that changes an index.

use flat::Input;
use vector::{Bag, Damping};

use crate::catalog::Catalog;
use crate::entry::Entry;
use crate::postings::{Merge, Merged, Postings};
use crate::search::{Extent, Snapshot};
use crate::segment::DocId;
use crate::weights::Weights;

/// An index under change. Readers hold the [`Snapshot`]s it gives out.
#[derive(Debug)]
pub struct Index {
    state: Snapshot,
}

impl Index {
    /// An empty index; `slope` is that of the length pivot, in (0, 1].
    #[must_use]
    pub fn new(slope: f64) -> Self {
        Self::with_damping(slope, Damping::Log)
    }

    /// The same with another weight of term frequencies.
    #[must_use]
    pub fn with_damping(slope: f64, damping: Damping) -> Self {
        let (catalog, postings) = (Catalog::new(), Postings::new(slope, damping));
        Self { state: Snapshot { catalog, postings, all: Extent::default() } }
    }

    /// Reads what [`Snapshot::write`] wrote; `slope` as in [`Index::new`].
    ///
    /// # Errors
    /// [`flat::Error::Malformed`] where it is not that; [`flat::Error::Io`].
    pub fn read(input: &mut Input<'_>, slope: f64) -> flat::Result<Self> {
        let mut index = Self::new(slope);
        index.state.read(input)?;
        Ok(index)
    }

    /// The state as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.state.clone()
    }

    /// What filters and ties look at, as it is now.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.state.catalog
    }

    /// The terms as they are now.
    #[must_use]
    pub fn postings(&self) -> &Postings {
        &self.state.postings
    }

    /// Adds documents; their numbers follow each other.
    pub fn add(&mut self, documents: impl IntoIterator<Item = (Entry, Bag)>) -> Vec<DocId> {
        let Snapshot { catalog, postings, all } = &mut self.state;
        let mut docs = Vec::new();
        postings.add(documents.into_iter().map(|(entry, bag)| {
            all.add(entry.started_at);
            let doc = catalog.push(&entry);
            docs.push(doc);
            (doc, bag)
        }));
        docs
    }

    /// The segments that are to be merged beside the writer, if any are; the answers stay the same with and
    /// without.
    #[must_use]
    pub fn due_merge(&self) -> Option<Merge> {
        self.state.postings.due_merge()
    }

    /// Takes up what came of a merge, unless the index has been merged otherwise since.
    pub fn take_merged(&mut self, merged: Merged) {
        self.state.postings.take_merged(merged);
    }

    /// Takes a document out of every later snapshot; the weights stay as they are until
    /// [`Index::refresh`]. Removing it again changes nothing.
    pub fn remove(&mut self, doc: DocId) {
        if !self.state.postings.is_live(doc) {
            return;
        }
        self.state.postings.remove(doc);
        self.state.all.n_docs -= 1;
        let started_at = self.state.catalog.started_at(doc);
        let at_an_end = |(first, last)| started_at == Some(first) || started_at == Some(last);
        if self.state.all.span.is_some_and(at_an_end) {
            self.measure();
        }
    }

    /// Removes a document, and from the weights every term that it was the last to hold.
    pub fn erase(&mut self, doc: DocId) {
        self.remove(doc);
        self.state.postings.forget_terms_of(doc);
    }

    /// Puts a document into a class, or out of all.
    pub fn set_class(&mut self, doc: DocId, class: Option<u32>) {
        self.state.catalog.set_class(doc, class);
    }

    /// Begins an epoch at `position` of the log: weights are computed from the live documents.
    pub fn refresh(&mut self, position: u64) {
        self.state.postings.refresh(position);
    }

    /// Goes on in an epoch whose weights were computed earlier.
    pub fn restore(&mut self, weights: Weights) {
        self.state.postings.restore(weights);
    }

    /// Counts the live documents anew.
    fn measure(&mut self) {
        let mut all = Extent::default();
        for doc in self.state.postings.live_docs() {
            all.add(self.state.catalog.started_at(doc));
        }
        self.state.all = all;
    }
}
