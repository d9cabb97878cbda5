//! An event, in one line.

use relapse::proto::WatchRecurrencesResponse;

use super::page::{Look, Page};
use super::words;

/// `2026-11-08 05:44  FC-5  3rd TLS handshake failure in 90 d; a fix did not hold  (PM-2026-038)`.
pub fn event(told: &WatchRecurrencesResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let incident = told.incident.as_ref();
    // What the calendar brought happened on its day, however old the incident is.
    let started = match (&told.reckoned_at, incident) {
        (Some(day), _) => words::date(Some(day), true),
        (None, Some(incident)) => {
            words::date(incident.started_at.as_ref(), incident.started_at_date_only)
        }
        (None, None) => String::new(),
    };
    let class = told.failure_class.as_ref().map_or("", |class| class.id.as_str());
    let id = incident.map_or("", |incident| incident.id.as_str());
    page.row(&format!("{started:16}  {class:6}  {}  ({id})", told.headline));
    page.finish()
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;
    use relapse::proto::IncidentSummary;

    use super::*;

    #[test]
    fn what_the_calendar_brought_stands_at_its_day() {
        let at = |seconds| Some(Timestamp { seconds, nanos: 0 });
        let incident =
            IncidentSummary { id: "INC-1".into(), started_at: at(0), ..Default::default() };
        let told = WatchRecurrencesResponse {
            headline: "Disk full; 1 follow-up overdue".into(),
            incident: Some(incident),
            ..WatchRecurrencesResponse::default()
        };
        let shown = |told: &WatchRecurrencesResponse| event(told, Look::plain(100));
        assert!(shown(&told).starts_with("1970-01-01 00:00 "), "{}", shown(&told));
        let reckoned = WatchRecurrencesResponse { reckoned_at: at(86_400), ..told };
        assert!(shown(&reckoned).starts_with("1970-01-02 "), "{}", shown(&reckoned));
    }
}
