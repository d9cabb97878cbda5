//! What questions would wait for, done before they come.

use std::sync::Arc;
use std::time::Duration;

use engine::Ahead;
use tokio::task;
use tokio::time::sleep;

use crate::dispatch::Dispatch;
use crate::service::Result;

/// How long nothing may have come in: an ingest that goes on would make it in vain.
const REST: Duration = Duration::from_secs(1);
/// How many incidents are read ahead in one go: some milliseconds, which a question that comes meanwhile has to share
/// the processors for.
const PORTION: u32 = 16;
/// How long it is left at that while calls are under way.
const COURTESY: Duration = Duration::from_millis(20);

/// Makes ready what answers are ranked by, at the start and whenever something came in and no more does; then, while
/// nobody asks, works out what answers need of the incidents themselves.
pub(super) async fn keep_warm(dispatch: Arc<Dispatch>) {
    let (mut ready_for, mut ahead) = (None, Ahead::default());
    let mut seen = dispatch.service().position();
    loop {
        let position = dispatch.service().position();
        if position == seen && ready_for != Some(position) {
            ahead = warm(&dispatch, ahead, position).await;
            ready_for = Some(position);
        }
        seen = position;
        sleep(REST).await;
    }
}

/// Goes on until all is done or something comes in.
async fn warm(dispatch: &Arc<Dispatch>, ahead: Ahead, position: u64) -> Ahead {
    let service = dispatch.service().clone();
    let warmed = task::spawn_blocking(move || service.warm()).await;
    if !matches!(told(warmed), Some(())) {
        return ahead;
    }
    let mut ahead = Some(ahead);
    while dispatch.service().position() == position {
        if !dispatch.is_idle() {
            sleep(COURTESY).await;
            continue;
        }
        let (service, so_far) = (dispatch.service().clone(), ahead.take().unwrap_or_default());
        let worked = task::spawn_blocking(move || {
            let mut ahead = so_far;
            service.work_ahead(&mut ahead, PORTION).map(|more| (ahead, more))
        });
        let Some((done, more)) = told(worked.await) else {
            break;
        };
        ahead = Some(done);
        if !more {
            break;
        }
    }
    ahead.unwrap_or_default()
}

/// What came of it; where nothing did, the log says why.
fn told<T>(done: std::result::Result<Result<T>, task::JoinError>) -> Option<T> {
    match done {
        Ok(Ok(done)) => Some(done),
        Ok(Err(status)) => {
            tracing::warn!(%status, "the first questions will wait for the ranking");
            None
        }
        Err(error) => {
            tracing::error!(%error, "making the ranking ready broke down");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::IngestIncidentsRequest;
    use crate::proto::ingest_incidents_request::Record;
    use crate::service::Service;

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
        let warm = tokio::spawn(keep_warm(Arc::new(Dispatch::new(service))));
        let kept = dir.path().join("rank.model");
        for _ in 0..100 {
            if kept.exists() {
                return warm.abort();
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("there is no model after ten seconds");
    }

    #[tokio::test]
    async fn all_is_worked_out_while_nobody_asks() {
        let dir = tempfile::tempdir().expect("a folder");
        let service = Service::open(dir.path(), jiff::Timestamp::now).expect("it is new");
        let dispatch = Arc::new(Dispatch::new(service));
        let mut ahead = warm(&dispatch, Ahead::default(), 0).await;
        assert!(!dispatch.service().work_ahead(&mut ahead, PORTION).expect("readable"));
    }
}
