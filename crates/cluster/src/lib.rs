//! Groups incidents into failure classes: sparse vectors in, groups out.
//!
//! * **In**: a [`vector::Matrix`] of unit rows, one per document, a cut between 0 and 1, and what people
//!   have said about single rows ([`Constraints`]).
//! * **Out**: [`Labels`], one group or none per row; or, for one new document, the group it joins.
//! * **Promises**: the same rows in the same order give the same labels on every run, groups
//!   numbered by their first row. Rows in another order give the same partition where no two
//!   similarities tie. The batch pass is average link exactly, not an approximation, in memory
//!   proportional to the cells; no matrix of all pairs is ever held.
//! * **Does not know**: text, incidents, time, or which class a group was yesterday.
//!
//! ```
//! use cluster::{Algorithm, ClusterId, Constraints, fit, null_cut, sample_rows};
//! use vector::Matrix;
//!
//! let matrix = Matrix::from_rows(3, [vec![(0, 1.0)], vec![(1, 0.6), (2, 0.8)], vec![(0, 1.0)]]);
//! assert_eq!(sample_rows(matrix.n_rows(), 7), [0, 1, 2], "few rows: all of them");
//! let cut = null_cut(&matrix, matrix.n_rows(), 7);
//! let labels = fit(&matrix, Algorithm::AverageLink, cut.value, &Constraints::default());
//! assert_eq!(labels, [Some(ClusterId(0)), None, Some(ClusterId(0))]);
//! ```

mod average_link;
mod block;
mod classifier;
mod constraints;
mod dbscan;
mod documents;
mod fit;
mod forest;
mod groups;
mod labels;
mod lengths;
mod neighbours;
mod null;
mod online;
mod parallel;
mod recent;
#[cfg(test)]
mod samples;
mod search;
mod starts;
mod sum;
mod tiers;
mod vectors;
mod windows;

pub use classifier::{Classifier, Draft, Drafted, Prospect, Regrouping, Thresholds};
pub use constraints::Constraints;
pub use fit::{Algorithm, fit};
pub use labels::{ClusterId, Labels};
pub use null::{Cut, SAMPLE_ROWS, corpus_cut, floor, null_cut, sample_rows};
pub use online::online;
