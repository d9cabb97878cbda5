//! Why the store cannot do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// A failure of the store. Whatever the kind, nothing of the refused request was kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The data folder is a file.
    #[error("{} is a file, and the data folder must be a folder", path.display())]
    NotAFolder {
        /// The path given as data folder.
        path: PathBuf,
    },
    /// A file or folder cannot be used: permissions, a read-only file system, a missing disk.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried: `create the folder`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another process holds the data folder.
    #[error("the data folder {} is in use{}: {}", dir.display(), by_process(*pid), way_out(holder.as_deref()))]
    Locked {
        /// The data folder.
        dir: PathBuf,
        /// The process that holds it, where it has already said so.
        pid: Option<u32>,
        /// The address that process serves on; `None` where it serves none.
        holder: Option<String>,
    },
    /// There is no store in the folder.
    #[error("there is no store in {}", dir.display())]
    NoStore {
        /// The folder.
        dir: PathBuf,
    },
    /// A folder that must be empty is not.
    #[error("the folder {} is not empty, it holds {held}: name a new or empty folder with --data DIR", dir.display())]
    NotEmpty {
        /// The folder.
        dir: PathBuf,
        /// One of the things in it.
        held: String,
    },
    /// A file that would be overwritten.
    #[error("{} exists already: name another file, or remove it first", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file that is to be imported is something else.
    #[error("{name}, line 1: this is no export of Relapse; `relapse ingest` reads incidents")]
    NotAnExport {
        /// The file.
        name: String,
    },
    /// An export is not as it was written. Nothing of it was kept.
    #[error(
        "{file}, line {line}, {field}: {reason}; nothing was imported: export anew, or take another copy"
    )]
    Import {
        /// The file.
        file: String,
        /// The number of the line, from 1.
        line: u64,
        /// The field, or the table where the row as a whole is refused.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file in place of the database is something else, or its first bytes are destroyed.
    #[error("{} is not a Relapse database; it was left as it is", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// The database or export was written by a newer Relapse.
    #[error(
        "{} has format {found} and this Relapse reads up to {supported}: use a newer Relapse; the data was left as it is",
        path.display()
    )]
    NewerFormat {
        /// The database file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The newest format known here.
        supported: u32,
    },
    /// The data is damaged.
    #[error("the data is damaged: {message}; restore a backup")]
    Corrupt {
        /// What was found, in SQLite's words where it was SQLite that found it.
        message: String,
    },
    /// No space is left on the disk.
    #[error("the disk is full: {message}")]
    Full {
        /// SQLite's words.
        message: String,
    },
    /// The disk or a foreign lock on the database stands in the way; the same request may succeed later.
    #[error("the database cannot be reached: {message}")]
    Unavailable {
        /// SQLite's words.
        message: String,
    },
    /// A position of the log that does not come after the last one, or is above 2^63 - 1.
    #[error("log position {given} does not follow {last}")]
    Position {
        /// The position given.
        given: u64,
        /// The last position before it.
        last: u64,
    },
    /// A change that contradicts the record: an unknown id, a name held by another incident.
    #[error("the change contradicts the record: {message}")]
    Constraint {
        /// Which rule it breaks.
        message: String,
    },
    /// Any other failure of SQLite.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
}

/// The result of a request to the store.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Whether the same request may succeed later though nobody changes the data folder or the program.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Unavailable { .. })
    }

    /// For `map_err` on file operations.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    /// A change that names something the store does not hold.
    pub(crate) fn unknown(what: &str, name: &str) -> Self {
        Self::Constraint { message: format!("there is no {what} `{name}`") }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sqlite;
        let message = error.to_string();
        if matches!(
            error,
            Sqlite::FromSqlConversionFailure(..)
                | Sqlite::IntegralValueOutOfRange(..)
                | Sqlite::InvalidColumnType(..)
                | Sqlite::Utf8Error(..)
        ) {
            return Self::Corrupt { message };
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { message },
            Some(ErrorCode::DiskFull) => Self::Full { message },
            Some(ErrorCode::ConstraintViolation) => Self::Constraint { message },
            Some(
                ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Unavailable { message },
            _ => Self::Sqlite(error),
        }
    }
}

fn by_process(pid: Option<u32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" by process {pid}"))
}

fn way_out(address: Option<&str>) -> String {
    match address {
        Some(address) => format!("use --server {address}, or stop that process"),
        None => "wait for that process to end, or stop it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locked(pid: Option<u32>, holder: Option<&str>) -> String {
        let error = Error::Locked { dir: "data".into(), pid, holder: holder.map(str::to_owned) };
        error.to_string()
    }

    #[test]
    fn a_locked_folder_says_what_to_do() {
        assert_eq!(
            locked(Some(12), Some("http://127.0.0.1:7700")),
            "the data folder data is in use by process 12: use --server http://127.0.0.1:7700, or stop that process"
        );
        assert_eq!(
            locked(None, None),
            "the data folder data is in use: wait for that process to end, or stop it"
        );
    }
}
