//! Answers that go out: kept beside the log, which they are no part of.

use incident::{Incident, IncidentId};
use jiff::Timestamp;
use store::{Change, NoteRecord, NoteState};

use crate::engine::Engine;
use crate::error::Result;

impl Engine {
    /// Has the answer to `incident` go to each of `destinations` that it never went to nor is on its way to. Durable
    /// when it returns.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the commit failed.
    pub fn queue_notes(
        &self,
        destinations: &[&str],
        incident: &IncidentId,
        at: Timestamp,
    ) -> Result<()> {
        let at_ms = at.as_millisecond();
        let queued = |destination: &&str| {
            Change::QueueNote(NoteRecord {
                destination: (*destination).to_owned(),
                incident: incident.clone(),
                state: NoteState::Waiting,
                attempts: 0,
                queued_at_ms: at_ms,
                due_at_ms: at_ms,
                reason: String::new(),
            })
        };
        let changes: Vec<Change> = destinations.iter().map(queued).collect();
        match changes.is_empty() {
            true => Ok(()),
            false => Ok(self.store.commit(&changes)?),
        }
    }

    /// The note for `destination` on `incident`; `None` where it never was to go there.
    ///
    /// # Errors
    /// [`Error::Store`](crate::Error::Store) where the record cannot be read.
    pub fn note(&self, destination: &str, incident: &IncidentId) -> Result<Option<NoteRecord>> {
        Ok(self.store.note(destination, incident)?)
    }

    /// The note for `destination` that is due first of those that wait or are being sent.
    ///
    /// # Errors
    /// As [`Engine::note`].
    pub fn next_note(&self, destination: &str) -> Result<Option<NoteRecord>> {
        Ok(self.store.next_note(destination)?)
    }

    /// How many notes of each destination are in each state.
    ///
    /// # Errors
    /// As [`Engine::note`].
    pub fn note_counts(&self) -> Result<Vec<(String, NoteState, u64)>> {
        Ok(self.store.note_counts()?)
    }

    /// Keeps how far a note is, unless its incident is gone. Durable when it returns.
    ///
    /// # Errors
    /// As [`Engine::queue_notes`].
    pub fn keep_note(&self, note: NoteRecord) -> Result<()> {
        Ok(self.store.commit(&[Change::Note(note)])?)
    }

    /// An incident as it is stored; `None` where it is not.
    ///
    /// # Errors
    /// As [`Engine::note`].
    pub fn incident_as_stored(&self, id: &IncidentId) -> Result<Option<Incident>> {
        Ok(self.store.incident(id)?.map(|stored| stored.incident))
    }
}
