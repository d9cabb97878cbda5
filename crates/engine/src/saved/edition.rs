//! Writing the file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use flat::Output;
use index::DocId;
use sha2::{Digest as _, Sha256};
use store::{Digest, Store, Voucher};

use super::content::Content;
use super::head::Head;
use super::{DRAFT, NAME, fingerprint};
use crate::class_rows::ClassRows;
use crate::retriever::Retriever;

/// A corpus and its class bags as of a position of the log, to be written while the writer goes on.
#[derive(Debug)]
pub(crate) struct Edition {
    pub(crate) position: u64,
    pub(crate) content: Content,
    /// The class bags of all documents; those of dead ones are not written.
    pub(crate) rows: ClassRows,
}

/// A part that is being written, and what it hashes to.
struct Hashed<'a> {
    file: &'a mut BufWriter<File>,
    hash: Sha256,
    len: u64,
}

impl Edition {
    /// Writes it beside the file of before, without what is dead, so that no word of that is kept; it has still to be
    /// named. Returns what it is to be named by.
    ///
    /// # Errors
    /// What the system says; then there is at most half a draft.
    pub(crate) fn write(self, store: &Store, retriever: &Retriever) -> io::Result<Voucher> {
        let Self { content, rows, .. } = self.living();
        let mut file = BufWriter::with_capacity(1 << 18, created(&store.dir().join(DRAFT))?);
        file.write_all(&[0; Head::LEN])?;
        let parts =
            [part(&mut file, |out| content.write(out))?, part(&mut file, |out| rows.write(out))?];
        let head = Head { fingerprint: fingerprint(retriever), parts };
        file.rewind()?;
        file.write_all(&head.to_bytes())?;
        file.into_inner()?.sync_all()?;
        Ok(Voucher { name: NAME.to_owned(), position: self.position, digest: head.digest() })
    }

    /// The same without what is dead, its documents numbered anew in their order.
    fn living(&self) -> Self {
        let postings = self.content.snapshot.postings();
        let is_live = |doc: usize| postings.is_live(DocId(doc as u32));
        let (content, rows) = (self.content.living(is_live), self.rows.retained(is_live));
        Self { position: self.position, content, rows }
    }
}

/// Gives the draft that was named its name.
///
/// # Errors
/// What the system says; then whoever opens the folder does it.
pub(crate) fn publish(dir: &Path) -> io::Result<()> {
    fs::rename(dir.join(DRAFT), dir.join(NAME))?;
    File::open(dir)?.sync_all()
}

/// It holds words of incidents: for its owner alone, like the store.
fn created(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

fn part(
    file: &mut BufWriter<File>,
    write: impl FnOnce(&mut Output<'_>) -> flat::Result<()>,
) -> io::Result<(u64, Digest)> {
    let mut part = Hashed { file, hash: Sha256::new(), len: 0 };
    match write(&mut Output::new(&mut part)) {
        Ok(()) => Ok((part.len, part.hash.finalize().into())),
        Err(flat::Error::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(error)),
    }
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
