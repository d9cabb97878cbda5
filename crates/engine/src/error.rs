//! What can go wrong, in few kinds.

use incident::IncidentId;
use recurrence::{ClassId, DecisionId};

/// Why a request could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A request that says something impossible.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field of the request.
        field: &'static str,
        /// What is wrong with it, and what was expected.
        reason: String,
    },
    /// No such incident, or none as of the time asked for.
    #[error("there is no incident `{id}`")]
    NoIncident {
        /// The id asked for.
        id: IncidentId,
    },
    /// No such class, or none as of the time asked for.
    #[error("there is no failure class {id}")]
    NoClass {
        /// The id asked for.
        id: ClassId,
    },
    /// A place among the events that is none of this store.
    #[error("the token {cursor} is none of this store, whose last event is number {last}")]
    UnknownCursor {
        /// The place asked for.
        cursor: String,
        /// The number of the last event.
        last: u64,
    },
    /// No such follow-up of an incident.
    #[error("incident `{id}` has no action item {name}")]
    NoItem {
        /// The incident.
        id: IncidentId,
        /// What the item was called.
        name: String,
    },
    /// No such decision.
    #[error("there is no decision {id}")]
    NoDecision {
        /// The id asked for.
        id: DecisionId,
    },
    /// A decision that stands says otherwise.
    #[error("{wish}: {}", because.join(", "))]
    Contradiction {
        /// What cannot be.
        wish: String,
        /// The chain of reasons, each naming its decision where one is behind it.
        because: Vec<String>,
    },
    /// A request id that was used for something else.
    #[error(
        "request id `{request_id}` was used for {decision}, which says something else; use another"
    )]
    RequestIdTaken {
        /// The id of the request.
        request_id: String,
        /// What it led to.
        decision: DecisionId,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Commits kept changing what the answer was being made of; asking again helps.
    #[error("the incidents asked for are changing too fast")]
    Overtaken,
    /// The time the caller gave has run out.
    #[error("the deadline passed before the answer was ready")]
    DeadlineExceeded,
}

/// The kinds of failure a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong; sending it again does not help.
    Invalid,
    /// What was asked for does not exist.
    NotFound,
    /// The request contradicts what is stored.
    Conflict,
    /// A decision that stands has to be taken back first.
    Precondition,
    /// The name given is taken.
    Exists,
    /// No room: a disk or a queue is full.
    Exhausted,
    /// The stored data is damaged.
    Corrupt,
    /// Not now: locked, or the disk cannot be reached.
    Unavailable,
    /// The time ran out.
    DeadlineExceeded,
    /// A fault of the program.
    Internal,
}

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invalid { .. } | Self::UnknownCursor { .. } => Kind::Invalid,
            Self::NoIncident { .. }
            | Self::NoClass { .. }
            | Self::NoItem { .. }
            | Self::NoDecision { .. } => Kind::NotFound,
            Self::Contradiction { .. } => Kind::Precondition,
            Self::RequestIdTaken { .. } => Kind::Exists,
            Self::Overtaken => Kind::Unavailable,
            Self::DeadlineExceeded => Kind::DeadlineExceeded,
            Self::Store(error) => kind_of_store(error),
        }
    }
}

fn kind_of_store(error: &store::Error) -> Kind {
    use store::Error as Store;
    match error {
        Store::NotAFolder { .. } | Store::NotAnExport { .. } => Kind::Invalid,
        Store::NoStore { .. } => Kind::NotFound,
        Store::NotEmpty { .. } | Store::Exists { .. } => Kind::Conflict,
        Store::Io { .. }
        | Store::Locked { .. }
        | Store::NewerFormat { .. }
        | Store::Unavailable { .. } => Kind::Unavailable,
        Store::NotOurs { .. } | Store::Corrupt { .. } | Store::Import { .. } => Kind::Corrupt,
        Store::Full { .. } => Kind::Exhausted,
        _ => Kind::Internal,
    }
}
