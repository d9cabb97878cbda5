//! The stream of recurrences: read from the store as its caller takes them, and never dropped.
//!
//! A caller that is slower than what happens holds nothing up and fills no memory: a few messages wait for it, the rest
//! stays in the store until it is asked for. Whatever ends the stream from this side is `UNAVAILABLE` or says why, so a
//! caller knows that it has to resume.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};

use crate::dispatch::Dispatch;
use crate::limits::{SIGN_OF_LIFE_SECS, WATCH_BUFFER};
use crate::proto::WatchRecurrencesResponse;
use crate::service::Watcher;
use crate::status::come_again;

type Told = Result<WatchRecurrencesResponse, Status>;

/// What `watcher` wants to hear, until it goes away or the server stops. `place` is its own among the watchers.
pub(super) fn recurrences(
    dispatch: Arc<Dispatch>,
    watcher: Watcher,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Told> + Send {
    let (sender, told) = channel(WATCH_BUFFER);
    tokio::spawn(async move {
        let _place = place;
        // Nobody there to be told is as good an end.
        let _ = tell(dispatch, watcher, &sender).await;
    });
    ReceiverStream::new(told).chain(futures_util::stream::once(async { Err(stopping()) }))
}

fn stopping() -> Status {
    come_again(Code::Unavailable, "the server is stopping; watch again with the last resume_token")
}

/// Ends where nobody listens any more, the server stops, or the store cannot be read, which the caller is told.
async fn tell(dispatch: Arc<Dispatch>, mut watcher: Watcher, sender: &Sender<Told>) -> Option<()> {
    // Whoever asked from now on learns at once where that is.
    hand_over(&dispatch, sender, watcher.sign_of_life()).await?;
    loop {
        let (behind, told, more) = match dispatch.told(watcher).await {
            Ok(read) => read,
            Err(status) => return sender.send(Err(status)).await.ok(),
        };
        watcher = behind;
        for event in told {
            hand_over(&dispatch, sender, event).await?;
        }
        if more {
            continue;
        }
        let silence = tokio::time::sleep(Duration::from_secs(SIGN_OF_LIFE_SECS));
        tokio::select! {
            () = dispatch.stopped() => return None,
            () = sender.closed() => return None,
            () = dispatch.service().happened(&watcher) => {}
            () = silence => hand_over(&dispatch, sender, watcher.sign_of_life()).await?,
        }
    }
}

/// Waits until the caller has taken enough of what came before.
async fn hand_over(
    dispatch: &Dispatch,
    sender: &Sender<Told>,
    event: WatchRecurrencesResponse,
) -> Option<()> {
    tokio::select! {
        biased;
        () = dispatch.stopped() => None,
        sent = sender.send(Ok(event)) => sent.ok(),
    }
}
