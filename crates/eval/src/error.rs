//! What can be wrong with a file of labels.

use std::path::PathBuf;

/// A file that cannot be read, written or understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("{path}: cannot be read", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be created or written.
    #[error("{path}: cannot be written", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is no JSON object.
    #[error("{path}:{line}: expected one JSON object", path = path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// A field of a line is absent or of another type.
    #[error("{path}:{line}: `{field}`: expected {expected}, found {found}", path = path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The name of the field.
        field: &'static str,
        /// What it should hold.
        expected: &'static str,
        /// The kind of value it holds: `null`, `a list`; `nothing` where it is absent.
        found: &'static str,
    },
    /// The documents cannot be opened.
    #[error(transparent)]
    Documents(#[from] parse::Error),
    /// A line of a corpus that is taken whole or not at all.
    #[error("{path}:{line}: {field}: {reason}; leave the line out or mend it", path = path.display(), line = problem.line, field = problem.field, reason = problem.reason)]
    Refused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: parse::Problem,
    },
    /// A query names a document that is not there.
    #[error("{path}: query `{query_id}` is no document of {docs}", path = path.display(), docs = docs.display())]
    UnknownQuery {
        /// The file of queries.
        path: PathBuf,
        /// The query.
        query_id: String,
        /// The file of documents.
        docs: PathBuf,
    },
    /// The file has no line that takes part.
    #[error("{path}: expected at least one {expected}, found none", path = path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What should be there.
        expected: String,
    },
}

/// The result of reading or writing labels.
pub type Result<T> = std::result::Result<T, Error>;
