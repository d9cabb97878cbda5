//! Between the indices under change and the archive.

use index::DocId;
use store::Store;

use super::{LOAD_CHUNK, Writer};
use crate::archive::{self, Analysed, Archive};
use crate::prepare::in_parallel;
use crate::retriever::{Bags, Retriever};

/// With fewer incidents an archive is not worth a file: they are read in no time.
const ARCHIVED_MIN: usize = 300;
/// An archive is written anew when the log has grown by more than this share of the incidents.
const ARCHIVE_LAG: usize = 10;

impl Writer {
    /// Takes in what the archive has of the incidents, the oldest first; returns the position of the
    /// last, 0 where there is none.
    pub(super) fn take_in_archive(
        &mut self,
        store: &Store,
        retriever: &Retriever,
    ) -> store::Result<u64> {
        let Some(archive) = Archive::read(store, retriever) else {
            return Ok(0);
        };
        let rows = store.sealed_rows()?;
        let records = archive.of_rows(&rows);
        let is_outdated = records.len() < archive.n_records();
        if is_outdated && let Err(error) = archive::remove(store) {
            tracing::warn!(%error, "the archive holds incidents that are gone and cannot be removed");
        }
        if !archive.agrees(store, retriever, &rows, &records)? {
            return Ok(0);
        }
        let read: Vec<_> = rows.iter().zip(&records).collect();
        for chunk in read.chunks(LOAD_CHUNK) {
            let decoded = in_parallel(chunk.to_vec(), |(row, record)| {
                archive.decode(record).map(|analysed| (row.position, analysed, row.class))
            });
            self.take_up(decoded.into_iter().collect::<store::Result<_>>()?);
        }
        let read_to = read.last().map_or(0, |(row, _)| row.position);
        self.archived_to = if is_outdated { 0 } else { read_to };
        Ok(read_to)
    }

    /// Whether the archive lags behind by so much that it is worth to write it anew.
    pub(crate) fn archive_is_due(&self) -> bool {
        let lag = (self.position - self.archived_to) as usize;
        let is_behind = self.archived_to == 0 || lag > self.docs.len() / ARCHIVE_LAG;
        self.docs.len() >= ARCHIVED_MIN && is_behind
    }

    /// Writes the archive: what opening the store would find out by reading every incident.
    ///
    /// # Errors
    /// [`store::Error::Unavailable`] where it cannot be written; then there is none, or the one before.
    pub(crate) fn write_archive(&self, store: &Store, retriever: &Retriever) -> store::Result<()> {
        let rows = store.sealed_rows()?;
        let (postings, catalog) = (self.index.postings(), self.index.catalog());
        let docs: Vec<DocId> = postings.live_docs().collect();
        let ids = docs.iter().map(|doc| catalog.id(*doc));
        if !ids.eq(rows.iter().map(|row| row.id.as_str())) {
            let message = "the documents are not those of the store".to_owned();
            return Err(store::Error::Unavailable { message });
        }
        let written = archive::write(store, retriever, &rows, |at| Analysed {
            entry: catalog.entry(docs[at]),
            bags: Bags { search: postings.bag(docs[at]), classes: self.classifier.bag(docs[at].0) },
        });
        written.map_err(|error| store::Error::Unavailable { message: error.to_string() })
    }
}
