//! The one face of it all.

use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use analysis::Vocabulary;
use arc_swap::ArcSwap;
use incident::IncidentId;
use store::{Change, Store};

use crate::bell::Bell;
use crate::described::Described;
use crate::error::{Error, Result};
use crate::indices::Indices;
use crate::ingest::{Commit, Ingested};
use crate::opened::Opened;
use crate::prepare::{Item, Prepared, Reading, prepare};
use crate::retriever::{Method, Retriever};
use crate::saving::Saving;
use crate::state::State;
use crate::writer::Writer;

/// How often an answer is begun anew because incidents it speaks of have just changed ...
const ATTEMPTS_MAX: u32 = 1_000;
/// ... and how long that waits for the new state.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(2);
/// Below this many changes a second thread costs more than it saves.
const CHANGES_PER_THREAD: usize = 256;

/// Everything about one data folder: ingest, search, classes, reports. Shared between threads by
/// reference; a query never waits for an ingest.
#[derive(Debug)]
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) retriever: Retriever,
    state: ArcSwap<State>,
    writer: Mutex<Indices>,
    pub(crate) saving: Saving,
    queue: Mutex<Vec<Ticket>>,
    /// Rung when something happened that others may wait for.
    pub(crate) bell: Bell,
    pub(crate) described: Described,
}

/// The indices under change, held.
pub(crate) type Held<'a> = MutexGuard<'a, Indices>;

/// Items that wait for the next commit, and where their receipts go.
#[derive(Debug)]
struct Ticket {
    items: Vec<Prepared>,
    reply: Sender<Result<Vec<Ingested>>>,
}

impl Engine {
    /// Opens the data folder `dir`, which is created where it is missing. Questions can be asked from then on; whoever
    /// writes first waits for what else that takes, see [`Engine::load`].
    ///
    /// # Errors
    /// [`Error::Store`] where the folder is locked, damaged, newer or cannot be used.
    pub fn open(dir: &Path) -> Result<Self> {
        Self::open_speaking(dir, Vocabulary::operations())
    }

    /// The same; questions are also asked in the other words of `vocabulary`.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open_speaking(dir: &Path, vocabulary: Vocabulary) -> Result<Self> {
        let store = Store::open(dir)?;
        let retriever = Retriever::new(Method::Default).speaking(vocabulary);
        let mut opened = Opened::of(&store, &retriever)?;
        let state = opened.corpus.state();
        tracing::info!(
            incidents = state.snapshot.n_docs(),
            position = state.position,
            saved_at = opened.corpus.saved_at,
            "the data folder is open"
        );
        Ok(Self {
            store,
            retriever,
            state: ArcSwap::from_pointee(state),
            writer: Mutex::new(Indices::Opened(Box::new(opened))),
            saving: Saving::default(),
            queue: Mutex::default(),
            bell: Bell::default(),
            described: Described::default(),
        })
    }

    /// Whether the folder `dir` holds a store, sound or not.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        Store::exists(dir)
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
        self.keep(self.read_ahead(items))
    }

    /// Reads, masks and analyses `items`, on all cores: the part of an ingest that needs nothing but the
    /// items. Whoever has many reads some while [`Engine::keep`] stores those before them.
    #[must_use]
    pub fn read_ahead(&self, items: Vec<Item>) -> Reading {
        prepare(items, &self.retriever)
    }

    /// Stores what was read, as [`Engine::ingest`] does.
    ///
    /// # Errors
    /// As [`Engine::ingest`].
    pub fn keep(&self, reading: Reading) -> Result<Vec<Ingested>> {
        let Reading { items } = reading;
        let (reply, receipts) = mpsc::channel();
        held(&self.queue).push(Ticket { items, reply });
        let mut writer = self.writer();
        // Whoever gets the writer serves all that wait, so a ticket may be served before its turn.
        let tickets = std::mem::take(&mut *held(&self.queue));
        if !tickets.is_empty() {
            self.serve(&mut writer, tickets);
        }
        drop(writer);
        receipts.recv().unwrap_or_else(|_| {
            let message = "whoever served the commit gave it up".to_owned();
            Err(store::Error::Unavailable { message }.into())
        })
    }

    /// Removes an incident for good; its text and the words that only it held are wiped.
    ///
    /// # Errors
    /// [`Error::NoIncident`]; [`Error::Store`] where the commit failed.
    pub fn delete(&self, id: &IncidentId) -> Result<()> {
        let deleted = self.change(|writer| {
            if !writer.holds(id) {
                return Err(Error::NoIncident { id: id.clone() });
            }
            // It holds the words of the incident, which must not outlive it.
            self.give_up_saved()?;
            let position = writer.next_position();
            writer.erase(id);
            Ok(((), vec![Change::Delete { position, id: id.clone() }]))
        });
        self.described.forget();
        deleted
    }

    /// Commits what `make` does to the indices under change and says of it in changes of the record; with no change
    /// said, nothing was done. Where `make` fails it must have done nothing.
    ///
    /// # Errors
    /// Those of `make`; [`Error::Store`] where the commit failed.
    pub(crate) fn change<T>(
        &self,
        make: impl FnOnce(&mut Writer) -> Result<(T, Vec<Change>)>,
    ) -> Result<T> {
        let mut guard = self.writer();
        let writer = self.loaded(&mut guard)?;
        let (made, mut changes) = make(writer)?;
        if !changes.is_empty() {
            changes.extend(writer.advance().into_iter().flatten());
        }
        self.commit(&mut guard, changes)?;
        Ok(made)
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

    /// What `work` makes of the state, begun anew where incidents it speaks of have just changed.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Overtaken`] where they kept changing for two seconds.
    pub(crate) fn settled<T>(&self, work: impl Fn(&State) -> Result<T>) -> Result<T> {
        for _ in 0..ATTEMPTS_MAX {
            match work(&self.state()) {
                // A commit is durable a moment before its state is seen.
                Err(Error::Overtaken) => thread::sleep(BETWEEN_ATTEMPTS),
                done => return done,
            }
        }
        Err(Error::Overtaken)
    }

    fn serve(&self, guard: &mut Held<'_>, tickets: Vec<Ticket>) {
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
        guard: &mut Held<'_>,
        items: Vec<Vec<Prepared>>,
    ) -> Result<Vec<Vec<Ingested>>> {
        let writer = self.loaded(guard)?;
        let mut commit = Commit::new(writer, &self.store);
        let mut taken: store::Result<Vec<Vec<Ingested>>> =
            items.into_iter().map(|items| commit.take_all(items)).collect();
        let changes = commit.finish(taken.iter_mut().flatten().flatten());
        match taken {
            Ok(receipts) => self.commit(guard, changes).map(|()| receipts),
            Err(error) => {
                **guard = Indices::Lost;
                Err(error.into())
            }
        }
    }

    /// Makes `changes` durable, with what is told of them, then visible.
    pub(crate) fn commit(&self, guard: &mut Held<'_>, changes: Vec<Change>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let writer = self.loaded(guard)?;
        let told = writer.tallies.told(changes, &self.store);
        if let Err(error) = told.and_then(|changes| self.store_beside(writer, &changes)) {
            **guard = Indices::Lost;
            return Err(error.into());
        }
        self.state.store(Arc::new(writer.corpus.state()));
        self.bell.ring();
        Ok(())
    }

    /// Makes `changes` durable, and the weights where they have changed. The index is brought up to date meanwhile.
    fn store_beside(&self, writer: &mut Writer, changes: &[Change]) -> store::Result<()> {
        if changes.len() < CHANGES_PER_THREAD {
            let weights = writer.new_weights();
            writer.flush();
            return self.store.commit_with(changes, || Ok(weights));
        }
        thread::scope(|scope| {
            let (sender, weights) = mpsc::channel();
            let unknown = |_| {
                let message = "the weights were given up".to_owned();
                store::Error::Unavailable { message }
            };
            let storing = scope
                .spawn(move || self.store.commit_with(changes, || weights.recv().map_err(unknown)));
            // Where nobody takes it the commit has failed, and says so.
            let _ = sender.send(writer.new_weights());
            writer.flush();
            storing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Waits for the writer. A holder that panicked left its indices half changed: they go.
    pub(crate) fn writer(&self) -> Held<'_> {
        self.writer.lock().unwrap_or_else(|poisoned| {
            let mut guard = poisoned.into_inner();
            *guard = Indices::Lost;
            self.writer.clear_poison();
            guard
        })
    }

    pub(crate) fn loaded<'a>(&self, guard: &'a mut Held<'_>) -> Result<&'a mut Writer> {
        guard.loaded(&self.store, &self.retriever)
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

/// A queue whose holder panicked is whole all the same: tickets are pushed and taken at once.
fn held(queue: &Mutex<Vec<Ticket>>) -> MutexGuard<'_, Vec<Ticket>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use incident::{AsOf, Incident};

    use super::*;
    use crate::ingest::Outcome;

    const CALLERS: usize = 4;

    fn opened() -> (tempfile::TempDir, Engine) {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        (dir, engine)
    }

    fn items(title: &str) -> Vec<Item> {
        vec![Item::Incident(Box::new(Incident::new("jsonl", title, title)))]
    }

    #[test]
    fn callers_that_wait_share_a_commit() {
        let (_dir, engine) = opened();
        thread::scope(|scope| {
            let mut writer = engine.writer();
            let callers: Vec<_> = (0..CALLERS)
                .map(|caller| {
                    scope.spawn({
                        let engine = &engine;
                        move || engine.ingest(items(&format!("disk {caller} full")))
                    })
                })
                .collect();
            while held(&engine.queue).len() < CALLERS {
                thread::yield_now();
            }
            let waiting = std::mem::take(&mut *held(&engine.queue));
            engine.serve(&mut writer, waiting);
            assert_eq!(
                engine.position(),
                CALLERS as u64,
                "all of them in the one state swapped in"
            );
            drop(writer);
            for caller in callers {
                let receipts = caller.join().expect("no panic").expect("committed");
                assert_eq!(receipts[0].outcome, Outcome::New);
            }
        });
        assert_eq!(engine.n_incidents(), CALLERS);
    }

    #[test]
    fn a_panic_while_writing_costs_nothing_but_the_commit() {
        let (_dir, engine) = opened();
        engine.ingest(items("disk full")).expect("committed");
        let panicked = thread::scope(|scope| {
            let half_done = scope.spawn(|| {
                let mut guard = engine.writer();
                let writer = engine.loaded(&mut guard).expect("loaded");
                writer.next_position();
                writer.erase(&IncidentId::new("disk full"));
                std::panic::resume_unwind(Box::new("half done"));
            });
            half_done.join()
        });
        assert!(panicked.is_err());
        engine.ingest(items("queue stuck")).expect("committed");
        assert_eq!((engine.position(), engine.n_incidents()), (2, 2));
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        assert!(engine.incident(&IncidentId::new("disk full"), now).is_ok());
    }
}
