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
    /// The format has a name Relapse knows, and no reader yet.
    #[error(
        "format `{name}` is not read yet; convert to JSONL, one incident per line with an `id`"
    )]
    UnreadFormat {
        /// The name asked for, or the extension met.
        name: String,
    },
    /// The format has no name Relapse knows.
    #[error("unknown format `{name}`; expected auto, markdown, text or jsonl")]
    UnknownFormat {
        /// The name asked for.
        name: String,
    },
}

/// The result of a request.
pub type Result<T> = std::result::Result<T, Error>;
