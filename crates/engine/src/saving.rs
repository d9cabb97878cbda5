//! When the index is saved, and when it must not be.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};
use std::{mem, thread};

use store::Voucher;

use crate::engine::Engine;
use crate::error::Result;
use crate::saved::{self, Edition};

/// What goes on with the file.
#[derive(Debug, Default)]
pub(crate) struct Saving {
    /// Held by who writes it.
    at_work: Mutex<()>,
    /// How often it was given up because an incident was to be deleted. Changed by who holds the writer.
    n_given_up: AtomicU64,
}

impl Engine {
    /// Loads what it takes to change the record, which else the first change waits for. Answers go on meanwhile.
    ///
    /// # Errors
    /// [`crate::Error::Store`] where the record cannot be read.
    pub fn load(&self) -> Result<()> {
        let mut guard = self.writer();
        self.loaded(&mut guard)?;
        tracing::info!(position = self.position(), "ready for changes");
        Ok(())
    }

    /// Saves the index where the log has grown by enough since the last time, so that the next to open the folder has to
    /// read only what came later. Writers wait only while it is copied. Says whether it was saved.
    ///
    /// # Errors
    /// [`crate::Error::Store`] where it cannot be written; the one of before is still there then.
    pub fn save_if_due(&self) -> Result<bool> {
        let _alone = match self.saving.at_work.try_lock() {
            Err(TryLockError::WouldBlock) => return Ok(false),
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        match self.begun() {
            Some(begun) => self.ended(begun),
            None => Ok(false),
        }
    }

    /// What is to be saved, as it is now, and how often the file was given up so far; `None` where it is not worth it.
    fn begun(&self) -> Option<(Edition, u64)> {
        let guard = self.writer();
        let n_given_up = self.saving.n_given_up.load(Ordering::Relaxed);
        Some((guard.edition_if_due()?, n_given_up))
    }

    /// Writes it, and has it named unless an incident of it was deleted since.
    fn ended(&self, (edition, n_given_up): (Edition, u64)) -> Result<bool> {
        let position = edition.position;
        let voucher = self.drafted(edition)?;
        let mut guard = self.writer();
        if self.saving.n_given_up.load(Ordering::Relaxed) != n_given_up {
            saved::give_up_draft(self.store.dir());
            return Ok(false);
        }
        self.publish(&voucher)?;
        guard.saved_at(position);
        Ok(true)
    }

    /// Removes the file, whatever it or a draft of it holds; for who holds the writer.
    ///
    /// # Errors
    /// [`store::Error::Unavailable`] where it cannot be removed.
    pub(crate) fn give_up_saved(&self) -> store::Result<()> {
        self.saving.n_given_up.fetch_add(1, Ordering::Relaxed);
        saved::remove(self.store.dir()).map_err(unavailable)
    }

    fn save_last(&mut self) -> Result<()> {
        let indices = mem::take(&mut *self.writer());
        if let Some(edition) = indices.last_edition(&self.store, &self.retriever)? {
            self.publish(&self.drafted(edition)?)?;
        }
        Ok(())
    }

    fn drafted(&self, edition: Edition) -> Result<Voucher> {
        edition.write(&self.store, &self.retriever).map_err(|error| {
            saved::give_up_draft(self.store.dir());
            unavailable(error).into()
        })
    }

    /// Has the database name the draft, then gives it its name.
    fn publish(&self, voucher: &Voucher) -> Result<()> {
        saved::require_draft(self.store.dir()).map_err(unavailable)?;
        self.store.vouch(voucher)?;
        Ok(saved::publish(self.store.dir()).map_err(unavailable)?)
    }
}

impl Drop for Engine {
    /// Saves the index where it is worth it, so that the next to open the folder need not read every incident. A failure
    /// costs time then, and nothing else.
    fn drop(&mut self) {
        if !thread::panicking()
            && let Err(error) = self.save_last()
        {
            tracing::warn!(%error, "the index is not saved; the next process reads the incidents");
        }
    }
}

fn unavailable(error: io::Error) -> store::Error {
    store::Error::Unavailable { message: format!("the saved index: {error}") }
}

#[cfg(test)]
mod tests {
    use incident::{Incident, IncidentId};

    use super::*;
    use crate::prepare::Item;

    #[test]
    fn an_incident_that_is_deleted_while_the_index_is_saved_leaves_no_word() {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("it is new");
        let incident = |n| Incident::new("jsonl", format!("i-{n}"), format!("Disk {n} full"));
        let items = (0..301).map(|n| Item::Incident(Box::new(incident(n))));
        engine.ingest(items.collect()).expect("committed");
        let files = || ["index.bin", "index.bin.new"].map(|name| dir.path().join(name).exists());

        let begun = engine.begun().expect("it is worth it");
        engine.delete(&IncidentId::new("i-7")).expect("it is stored");
        assert!(!engine.ended(begun).expect("writable"));
        assert_eq!(files(), [false, false]);
        assert_eq!(engine.store.vouched(saved::NAME).expect("readable"), None);

        let begun = engine.begun().expect("it is worth it");
        assert!(engine.ended(begun).expect("writable"));
        assert_eq!(files(), [true, false]);
    }
}
