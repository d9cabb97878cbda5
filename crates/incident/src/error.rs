//! What can be wrong with a single field value.

/// A field value that is not of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no date and no time.
    #[error(
        "`{text}` is not a time: expected YYYY-MM-DD or an RFC 3339 time such as 2025-10-03T02:57:00Z"
    )]
    Time {
        /// The text as given.
        text: String,
    },
}

/// The result of reading a field value.
pub type Result<T> = std::result::Result<T, Error>;
