//! What stops a whole request for documents.

use std::io;
use std::path::PathBuf;

/// A wrong request, or a file that cannot be opened. What is wrong with a single record is a
/// [`crate::Problem`] instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path, or a folder below it, cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The path as given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The format has a name Relapse knows, and no reader of its own.
    #[error(
        "format `{name}` has no reader of its own; save it as JSON or CSV and say where its fields are with --map"
    )]
    UnreadFormat {
        /// The name asked for, or the extension met.
        name: String,
    },
    /// The format has no name Relapse knows.
    #[error("unknown format `{name}`; expected auto, {}", names())]
    UnknownFormat {
        /// The name asked for.
        name: String,
    },
    /// Data that are neither an export that is known nor a list of incidents.
    #[error("{reason}")]
    NoIncidents {
        /// What was looked for, and what to do.
        reason: &'static str,
    },
    /// A map of fields that cannot be used.
    #[error("{0}")]
    Map(String),
}

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;

fn names() -> String {
    crate::format::Format::ALL.map(crate::format::Format::name).join(", ")
}
