//! An event, in one line.

use relapse::proto::WatchRecurrencesResponse;

use super::page::{Look, Page};
use super::words;

/// `2026-11-08 05:44  FC-5  3rd TLS handshake failure in 90 d; a fix did not hold  (PM-2026-038)`.
pub fn event(told: &WatchRecurrencesResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let incident = told.incident.as_ref();
    let started = incident.map_or_else(String::new, |incident| {
        words::date(incident.started_at.as_ref(), incident.started_at_date_only)
    });
    let class = told.failure_class.as_ref().map_or("", |class| class.id.as_str());
    let id = incident.map_or("", |incident| incident.id.as_str());
    page.row(&format!("{started:16}  {class:6}  {}  ({id})", told.headline));
    page.finish()
}
