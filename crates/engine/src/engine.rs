//! The one face of it all.

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use incident::IncidentId;
use store::{Change, Store};

use crate::error::{Error, Result};
use crate::ingest::{Commit, Ingested};
use crate::prepare::{Item, Prepared, prepare};
use crate::retriever::{Method, Retriever};
use crate::state::State;
use crate::writer::Writer;

/// Everything about one data folder: ingest, search, classes, reports. Shared between threads by
/// reference; a query never waits for an ingest.
#[derive(Debug)]
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) retriever: Retriever,
    state: ArcSwap<State>,
    /// `None` after a commit failed: the indices under change are then ahead of the record.
    writer: Mutex<Option<Writer>>,
    queue: Mutex<Vec<Ticket>>,
}

/// Items that wait for the next commit, and where their receipts go.
#[derive(Debug)]
struct Ticket {
    items: Vec<Prepared>,
    reply: Sender<Result<Vec<Ingested>>>,
}

impl Engine {
    /// Opens the data folder `dir`, which is created where it is missing, and builds the indices.
    ///
    /// # Errors
    /// [`Error::Store`] where the folder is locked, damaged, newer or cannot be used.
    pub fn open(dir: &Path) -> Result<Self> {
        let store = Store::open(dir)?;
        let retriever = Retriever::new(Method::Default);
        let writer = Writer::load(&store, &retriever)?;
        tracing::info!(
            incidents = writer.n_incidents(),
            position = store.last_position(),
            "the data folder is open"
        );
        let state = ArcSwap::from_pointee(writer.state());
        let writer = Mutex::new(Some(writer));
        Ok(Self { store, retriever, state, writer, queue: Mutex::default() })
    }

    /// Leaves `address` for the message of whoever finds the folder locked.
    ///
    /// # Errors
    /// [`Error::Store`] where it cannot be written.
    pub fn announce(&self, address: &str) -> Result<()> {
        Ok(self.store.announce(address)?)
    }

    /// Stores `items`: one receipt each, in order, given once all of them are durable and searchable.
    /// What several callers ask for at the same time shares a commit.
    ///
    /// # Errors
    /// [`Error::Store`] where the commit failed; then nothing of it is kept.
    pub fn ingest(&self, items: Vec<Item>) -> Result<Vec<Ingested>> {
        let items = prepare(items, &self.retriever);
        let (reply, receipts) = mpsc::channel();
        held(&self.queue).push(Ticket { items, reply });
        let mut writer = held(&self.writer);
        // Whoever gets the writer serves all that wait, so a ticket may be served before its turn.
        let tickets = std::mem::take(&mut *held(&self.queue));
        if !tickets.is_empty() {
            self.serve(&mut writer, tickets);
        }
        drop(writer);
        receipts.recv().expect("a ticket is served before its caller gets the writer or by it")
    }

    /// Removes an incident for good; its text and the words that only it held are wiped.
    ///
    /// # Errors
    /// [`Error::NoIncident`]; [`Error::Store`] where the commit failed.
    pub fn delete(&self, id: &IncidentId) -> Result<()> {
        let mut guard = held(&self.writer);
        let writer = self.loaded(&mut guard)?;
        if !writer.holds(id) {
            return Err(Error::NoIncident { id: id.clone() });
        }
        let position = writer.next_position();
        let forgotten = writer.erase(id);
        let mut changes = vec![Change::Delete { position, id: id.clone() }];
        match writer.advance() {
            Some(begun) => {
                changes.extend(begun.classes);
                changes.push(begun.epoch);
            }
            None => changes.push(forgotten),
        }
        self.commit(&mut guard, &changes)
    }

    /// The number of incidents stored.
    #[must_use]
    pub fn n_incidents(&self) -> usize {
        self.state().snapshot.n_docs()
    }

    /// The last position of the log that answers take into account.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.state().position
    }

    /// The number of the epoch whose weights answers use.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.state().epoch
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.state.load_full()
    }

    fn serve(&self, guard: &mut MutexGuard<'_, Option<Writer>>, tickets: Vec<Ticket>) {
        let (replies, items): (Vec<_>, Vec<_>) =
            tickets.into_iter().map(|ticket| (ticket.reply, ticket.items)).unzip();
        match self.store_all(guard, items) {
            Ok(receipts) => {
                for (reply, receipts) in replies.into_iter().zip(receipts) {
                    // A caller that gave up needs no receipt.
                    let _ = reply.send(Ok(receipts));
                }
            }
            Err(error) => refuse(replies, error),
        }
    }

    fn store_all(
        &self,
        guard: &mut MutexGuard<'_, Option<Writer>>,
        items: Vec<Vec<Prepared>>,
    ) -> Result<Vec<Vec<Ingested>>> {
        let writer = self.loaded(guard)?;
        let mut commit = Commit::new(writer, &self.store);
        let taken: store::Result<Vec<Vec<Ingested>>> = items
            .into_iter()
            .map(|items| items.into_iter().map(|item| commit.take(item)).collect())
            .collect();
        let changes = commit.finish();
        match taken {
            Ok(receipts) => self.commit(guard, &changes).map(|()| receipts),
            Err(error) => {
                **guard = None;
                Err(error.into())
            }
        }
    }

    /// Makes `changes` durable, then visible.
    fn commit(&self, guard: &mut MutexGuard<'_, Option<Writer>>, changes: &[Change]) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store.commit(changes) {
            **guard = None;
            return Err(error.into());
        }
        if let Some(writer) = guard.as_ref() {
            self.state.store(Arc::new(writer.state()));
        }
        Ok(())
    }

    fn loaded<'a>(&self, guard: &'a mut MutexGuard<'_, Option<Writer>>) -> Result<&'a mut Writer> {
        let writer = match guard.take() {
            Some(writer) => writer,
            None => Writer::load(&self.store, &self.retriever)?,
        };
        Ok(guard.insert(writer))
    }
}

/// Tells every caller why; the error itself goes to the first.
fn refuse(replies: Vec<Sender<Result<Vec<Ingested>>>>, error: Error) {
    let message = error.to_string();
    let mut error = Some(error);
    for reply in replies {
        let told = error.take().unwrap_or_else(|| {
            Error::Store(store::Error::Unavailable { message: message.clone() })
        });
        let _ = reply.send(Err(told));
    }
}

/// A lock whose holder panicked guards whole values all the same: they are replaced, never half changed.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
