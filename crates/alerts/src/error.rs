//! What is wrong with a body.

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is no JSON.
    #[error("line {line}, column {column}: {reason}; expected JSON")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A field is missing, or of another kind.
    #[error("`{path}` is {found}; expected {expected}")]
    Field {
        /// Where: names and numbers, with dots between.
        path: String,
        /// What is there.
        found: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A field map that cannot be used.
    #[error("field map: {0}")]
    Map(String),
}

/// The result of reading.
pub type Result<T> = std::result::Result<T, Error>;
