//! What can be wrong with a name.

/// A text that names no class, or no decision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The text is no class id.
    #[error("`{text}` is not a class id: expected FC- and a number, such as FC-12")]
    ClassId {
        /// The text as given.
        text: String,
    },
    /// The text is no decision id.
    #[error("`{text}` is not a decision id: expected D- and a number, such as D-7")]
    DecisionId {
        /// The text as given.
        text: String,
    },
}

/// The result of reading an id.
pub type Result<T> = std::result::Result<T, Error>;
