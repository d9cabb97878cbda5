//! Ingests, answers, classifies and reports: the whole walk behind one face.
//!
//! * **In**: documents and incidents to keep, and plain requests.
//! * **Out**: receipts, given once an item is durable and searchable; [`Answer`], failure classes,
//!   reports, incidents.
//! * **Promises**: one writer; a query never waits for it, and sees all that was acknowledged before
//!   it began. The same log and request give the same answer, whatever time it is: `now` is an
//!   argument. Several callers share a commit. Credentials are masked before anything is stored.
//! * **Does not know**: protobuf, HTTP, the command line, what a page looks like.
//!
//! ```
//! use engine::{Engine, Filter, Item, Query, SimilarRequest};
//! use incident::{AsOf, Incident};
//!
//! # fn main() -> engine::Result<()> {
//! # let dir = tempfile::tempdir().expect("a temporary folder");
//! let engine = Engine::open(dir.path())?;
//! let seen = Incident::new("jsonl", "INC-1", "TLS handshake failures after a cipher change");
//! engine.ingest(vec![Item::Incident(Box::new(seen))])?;
//!
//! let answer = engine.similar(&SimilarRequest {
//!     query: Query::Text("TLS handshake failures after a cipher change".into()),
//!     k: 5,
//!     filter: Filter::default(),
//!     as_of: AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time")),
//! })?;
//! assert_eq!(answer.matches[0].incident.id.as_str(), "INC-1");
//! # Ok(())
//! # }
//! ```

mod ahead;
mod answer;
mod backtest;
mod bell;
mod best_first;
mod calibrate;
mod candidate;
mod chunks;
mod class_rows;
mod class_terms;
mod classes;
mod collection;
mod contender;
mod contest;
mod corpus;
mod decisions;
mod described;
mod engine;
mod epoch;
mod error;
mod evidence;
mod experience;
mod explain;
mod families;
mod features;
mod follow_ups;
mod happenings;
mod incidents;
mod indices;
mod ingest;
mod inventory;
mod judgement;
mod known;
mod messages;
mod neighbourhoods;
mod notes;
mod opened;
mod prepare;
mod query_id;
mod question;
mod ratings;
mod recent;
mod reckoning;
mod records;
mod repeats;
mod replay;
mod report;
mod retriever;
mod saved;
mod saving;
mod scratch;
mod second_stage;
mod services;
mod similar;
mod state;
mod stop;
mod variation;
mod verify;
mod watch;
mod wordings;
mod writer;

pub use ahead::Ahead;
pub use answer::{
    Answer, Caveat, Contribution, IncidentLine, IncidentView, Match, Origin, Query, Searched,
    SimilarRequest,
};
pub use backtest::{Backtest, BacktestRequest, Curve, DEPTHS_MAX, Hits};
pub use calibration::{HeldOut, PRECISION_MIN, Point};
pub use cluster::{Algorithm, ClusterId, Labels};
pub use collection::{
    Collection, Ranking, class_cut, class_labels, class_matrix, online_class_labels,
};
pub use decisions::{Reclustered, Ruled};
pub use engine::Engine;
pub use epoch::Pass;
pub use error::{Error, Kind, Result};
pub use follow_ups::{ItemName, Tracked};
pub use incidents::Page;
pub use index::Filter;
pub use ingest::{Ingested, Outcome};
pub use inventory::Inventory;
pub use prepare::{Item, Reading};
pub use question::QUESTION_BYTES_MAX;
pub use rank::{Blend, Fading};
pub use ratings::{RateRequest, Rating};
pub use recurrence::{EventKind, Figures, Thresholds, Verdict};
pub use replay::PAGES_MAX;
pub use report::{ONE_OFF_LINES_MAX, Reported, Scope};
pub use retriever::{Method, Retriever};
pub use secrets::Kind as SecretKind;
pub use similar::MATCHES_MAX;
pub use stop::Stop;
pub use store::{
    Damage, Error as StoreError, Findings, NoteRecord, NoteState, Transferred, backup, export,
    import, restore,
};
pub use variation::Variation;
pub use verify::{Verified, verify};
pub use watch::{Cursor, Happened, Told, Wanted};
pub use writer::Petition;
