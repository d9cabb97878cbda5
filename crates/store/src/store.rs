//! The store itself.

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use incident::IncidentId;
use recurrence::{ClassId, Decision, LineageEvent};
use rusqlite::Connection;

use crate::derived::Derived;
use crate::error::{Error, Result};
use crate::folder::FolderLock;
use crate::format;
use crate::note;
use crate::read::{self, Readers};
use crate::record::{
    Alias, CalibrationRecord, Change, ClassRecord, Digest, EpochRecord, EventRecord, RatingRecord,
    StoredIncident,
};
use crate::schema;
use crate::write;

const MESSAGES: &str = "SELECT source, id, received_at, seal FROM message";
const RATINGS: &str =
    "SELECT question, incident, who, asked, useful, why, at_secs, position, seal FROM rating";
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

    /// The incidents that changed class after `position` of the log without being put anew, in no order; some may be
    /// gone by now.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn moved_after(&self, position: u64) -> Result<Vec<IncidentId>> {
        let sql = format!("{LINEAGE} WHERE position > {position}");
        let moves = self.readers.with(|conn| read::all(conn, &sql, [], format::lineage))?;
        Ok(moves.into_iter().flat_map(|event| event.incidents).collect())
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

    /// The events after the one of that number, in order; `limit` of them at most.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn events(&self, after: u64, limit: u32) -> Result<Vec<EventRecord>> {
        let sql = format!("{} WHERE number > ?1 ORDER BY number LIMIT ?2", read::EVENTS);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.readers.with(|conn| read::all(conn, &sql, (after, limit), format::event_record))
    }

    /// The events of the incident `id`, in order.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn events_of(&self, id: &IncidentId) -> Result<Vec<EventRecord>> {
        let sql = format!("{} WHERE id = ?1 ORDER BY number", read::EVENTS);
        self.readers.with(|conn| read::all(conn, &sql, [id.as_str()], format::event_record))
    }

    /// Whether an event tells of the incident `id` in `class`.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn has_event(&self, id: &IncidentId, class: ClassId) -> Result<bool> {
        let sql = format!("{} WHERE id = ?1 AND class = ?2 LIMIT 1", read::EVENTS);
        let of = (id.as_str(), class.number());
        let found = self.readers.with(|conn| read::first(conn, &sql, of, format::event_record))?;
        Ok(found.is_some())
    }

    /// The class that the live incident `id` is in; `None` for a one-off and for what is not stored.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn class_of(&self, id: &IncidentId) -> Result<Option<ClassId>> {
        let sql = "SELECT id, class, seal FROM member WHERE id = ?1";
        self.readers.with(|conn| read::first(conn, sql, [id.as_str()], format::member_class))
    }

    /// Hands over every live incident in the order of positions, as of one commit, without holding
    /// them all. It ends early with the first error of `visit`.
    ///
    /// # Errors
    /// That of `visit`; [`Error::Corrupt`] for a damaged row.
    pub fn for_each<E: From<Error>>(
        &self,
        visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.for_each_in("ORDER BY i.position", visit)
    }

    /// The same for those above `position`.
    ///
    /// # Errors
    /// As [`Store::for_each`].
    pub fn for_each_after<E: From<Error>>(
        &self,
        position: u64,
        visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.for_each_in(&format!("WHERE i.position > {position} ORDER BY i.position"), visit)
    }

    /// The live incident `id`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for a damaged row, as in all reads below.
    pub fn incident(&self, id: &IncidentId) -> Result<Option<StoredIncident>> {
        self.readers.with(|conn| by_id(conn, id))
    }

    /// The live incidents among `ids`, in that order, as of one commit.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn incidents(&self, ids: &[IncidentId]) -> Result<Vec<StoredIncident>> {
        self.readers.with(|conn| {
            let snapshot = conn.unchecked_transaction()?;
            ids.iter().filter_map(|id| by_id(&snapshot, id).transpose()).collect()
        })
    }

    /// The live incident that came as `external_id` of `source`. A record received again is unchanged
    /// where it equals this one, or, for a whole file, has its digest.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn find(&self, source: &str, external_id: &str) -> Result<Option<StoredIncident>> {
        let filter = "WHERE i.source = ?1 AND i.external_id = ?2";
        self.readers.with(|conn| read::incident(conn, filter, [source, external_id]))
    }

    /// What `external_id` of `source` is a copy of; `None` where it is no alias.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn alias(&self, source: &str, external_id: &str) -> Result<Option<Alias>> {
        let sql = format!("{ALIASES} WHERE source = ?1 AND external_id = ?2");
        self.readers.with(|conn| read::first(conn, &sql, [source, external_id], format::alias))
    }

    /// The names of the copies of `id`, as source and external id, in the order of both.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn aliases_of(&self, id: &IncidentId) -> Result<Vec<(String, String)>> {
        let sql = format!("{ALIASES} WHERE of = ?1 ORDER BY source, external_id");
        self.readers.with(|conn| read::all(conn, &sql, [id.as_str()], format::alias_name))
    }

    /// The live incident whose file has this digest now; of several the one with the smallest position.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn by_digest(&self, digest: &Digest) -> Result<Option<IncidentId>> {
        let filter = "WHERE i.digest = ?1 ORDER BY i.position LIMIT 1";
        let found = self.readers.with(|conn| read::incident(conn, filter, [digest.as_slice()]))?;
        Ok(found.map(|stored| stored.incident.id))
    }

    /// The live incidents of `source` whose external ids begin with `prefix`, at most the `n` last in the order of the
    /// bytes of these ids, in that order.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn last_of(&self, source: &str, prefix: &str, n: usize) -> Result<Vec<StoredIncident>> {
        let filter = "WHERE i.source = ?1 AND i.external_id >= ?2 AND i.external_id < ?3
                      ORDER BY i.external_id DESC LIMIT ?4";
        let sql = read::select(filter);
        let beyond = format!("{prefix}{}", char::MAX);
        let limit = i64::try_from(n).unwrap_or(i64::MAX);
        let mut found = self.readers.with(|conn| {
            read::all(conn, &sql, (source, prefix, &beyond, limit), format::stored_incident)
        })?;
        found.reverse();
        Ok(found)
    }

    /// Whether a message of `source` was received and is remembered.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn has_message(&self, source: &str, id: &str) -> Result<bool> {
        let sql = format!("{MESSAGES} WHERE source = ?1 AND id = ?2");
        let found = self
            .readers
            .with(|conn| read::first(conn, &sql, [source, id], format::message_received_at))?;
        Ok(found.is_some())
    }

    /// Every failure class, in the order of numbers.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn classes(&self) -> Result<Vec<ClassRecord>> {
        let sql = "SELECT number, opened_at_position, merged_into, seal FROM class ORDER BY number";
        self.readers.with(|conn| read::all(conn, sql, [], format::class_record))
    }

    /// The live incidents of a class, in the order of positions.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn members(&self, class: ClassId) -> Result<Vec<StoredIncident>> {
        let sql = read::select("WHERE m.class = ?1 ORDER BY i.position");
        self.readers.with(|conn| read::all(conn, &sql, [class.number()], format::stored_incident))
    }

    /// The newest epoch; `None` before the first.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn epoch(&self) -> Result<Option<EpochRecord>> {
        let sql = "SELECT number, position, payload, seal FROM epoch";
        self.readers.with(|conn| read::first(conn, sql, [], format::epoch_record))
    }

    /// Every rating with its log position, by question, incident and person.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn ratings(&self) -> Result<Vec<(u64, RatingRecord)>> {
        let sql = format!("{RATINGS} ORDER BY question, incident, who");
        self.readers.with(|conn| read::all(conn, &sql, [], format::rating))
    }

    /// The newest calibration; `None` before the first.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn calibration(&self) -> Result<Option<CalibrationRecord>> {
        let sql = "SELECT position, payload, seal FROM calibration";
        self.readers.with(|conn| read::first(conn, sql, [], format::calibration_record))
    }

    /// Every decision, in the order in which they were made.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        let sql = "SELECT number, request_id, body, seal FROM decision ORDER BY number";
        self.readers.with(|conn| read::all(conn, sql, [], format::decision))
    }

    /// What happened to `class`, or to another where `class` was concerned, in the order in which it
    /// happened.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn lineage(&self, class: ClassId) -> Result<Vec<LineageEvent>> {
        let sql = format!("{LINEAGE} WHERE class = ?1 OR other = ?1 ORDER BY number");
        self.readers.with(|conn| read::all(conn, &sql, [class.number()], format::lineage))
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

    fn for_each_in<E: From<Error>>(
        &self,
        filter: &str,
        mut visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = read::select(filter);
        self.readers
            .with(|conn| read::each(conn, &sql, [], |row| visit(format::stored_incident(row)?)))
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

fn by_id(conn: &Connection, id: &IncidentId) -> Result<Option<StoredIncident>> {
    read::incident(conn, "WHERE i.id = ?1", [id.as_str()])
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
