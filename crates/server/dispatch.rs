//! Calls on their way to the service: off the runtime's threads, and never more than the machine can bear.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use engine::Stop;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};
use tokio::task;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use crate::limits::{BATCH_RECORDS, WAITING_CALLS, WAITING_WRITES, WATCHERS_MAX};
use crate::metrics::Metrics;
use crate::pool::Pool;
use crate::proto::{
    BacktestRequest, BacktestResponse, FindSimilarRequest, FindSimilarResponse, GetReportRequest,
    GetReportResponse, IngestIncidentsRequest, IngestIncidentsResponse, UpsertIncidentRequest,
    UpsertIncidentResponse, WatchRecurrencesRequest, WatchRecurrencesResponse,
};
use crate::service::{Read, Result, Service, Watcher};
use crate::status::come_again;

/// The writes under way at once; they share commits.
const WRITES: usize = 64;
/// How many records of a stream share a commit while somebody asks: some milliseconds of work.
const COURTEOUS_RECORDS: usize = 128;
/// How long a stream waits for questions at most, before each of its steps.
const COURTESY: Duration = Duration::from_millis(5);

/// The service, and who may come to it. Shared by all doors.
#[derive(Debug)]
pub(crate) struct Dispatch {
    service: Service,
    reads: Pool,
    writes: Pool,
    watchers: Arc<Semaphore>,
    /// Held by a stream at work while somebody asks: it takes one processor then and leaves the others.
    courtesy: Semaphore,
    stopping: watch::Sender<bool>,
    pub(crate) metrics: Metrics,
}

impl Dispatch {
    pub(crate) fn new(service: Service) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            service,
            reads: Pool::new(cores, WAITING_CALLS),
            writes: Pool::new(WRITES, WAITING_WRITES),
            watchers: Arc::new(Semaphore::new(WATCHERS_MAX)),
            courtesy: Semaphore::new(1),
            stopping: watch::Sender::new(false),
            metrics: Metrics::new(),
        }
    }

    pub(crate) fn service(&self) -> &Service {
        &self.service
    }

    /// How many questions of a stream are taken up at once: for each thread that reads one that is answered and one that
    /// waits. Others wait no longer for a stream than for so many.
    pub(crate) fn stream_in_flight(&self) -> usize {
        2 * self.reads.room
    }

    /// Whether no call that reads is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.reads.load().running == 0
    }

    /// What Prometheus is told of all of it.
    pub(crate) async fn scrape(self: &Arc<Self>) -> Result<String> {
        let watchers = WATCHERS_MAX - self.watchers.available_permits();
        let loads = [("read", self.reads.load()), ("write", self.writes.load())];
        self.metrics.under_way(loads, watchers);
        let dispatch = Arc::clone(self);
        let told = task::spawn_blocking(move || dispatch.metrics.text(&dispatch.service)).await;
        told.map_err(|error| Status::internal(format!("the metrics broke down: {error}")))
    }

    /// Makes a call that changes nothing.
    ///
    /// # Errors
    /// That of the call; `RESOURCE_EXHAUSTED` where too many wait already.
    pub(crate) async fn read<Q: Send + 'static, R: Send + 'static>(
        &self,
        call: fn(&Service, Q) -> Result<R>,
        request: Q,
    ) -> Result<R> {
        let _admitted = self.reads.admit()?;
        let service = self.service.clone();
        self.reads.run(move || call(&service, request)).await
    }

    /// Makes a call that changes something.
    ///
    /// # Errors
    /// As [`Dispatch::read`].
    pub(crate) async fn write<Q: Send + 'static, R: Send + 'static>(
        &self,
        call: fn(&Service, Q) -> Result<R>,
        request: Q,
    ) -> Result<R> {
        let _admitted = self.writes.admit()?;
        let service = self.service.clone();
        self.writes.run(move || call(&service, request)).await
    }

    /// Replays the history for as long as somebody waits for it.
    ///
    /// # Errors
    /// As [`Dispatch::read`].
    pub(crate) async fn backtest(&self, request: BacktestRequest) -> Result<BacktestResponse> {
        let _admitted = self.reads.admit()?;
        let replay = |service: &Service, request, stop: Stop<'_>| {
            let go_on =
                |_, _| if stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            service.backtest(request, go_on)
        };
        self.while_wanted(replay, request).await
    }

    /// Reports for as long as somebody waits for it.
    ///
    /// # Errors
    /// As [`Dispatch::read`].
    pub(crate) async fn report(&self, request: GetReportRequest) -> Result<GetReportResponse> {
        let _admitted = self.reads.admit()?;
        self.while_wanted(Service::get_report_until, request).await
    }

    /// Makes a call that ends where nobody waits for it any more: it timed out, or its caller has gone.
    async fn while_wanted<Q: Send + 'static, R: Send + 'static>(
        &self,
        call: fn(&Service, Q, Stop<'_>) -> Result<R>,
        request: Q,
    ) -> Result<R> {
        let service = self.service.clone();
        // Dropped with this call: the thread sees that nobody holds it any more.
        let caller = Arc::new(());
        let waits = Arc::downgrade(&caller);
        let work = move || call(&service, request, &|| waits.strong_count() == 0);
        let response = self.reads.run(work).await;
        drop(caller);
        response
    }

    /// Answers one query.
    pub(crate) async fn find_similar(
        &self,
        request: FindSimilarRequest,
    ) -> Result<FindSimilarResponse> {
        let _admitted = self.reads.admit()?;
        let answer = self.while_wanted(Service::find_similar_until, request).await?;
        self.metrics.answered(answer.verdict());
        Ok(answer)
    }

    /// Answers one query of a stream, which waits where a call of its own is turned away.
    pub(crate) async fn find_similar_in_turn(
        &self,
        request: FindSimilarRequest,
    ) -> Result<FindSimilarResponse> {
        let answer = self.while_wanted(Service::find_similar_until, request).await?;
        self.metrics.answered(answer.verdict());
        Ok(answer)
    }

    /// How many records of a stream are taken up at once: fewer while somebody asks, who would wait for them.
    pub(crate) fn batch_records(&self) -> usize {
        if self.is_idle() { BATCH_RECORDS } else { COURTEOUS_RECORDS }
    }

    /// Waits for the turn of a stream: while somebody asks, one step of all streams after another, and none before the
    /// questions under way are answered or [`COURTESY`] is over.
    async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_idle() {
            return None;
        }
        let turn = self.courtesy.acquire().await.ok();
        let answered = async {
            while !self.is_idle() {
                sleep(COURTESY / 10).await;
            }
        };
        // Whoever has waited long enough goes on all the same.
        let _ = timeout(COURTESY, answered).await;
        turn
    }

    /// Reads a batch of a stream, which waits where a call of its own is turned away.
    pub(crate) async fn read_ahead(&self, requests: Vec<IngestIncidentsRequest>) -> Result<Read> {
        let _turn = self.turn().await;
        let service = self.service.clone();
        self.writes.run(move || Ok(service.read(requests))).await
    }

    /// Stores a batch of a stream that was read.
    pub(crate) async fn keep(&self, read: Read) -> Result<Vec<IngestIncidentsResponse>> {
        let _turn = self.turn().await;
        let service = self.service.clone();
        let receipts = self.writes.run(move || service.keep(read)).await?;
        receipts
            .iter()
            .for_each(|receipt| self.metrics.ingested(receipt.result(), &receipt.masked));
        Ok(receipts)
    }

    /// Begins to watch, and takes a place among the watchers.
    ///
    /// # Errors
    /// That of [`Service::watch`]; `RESOURCE_EXHAUSTED` where as many watch as may.
    pub(crate) async fn watch(
        &self,
        request: WatchRecurrencesRequest,
    ) -> Result<(Watcher, OwnedSemaphorePermit)> {
        let place = Arc::clone(&self.watchers).try_acquire_owned().map_err(|_| {
            let message = format!("{WATCHERS_MAX} callers watch already");
            come_again(Code::ResourceExhausted, message)
        })?;
        Ok((self.read(Service::watch, request).await?, place))
    }

    /// What a watcher has not been told yet; it waits where a call of its own is turned away.
    pub(crate) async fn told(
        &self,
        watcher: Watcher,
    ) -> Result<(Watcher, Vec<WatchRecurrencesResponse>, bool)> {
        let service = self.service.clone();
        self.reads.run(move || service.recurrences(watcher)).await
    }

    /// Tells the streams that have no end of their own to end.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends once the server has been asked to stop.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this does.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }

    /// Stores one record.
    pub(crate) async fn upsert(
        &self,
        request: UpsertIncidentRequest,
    ) -> Result<UpsertIncidentResponse> {
        let receipt = self.write(Service::upsert_incident, request).await?;
        self.metrics.ingested(receipt.result(), &receipt.masked);
        Ok(receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_nobody_waits_for_gives_its_room_back() {
        let dir = tempfile::tempdir().expect("a folder");
        let service = Service::open(dir.path(), jiff::Timestamp::now).expect("it is new");
        let dispatch = Dispatch::new(service);
        // It would go on for good.
        let endless = |_: &Service, (), stop: Stop<'_>| -> Result<()> {
            while !stop() {
                thread::yield_now();
            }
            Err(Status::deadline_exceeded("nobody waits"))
        };
        for _ in 0..4 * dispatch.reads.room {
            let call = dispatch.while_wanted(endless, ());
            let ended = tokio::time::timeout(std::time::Duration::from_millis(5), call).await;
            assert!(ended.is_err(), "it is still at work");
        }
        let next = dispatch.while_wanted(|_, (), _| Ok(7), ());
        let next = tokio::time::timeout(std::time::Duration::from_secs(30), next).await;
        assert_eq!(next.expect("there is room").expect("it works"), 7);
    }
}
