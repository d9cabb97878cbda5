//! What is wrong with a body.

/// Why the body of a request cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A field is there more than once, so nobody can tell which one was meant.
    #[error("`{0}` is there more than once; expected each field once")]
    Twice(String),
    /// A name or a value is no UTF-8.
    #[error("{0} is no UTF-8")]
    NotUtf8(String),
    /// There are too many fields.
    #[error("more than {0} fields")]
    TooMany(usize),
    /// A field is missing, or something else is in it.
    #[error("`{field}` is missing or wrong; expected {expected}")]
    Field {
        /// Where: names, with dots between.
        field: &'static str,
        /// What belongs there.
        expected: &'static str,
    },
}

/// The result of reading.
pub type Result<T> = std::result::Result<T, Error>;
