//! What re-ranking looks at.

use vector::Bag;

/// A document, or a question read as one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its title; empty where it has none of its own.
    pub title: String,
    /// What it tells.
    pub body: String,
    /// The terms of the title, of the body and the services, each counted as it stands.
    pub fields: [Bag; 3],
    /// The terms as the index counts them.
    pub search: Bag,
    /// When it began, in seconds since 1970, UTC; `None` where it is undated.
    pub started_at: Option<i64>,
}
