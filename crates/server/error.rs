//! What can go wrong between the wire and the engine.

/// A message that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is not the JSON form of the message.
    #[error("not a `{message}`: {source}")]
    Json {
        /// The full name of the message expected.
        message: String,
        /// What is wrong, and at which line and column.
        source: serde_json::Error,
    },
    /// The message nests deeper than the wire allows.
    #[error("a `{message}` that cannot be carried: {source}")]
    Wire {
        /// The full name of the message.
        message: String,
        /// What is wrong.
        source: prost::DecodeError,
    },
}

/// The result of reading or writing a message.
pub type Result<T> = std::result::Result<T, Error>;
