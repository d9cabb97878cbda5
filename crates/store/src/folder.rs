//! The data folder: created when missing, held by one process at a time.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

const LOCK_NAME: &str = "relapse.lock";
/// How the name of a database in the making begins, and of what SQLite keeps beside it.
const DRAFT_BEGINS: &[u8] = b"relapse.db.new";
/// A pid and an address fit in far less; whatever else lies there is not read.
const LOCK_LEN_MAX: u64 = 1024;

/// The lock on a data folder. It ends with the value, and with the process however that ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: File,
    path: PathBuf,
}

impl FolderLock {
    /// Creates `dir` where it is missing, for its owner alone, and takes the lock.
    pub(crate) fn take(dir: &Path) -> Result<Self> {
        create(dir)?;
        let path = dir.join(LOCK_NAME);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io("lock the data folder with", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(dir, &file)),
            Err(TryLockError::Error(source)) => {
                return Err(Error::io("lock the data folder with", &path)(source));
            }
        }
        let lock = Self { file, path };
        lock.write(&format!("{}\n", std::process::id()))?;
        Ok(lock)
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        self.path.parent().expect("the lock is a file in the folder")
    }

    /// Fails where the folder holds anything besides the lock and what an attempt cut short left behind.
    pub(crate) fn require_empty(&self) -> Result<()> {
        let dir = self.dir();
        let cannot = |error| Error::io("read the folder", dir)(error);
        let names: io::Result<Vec<_>> = fs::read_dir(dir)
            .and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let is_draft = |name: &OsString| name.as_encoded_bytes().starts_with(DRAFT_BEGINS);
        let names = names.map_err(cannot)?.into_iter();
        match names.filter(|name| name != LOCK_NAME && !is_draft(name)).min() {
            None => Ok(()),
            Some(held) => Err(Error::NotEmpty {
                dir: dir.to_owned(),
                held: held.to_string_lossy().into_owned(),
            }),
        }
    }

    /// Writes `address` where a process that finds the folder locked will read it.
    pub(crate) fn announce(&self, address: &str) -> Result<()> {
        self.write(&format!("{}\n{address}\n", std::process::id()))
    }

    fn write(&self, text: &str) -> Result<()> {
        let replace = || -> io::Result<()> {
            let mut file = &self.file;
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(text.as_bytes())
        };
        replace().map_err(Error::io("write", &self.path))
    }
}

/// Makes the names in `dir` durable.
pub(crate) fn sync(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|folder| folder.sync_all()).map_err(Error::io("sync the folder", dir))
}

fn create(dir: &Path) -> Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if dir.exists() {
        return Err(Error::NotAFolder { path: dir.to_owned() });
    }
    let missing: Vec<&Path> = dir
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .collect();
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(Error::io("create the data folder", dir))?;
    missing.into_iter().filter_map(Path::parent).try_for_each(|parent| sync(or_current(parent)))
}

/// The parent of a bare name is the current folder, which has no name of its own.
fn or_current(parent: &Path) -> &Path {
    if parent.as_os_str().is_empty() { Path::new(".") } else { parent }
}

/// Who holds the lock, as far as the lock file says.
fn locked(dir: &Path, file: &File) -> Error {
    let mut text = String::new();
    // An unreadable note only makes the message shorter.
    let _ = file.take(LOCK_LEN_MAX).read_to_string(&mut text);
    let mut lines = text.lines();
    Error::Locked {
        dir: dir.to_owned(),
        pid: lines.next().and_then(|line| line.parse().ok()),
        holder: lines.next().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_missing_folder_is_created_for_its_owner_alone() {
        let root = tempfile::tempdir().expect("a folder");
        let dir = root.path().join("a/b");
        FolderLock::take(&dir).expect("a lock");
        for created in [&dir, &root.path().join("a")] {
            let mode = created.metadata().expect("it exists").permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }

    #[test]
    fn the_second_to_come_reads_who_was_first() {
        let root = tempfile::tempdir().expect("a folder");
        let first = FolderLock::take(root.path()).expect("a lock");
        let refused = |holder: Option<&str>| {
            let error = FolderLock::take(root.path()).expect_err("it is held");
            let Error::Locked { pid, holder: found, .. } = error else {
                unreachable!("{error}");
            };
            assert_eq!((pid, found.as_deref()), (Some(std::process::id()), holder));
        };
        refused(None);
        first.announce("http://127.0.0.1:7700").expect("announced");
        refused(Some("http://127.0.0.1:7700"));
        first.announce("http://[::1]:1").expect("announced");
        refused(Some("http://[::1]:1"));
    }

    #[test]
    fn a_lock_ends_with_its_value() {
        let root = tempfile::tempdir().expect("a folder");
        drop(FolderLock::take(root.path()).expect("a lock"));
        FolderLock::take(root.path()).expect("a lock again");
    }

    #[test]
    fn a_file_in_place_of_the_folder_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("data");
        std::fs::write(&file, "mine").expect("written");
        assert!(matches!(
            FolderLock::take(&file),
            Err(Error::NotAFolder { path }) if path == file
        ));
        let below = FolderLock::take(&file.join("below")).expect_err("no folder");
        assert!(below.to_string().contains("create the data folder"), "{below}");
        assert_eq!(std::fs::read(&file).expect("still there"), b"mine");
    }
}
