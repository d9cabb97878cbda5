//! Relapse for machines: the wire of package `relapse.v1` and its JSON form.
//!
//! * **In**: protobuf over gRPC, or the JSON form of the same messages.
//! * **Out**: the generated messages, clients and servers ([`proto`]), and JSON ([`json`]).
//! * **Promises**: the same message gives the same JSON bytes, fields in the order of their numbers; every list, text
//!   and number of matches has a maximum ([`limits`]). Reading and writing take time in proportion to the message.
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

mod error;

pub use error::{Error, Result};
