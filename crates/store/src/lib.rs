//! Keeps incidents, classes and epochs durably in SQLite.
//!
//! * **In**: [`Change`]s, each list of them one transaction, with log positions chosen by the caller.
//! * **Out**: [`StoredIncident`], [`ClassRecord`], [`EpochRecord`], [`EventRecord`] and [`Alias`], as they were put in.
//! * **Promises**: what [`Store::commit`] acknowledged survives a crash and a power cut, whole; what it
//!   refused left no trace; positions only grow; reads never wait for a commit; a damaged row is an
//!   error and never an answer; a deleted text is overwritten. A folder is held by one process, and can
//!   be exported, backed up and verified beside it. The export of an import is the export.
//! * **Does not know**: what an incident means, which class is right, what a payload holds, the time.
//!
//! ```
//! use incident::Incident;
//! use store::{Change, Store};
//!
//! # fn main() -> store::Result<()> {
//! # let root = tempfile::tempdir().expect("a folder");
//! # let dir = root.path();
//! let store = Store::open(dir)?;
//! let seen = Incident::new("jsonl", "INC-1", "Login page answers 502");
//! let id = seen.id.clone();
//! store.commit(&[Change::Put {
//!     position: store.last_position() + 1,
//!     incident: Box::new(seen),
//!     class: None,
//!     digest: None,
//! }])?;
//! let kept = store.incident(&id)?.expect("it was just put there");
//! assert_eq!(kept.incident.title, "Login page answers 502");
//! # Ok(())
//! # }
//! ```

mod backup;
mod derived;
mod draft;
mod error;
mod folder;
mod format;
mod note;
mod read;
mod record;
mod schema;
mod store;
mod transfer;
mod verify;
mod voucher;
mod write;

pub use backup::{backup, restore};
pub use derived::kept_whole;
pub use error::{Error, Result};
pub use note::{NoteRecord, NoteState};
pub use record::{
    Alias, CalibrationRecord, Change, ClassRecord, Digest, EpochRecord, EventRecord,
    MESSAGES_KEPT_SECS, RatingRecord, StoredIncident,
};
pub use store::Store;
pub use transfer::{Transferred, export, import};
pub use verify::{Damage, Findings, verify};
pub use voucher::Voucher;
