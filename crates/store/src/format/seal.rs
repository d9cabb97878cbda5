//! The seal of a row: its last column, a checksum of the columns before it. SQLite does not notice a bit that flips inside
//! a text; the seal does, so what is read is what was written or an error.

use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::record::Digest;

/// A number as SQLite keeps it, in 64 bits with a sign: above 2^63 - 1 it turns negative, and back
/// when it is read.
pub(super) fn integer(number: u64) -> Value {
    Value::Integer(number.cast_signed())
}

/// Reads what [`integer`] made.
pub(crate) fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// The columns with their seal.
pub(crate) fn sealed(columns: Vec<Value>) -> Vec<Value> {
    sealed_from(0, columns)
}

/// The columns with the seal of those from `first` on.
pub(crate) fn sealed_from(first: usize, mut columns: Vec<Value>) -> Vec<Value> {
    let seal = seal(columns[first..].iter().map(ValueRef::from));
    columns.push(Value::Integer(seal));
    columns
}

/// Compares the seal in column `first + len` with the `len` columns before it.
pub(crate) fn check_seal(row: &Row<'_>, first: usize, len: usize) -> Result<()> {
    let columns = (first..first + len)
        .map(|column| row.get_ref(column))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    if row.get::<_, i64>(first + len)? == seal(columns.into_iter()) {
        return Ok(());
    }
    Err(Error::Corrupt { message: "the seal of a row is broken".to_owned() })
}

/// The first 64 bits of the SHA-256 over type, length and bytes of each column.
pub(super) fn seal<'a>(columns: impl Iterator<Item = ValueRef<'a>>) -> i64 {
    let mut hash = Sha256::new();
    for column in columns {
        let number;
        let (kind, bytes): (u8, &[u8]) = match column {
            ValueRef::Null => (0, &[]),
            ValueRef::Integer(value) => {
                number = value.to_le_bytes();
                (1, &number)
            }
            ValueRef::Real(value) => {
                number = value.to_le_bytes();
                (2, &number)
            }
            ValueRef::Text(bytes) => (3, bytes),
            ValueRef::Blob(bytes) => (4, bytes),
        };
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    let digest: Digest = hash.finalize().into();
    let (head, _) = digest.split_first_chunk().expect("32 bytes begin with eight");
    i64::from_le_bytes(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn differ(left: &[Value], right: &[Value]) {
        let of = |row: &[Value]| seal(row.iter().map(ValueRef::from));
        assert_ne!(of(left), of(right), "{left:?} {right:?}");
    }

    #[test]
    fn a_seal_covers_every_byte_type_and_border() {
        differ(&[text("ab")], &[text("ac")]);
        differ(&[text("ab"), text("c")], &[text("a"), text("bc")]);
        differ(&[text("ab")], &[Value::Blob(b"ab".to_vec())]);
        differ(&[Value::Integer(0)], &[Value::Null]);
        differ(&[], &[Value::Null]);
    }

    #[test]
    fn numbers_of_all_sizes_keep_their_value() {
        for number in [0, 1, u64::MAX / 2, u64::MAX / 2 + 1, u64::MAX] {
            let Value::Integer(kept) = integer(number) else {
                unreachable!("an integer");
            };
            assert_eq!(kept.cast_unsigned(), number);
        }
    }
}
