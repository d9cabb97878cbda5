//! The batch pass on its schedule.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::dispatch::Dispatch;

/// Groups all incidents anew every so often, if anything came since the last time; never where `every` is zero.
/// A pass that fails is told in the log, and tried again when the next is due.
pub(super) async fn on_schedule(dispatch: Arc<Dispatch>, every: Duration) {
    if every.is_zero() {
        return;
    }
    let mut due = interval(every);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    due.tick().await; // The first is due at once, before anything came.
    loop {
        due.tick().await;
        match dispatch.write(|service, ()| service.recluster_if_due(), ()).await {
            Ok(Some(made)) => tracing::info!(
                pass = made.pass,
                classes = made.classes,
                events = made.events.len(),
                "grouped all incidents anew"
            ),
            Ok(None) => {}
            Err(status) => tracing::error!(%status, "cannot group all incidents anew"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ingest_incidents_request::Record;
    use crate::proto::{Incident, IngestIncidentsRequest};
    use crate::service::Service;

    fn version(number: u32) -> IngestIncidentsRequest {
        let incident = Incident {
            external_id: "INC-1".into(),
            title: format!("Disk full {number}"),
            ..Incident::default()
        };
        IngestIncidentsRequest { record: Some(Record::Incident(Box::new(incident))) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pass_is_made_when_it_is_due_and_something_came() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), || jiff::Timestamp::UNIX_EPOCH);
        let service = service.expect("an empty folder");
        let dispatch = Arc::new(Dispatch::new(service.clone()));
        // Beyond the first hundred positions no pass is made by itself.
        service.ingest((0..102).map(version).collect()).expect("they are stored");
        let before = (service.pass(), service.position());
        let passes = tokio::spawn(on_schedule(dispatch, Duration::from_secs(60)));
        while service.pass() == before.0 {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        passes.abort();
        assert_eq!((service.pass(), service.position()), (before.0 + 1, before.1 + 1));
        let again = service.recluster_if_due().expect("the folder can be written");
        assert_eq!(again, None, "nothing came since");
    }

    #[tokio::test]
    async fn no_interval_is_no_schedule() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), || jiff::Timestamp::UNIX_EPOCH);
        let dispatch = Arc::new(Dispatch::new(service.expect("an empty folder")));
        on_schedule(dispatch, Duration::ZERO).await;
    }
}
