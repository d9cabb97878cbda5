//! A snapshot to bytes and back.

use flat::{Input, Output, Result, require};

use super::{Extent, Snapshot};
use crate::catalog::Catalog;
use crate::segment::DocId;

impl Snapshot {
    /// Writes all of it, so that [`crate::Index::read`] makes an index of it; no document is dead.
    ///
    /// # Errors
    /// [`flat::Error::Io`].
    pub fn write(&self, out: &mut Output<'_>) -> Result<()> {
        self.postings.write(out)?;
        self.catalog.write(out)
    }

    /// The live documents alone, numbered anew in their order, in one segment.
    #[must_use]
    pub fn compacted(&self) -> Self {
        let mut catalog = Catalog::new();
        for old in self.postings.live_docs() {
            let doc = catalog.push(&self.catalog.entry(old));
            catalog.set_class(doc, self.catalog.class_of(old));
        }
        Self { catalog, postings: self.postings.compacted(), all: self.all }
    }

    /// Fills an empty one with what [`Snapshot::write`] wrote.
    pub(crate) fn read(&mut self, input: &mut Input<'_>) -> Result<()> {
        self.postings.read(input)?;
        self.catalog = Catalog::read(input)?;
        let all = 0..self.catalog.len() as u32;
        require(self.postings.live_docs().eq(all.clone().map(DocId)), "documents are missing")?;
        self.all = Extent::default();
        all.for_each(|doc| self.all.add(self.catalog.started_at(DocId(doc))));
        Ok(())
    }
}
