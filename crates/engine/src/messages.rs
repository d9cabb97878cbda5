//! What alerting systems sent before.

use incident::Incident;
use jiff::Timestamp;
use store::Change;

use crate::engine::Engine;
use crate::error::Result;

impl Engine {
    /// The incidents of `source` whose external ids begin with `prefix`: at most the `n` last by these ids, in their
    /// order.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the record cannot be read.
    pub fn last_of(&self, source: &str, prefix: &str, n: usize) -> Result<Vec<Incident>> {
        let stored = self.store.last_of(source, prefix, n)?;
        Ok(stored.into_iter().map(|stored| stored.incident).collect())
    }

    /// Whether a message of `source` was received before. It is remembered for [`store::MESSAGES_KEPT_SECS`].
    ///
    /// # Errors
    /// As [`Engine::last_of`].
    pub fn has_message(&self, source: &str, id: &str) -> Result<bool> {
        Ok(self.store.has_message(source, id)?)
    }

    /// Remembers a message of `source`.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the commit failed.
    pub fn remember_message(&self, source: &str, id: &str, received_at: Timestamp) -> Result<()> {
        let received_at = received_at.as_second();
        let message = Change::Message { source: source.to_owned(), id: id.to_owned(), received_at };
        // The log does not move, and with it no index: nothing but the store has to know.
        Ok(self.store.commit(&[message])?)
    }
}
