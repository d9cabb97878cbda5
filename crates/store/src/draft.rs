//! A file under another name until it is whole, so that under its own it is whole or not there.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::folder;

/// What SQLite may leave beside a database of that name.
const COMPANIONS: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// A database file in the making. Dropped before it was published, it is removed.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    target: PathBuf,
    published: bool,
}

impl Draft {
    /// An empty file that its owner alone may read, in place of what an attempt cut short left there.
    pub(crate) fn of(target: &Path) -> Result<Self> {
        let path = with_suffix(target, ".new");
        clear(&path)?;
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(Error::io("create", &path))?;
        Ok(Self { path, target: target.to_owned(), published: false })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the content durable and gives the file its name. No connection to it may be open.
    pub(crate) fn publish(mut self) -> Result<()> {
        let file = File::open(&self.path).map_err(Error::io("open", &self.path))?;
        file.sync_all().map_err(Error::io("sync", &self.path))?;
        fs::rename(&self.path, &self.target).map_err(Error::io("create", &self.target))?;
        self.published = true;
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder::sync(folder.unwrap_or(Path::new(".")))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.published {
            // What cannot be removed now is removed by the next attempt.
            let _ = clear(&self.path);
        }
    }
}

fn clear(path: &Path) -> Result<()> {
    COMPANIONS.map(|suffix| with_suffix(path, suffix)).iter().try_for_each(|leftover| {
        match fs::remove_file(leftover) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", leftover)(error))
            }
            _ => Ok(()),
        }
    })
}

/// The path with something after its last name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_given_up_leaves_nothing_and_a_published_one_only_itself() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("r.db");
        fs::write(dir.path().join("r.db.new-wal"), "left behind").expect("written");
        let names = || -> Vec<_> {
            let entries = fs::read_dir(dir.path()).expect("a folder").flatten();
            entries.map(|entry| entry.file_name().into_string().expect("plain")).collect()
        };
        drop(Draft::of(&target).expect("a draft"));
        assert!(names().is_empty());
        Draft::of(&target).and_then(Draft::publish).expect("published");
        assert_eq!(names(), ["r.db"]);
    }
}
