//! Masks credentials in texts and incidents, before anything is stored, indexed or logged.
//!
//! * **In**: a text; or an [`Incident`](incident::Incident).
//! * **Out**: the same with every credential replaced by a marker that names its [`Kind`], and what was
//!   found where.
//! * **Promises**: the same text gives the same bytes; masking twice is masking once; a text without
//!   credentials is handed back as it is, without a copy. What identifies without opening anything
//!   stays: hashes, commit ids, digests, trace ids, UUIDs, host names, ARNs. Linear in the text.
//! * **Does not know**: whether a credential is live, files and formats, or who asks.
//!
//! ```
//! let text = "connect with postgres://app:s3cr3t-pw@db.internal/orders, see commit 9f8e7d6c5b4a";
//! let masked = secrets::mask(text);
//! assert_eq!(
//!     masked.text,
//!     "connect with postgres://app:[masked: database-password]@db.internal/orders, see commit 9f8e7d6c5b4a"
//! );
//! assert_eq!(masked.found[0].kind.name(), "database-password");
//! ```

mod incident_texts;
mod kind;
mod mask;
mod rule;
mod rules;
mod shape;

pub use incident_texts::mask_incident;
pub use kind::Kind;
pub use mask::{Found, Masked, mask};
