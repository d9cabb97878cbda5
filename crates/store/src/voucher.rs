//! Which files beside the database were made of it.
//!
//! A file that follows from the record can be read instead of computing what is in it, if it is certain that it was made
//! of this record and of no other: not of the one that a restored backup replaced, nor of one that went another way since.
//! So the database itself says so, by a checksum: a copy of it of another day names the file of that day.

use rusqlite::{Connection, Row, params_from_iter};

use crate::error::Result;
use crate::format;
use crate::read;
use crate::record::Digest;
use crate::store::Store;

/// A file that was made of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// The name of the file.
    pub name: String,
    /// The position of the log up to which the record had come.
    pub position: u64,
    /// The SHA-256 that tells the file from every other.
    pub digest: Digest,
}

impl Store {
    /// Says durably that a file was made of this record; it takes the place of what was said of its name before.
    /// A deletion of an incident takes all of that back.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn vouch(&self, voucher: &Voucher) -> Result<()> {
        vouch(&self.writer(), voucher)
    }

    /// What was said last of the file `name`; `None` where nothing stands.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn vouched(&self, name: &str) -> Result<Option<Voucher>> {
        let sql = "SELECT name, position, digest, seal FROM voucher WHERE name = ?1";
        self.readers().with(|conn| read::first(conn, sql, [name], voucher))
    }
}

fn vouch(conn: &Connection, Voucher { name, position, digest }: &Voucher) -> Result<()> {
    let sql =
        "INSERT OR REPLACE INTO voucher (name, position, digest, seal) VALUES (?1, ?2, ?3, ?4)";
    let row = format::voucher_row(name, *position, digest);
    conn.prepare_cached(sql)?.execute(params_from_iter(row))?;
    Ok(())
}

/// Reads a row of `voucher`.
fn voucher(row: &Row<'_>) -> Result<Voucher> {
    let (name, position, digest) = format::voucher(row)?;
    Ok(Voucher { name, position, digest })
}

#[cfg(test)]
mod tests {
    use incident::Incident;

    use super::*;
    use crate::record::Change;

    const NAME: &str = "derived.bin";

    fn voucher(position: u64) -> Voucher {
        Voucher { name: NAME.into(), position, digest: [position as u8; 32] }
    }

    #[test]
    fn the_last_word_on_a_file_stands_until_something_is_deleted() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path()).expect("a store");
        assert_eq!(store.vouched(NAME).expect("readable"), None);
        let incident = Box::new(Incident::new("jsonl", "a", "Disk full"));
        let id = incident.id.clone();
        let put = Change::Put { position: 1, incident, class: None, digest: None };
        store.commit(&[put]).expect("committed");
        for position in [1, 2] {
            store.vouch(&voucher(position)).expect("stored");
        }
        drop(store);
        let store = Store::open(dir.path()).expect("it opens");
        assert_eq!(store.vouched(NAME).expect("readable"), Some(voucher(2)));
        assert_eq!(store.vouched("another").expect("readable"), None);
        store.commit(&[Change::Delete { position: 2, id }]).expect("committed");
        assert_eq!(store.vouched(NAME).expect("readable"), None);
    }
}
