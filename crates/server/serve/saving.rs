//! What the server loads and saves beside answering, so that neither the first change nor the next start waits for it.

use std::time::Duration;

use tokio::task::{self, JoinError};
use tokio::time::sleep;
use tonic::Status;

use crate::service::Service;

/// How often to look whether the index is worth saving.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Loads what a change needs, which answers do not wait for, then saves the index whenever the log has grown by enough: a
/// server that is killed is as quick to start again as one that was stopped.
pub(super) async fn load_and_keep_saved(service: Service) {
    let loading = service.clone();
    told("loading what changes need", task::spawn_blocking(move || loading.load()).await);
    loop {
        let saving = service.clone();
        match told("saving the index", task::spawn_blocking(move || saving.save_if_due()).await) {
            Some(true) => tracing::info!(position = service.position(), "the index is saved"),
            _ => sleep(LOOK_EVERY).await,
        }
    }
}

/// What came of it; what went wrong costs time later, and nothing else.
fn told<T>(what: &str, done: Result<Result<T, Status>, JoinError>) -> Option<T> {
    match done {
        Ok(Ok(made)) => return Some(made),
        Ok(Err(status)) => tracing::warn!(%status, "{what} failed"),
        Err(error) => tracing::error!(%error, "{what} broke down"),
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ingest_incidents_request::Record;
    use crate::proto::{Incident, IngestIncidentsRequest};

    fn incident(number: usize) -> IngestIncidentsRequest {
        let incident = Incident {
            external_id: format!("INC-{number}"),
            title: format!("Disk full on node {number}"),
            ..Incident::default()
        };
        IngestIncidentsRequest { record: Some(Record::Incident(Box::new(incident))) }
    }

    #[tokio::test]
    async fn a_server_that_is_killed_has_left_its_index() {
        let dir = tempfile::tempdir().expect("a folder");
        let service = Service::open(dir.path(), jiff::Timestamp::now).expect("it is new");
        service.ingest((0..301).map(incident).collect()).expect("stored");
        let saving = tokio::spawn(load_and_keep_saved(service.clone()));
        for _ in 0..100 {
            if dir.path().join("index.bin").exists() {
                return saving.abort();
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("there is no index after ten seconds");
    }
}
