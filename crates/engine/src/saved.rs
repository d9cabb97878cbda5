//! The index on disk, so that opening a folder need not make it anew.
//!
//! The file is derived: whatever is wrong with it, the incidents are read instead. It is believed only where the database
//! names it by its digest, so that it serves no record but the one it was made of; and only where this program would have
//! made it too. It holds words, so it goes before an incident is deleted.
//!
//! A head of fixed length says how long the two parts behind it are, and what their SHA-256 is: first what answers rest
//! on, then what only the writer needs. The digest of the head stands for the file.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::thread;

use flat::Input;
use sha2::{Digest as _, Sha256};
use store::{Digest, Store};

use crate::class_rows::ClassRows;
use crate::corpus::Corpus;
use crate::retriever::Retriever;

mod content;
mod edition;
mod head;
mod part;

pub(crate) use content::Content;
pub(crate) use edition::{Edition, publish};
use head::Head;
use part::Part;

/// The file.
pub(crate) const NAME: &str = "index.bin";
/// What it is called until the database names it.
const DRAFT: &str = "index.bin.new";
/// What was kept in its place before there was a format 7: it holds words too.
const FORMER: &str = "analysed.bin";

/// The file of a store, named by its database.
#[derive(Debug)]
pub(crate) struct Saved {
    file: File,
    head: Head,
    /// The position of the log up to which it is complete.
    position: u64,
}

/// The class bags of a saved index, not read yet.
#[derive(Debug)]
pub(crate) struct SavedRows(Saved);

impl Saved {
    /// The file that was made of what `store` holds by what `retriever` would make; any other is removed.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub(crate) fn of(store: &Store, retriever: &Retriever) -> store::Result<Option<Self>> {
        let Some(voucher) = store.vouched(NAME)? else {
            discard(store.dir());
            return Ok(None);
        };
        let named = |path: &PathBuf| {
            Self::read_head(path).filter(|(_, head)| head.digest() == voucher.digest)
        };
        let paths = [NAME, DRAFT].map(|name| store.dir().join(name));
        let found = paths.iter().find_map(|path| Some((path, named(path)?)));
        match found {
            Some((path, (file, head))) if head.fingerprint == fingerprint(retriever) => {
                // It was named, and the process ended before it had its name.
                if *path != paths[0]
                    && let Err(error) = publish(store.dir())
                {
                    tracing::warn!(%error, "the saved index cannot be given its name");
                }
                if *path == paths[0] {
                    give_up_draft(store.dir());
                }
                Ok(Some(Self { file, head, position: voucher.position }))
            }
            _ => {
                tracing::info!(
                    "the saved index is missing, damaged or of another version or record"
                );
                discard(store.dir());
                Ok(None)
            }
        }
    }

    /// The position of the log up to which it is complete.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Fills `corpus`, which has no incidents yet, with what answers rest on.
    ///
    /// # Errors
    /// Where it is not as it was written, or cannot be read.
    pub(crate) fn read(&self, corpus: &mut Corpus) -> flat::Result<()> {
        self.checked(Part::Answers, |input| content::read(input, corpus))
    }

    /// What is left to be read.
    pub(crate) fn rows(self) -> SavedRows {
        SavedRows(self)
    }

    /// What `read` makes of a part, whose digest is computed meanwhile.
    fn checked<T>(
        &self,
        part: Part,
        read: impl FnOnce(&mut Input<'_>) -> flat::Result<T>,
    ) -> flat::Result<T> {
        thread::scope(|scope| {
            let digest = scope.spawn(|| self.head.bytes_of(part, &self.file).digest());
            let mut bytes = self.head.bytes_of(part, &self.file).buffered();
            let made = read(&mut Input::new(&mut bytes, self.head.len(part)));
            let digest = digest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            flat::require(digest == self.head.digest_of(part), "its checksum differs")?;
            made
        })
    }

    fn read_head(path: &Path) -> Option<(File, Head)> {
        let file = File::open(path).ok()?;
        let mut bytes = [0; Head::LEN];
        file.read_exact_at(&mut bytes, 0).ok()?;
        Some((file, Head::from_bytes(&bytes)?))
    }

    fn is_whole(&self) -> io::Result<bool> {
        let len = self.file.metadata()?.len();
        let mut whole = len == self.head.file_len();
        for part in [Part::Answers, Part::Rows] {
            whole = whole
                && self.head.bytes_of(part, &self.file).digest()? == self.head.digest_of(part);
        }
        Ok(whole)
    }
}

impl SavedRows {
    /// Reads them.
    ///
    /// # Errors
    /// As [`Saved::read`].
    pub(crate) fn read(&self) -> flat::Result<ClassRows> {
        self.0.checked(Part::Rows, |input| {
            let rows = ClassRows::read(input)?;
            input.end()?;
            Ok(rows)
        })
    }
}

/// Whether the file in the folder `dir` is as it was written; `None` where there is none.
///
/// # Errors
/// What the system says where it cannot be read.
pub(crate) fn is_whole(dir: &Path) -> io::Result<Option<bool>> {
    let path = dir.join(NAME);
    if !path.try_exists()? {
        return Ok(None);
    }
    match Saved::read_head(&path) {
        None => Ok(Some(false)),
        Some((file, head)) => Saved { file, head, position: 0 }.is_whole().map(Some),
    }
}

/// Removes the file, its draft and what was in its place before from the folder `dir`, where they are.
///
/// # Errors
/// What the system says.
pub(crate) fn remove(dir: &Path) -> io::Result<()> {
    for name in [FORMER, DRAFT, NAME] {
        match fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Fails where the draft is gone.
///
/// # Errors
/// What the system says.
pub(crate) fn require_draft(dir: &Path) -> io::Result<()> {
    fs::metadata(dir.join(DRAFT)).map(drop)
}

/// Removes the draft alone, where there is one.
pub(crate) fn give_up_draft(dir: &Path) {
    match fs::remove_file(dir.join(DRAFT)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "a draft of the index cannot be removed");
        }
        _ => {}
    }
}

/// The same where it only takes space.
pub(crate) fn discard(dir: &Path) {
    if let Err(error) = remove(dir) {
        tracing::warn!(%error, "a saved index that nobody will read cannot be removed");
    }
}

/// Stands for the way in which incidents are read: the version of the program and the settings.
fn fingerprint(retriever: &Retriever) -> Digest {
    Sha256::digest(format!("{} {:?}", env!("CARGO_PKG_VERSION"), retriever.readers())).into()
}
