//! What can be wrong with a name of a class.

/// A text that does not name a class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no class id.
    #[error("`{text}` is not a class id: expected FC- and a number, such as FC-12")]
    ClassId {
        /// The text as given.
        text: String,
    },
}

/// The result of reading a class id.
pub type Result<T> = std::result::Result<T, Error>;
