//! What was read of the incidents to bytes.
//!
//! Little-endian base-128 numbers throughout. The magic line; the fingerprint; the number of terms and
//! each term after its length, in the order of their bytes; for each incident position, seal and
//! the length of what follows: the facts as JSON after their length, the two bags. A bag is the number
//! of its terms and for each the gap to the one before and whether its frequency is above 1, then such a
//! frequency. At the end the SHA-256 of all that.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use incident::{IncidentId, Severity, Status};
use index::Entry;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::SealedRow;
use vector::Bag;

use super::{Analysed, CHECKSUM_LEN, MAGIC, folder};

/// An [`Entry`] on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    id: IncidentId,
    started_at: Option<i64>,
    known_from: Option<i64>,
    severity: Option<Severity>,
    status: Option<Status>,
    services: Vec<String>,
    tags: Vec<String>,
}

/// A file whose content is hashed as it is written.
struct Hashed {
    file: BufWriter<File>,
    hash: Sha256,
}

/// The numbers of terms, in the order of their bytes.
type Numbers = BTreeMap<Box<str>, u64>;

pub(super) fn write(
    path: &Path,
    fingerprint: &[u8; CHECKSUM_LEN],
    rows: &[SealedRow],
    analysed: impl Fn(usize) -> Analysed,
) -> io::Result<()> {
    let numbers = numbered((0..rows.len()).map(&analysed));
    let unfinished = path.with_extension("new");
    // It holds words of incidents: for its owner alone, like the store.
    let file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    let mut out = Hashed { file: BufWriter::new(file), hash: Sha256::new() };
    out.write(MAGIC)?;
    out.write(fingerprint)?;
    let mut bytes = Vec::new();
    push_number(&mut bytes, numbers.len() as u64);
    numbers.keys().for_each(|term| push_bytes(&mut bytes, term.as_bytes()));
    out.write(&bytes)?;
    for (at, row) in rows.iter().enumerate() {
        bytes.clear();
        push_number(&mut bytes, row.position);
        push_number(&mut bytes, row.seal);
        push_bytes(&mut bytes, &body(analysed(at), &numbers));
        out.write(&bytes)?;
    }
    let Hashed { mut file, hash } = out;
    file.write_all(&hash.finalize())?;
    file.into_inner()?.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(folder(path))?.sync_all()
}

fn numbered(all: impl Iterator<Item = Analysed>) -> Numbers {
    let mut numbers = Numbers::new();
    for Analysed { bags, .. } in all {
        for (term, _) in bags.search.iter().chain(bags.classes.iter()) {
            if !numbers.contains_key(term) {
                numbers.insert(term.into(), 0);
            }
        }
    }
    numbers.values_mut().zip(0..).for_each(|(held, number)| *held = number);
    numbers
}

fn body(analysed: Analysed, numbers: &Numbers) -> Vec<u8> {
    let Analysed { entry, bags } = analysed;
    let facts = serde_json::to_vec(&Facts::from(entry)).expect("facts are plain data");
    let mut bytes = Vec::new();
    push_bytes(&mut bytes, &facts);
    push_bag(&mut bytes, &bags.search, numbers);
    push_bag(&mut bytes, &bags.classes, numbers);
    bytes
}

fn push_bag(bytes: &mut Vec<u8>, bag: &Bag, numbers: &Numbers) {
    push_number(bytes, bag.len() as u64);
    let mut before = 0;
    for (term, frequency) in bag.iter() {
        let number = numbers[term];
        push_number(bytes, (number - before) << 1 | u64::from(frequency > 1));
        if frequency > 1 {
            push_number(bytes, u64::from(frequency));
        }
        before = number;
    }
}

fn push_bytes(bytes: &mut Vec<u8>, content: &[u8]) {
    push_number(bytes, content.len() as u64);
    bytes.extend_from_slice(content);
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

impl Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.file.write_all(bytes)
    }
}

impl From<Entry> for Facts {
    fn from(entry: Entry) -> Self {
        let Entry { id, started_at, known_from, severity, status, services, tags } = entry;
        Self { id, started_at, known_from, severity, status, services, tags }
    }
}

impl From<Facts> for Entry {
    fn from(facts: Facts) -> Self {
        let Facts { id, started_at, known_from, severity, status, services, tags } = facts;
        Self { id, started_at, known_from, severity, status, services, tags }
    }
}
