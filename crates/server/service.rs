//! Every call of the wire as a plain method, so that all doors give the same bytes: gRPC, HTTP, and the command line
//! on a store of its own.
//!
//! Each method checks its request as a whole first and tells everything that is wrong with it at once. Methods block
//! while they work; callers that must not be held up run them on a thread of their own.

use std::path::Path;
use std::sync::{Arc, Mutex};

use engine::{Ahead, Engine, Inventory};
use jiff::Timestamp;
use tonic::{Code, Status};

use crate::aliases::vocabulary_of;
use crate::status;
use crate::violations::Violations;

mod action_items;
mod alerts;
mod backtest;
mod classes;
mod decisions;
mod history;
mod ingest;
mod notes;
mod page;
mod rate;
mod report;
mod similar;
mod watch;

pub use watch::Watcher;

pub(crate) use alerts::Taken;
pub use alerts::{Became, Told};
pub use ingest::Read;
pub(crate) use notes::Listener;

/// The result of a call.
pub type Result<T> = std::result::Result<T, Status>;

/// All calls over one data folder. Cheap to clone; clones share the folder.
#[derive(Debug, Clone)]
pub struct Service {
    engine: Arc<Engine>,
    /// Held while an alert is added to the incidents of its group.
    alerts: Arc<Mutex<()>>,
    clock: fn() -> Timestamp,
}

impl Service {
    /// Opens the data folder `dir`, which is created where it is missing. `clock` tells what now is, for requests
    /// without an as-of.
    ///
    /// # Errors
    /// `UNAVAILABLE` where another process holds the folder or it cannot be used, `DATA_LOSS` where it is damaged,
    /// `INVALID_ARGUMENT` where its `aliases.toml` makes no sense.
    pub fn open(dir: &Path, clock: fn() -> Timestamp) -> Result<Self> {
        let engine = Engine::open_speaking(dir, vocabulary_of(dir)?);
        let engine = engine.map_err(|error| status::of_engine(&error))?;
        Ok(Self { engine: Arc::new(engine), alerts: Arc::default(), clock })
    }

    /// Opens the store in `dir` as [`Service::open`] does, but creates none.
    ///
    /// # Errors
    /// `NOT_FOUND` where there is none, else as [`Service::open`].
    pub fn open_existing(dir: &Path, clock: fn() -> Timestamp) -> Result<Self> {
        if !Engine::exists(dir) {
            let message = format!("there is no store in {}", dir.display());
            let hint = "put incidents in with `relapse ingest`, or name the folder with --data DIR";
            return Err(status::with_hint(Code::NotFound, message, hint));
        }
        Self::open(dir, clock)
    }

    /// Leaves `address` for the message of whoever finds the folder held.
    ///
    /// # Errors
    /// `UNAVAILABLE` where it cannot be written.
    pub fn announce(&self, address: &str) -> Result<()> {
        self.engine.announce(address).map_err(|error| status::of_engine(&error))
    }

    /// The number of incidents stored.
    #[must_use]
    pub fn n_incidents(&self) -> usize {
        self.engine.n_incidents()
    }

    /// The last position of the log that answers take into account.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.engine.position()
    }

    /// The number of the epoch whose weights answers use.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.engine.epoch()
    }

    /// How much of everything there is; takes time in proportion to the incidents.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        self.engine.inventory()
    }

    /// The number of the batch pass that the classes come from; 0 before the first.
    #[must_use]
    pub fn pass(&self) -> u64 {
        self.engine.pass().number
    }

    /// Makes ready what answers are ranked by, which else the first question waits for.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the folder cannot be read, or was being changed.
    pub fn warm(&self) -> Result<()> {
        answered(self.engine.warm())
    }

    /// Loads what it takes to change the record, which else the first change waits for.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the folder cannot be read.
    pub fn load(&self) -> Result<()> {
        answered(self.engine.load())
    }

    /// Saves the index where the log has grown by enough since the last time, so that the folder opens faster; says
    /// whether it did.
    ///
    /// # Errors
    /// `UNAVAILABLE` where it cannot be written.
    pub fn save_if_due(&self) -> Result<bool> {
        answered(self.engine.save_if_due())
    }

    /// Works out what answers need of about `n` more incidents, and says whether there are more. No answer depends on it.
    ///
    /// # Errors
    /// As [`Service::warm`].
    pub(crate) fn work_ahead(&self, ahead: &mut Ahead, n: u32) -> Result<bool> {
        answered(self.engine.work_ahead(ahead, n))
    }

    /// Now, in whole seconds: an answer does not depend on less.
    fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// The cursor of all that is searchable.
    fn cursor(&self) -> String {
        self.engine.position().to_string()
    }

    /// Checks that what was stored at `cursor` is searchable. What a receipt was given for always is, so a cursor
    /// beyond is one of another folder, or of one that was set back: waiting here would not help.
    fn has_reached(&self, cursor: &str) -> Result<()> {
        if cursor.is_empty() {
            return Ok(());
        }
        match cursor.parse::<u64>() {
            Ok(asked) if asked <= self.engine.position() => Ok(()),
            Ok(_) => {
                let message =
                    format!("min_cursor {cursor} is not reached yet; at {}", self.cursor());
                Err(status::come_again(Code::Unavailable, message))
            }
            Err(_) => {
                let mut found = Violations::new();
                found.add("min_cursor", format_args!("`{cursor}`"), "the cursor of a response");
                found.finish()
            }
        }
    }
}

/// The result of the engine as that of a call.
fn answered<T>(result: engine::Result<T>) -> Result<T> {
    result.map_err(|error| status::of_engine(&error))
}
