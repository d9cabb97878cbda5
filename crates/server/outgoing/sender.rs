//! Brings notes to one destination, one after the other.
//!
//! That a note is being sent is kept before it is sent, so whoever finds it so after a crash knows that it may have
//! arrived. Where a note did not arrive it is sent again, later and later; after some hours nobody needs it any more,
//! and it is given up.

use std::sync::Arc;
use std::time::Duration;

use engine::{NoteRecord, NoteState};
use tokio::sync::Notify;
use tokio::task;
use tokio::time::{sleep, timeout};

use super::client::Client;
use super::destination::{Destination, Repetition};
use super::note::Note;
use super::trouble::Trouble;
use crate::dispatch::Dispatch;
use crate::proto::FindSimilarRequest;
use crate::proto::find_similar_request::Query;
use crate::service::{Result, Service};

/// The matches of a note.
const MATCHES: u32 = 3;

/// How patient a sender is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The pause after the first failure; each one after that is twice as long,
    pub(crate) first: Duration,
    /// up to this.
    pub(crate) longest: Duration,
    /// How long a request may still be carried out after nobody waits for its reply.
    pub(crate) settle: Duration,
    /// How old a note may be.
    pub(crate) give_up: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(300),
            settle: Duration::from_secs(30),
            give_up: Duration::from_secs(4 * 3600),
        }
    }
}

impl Pace {
    /// The pause before a note is sent again that was sent `attempts` times: doubled each time, less up to half of it,
    /// so that not all come at once. The same note pauses the same.
    fn pause(self, key: &str, attempts: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << attempts.saturating_sub(1).min(20));
        let whole = doubled.min(self.longest);
        // FNV-1a, of 64 bits.
        let hash =
            key.bytes().chain(attempts.to_le_bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let less = (hash >> 32) as f64 / f64::from(u32::MAX) / 2.0;
        whole.mul_f64(1.0 - less)
    }
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Look again.
    Look,
    /// Look again after a while, or when there is something new.
    LookIn(Duration),
    /// Leave the destination alone for a while.
    Pause(Duration),
    /// Look when there is something new.
    Rest,
}

/// Sends to one destination.
pub(crate) struct Sender {
    dispatch: Arc<Dispatch>,
    destination: Arc<Destination>,
    client: Client,
    pace: Pace,
    bell: Arc<Notify>,
    /// When it began, in milliseconds since 1970: notes from before may be older than what is known of them.
    began_at_ms: i64,
}

impl Sender {
    pub(crate) fn new(
        dispatch: Arc<Dispatch>,
        destination: Arc<Destination>,
        client: Client,
        pace: Pace,
        bell: Arc<Notify>,
    ) -> Self {
        let began_at_ms = dispatch.service().precise_now().as_millisecond();
        Self { dispatch, destination, client, pace, bell, began_at_ms }
    }

    /// Sends what there is, until the server is asked to stop; what is being sent then is sent.
    pub(crate) async fn run(self) {
        loop {
            let next = self.step().await;
            tokio::select! {
                biased;
                () = self.dispatch.stopped() => return,
                () = self.wait_for(next) => {}
            }
        }
    }

    async fn wait_for(&self, next: Next) {
        match next {
            Next::Look => {}
            Next::LookIn(wait) => drop(timeout(wait, self.bell.notified()).await),
            Next::Pause(pause) => sleep(pause).await,
            Next::Rest => self.bell.notified().await,
        }
    }

    /// Looks at the note that is due first.
    async fn step(&self) -> Next {
        let name = self.destination.name.clone();
        let next = self.with_service(move |service| service.next_note(&name)).await;
        let record = match next {
            Ok(Some(record)) => record,
            Ok(None) => return Next::Rest,
            Err(status) => {
                tracing::error!(destination = self.destination.name, %status, "cannot read what is to be sent");
                return Next::Pause(self.pace.longest);
            }
        };
        let wait_ms = record.due_at_ms - self.now_ms();
        if let Ok(wait_ms @ 1..) = u64::try_from(wait_ms) {
            return Next::LookIn(Duration::from_millis(wait_ms));
        }
        match self.forward(record).await {
            Ok(next) => next,
            Err(status) => {
                tracing::error!(destination = self.destination.name, %status, "cannot keep what was sent");
                Next::Pause(self.pace.longest)
            }
        }
    }

    /// Brings a note that is due one step further.
    async fn forward(&self, record: NoteRecord) -> Result<Next> {
        let age_ms = self.now_ms() - record.queued_at_ms;
        if u128::try_from(age_ms).is_ok_and(|age| age > self.pace.give_up.as_millis()) {
            return self.give_up(record, "it is too old by now").await;
        }
        let note = match self.written(&record).await {
            Ok(Some(note)) => note,
            // Its incident went in between, and the note with it.
            Ok(None) => return Ok(Next::LookIn(self.pace.first)),
            Err(status) => {
                let trouble = Trouble::Later { reason: status.message().to_owned(), after: None };
                return self.wait(record, trouble).await;
            }
        };
        if self.may_be_there(&record) {
            match self.destination.has(&self.client, &note).await {
                Ok(true) => return self.sent(record).await,
                Ok(false) => {}
                // It is on record that it did not arrive; that alone need not be true of a backup.
                Err(Trouble::Refused { .. }) if record.state == NoteState::Waiting => {}
                Err(trouble) => return self.not_found_out(record, trouble).await,
            }
        }
        if self.is_hopeless(&record) {
            return self.give_up(record, "nobody can tell whether it arrived").await;
        }
        self.send(record, &note).await
    }

    async fn send(&self, mut record: NoteRecord, note: &Note) -> Result<Next> {
        record.state = NoteState::Sending;
        record.attempts += 1;
        record.due_at_ms = self.in_ms(self.pace.settle);
        self.keep(record.clone()).await?;
        match self.destination.send(&self.client, note).await {
            Ok(()) => self.sent(record).await,
            Err(Trouble::Refused { reason }) => self.give_up(record, &reason).await,
            Err(trouble @ Trouble::Later { .. }) => {
                record.state = NoteState::Waiting;
                self.wait(record, trouble).await
            }
            Err(trouble @ Trouble::Unsure { .. }) => self.wait(record, trouble).await,
        }
    }

    /// Whether it is worth looking for the note. One from before this process may be out of a backup, and have been
    /// sent since.
    fn may_be_there(&self, record: &NoteRecord) -> bool {
        let is_older = record.queued_at_ms < self.began_at_ms;
        self.destination.repetition() == Repetition::Looked
            && (record.state == NoteState::Sending || is_older)
    }

    fn is_hopeless(&self, record: &NoteRecord) -> bool {
        record.state == NoteState::Sending && self.destination.repetition() == Repetition::Never
    }

    /// What there is to say; `None` where the incident is gone.
    async fn written(&self, record: &NoteRecord) -> Result<Option<Note>> {
        let id = record.incident.clone();
        let Some(incident) = self.with_service(move |service| service.stored(&id)).await? else {
            return Ok(None);
        };
        let request = FindSimilarRequest {
            query: Some(Query::IncidentId(incident.id.as_str().to_owned())),
            k: MATCHES,
            ..FindSimilarRequest::default()
        };
        let answer = self.dispatch.find_similar_in_turn(request).await?;
        Ok(Some(Note::new(record, incident, answer)))
    }

    async fn sent(&self, mut record: NoteRecord) -> Result<Next> {
        tracing::info!(destination = record.destination, incident = %record.incident.as_str(), "told");
        record.state = NoteState::Sent;
        record.reason.clear();
        self.keep(record).await?;
        Ok(Next::Look)
    }

    async fn give_up(&self, mut record: NoteRecord, reason: &str) -> Result<Next> {
        record.state = NoteState::GivenUp;
        // The last trouble says more than that it took too long.
        record.reason = match record.reason.as_str() {
            "" => reason.to_owned(),
            before => format!("{reason}; before that: {before}"),
        };
        let NoteRecord { destination, incident, attempts, reason, .. } = &record;
        tracing::warn!(destination, incident = %incident.as_str(), attempts, reason, "gave up to tell");
        self.keep(record).await?;
        Ok(Next::Look)
    }

    /// Where it cannot be found out whether a note is there, it is not sent.
    async fn not_found_out(&self, mut record: NoteRecord, trouble: Trouble) -> Result<Next> {
        record.attempts += 1;
        match trouble {
            Trouble::Refused { reason } => {
                let reason = format!("nobody can tell whether it arrived: {reason}");
                self.give_up(record, &reason).await
            }
            trouble => self.wait(record, trouble).await,
        }
    }

    async fn wait(&self, mut record: NoteRecord, trouble: Trouble) -> Result<Next> {
        let (reason, after) = match trouble {
            Trouble::Later { reason, after } => (reason, after),
            Trouble::Unsure { reason, after } => {
                (reason, Some(after.unwrap_or_default().max(self.pace.settle)))
            }
            Trouble::Refused { reason } => return self.give_up(record, &reason).await,
        };
        let pause = self.pace.pause(record.incident.as_str(), record.attempts);
        let pause = pause.max(after.unwrap_or_default());
        tracing::debug!(destination = record.destination, reason, ?pause, "not told yet");
        record.reason = reason;
        record.due_at_ms = self.in_ms(pause);
        self.keep(record).await?;
        Ok(Next::Pause(pause.min(self.pace.longest)))
    }

    async fn keep(&self, record: NoteRecord) -> Result<()> {
        self.with_service(move |service| service.keep_note(record)).await
    }

    async fn with_service<R: Send + 'static>(
        &self,
        work: impl FnOnce(&Service) -> Result<R> + Send + 'static,
    ) -> Result<R> {
        let service = self.dispatch.service().clone();
        let done = task::spawn_blocking(move || work(&service)).await;
        done.unwrap_or_else(|error| Err(tonic::Status::internal(error.to_string())))
    }

    fn now_ms(&self) -> i64 {
        self.dispatch.service().precise_now().as_millisecond()
    }

    fn in_ms(&self, pause: Duration) -> i64 {
        let pause_ms = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        self.now_ms().saturating_add(pause_ms)
    }
}

#[cfg(test)]
mod tests;
