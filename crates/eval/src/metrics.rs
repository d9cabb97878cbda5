//! Scores of rankings, of classes, and of the decision to answer at all. Pure arithmetic.

mod chance;
mod clusters;
mod evidence;
mod retrieval;

pub use chance::Chance;
pub use clusters::ClusterScores;
pub use evidence::{Judged, area_under_curve};
pub use retrieval::{RankedQuery, RetrievalScores};
