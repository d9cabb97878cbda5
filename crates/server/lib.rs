//! Relapse for machines: the calls of package `relapse.v1`, over gRPC and HTTP.
//!
//! * **In**: requests of the wire, as plain messages ([`service`]), over gRPC, or in their JSON form.
//! * **Out**: responses of the wire ([`proto`]), JSON ([`json`]), and how calls end ([`status`]); a server
//!   ([`serve`]).
//! * **Promises**: every door gives the same bytes for the same request; a wrong request is told everything that is
//!   wrong with it; every list, text and number of matches has a maximum ([`limits`]); every call has a deadline, and
//!   whoever comes beyond what the machine bears is turned away and told when to come again.
//! * **Does not know**: how anything is stored, searched or judged.
//!
//! ```
//! use relapse::json;
//! use relapse::proto::{FindSimilarResponse, Verdict};
//!
//! let answer = FindSimilarResponse { verdict: Verdict::New.into(), ..Default::default() };
//! let text = json::to_json(&answer).expect("it nests no deeper than its type");
//! assert!(text.contains(r#""verdict":"VERDICT_NEW""#));
//! assert!(text.contains(r#""calibration_cases":0"#), "zeros are written");
//! assert!(!text.contains("confidence"), "absent is absent");
//! ```

pub mod proto;

pub mod json;
pub mod limits;
pub mod status;
pub mod violations;
pub mod words;

mod convert;

mod aliases;

pub mod folder;
pub mod service;

mod access;
mod dispatch;
mod elapsed;
mod metrics;
mod pool;
mod request_id;

pub mod card;
mod files;
mod outgoing;
mod talk;

pub mod guard;

mod grpc;
mod http;

pub mod config;
pub mod logs;
pub mod serve;

mod error;

pub use convert::incident_out::wire_incident as incident_message;
pub use error::{Error, Result};
