//! Weights terms: bags of terms, document frequencies, TF-IDF.

mod matrix;

pub use matrix::Matrix;
