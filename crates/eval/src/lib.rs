//! Measures retrieval and clustering on labelled corpora.
//!
//! * **In**: query files and gold labels (JSON Lines), ranked lists, predicted classes.
//! * **Out**: [`RetrievalScores`] and [`ClusterScores`], and files of what was measured, for a scorer
//!   nobody here wrote.
//! * **Promises**: unrounded doubles, summed in the order given, so equal input gives equal bytes; one
//!   pass over the pairs or rankings, and one sort.
//! * **Does not know**: how a ranking or a class came about.
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

mod error;
pub mod labels;
pub mod metrics;

pub use error::{Error, Result};
pub use labels::{Gold, Query};
pub use metrics::{ClusterScores, Judged, RankedQuery, RetrievalScores};
