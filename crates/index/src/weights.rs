//! What an index weighs by, frozen for an epoch.

use vector::DocumentFrequencies;

/// The document frequencies and the mean norm that every score of an epoch uses.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    /// Position of the log at which they were computed; 0 before the first time.
    pub position: u64,
    /// Over the documents that were live then.
    pub frequencies: DocumentFrequencies,
    /// Mean Euclidean norm of those documents, 0 where there was none.
    pub mean_norm: f64,
}
