//! Threads for the calls, as many as the machine can bear.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task;
use tonic::{Code, Status};
use tracing::Span;

use crate::metrics::Load;
use crate::service::Result;
use crate::status::come_again;

/// Threads for one kind of work.
#[derive(Debug)]
pub(crate) struct Pool {
    running: Arc<Semaphore>,
    /// How many may run at once.
    pub(crate) room: usize,
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
    pub(crate) fn new(running: usize, waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(running)),
            room: running,
            admitted: Semaphore::new(running + waiting),
            waiting,
            queue: AtomicUsize::new(0),
        }
    }

    pub(crate) fn load(&self) -> Load {
        Load {
            running: self.room - self.running.available_permits(),
            waiting: self.queue.load(Ordering::Relaxed),
        }
    }

    /// A place among those that run or wait, held until it is dropped.
    pub(crate) fn admit(&self) -> Result<SemaphorePermit<'_>> {
        self.admitted.try_acquire().map_err(|_| {
            let message = format!("{} calls are waiting already", self.waiting);
            come_again(Code::ResourceExhausted, message)
        })
    }

    /// Does `work` on a thread of its own once there is room. Whoever stops waiting gives up the place in the queue;
    /// work that has begun keeps its room until its end, or until it sees that nobody waits.
    pub(crate) async fn run<R: Send + 'static>(
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
    async fn a_call_that_breaks_down_is_an_internal_error() {
        let pool = Pool::new(1, 1);
        let broken = pool.run(|| -> Result<()> { unreachable!("as it is meant to") });
        assert_eq!(broken.await.expect_err("it broke down").code(), Code::Internal);
    }
}
