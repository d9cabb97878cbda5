//! What reading the incidents brought, kept beside the store, so that opening it need not read them
//! again.
//!
//! It is derived: whatever is wrong with it, the incidents are read instead. A record serves only the
//! row of the store that it was made of, told by position and seal, and none at all if incidents would
//! be read otherwise today. It holds words, so it goes before an incident is deleted, and once it holds
//! any that is gone.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use index::Entry;
use sha2::{Digest, Sha256};
use store::{SealedRow, Store};

use crate::archive::decode::Reading;
use crate::retriever::{Bags, Retriever};

mod decode;
mod encode;

pub(crate) const NAME: &str = "analysed.bin";
const MAGIC: &[u8] = b"relapse analysed 1\n";
const CHECKSUM_LEN: usize = 32;
/// How many incidents are read all the same, to see whether they would be read alike today.
const PROBES: usize = 16;

/// The file, its checksum found right.
#[derive(Debug)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    /// Where in the bytes each term is.
    terms: Vec<Range<usize>>,
    records: Vec<Record>,
}

/// One incident as it was read.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    position: u64,
    seal: u64,
    /// Where in the bytes the rest is.
    body: Range<usize>,
}

/// What the indices take up of an incident.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Analysed {
    pub(crate) entry: Entry,
    pub(crate) bags: Bags,
}

impl Archive {
    /// Reads the archive of `store`; `None` where there is none that `retriever` would have made.
    pub(crate) fn read(store: &Store, retriever: &Retriever) -> Option<Self> {
        let bytes = fs::read(path(store)).ok()?;
        let archive = Self::parse(bytes, &fingerprint(retriever));
        if archive.is_none() {
            tracing::info!("the archive of analysed incidents is damaged or of another version");
        }
        archive
    }

    /// The records of the first `rows`, up to the first row that has none. Both are in the order of
    /// positions.
    pub(crate) fn of_rows(&self, rows: &[SealedRow]) -> Vec<Record> {
        let mut records = self.records.iter().peekable();
        let mut found = Vec::with_capacity(rows.len().min(self.records.len()));
        for row in rows {
            while records.next_if(|record| record.position < row.position).is_some() {}
            let made_of =
                |record: &&Record| (record.position, record.seal) == (row.position, row.seal);
            match records.next_if(made_of) {
                Some(record) => found.push(record.clone()),
                None => break,
            }
        }
        found
    }

    pub(crate) fn n_records(&self) -> usize {
        self.records.len()
    }

    /// What `record` holds.
    ///
    /// # Errors
    /// [`store::Error::Corrupt`] where it is none, though the checksum was right.
    pub(crate) fn decode(&self, record: &Record) -> store::Result<Analysed> {
        let mut reading = Reading::new(&self.bytes[record.body.clone()]);
        reading.analysed(self).ok_or_else(|| store::Error::Corrupt {
            message: format!("{NAME} holds no incident at position {}: remove it", record.position),
        })
    }

    /// Whether some of the incidents would be read as `records` have them.
    pub(crate) fn agrees(
        &self,
        store: &Store,
        retriever: &Retriever,
        rows: &[SealedRow],
        records: &[Record],
    ) -> store::Result<bool> {
        let step = records.len().div_ceil(PROBES).max(1);
        for (row, record) in rows.iter().zip(records).step_by(step) {
            let Some(stored) = store.incident(&row.id)? else {
                return Ok(false);
            };
            let entry = Entry::of(&stored.incident);
            let anew = Analysed { entry, bags: retriever.bags(&stored.incident) };
            if self.decode(record)? != anew {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn parse(bytes: Vec<u8>, fingerprint: &[u8; CHECKSUM_LEN]) -> Option<Self> {
        let mut reading = Reading::new(content_of(&bytes)?);
        let same =
            reading.take(MAGIC.len())? == MAGIC && reading.take(CHECKSUM_LEN)? == fingerprint;
        if !same {
            return None;
        }
        let n_terms = reading.number()?;
        let terms = (0..n_terms).map(|_| reading.range()).collect::<Option<Vec<_>>>()?;
        let mut records = Vec::new();
        while !reading.is_at_end() {
            let (position, seal) = (reading.number()?, reading.number()?);
            records.push(Record { position, seal, body: reading.range()? });
        }
        Some(Self { bytes, terms, records })
    }

    /// The term numbered `number`.
    fn term(&self, number: u64) -> Option<&str> {
        let range = self.terms.get(usize::try_from(number).ok()?)?;
        std::str::from_utf8(&self.bytes[range.clone()]).ok()
    }
}

/// Writes the archive of `store`: what `analysed` gives for each of `rows`, in their order; asked twice.
///
/// # Errors
/// What the system says; then the archive of before is still there.
pub(crate) fn write(
    store: &Store,
    retriever: &Retriever,
    rows: &[SealedRow],
    analysed: impl Fn(usize) -> Analysed,
) -> io::Result<()> {
    encode::write(&path(store), &fingerprint(retriever), rows, analysed)
}

/// Whether the archive in the folder `dir` is as it was written; `None` where there is none.
///
/// # Errors
/// What the system says where it cannot be read.
pub(crate) fn is_whole(dir: &Path) -> io::Result<Option<bool>> {
    match fs::read(dir.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(bytes) => Ok(Some(content_of(&bytes).is_some())),
    }
}

/// The bytes before the checksum, where it is theirs.
fn content_of(bytes: &[u8]) -> Option<&[u8]> {
    let (content, checksum) = bytes.split_at(bytes.len().checked_sub(CHECKSUM_LEN)?);
    (Sha256::digest(content)[..] == *checksum).then_some(content)
}

/// Removes the archive of `store`, if there is one.
///
/// # Errors
/// What the system says.
pub(crate) fn remove(store: &Store) -> io::Result<()> {
    match fs::remove_file(path(store)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn path(store: &Store) -> PathBuf {
    store.dir().join(NAME)
}

/// Stands for the way in which incidents are read: the version of the program and the settings.
fn fingerprint(retriever: &Retriever) -> [u8; CHECKSUM_LEN] {
    Sha256::digest(format!("{} {:?}", env!("CARGO_PKG_VERSION"), retriever.readers())).into()
}

/// The folder of a file, for syncing its name.
fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
