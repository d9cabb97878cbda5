//! What can be computed from the record again, kept beside it because that takes a while.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::record::Digest;

/// Of a kept payload: a checksum of it.
const DIGEST_LEN: usize = size_of::<Digest>();

/// Derived data in files of the data folder. Losing one loses time, nothing else: a file that is missing,
/// damaged or of another key is no error, and one that cannot be written is left out.
#[derive(Debug)]
pub(crate) struct Derived {
    dir: PathBuf,
    /// Held while a file is written: drafts of one name are one file.
    writing: Mutex<()>,
}

impl Derived {
    /// The derived data of the folder `dir`.
    pub(crate) fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), writing: Mutex::default() }
    }

    /// What was kept last as `name`, if that was under `key` and nothing of it has changed since.
    pub(crate) fn read(&self, name: &str, key: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(name)).ok()?;
        let payload = bytes.split_off((2 * DIGEST_LEN).min(bytes.len()));
        let (digest, kept_seal) = (digest(&payload), bytes.get(DIGEST_LEN..)?);
        let is_whole = bytes.starts_with(&digest) && kept_seal == seal(key, &digest);
        is_whole.then_some(payload)
    }

    /// Keeps `payload` as `name` under `key`, in place of what was there. Under its name a file is whole, or
    /// its seal tells; it is not waited for until it is on the disk.
    pub(crate) fn write(&self, name: &str, key: &[u8], payload: &[u8]) -> std::io::Result<()> {
        let _alone = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let draft = self.dir.join(format!("{name}.new"));
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        let digest = digest(payload);
        file.write_all(&digest)?;
        file.write_all(&seal(key, &digest))?;
        file.write_all(payload)?;
        drop(file);
        fs::rename(&draft, self.path(name))
    }

    /// A file without a name.
    pub(crate) fn scratch(&self) -> io::Result<File> {
        tempfile::tempfile_in(&self.dir)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Whether what was kept as `name` in the folder `dir` is as it was written, under whatever key; `None` where there is no
/// such file.
///
/// # Errors
/// What the system says where it cannot be read.
pub fn kept_whole(dir: &Path, name: &str) -> io::Result<Option<bool>> {
    match fs::read(dir.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(bytes) => {
            let payload = bytes.get(2 * DIGEST_LEN..);
            Ok(Some(payload.is_some_and(|payload| bytes.starts_with(&digest(payload)))))
        }
    }
}

fn digest(payload: &[u8]) -> Digest {
    Sha256::digest(payload).into()
}

/// Stands for both.
fn seal(key: &[u8], digest: &Digest) -> Digest {
    Sha256::new().chain_update(digest).chain_update(key).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "derived.bin";

    #[test]
    fn what_was_kept_is_read_under_its_key_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let derived = Derived::of(dir.path());
        assert_eq!(derived.read(NAME, b"one"), None);
        derived.write(NAME, b"one", b"payload").expect("written");
        assert_eq!(derived.read(NAME, b"one").as_deref(), Some(b"payload".as_slice()));
        assert_eq!(derived.read(NAME, b"two"), None);
        derived.write(NAME, b"two", b"").expect("written");
        assert_eq!(derived.read(NAME, b"one"), None);
        assert_eq!(derived.read(NAME, b"two").as_deref(), Some(b"".as_slice()));
    }

    #[test]
    fn a_damaged_or_shortened_file_is_none() {
        let dir = tempfile::tempdir().expect("a folder");
        let derived = Derived::of(dir.path());
        derived.write(NAME, b"key", b"payload").expect("written");
        let whole = fs::read(dir.path().join(NAME)).expect("it is there");
        for length in 0..whole.len() {
            fs::write(dir.path().join(NAME), &whole[..length]).expect("written");
            assert_eq!(derived.read(NAME, b"key"), None, "{length} bytes of it");
            let kept = kept_whole(dir.path(), NAME).expect("readable");
            assert_eq!(kept, Some(false), "{length} bytes of it");
        }
        for place in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            fs::write(dir.path().join(NAME), flipped).expect("written");
            assert_eq!(derived.read(NAME, b"key"), None, "byte {place} flipped");
        }
    }

    #[test]
    fn whether_a_file_is_whole_needs_no_key() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(kept_whole(dir.path(), NAME).expect("readable"), None);
        Derived::of(dir.path()).write(NAME, b"any", b"payload").expect("written");
        assert_eq!(kept_whole(dir.path(), NAME).expect("readable"), Some(true));
    }
}
