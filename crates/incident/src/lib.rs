//! The vocabulary of Relapse: incidents, ids, severities, statuses, action items and times.
//!
//! * **In**: checked field values, mostly from `parse` and `store`.
//! * **Out**: [`Incident`] and the types of its fields, the one shape every later step reads.
//! * **Promises**: plain values without interior mutability; equality is field by field; the JSON
//!   form (serde) has a fixed key order, so equal incidents serialise to equal bytes.
//! * **Does not know**: formats, text analysis, storage, the wire, or what time it is now.
//!
//! ```
//! use incident::{AsOf, Incident, Moment};
//!
//! let mut seen = Incident::new("markdown", "seeds/000", "TLS handshake failure in auth");
//! seen.started_at = Some(Moment::parse("2025-10-03T02:57:00Z").expect("a valid time"));
//! seen.root_cause = Some("the certificate chain was incomplete".into());
//! let before = AsOf::parse("2025-10-01").expect("a valid day");
//! assert!(seen.as_known_at(before).is_none(), "it had not happened yet");
//! ```

mod action_item;
mod as_of;
mod error;
mod field;
mod id;
mod item_update;
mod record;
mod severity;
mod status;
mod ticket;
mod time;

pub use action_item::{ActionItem, ItemState};
pub use as_of::AsOf;
pub use error::{Error, Result};
pub use field::Field;
pub use id::{IncidentId, identifier};
pub use item_update::{DueUpdate, ItemUpdate, Told, carry_over};
pub use record::{Incident, Link, TimelineEvent};
pub use severity::Severity;
pub use status::Status;
pub use ticket::Ticket;
pub use time::{Moment, SECS_PER_DAY, SECS_PER_MINUTE};
