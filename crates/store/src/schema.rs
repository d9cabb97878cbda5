//! The database file: creating it, telling it from other files, bringing it to the present format.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::draft::{Draft, with_suffix};
use crate::error::{Error, Result};

pub(crate) mod tables;

const DATABASE_NAME: &str = "relapse.db";

/// `Relp`, in the file's header.
const APPLICATION_ID: u32 = 0x5265_6c70;
/// How every SQLite file begins: <https://www.sqlite.org/fileformat.html#the_database_header>.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The steps from an empty database to the present format; step `n` makes format `n + 1` of `n`.
/// A step that has been released never changes.
const STEPS: [&str; 7] = [
    include_str!("schema/v1.sql"),
    include_str!("schema/v2.sql"),
    include_str!("schema/v3.sql"),
    include_str!("schema/v4.sql"),
    include_str!("schema/v5.sql"),
    include_str!("schema/v6.sql"),
    include_str!("schema/v7.sql"),
];
/// The format written here.
pub(crate) const VERSION: u32 = STEPS.len() as u32;

/// How long a connection waits for a lock; only a checkpoint behind a long read needs it.
pub(crate) const BUSY_WAIT: Duration = Duration::from_secs(2);
/// More statements than the store has.
const STATEMENTS_MAX: usize = 48;

/// Opens the database at `path` for writing, creates it where it is missing, migrates it where it
/// is of an older format.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    if path.exists() {
        inspect(path)?;
    } else {
        create(path)?;
    }
    open_writer(path)
}

/// The database of the folder `dir`.
pub(crate) fn path_in(dir: &Path) -> PathBuf {
    dir.join(DATABASE_NAME)
}

/// Opens the database of the folder `dir` for reading beside whoever holds the folder: in WAL mode a reader neither
/// waits for a writer nor holds it up, in whatever process either is. An older format stays as it is.
pub(crate) fn open_beside(dir: &Path) -> Result<Connection> {
    let path = path_in(dir);
    if !path.exists() {
        return Err(Error::NoStore { dir: dir.to_owned() });
    }
    open_foreign(&path)
}

/// Opens a file that is to be a database of ours for reading.
pub(crate) fn open_foreign(path: &Path) -> Result<Connection> {
    let head = OpenOptions::new().read(true).open(path).and_then(first_bytes);
    recognise(path, &head.map_err(Error::io("open", path))?)?;
    open_reader(path)
}

/// Opens an empty file for filling it with a database of format `version`. Nothing is durable before it is synced.
pub(crate) fn open_draft(path: &Path, version: u32) -> Result<Connection> {
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.execute_batch(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = OFF;
         PRAGMA synchronous = OFF;
         PRAGMA foreign_keys = OFF;",
    )?;
    migrate(&mut conn, version)?;
    Ok(conn)
}

/// Brings the database at `path`, which nobody has open, to the present format and mode.
pub(crate) fn bring_up(path: &Path) -> Result<()> {
    open_writer(path)?.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(path: &Path) -> Result<Connection> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Every commit reaches the disk before it returns, and what is deleted is overwritten. The file is
/// not mapped into memory: there a failing disk would end the process instead of one request.
fn connect(path: &Path, access: OpenFlags) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY_WAIT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Else a statement is prepared anew whenever its parameters change, in case they suggest another plan.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA secure_delete = ON;
         PRAGMA cell_size_check = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = 1000;",
    )?;
    Ok(conn)
}

/// Refuses a file that is not ours to write, reading it only.
fn inspect(path: &Path) -> Result<()> {
    let head = OpenOptions::new().read(true).write(true).open(path).and_then(first_bytes);
    recognise(path, &head.map_err(Error::io("open", path))?)
}

/// Tells our databases from other files, by their first bytes and what SQLite finds behind them.
fn recognise(path: &Path, head: &[u8]) -> Result<()> {
    if head.is_empty() {
        return Err(Error::Corrupt { message: format!("{} is empty", path.display()) });
    }
    if head != SQLITE_MAGIC {
        return Err(not_ours(path));
    }
    let reader = open_reader(path)?;
    if pragma(&reader, "application_id")? != APPLICATION_ID {
        return Err(not_ours(path));
    }
    match pragma(&reader, "user_version")? {
        0 => Err(not_ours(path)),
        found if found > VERSION => {
            Err(Error::NewerFormat { path: path.to_owned(), found, supported: VERSION })
        }
        _ => Ok(()),
    }
}

fn first_bytes(file: fs::File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(SQLITE_MAGIC.len() as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn not_ours(path: &Path) -> Error {
    Error::NotOurs { path: path.to_owned() }
}

/// Creates the database under another name first: under its own it is whole or not there, so an empty
/// file is never a beginning but always a loss.
fn create(path: &Path) -> Result<()> {
    if fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(Error::Corrupt {
            message: format!("{} is missing and its -wal file is there", path.display()),
        });
    }
    let draft = Draft::of(path)?;
    bring_up(draft.path())?;
    draft.publish()
}

/// A connection that may write, to a database of the present format.
fn open_writer(path: &Path) -> Result<Connection> {
    let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    writer.execute_batch(
        "PRAGMA page_size = 8192;
         PRAGMA journal_mode = WAL;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA foreign_keys = ON;",
    )?;
    migrate(&mut writer, VERSION)?;
    Ok(writer)
}

/// Takes all missing steps up to format `version`, or none.
fn migrate(conn: &mut Connection, version: u32) -> Result<()> {
    let found = pragma(conn, "user_version")?;
    if found == version {
        return Ok(());
    }
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in STEPS.iter().take(version as usize).skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", version)?;
    Ok(transaction.commit()?)
}

pub(crate) fn pragma(conn: &Connection, name: &str) -> Result<u32> {
    Ok(conn.pragma_query_value(None, name, |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal_mode(conn: &Connection) -> String {
        conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).expect("a mode")
    }

    #[test]
    fn a_new_database_is_ours_and_durable() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.db");
        let writer = open(&path).expect("created");
        assert_eq!(journal_mode(&writer), "wal");
        for (name, value) in [
            ("application_id", APPLICATION_ID),
            ("user_version", VERSION),
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
        ] {
            assert_eq!(pragma(&writer, name).expect(name), value, "{name}");
        }
        let names = fs::read_dir(dir.path()).expect("a folder");
        assert!(names.flatten().all(|entry| !entry.file_name().to_string_lossy().contains(".new")));
    }

    #[test]
    fn a_creation_cut_short_is_begun_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.db");
        fs::write(dir.path().join("r.db.new"), "half a page").expect("written");
        open(&path).expect("created");
    }

    #[test]
    fn a_reader_cannot_write() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("r.db");
        let _writer = open(&path).expect("created");
        let reader = open_reader(&path).expect("opened");
        reader.execute("DELETE FROM log", []).expect_err("it only reads");
    }

    #[test]
    fn a_failing_step_leaves_the_format_as_it_was() {
        let mut conn = Connection::open_in_memory().expect("a database");
        conn.execute_batch("CREATE TABLE epoch (x)").expect("in the way");
        migrate(&mut conn, VERSION).expect_err("the name is taken");
        assert_eq!(pragma(&conn, "user_version").expect("a version"), 0);
        let tables = "SELECT count(*) FROM sqlite_schema";
        let count: u32 = conn.query_row(tables, [], |row| row.get(0)).expect("a count");
        assert_eq!(count, 1);
    }
}
