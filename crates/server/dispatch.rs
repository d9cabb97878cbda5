//! Calls on their way to the service: off the runtime's threads, and never more than the machine can bear.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use engine::Stop;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};
use tokio::task;
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};
use tracing::Span;

use crate::limits::{BATCH_RECORDS, WAITING_CALLS, WAITING_WRITES, WATCHERS_MAX};
use crate::metrics::{Load, Metrics};
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

    /// Waits for the turn of a stream: while somebody asks, one of its steps after another, and none before the questions
    /// under way are answered or [`COURTESY`] is over.
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

/// Threads for one kind of work.
#[derive(Debug)]
struct Pool {
    running: Arc<Semaphore>,
    /// How many may run at once.
    room: usize,
    admitted: Semaphore,
    waiting: usize,
    /// Those that wait for room now.
    queue: AtomicUsize,
}

/// A place in a queue, given up when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(queue: &'a AtomicUsize) -> Self {
        queue.fetch_add(1, Ordering::Relaxed);
        Self(queue)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    fn new(running: usize, waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running)),
            room: running,
            admitted: Semaphore::new(running + waiting),
            waiting,
            queue: AtomicUsize::new(0),
        }
    }

    fn load(&self) -> Load {
        Load {
            running: self.room - self.running.available_permits(),
            waiting: self.queue.load(Ordering::Relaxed),
        }
    }

    /// A place among those that run or wait, held until it is dropped.
    fn admit(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        self.admitted.try_acquire().map_err(|_| {
            let message = format!("{} calls are waiting already", self.waiting);
            come_again(Code::ResourceExhausted, message)
        })
    }

    /// Does `work` on a thread of its own once there is room. Whoever stops waiting gives up the place in the queue;
    /// work that has begun keeps its room until its end, or until it sees that nobody waits.
    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let place = Place::take(&self.queue);
        let room = Arc::clone(&self.running).acquire_owned().await;
        let room = room.map_err(|_| Status::unavailable("the server is stopping"))?;
        drop(place);
        // What it logs belongs to the request, whichever thread it runs on.
        let span = Span::current();
        let done = task::spawn_blocking(move || {
            let _room = room;
            span.in_scope(work)
        });
        done.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call broke down");
            Err(Status::internal("the call broke down; the log of the server says why"))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_beyond_the_bound_is_turned_away() {
        let pool = Pool::new(1, 1);
        let (first, second) = (pool.admit(), pool.admit());
        assert!(first.is_ok() && second.is_ok());
        let third = pool.admit().expect_err("one runs and one waits");
        assert_eq!(third.code(), Code::ResourceExhausted);
        assert!(crate::status::retry_delay(&third).is_some());
        drop(first);
        assert!(pool.admit().is_ok());
    }

    #[tokio::test]
    async fn no_more_run_at_once_than_there_is_room_for() {
        let pool = Pool::new(1, 1);
        let (release, held) = mpsc::channel::<()>();
        let first = pool.run(move || {
            held.recv().expect("it is released");
            Ok(1)
        });
        let second = pool.run(|| Ok(2));
        tokio::pin!(first, second);
        tokio::select! {
            biased;
            _ = &mut first => unreachable!("it is held"),
            _ = &mut second => unreachable!("there is no room"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(pool.load(), Load { running: 1, waiting: 1 });
        release.send(()).expect("it waits");
        assert_eq!(first.await.expect("it is released"), 1);
        assert_eq!(second.await.expect("there is room now"), 2);
    }

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

    #[tokio::test]
    async fn a_call_that_breaks_down_is_an_internal_error() {
        let pool = Pool::new(1, 1);
        let broken = pool.run(|| -> Result<()> { unreachable!("as it is meant to") });
        assert_eq!(broken.await.expect_err("it broke down").code(), Code::Internal);
    }
}
