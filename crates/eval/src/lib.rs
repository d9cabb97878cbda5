//! Measures retrieval and clustering on labelled corpora, and the speed of the index.
//!
//! * **In**: files of incidents, queries and gold labels (JSON Lines).
//! * **Out**: [`RetrievalScores`] and [`ClusterScores`], and files of what was measured, for a scorer
//!   nobody here wrote.
//! * **Promises**: unrounded doubles, summed in the order given, so equal input gives equal bytes; one
//!   pass over the pairs or rankings, and one sort.
//! * **Does not know**: the data folder; an evaluation leaves nothing behind but the files it was asked
//!   for.
//!
//! ```
//! use eval::{RankedQuery, RetrievalScores};
//!
//! let query = RankedQuery {
//!     query_id: "INC-3".into(),
//!     ranked: vec!["INC-2".into(), "INC-1".into()],
//!     relevant: ["INC-1".to_owned()].into(),
//!     candidates: 2,
//!     relevant_candidates: 1,
//! };
//! let scores = RetrievalScores::of(&[query]);
//! assert_eq!((scores.hit_at_1, scores.hit_at_5, scores.mrr), (0.0, 1.0, 0.5));
//! ```

mod clusters;
mod documents;
mod error;
pub mod labels;
pub mod metrics;
mod retrieval;
mod speed;

pub use clusters::{ClusterOutcome, ClusterTask, Grouping, clusters};
pub use engine::{Algorithm, Blend, Fading, Method, Variation};
pub use error::{Error, Result};
pub use index::Footprint;
pub use labels::{Gold, Query};
pub use metrics::{Chance, ClusterScores, Judged, RankedQuery, RetrievalScores};
pub use retrieval::{RetrievalOutcome, RetrievalTask, retrieval};
pub use speed::{Speed, SpeedTask, speed};
