//! The store itself.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use crate::derived::Derived;
use crate::error::{Error, Result};
use crate::folder::FolderLock;
use crate::format;
use crate::note;
use crate::read::{self, Readers};
use crate::record::Change;
use crate::schema;
use crate::write;

mod queries;

/// Tables in the columns that [`format`] reads.
const MESSAGES: &str = "SELECT source, id, received_at, seal FROM message";
const LINEAGE: &str =
    "SELECT kind, class, other, incidents, position, epoch, decision, seal FROM lineage";
const ALIASES: &str = "SELECT source, external_id, digest, of, seal FROM alias";

/// The durable record of one data folder. Shared by reference between threads: commits queue, reads
/// go on beside them.
// The fields close in this order: the lock ends when the database is closed, not before.
#[derive(Debug)]
pub struct Store {
    readers: Readers,
    writer: Mutex<Connection>,
    last_position: AtomicU64,
    last_event: AtomicU64,
    deleted_text_in_log: AtomicBool,
    derived: Derived,
    lock: FolderLock,
}

impl Store {
    /// Opens the store in the folder `dir`, creates both where they are missing, brings an older
    /// format to the present one. The folder stays locked until the store is dropped.
    ///
    /// # Errors
    /// [`Error::NotAFolder`] and [`Error::Io`] where the folder or its files cannot be used,
    /// [`Error::Locked`] where another process (or another store of this one) holds it,
    /// [`Error::NotOurs`], [`Error::NewerFormat`] and [`Error::Corrupt`] where the data is not
    /// readable here. In all these cases the data stays as it was.
    pub fn open(dir: &Path) -> Result<Self> {
        let lock = FolderLock::take(dir)?;
        let path = schema::path_in(dir);
        let writer = schema::open(&path)?;
        let last = read::last_position(&writer)?;
        let (last_event, _) = read::last_event(&writer)?;
        let store = Self {
            readers: Readers::new(path),
            writer: Mutex::new(writer),
            last_position: AtomicU64::new(last),
            last_event: AtomicU64::new(last_event),
            deleted_text_in_log: AtomicBool::new(false),
            derived: Derived::of(dir),
            lock,
        };
        // A process that was killed may have left deleted text there; on a full disk reads still work.
        let _ = store.compact();
        Ok(store)
    }

    /// Whether the folder `dir` holds a store, sound or not.
    #[must_use]
    pub fn exists(dir: &Path) -> bool {
        schema::path_in(dir).exists()
    }

    /// Leaves `address` in the lock file, for the message of whoever finds the folder locked.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    pub fn announce(&self, address: &str) -> Result<()> {
        self.lock.announce(address)
    }

    /// Applies `changes` in order, all or none. They are durable when this returns. A deleted text is
    /// gone from the files too, unless a read that began earlier is still under way: then with a
    /// later commit, or with [`Store::compact`].
    ///
    /// # Errors
    /// [`Error::Position`] for a position that is not above all before it, [`Error::Constraint`]
    /// for a change that contradicts the record, [`Error::Full`], [`Error::Unavailable`] and
    /// [`Error::Corrupt`] for what the disk may do. Nothing of a refused list is kept.
    pub fn commit(&self, changes: &[Change]) -> Result<()> {
        self.commit_with(changes, || Ok(None))
    }

    /// The same with one more change behind the others, which is asked for when they have been applied: whoever has to
    /// work it out can do so meanwhile. Where that fails nothing is kept.
    ///
    /// # Errors
    /// As [`Store::commit`], and what `last` says.
    pub fn commit_with(
        &self,
        changes: &[Change],
        last: impl FnOnce() -> Result<Option<Change>>,
    ) -> Result<()> {
        let mut writer = self.writer();
        let last = write::commit(&mut writer, changes, last, self.last_position())?;
        self.last_position.store(last, Ordering::Release);
        let events = changes.iter().filter(|change| matches!(change, Change::Event(_))).count();
        self.last_event.fetch_add(events as u64, Ordering::Release);
        if changes.iter().any(|change| matches!(change, Change::Delete { .. })) {
            self.deleted_text_in_log.store(true, Ordering::Release);
        }
        if self.deleted_text_in_log.load(Ordering::Acquire) {
            // The commit itself has succeeded; what cannot be wiped now is wiped later.
            let _ = self.wipe_log(&writer, Duration::ZERO);
        }
        Ok(())
    }

    /// What [`Store::keep`] kept last as `name`; `None` where that was under another key, or is damaged.
    #[must_use]
    pub fn kept(&self, name: &str, key: &[u8]) -> Option<Vec<u8>> {
        self.derived.read(name, key)
    }

    /// Keeps `payload`, which can be computed from the record again, in the file `name` of the data folder.
    /// `key` says what it was computed from. It must hold no text of any incident: a deletion does not
    /// reach it.
    ///
    /// # Errors
    /// What the file system said; nothing of the record is touched.
    pub fn keep(&self, name: &str, key: &[u8], payload: &[u8]) -> std::io::Result<()> {
        self.derived.write(name, key, payload)
    }

    /// A new file of the data folder that has no name and goes with whoever holds it, for what can be computed from the
    /// record again. It must hold no text of any incident.
    ///
    /// # Errors
    /// What the file system said.
    pub fn scratch(&self) -> std::io::Result<File> {
        self.derived.scratch()
    }

    /// Moves the write-ahead log into the database and empties it, so that no deleted text is left in
    /// it. `false` where a read that began earlier is still under way after two seconds.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::Unavailable`].
    pub fn compact(&self) -> Result<bool> {
        self.wipe_log(&self.writer(), schema::BUSY_WAIT)
    }

    /// The last position of the log, 0 before the first.
    #[must_use]
    pub fn last_position(&self) -> u64 {
        self.last_position.load(Ordering::Acquire)
    }

    /// The folder that the store is in.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.lock.dir()
    }

    /// The number of the last event, 0 before the first.
    #[must_use]
    pub fn last_event(&self) -> u64 {
        self.last_event.load(Ordering::Acquire)
    }

    /// Reads everything there is: the structure of the file, its indexes, and every row.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first damage found.
    pub fn check(&self) -> Result<()> {
        self.readers.with(check_structure)?;
        self.for_each(|_| Ok::<_, Error>(()))?;
        self.readers.with(|conn| {
            read::each(conn, read::LOG, [], |row| format::log_position(row).map(drop))?;
            read::each(conn, ALIASES, [], |row| format::alias(row).map(drop))?;
            read::each(conn, MESSAGES, [], |row| format::message_received_at(row).map(drop))?;
            read::each(conn, note::NOTES, [], |row| note::note(row).map(drop))
        })?;
        self.classes()?;
        self.ratings()?;
        self.calibration()?;
        self.decisions()?;
        self.readers
            .with(|conn| read::each(conn, LINEAGE, [], |row| format::lineage(row).map(drop)))?;
        self.epoch()?;
        Ok(())
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// A panic during a commit has rolled it back, so the connection stays usable.
    pub(crate) fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for earlier reads up to `patience`.
    fn wipe_log(&self, writer: &Connection, patience: Duration) -> Result<bool> {
        writer.busy_timeout(patience)?;
        let busy =
            writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        writer.busy_timeout(schema::BUSY_WAIT)?;
        let wiped = !busy?;
        if wiped {
            self.deleted_text_in_log.store(false, Ordering::Release);
        }
        Ok(wiped)
    }
}

fn check_structure(conn: &Connection) -> Result<()> {
    let verdict: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Error::Corrupt { message: verdict });
    }
    match read::first(conn, "PRAGMA foreign_key_check", [], |row| Ok(row.get::<_, String>(0)?))? {
        None => Ok(()),
        Some(table) => Err(Error::Corrupt {
            message: format!("a row of table {table} names a record that is missing"),
        }),
    }
}
