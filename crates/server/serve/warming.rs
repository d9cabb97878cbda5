//! What the first question after a change would wait for, done before it comes.

use std::time::Duration;

use tokio::task;
use tokio::time::sleep;

use crate::service::Service;

/// How long nothing may have come in: an ingest that goes on would make it in vain.
const REST: Duration = Duration::from_secs(1);

/// Makes ready what answers are ranked by, at the start and whenever something came in and no more does.
pub(super) async fn keep_warm(service: Service) {
    let mut ready_for = None;
    let mut seen = service.position();
    loop {
        let position = service.position();
        if position == seen && ready_for != Some(position) {
            warm(service.clone()).await;
            ready_for = Some(position);
        }
        seen = position;
        sleep(REST).await;
    }
}

async fn warm(service: Service) {
    match task::spawn_blocking(move || service.warm()).await {
        Ok(Ok(())) => {}
        Ok(Err(status)) => tracing::warn!(%status, "the first question will wait for the ranking"),
        Err(error) => tracing::error!(%error, "making the ranking ready broke down"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::IngestIncidentsRequest;
    use crate::proto::ingest_incidents_request::Record;

    #[tokio::test]
    async fn what_ranks_answers_is_there_before_anybody_asks() {
        let dir = tempfile::tempdir().expect("a folder");
        let service = Service::open(dir.path(), jiff::Timestamp::now).expect("it is new");
        let incident = crate::proto::Incident {
            external_id: "INC-1".into(),
            title: "Disk full".into(),
            ..Default::default()
        };
        let record = Record::Incident(Box::new(incident));
        let request = IngestIncidentsRequest { record: Some(record) };
        service.ingest(vec![request]).expect("stored");
        let warm = tokio::spawn(keep_warm(service.clone()));
        let kept = dir.path().join("rank.model");
        for _ in 0..100 {
            if kept.exists() {
                return warm.abort();
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("there is no model after ten seconds");
    }
}
