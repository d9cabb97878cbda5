//! The whole database as one file, and back.

use std::path::Path;

use rusqlite::Connection;

use crate::draft::Draft;
use crate::error::{Error, Result};
use crate::folder::FolderLock;
use crate::schema;
use crate::verify::{Findings, verify_file};

/// Writes the store in the folder `dir` into the new file `to`, as of one commit, beside whoever holds the folder: a
/// server may go on writing. Every row of the copy is checked before the file gets its name.
///
/// # Errors
/// [`Error::NoStore`], [`Error::Exists`], [`Error::Corrupt`] where the store is damaged, [`Error::Io`] and
/// [`Error::Full`] for what the disk may do. Then there is no file.
pub fn backup(dir: &Path, to: &Path) -> Result<Findings> {
    let conn = schema::open_beside(dir)?;
    if to.exists() {
        return Err(Error::Exists { path: to.to_owned() });
    }
    let draft = Draft::of(to)?;
    let findings = copied(&conn, draft.path())?;
    draft.publish()?;
    Ok(findings)
}

/// Makes a store of the backup `from` in the folder `dir`, which must be empty or missing: all of it, or nothing. An
/// older format is brought to the present one.
///
/// # Errors
/// [`Error::NotEmpty`] and [`Error::Locked`] for a folder in use, [`Error::NotOurs`], [`Error::NewerFormat`] and
/// [`Error::Corrupt`] for a file that is no sound backup, [`Error::Io`] and [`Error::Full`] for what the disk may do.
pub fn restore(from: &Path, dir: &Path) -> Result<Findings> {
    let conn = schema::open_foreign(from)?;
    let lock = FolderLock::take(dir)?;
    lock.require_empty()?;
    let draft = Draft::of(&schema::path_in(dir))?;
    let findings = copied(&conn, draft.path())?;
    schema::bring_up(draft.path())?;
    draft.publish()?;
    Ok(findings)
}

/// A copy without gaps, made within one read: see <https://www.sqlite.org/lang_vacuum.html#vacuuminto>.
fn copied(conn: &Connection, to: &Path) -> Result<Findings> {
    let Some(name) = to.to_str() else {
        let message = format!("the name of {} is not UTF-8", to.display());
        return Err(Error::Unavailable { message });
    };
    conn.execute("VACUUM INTO ?1", [name])?;
    let findings = verify_file(to)?;
    match findings.damages.first() {
        None => Ok(findings),
        Some(damage) => Err(Error::Corrupt {
            message: format!("{}: {} (`relapse verify` lists all)", damage.place, damage.what),
        }),
    }
}
