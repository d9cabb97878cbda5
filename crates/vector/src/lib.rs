//! Weights terms: bags of terms, document frequencies, TF-IDF vectors.
//!
//! * **In**: the [`analysis::Terms`] of a document or a query.
//! * **Out**: a [`Bag`] (each term once, with its weighted frequency), and, given the
//!   [`DocumentFrequencies`] of a corpus, a [`SparseVector`].
//! * **Promises**: terms are kept, and weights summed, in the order of the terms' bytes. That order
//!   does not depend on which document came first, so neither does the last bit of a score.
//! * **Does not know**: which documents exist, postings, storage.
//!
//! ```
//! use analysis::Analyzer;
//! use incident::Field;
//! use vector::{DocumentFrequencies, SparseVector, Weighting};
//!
//! let weighting = Weighting::search();
//! let terms = Analyzer::stemmed().text(Field::Title, "TLS handshake failure");
//! let bag = weighting.bag(&terms, &[Field::Title]);
//! assert_eq!(bag.iter().next(), Some(("failur", 3)), "a word of the title counts three times");
//!
//! let mut frequencies = DocumentFrequencies::default();
//! frequencies.add(&bag);
//! let vector = SparseVector::embed(&bag, &frequencies);
//! assert_eq!(vector.len(), 3);
//! ```

mod bag;
mod document_frequencies;
mod matrix;
mod sparse;
mod splitmix;
mod weighting;

pub use bag::Bag;
pub use document_frequencies::DocumentFrequencies;
pub use matrix::Matrix;
pub use sparse::SparseVector;
pub use splitmix::SplitMix64;
pub use weighting::{Damping, Weighting, tf_weight};
