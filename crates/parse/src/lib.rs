//! Reads incidents out of documents: pages (Markdown, plain text, HTML), lines of JSON, tables, and the exports of
//! trackers.
//!
//! * **In**: paths for [`discover`], files for [`records`], and one [`Record`] for [`document`].
//! * **Out**: an [`Outcome`] per record: an incident with warnings, a document that is none, or a refusal
//!   that says file, line, field and what was expected.
//! * **Promises**: files come in byte order, records in the order of their lines, one in memory at a
//!   time; [`document`] is a pure function and never panics. A messy page gives warnings, and is refused
//!   for its id alone; of JSONL what is unknown or of another type is kept in `extra`. Lines, files,
//!   front matter, ids and nesting are bounded.
//! * **Does not know**: stores, whether an incident was seen before, the time now, terms and weights.
//!
//! ```
//! use parse::{Format, Outcome, Record, document};
//!
//! let record = Record {
//!     source: "markdown".into(),
//!     format: Format::Markdown,
//!     file: "pages/night.md".into(),
//!     line: 1,
//!     path_id: "pages/night".into(),
//!     content: b"# Disk full\n\n**Severity:** P2\n\n## Root Cause\nLogs were never rotated.\n".to_vec(),
//! };
//! let Outcome::Parsed(parsed) = document(&record) else {
//!     unreachable!("it tells of an incident");
//! };
//! assert_eq!(parsed.incident.title, "Disk full");
//! assert_eq!(parsed.incident.root_cause.as_deref(), Some("Logs were never rotated."));
//! ```

mod action_items;
mod block;
mod calendar;
mod columns;
mod cut;
mod discover;
mod error;
mod fields;
mod figures;
mod format;
mod front_matter;
mod html;
mod id;
mod inline;
mod jsonl;
mod map;
mod meaning;
mod outline;
mod page;
mod problem;
mod record;
mod refusal;
mod services;
mod sniff;
mod table;
mod tickets;
mod timeline;
mod times;
mod tracker;
mod when;

pub use discover::{Discovery, InputFile, discover};
pub use error::{Error, Result};
pub use format::{Format, FormatChoice};
pub use id::ID_BYTES_MAX;
pub use map::{Mapped, MappedRecords, RecordMap, mapped};
pub use problem::{Outcome, Parsed, Problem, Warning};
pub use record::{FILE_BYTES_MAX, RECORD_BYTES_MAX, Record, Records, format_of, records};
pub use tickets::{TicketRow, tickets};

/// Reads one record.
#[must_use]
pub fn document(record: &Record) -> Outcome {
    match record.format {
        Format::Markdown | Format::Text => page::read(record),
        Format::Html => page::read_html(record),
        Format::Jsonl | Format::Json => jsonl::read(record),
        Format::Csv | Format::PagerDuty | Format::ServiceNow | Format::Jira | Format::GitHub => {
            tracker::read(record)
        }
    }
}
