//! A look at the calendar every so often: what is due today and was not done is overdue tomorrow.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::dispatch::Dispatch;

/// How often to look whether the day is another, or the history has grown.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);

/// Notes what became overdue, at once and then every hour in which something came or the day changed. A look that
/// fails is told in the log; the next one sees what it has missed.
pub(super) async fn watch_the_calendar(dispatch: Arc<Dispatch>) {
    let mut due = interval(LOOK_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        due.tick().await;
        let service = dispatch.service();
        let now = (service.today(), service.position());
        if seen == Some(now) {
            continue;
        }
        match dispatch.write(|service, today| service.reckon(today), now.0).await {
            Ok(told) => {
                seen = Some(now);
                tracing::info!(told, day = %now.0, "looked for follow-ups that became overdue");
            }
            Err(status) => tracing::error!(%status, "cannot look for overdue follow-ups"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ingest_incidents_request::Record;
    use crate::proto::{Document, IngestIncidentsRequest, RecurrenceKind, WatchRecurrencesRequest};
    use crate::service::Service;

    const HISTORY: [&str; 2] = [
        r#"{"id": "INC-1", "title": "Ledger replica falls behind", "date": "2026-01-10",
            "action_items": [{"action": "schedule the vacuum", "due": "2026-11-19"}]}"#,
        r#"{"id": "INC-2", "title": "Ledger replica falls behind", "date": "2026-02-10"}"#,
    ];

    fn record(content: &str) -> IngestIncidentsRequest {
        let content = content.replace('\n', " ").into_bytes();
        let document = Document { format: "jsonl".into(), content, ..Document::default() };
        IngestIncidentsRequest { record: Some(Record::Document(document)) }
    }

    /// Why each event so far is told.
    fn told(service: &Service) -> Vec<Vec<RecurrenceKind>> {
        let request = WatchRecurrencesRequest { resume_token: "0".into(), ..Default::default() };
        let watcher = service.watch(request).expect("from the beginning");
        let (_, told, _) = service.recurrences(watcher).expect("readable");
        told.into_iter().map(|event| event.kinds().collect()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_due_date_that_has_passed_is_told_at_once_and_not_again() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let now = || "2026-11-20T00:00:01Z".parse().expect("a time");
        let service = Service::open(dir.path(), now).expect("an empty folder");
        service.ingest(HISTORY.map(record).to_vec()).expect("they are stored");
        let joined = vec![RecurrenceKind::Joined];
        assert_eq!(told(&service), std::slice::from_ref(&joined));
        let dispatch = Arc::new(Dispatch::new(service.clone()));
        let looking = tokio::spawn(watch_the_calendar(dispatch));
        while told(&service).len() < 2 {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        tokio::time::sleep(3 * LOOK_EVERY).await;
        looking.abort();
        assert_eq!(told(&service), [joined, vec![RecurrenceKind::Overdue]]);
    }
}
