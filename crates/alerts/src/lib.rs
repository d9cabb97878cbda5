//! What alerting systems send, as incidents.
//!
//! * **In**: the bodies of webhooks: Alertmanager, Grafana, PagerDuty, Opsgenie, and any JSON with a [`FieldMap`]; the
//!   incidents stored of the group an alert belongs to.
//! * **Out**: a [`Notice`]: facts about alerts of one group, or why there is nothing to record; then the incidents of the
//!   group as they are to be stored ([`merge`]).
//! * **Promises**: the incidents depend on the facts alone, not on the order or the number of times they came in; an
//!   alert that fires again after it was resolved is a new occurrence; what people wrote into an incident stays; a
//!   signature is compared in constant time.
//! * **Does not know**: how anything is received, stored or answered.
//!
//! ```
//! use alerts::{Labels, Notice, Sender, merge, read};
//!
//! let body = br#"{"version": "4", "groupKey": "{}:{alertname=\"DiskFull\"}", "alerts": [{
//!     "status": "firing", "fingerprint": "a1", "startsAt": "2026-11-20T03:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
//!     "labels": {"alertname": "DiskFull", "service": "ledger-db"}, "annotations": {"summary": "Disk is full"}}]}"#;
//! let notice = read(Sender::Alertmanager, body, &Labels::default()).expect("it is well formed");
//! let Notice::Facts { source, group, facts, .. } = notice else { unreachable!("it tells of an alert") };
//! let stored = merge(&source, &group, facts, Vec::new());
//! assert_eq!(stored.puts[0].title, "DiskFull: Disk is full");
//! assert_eq!(stored.puts[0].services, ["ledger-db"]);
//! ```

mod alertmanager;
mod content;
mod error;
mod fact;
mod generic;
mod labels;
mod merge;
mod opsgenie;
mod pagerduty;
mod signature;
mod value;

pub use content::Content;
pub use error::{Error, Result};
pub use fact::{Fact, Notice};
pub use generic::FieldMap;
pub use labels::Labels;
pub use merge::{Merged, group_of, merge, prefix};
pub use signature::{pagerduty_is_signed, slack_is_signed};

use jiff::Timestamp;

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Prometheus Alertmanager, webhook version 4.
    Alertmanager,
    /// Grafana alerting, and what Grafana sent before it.
    Grafana,
    /// PagerDuty webhooks, version 3.
    Pagerduty,
    /// Opsgenie.
    Opsgenie,
}

/// Reads what `sender` sent.
///
/// # Errors
/// [`Error`] where the body is none of the sender's, with the place and what was expected.
pub fn read(sender: Sender, body: &[u8], labels: &Labels) -> Result<Notice> {
    let body = value::parse(body)?;
    match sender {
        Sender::Alertmanager => alertmanager::read(&body, labels, "alertmanager"),
        Sender::Grafana => alertmanager::read(&body, labels, "grafana"),
        Sender::Pagerduty => pagerduty::read(&body),
        Sender::Opsgenie => opsgenie::read(&body, labels),
    }
}

/// Reads any JSON by `map`: a notice for each alert in it. Alerts without a time begin, or end, at `received_at`.
///
/// # Errors
/// As [`read`].
pub fn read_by(map: &FieldMap, body: &[u8], received_at: Timestamp) -> Result<Vec<Notice>> {
    map.read(&value::parse(body)?, received_at)
}
