//! What can be wrong with the words of a user.

/// Aliases that make no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A group of fewer than two forms, or of too many.
    #[error("{found} forms: expected 2 to {most} that mean the same", most = crate::vocabulary::FORMS_MAX)]
    Group {
        /// How many it has.
        found: usize,
    },
    /// A form without a word, or of too many.
    #[error("`{form}`: expected 1 to {most} words", most = crate::vocabulary::WORDS_MAX)]
    Form {
        /// As it was said.
        form: String,
    },
    /// A form that means two things.
    #[error("`{form}` stands in two groups: join them, or leave it out of one")]
    Twice {
        /// As it was said.
        form: String,
    },
}

/// The result of reading aliases.
pub type Result<T> = std::result::Result<T, Error>;
