//! Answers that go out on their own.

use engine::{NoteRecord, NoteState};
use incident::{Incident, IncidentId};
use jiff::Timestamp;

use super::{Result, Service, answered};
use crate::proto::{FindSimilarResponse, Verdict};

/// Where answers to alerts go, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listener {
    /// The destination.
    pub(crate) name: String,
    /// The verdicts it is told of.
    pub(crate) verdicts: Vec<Verdict>,
    /// The source of the incidents it knows; `None`: it takes any.
    pub(crate) source: Option<&'static str>,
}

impl Listener {
    fn takes(&self, source: &str) -> bool {
        self.source.is_none_or(|known| known == source)
    }
}

impl Service {
    /// Whether one of `listeners` may yet be told of an incident of `source`.
    pub(super) fn is_awaited(
        &self,
        listeners: &[Listener],
        source: &str,
        id: &IncidentId,
    ) -> Result<bool> {
        for listener in listeners.iter().filter(|listener| listener.takes(source)) {
            if self.note(&listener.name, id)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Has `answer` go to those of `listeners` that want it and were not told of the incident before.
    pub(super) fn tell(
        &self,
        listeners: &[Listener],
        source: &str,
        id: &IncidentId,
        answer: &FindSimilarResponse,
    ) -> Result<()> {
        let wants = |listener: &&Listener| {
            listener.takes(source) && listener.verdicts.contains(&answer.verdict())
        };
        let names: Vec<&str> =
            listeners.iter().filter(wants).map(|listener| listener.name.as_str()).collect();
        answered(self.engine.queue_notes(&names, id, self.precise_now()))
    }

    /// The note for `destination` on an incident.
    pub(crate) fn note(&self, destination: &str, id: &IncidentId) -> Result<Option<NoteRecord>> {
        answered(self.engine.note(destination, id))
    }

    /// The note for `destination` that is due first.
    pub(crate) fn next_note(&self, destination: &str) -> Result<Option<NoteRecord>> {
        answered(self.engine.next_note(destination))
    }

    /// Keeps how far a note is.
    pub(crate) fn keep_note(&self, note: NoteRecord) -> Result<()> {
        answered(self.engine.keep_note(note))
    }

    /// An incident as it is stored.
    pub(crate) fn stored(&self, id: &IncidentId) -> Result<Option<Incident>> {
        answered(self.engine.incident_as_stored(id))
    }

    /// How many notes of each destination are in each state.
    pub(crate) fn note_counts(&self) -> Result<Vec<(String, NoteState, u64)>> {
        answered(self.engine.note_counts())
    }

    /// Now, to the fraction of a second: what waits for something outside goes by it, and no answer does.
    pub(crate) fn precise_now(&self) -> Timestamp {
        (self.clock)()
    }
}
