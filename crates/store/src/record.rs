//! What the store keeps, and the changes it takes.

use incident::{Incident, IncidentId};
use recurrence::{ClassId, Decision, Event, LineageEvent};

use crate::note::NoteRecord;

/// The SHA-256 of a whole input file.
pub type Digest = [u8; 32];

/// An incident as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredIncident {
    /// The log position of its last [`Change::Put`].
    pub position: u64,
    /// The incident.
    pub incident: Incident,
    /// The failure class it belongs to; `None` for a one-off.
    pub class: Option<ClassId>,
    /// The digest of the file it was read from; `None` where it was one record of many.
    pub digest: Option<Digest>,
}

/// A byte-equal copy of an incident's file under another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The incident it is a copy of.
    pub of: IncidentId,
    /// The digest of the bytes both had.
    pub digest: Digest,
}

/// A failure class: that it exists or existed, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassRecord {
    /// Its id.
    pub id: ClassId,
    /// The log position at which it became a class.
    pub opened_at_position: u64,
    /// The class its members went to when it came to an end; `None` while it lives.
    pub merged_into: Option<ClassId>,
}

/// How long messages are remembered: longer than any sender repeats one, which PagerDuty does for 48 hours.
pub const MESSAGES_KEPT_SECS: i64 = 7 * 86_400;

/// The frozen weights of an epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochRecord {
    /// The number of the epoch.
    pub number: u64,
    /// The log position it was computed at.
    pub position: u64,
    /// Document frequencies, cut and the like, in a form only its owner knows.
    pub payload: Vec<u8>,
}

/// Something that whoever watches is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its number: one more than that of the event before, beginning at 1.
    pub number: u64,
    /// The log position it happened at.
    pub position: u64,
    /// What happened.
    pub event: Event,
    /// A checksum of this event and all before it.
    pub chain: u64,
}

/// What a person said of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingRecord {
    /// The name of the question that it answered.
    pub question: String,
    /// The incident that the question was, where it was a stored one.
    pub asked: Option<IncidentId>,
    /// The incident that was shown.
    pub incident: IncidentId,
    /// Whether it was of use: the same failure.
    pub useful: bool,
    /// Who says so.
    pub who: String,
    /// Why, in their words; empty: not said.
    pub why: String,
    /// When it was said, in seconds since 1970, UTC.
    pub at_secs: i64,
}

impl RatingRecord {
    /// The incidents it speaks of: the one that was shown, and the one asked about.
    pub fn incidents(&self) -> impl Iterator<Item = &IncidentId> {
        std::iter::once(&self.incident).chain(&self.asked)
    }
}

/// What the corpus taught about confidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalibrationRecord {
    /// The log position at which it was learnt.
    pub position: u64,
    /// What was learnt, in a form only its owner knows.
    pub payload: Vec<u8>,
}

/// One change of the record. Those with a position enter the log there.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Inserts an incident, or replaces the one of the same id, which moves to the new position.
    Put {
        /// Where it stands in the log.
        position: u64,
        /// The incident.
        incident: Box<Incident>,
        /// Its class, `None` for a one-off.
        class: Option<ClassId>,
        /// The digest of its file, where it has one of its own.
        digest: Option<Digest>,
    },
    /// Removes an incident and its aliases; their text is wiped.
    Delete {
        /// Where it stands in the log.
        position: u64,
        /// The incident; it must exist.
        id: IncidentId,
    },
    /// Records a byte-equal copy of an incident under another name, or renews it.
    Alias {
        /// Where it stands in the log.
        position: u64,
        /// The source of the copy.
        source: String,
        /// The id of the copy within its source.
        external_id: String,
        /// The digest of the bytes.
        digest: Digest,
        /// The incident it is a copy of; it must exist.
        of: IncidentId,
    },
    /// Forgets an alias, say because its bytes now differ.
    DropAlias {
        /// The source of the copy.
        source: String,
        /// The id of the copy within its source; it must be an alias.
        external_id: String,
    },
    /// Records a failure class, or renews it.
    Class(ClassRecord),
    /// Puts an incident into a class, or out of its class.
    Assign {
        /// The incident; it must exist.
        id: IncidentId,
        /// The class, which must be recorded by the end of the commit; `None` for a one-off.
        class: Option<ClassId>,
    },
    /// Records what a person said of a match; their last word on it stands.
    Rate {
        /// Where it stands in the log.
        position: u64,
        /// The rating; its incidents must exist.
        rating: RatingRecord,
    },
    /// Replaces the calibration: only the newest is kept. It enters the log at its own position.
    Calibrate(CalibrationRecord),
    /// Records what a person decided.
    Decide {
        /// Where it stands in the log.
        position: u64,
        /// The decision; its number and its request id must be new.
        decision: Box<Decision>,
    },
    /// Notes that all incidents were grouped anew.
    Regroup {
        /// Where it stands in the log.
        position: u64,
        /// By which algorithm.
        algorithm: &'static str,
    },
    /// Records what happened to a class.
    Lineage(LineageEvent),
    /// Replaces the epoch: only the newest is kept.
    Epoch(EpochRecord),
    /// Records that a message of an alerting system was received; those received [`MESSAGES_KEPT_SECS`] before it are
    /// forgotten.
    Message {
        /// Who sent it.
        source: String,
        /// Its id at the sender.
        id: String,
        /// When it was received, in seconds since 1970, UTC.
        received_at: i64,
    },
    /// Records an answer that is to go out, unless there is one for the same incident and destination, or the incident is
    /// gone.
    QueueNote(NoteRecord),
    /// Renews an answer that goes out, unless it is gone with its incident.
    Note(NoteRecord),
    /// Notes what whoever watches is told of, at the position that the log has reached. It is kept for good.
    Event(Event),
}
