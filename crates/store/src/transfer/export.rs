//! Writing the stream.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::row::{digits, to_line};
use super::{End, Head, TableHead, Transferred, VERSION};
use crate::error::{Error, Result};
use crate::format;
use crate::read;
use crate::schema::tables::{Column, Table, exported, select};
use crate::schema::{self, pragma};

/// Writes everything that the store in `dir` holds to `out`, as of one commit. It changes nothing and takes no lock: a
/// server may go on writing beside it. `name` is what `out` is called in an error.
///
/// # Errors
/// [`Error::NoStore`], [`Error::NotOurs`] and [`Error::NewerFormat`] where there is nothing to export,
/// [`Error::Corrupt`] for a damaged row, [`Error::Io`] where `out` cannot be written; it is incomplete then.
pub fn export(dir: &Path, out: &mut dyn Write, name: &Path) -> Result<Transferred> {
    let conn = schema::open_beside(dir)?;
    let snapshot = conn.unchecked_transaction()?;
    let format = pragma(&snapshot, "user_version")?;
    let position = read::last_position(&snapshot)?;
    let tables = exported(&snapshot)?;
    let heads = tables.iter().map(|(table, columns)| TableHead {
        name: table.name.to_owned(),
        columns: columns.iter().map(|column| column.name.clone()).collect(),
    });
    let head = Head { relapse_export: VERSION, format, position, tables: heads.collect() };
    let mut lines = Lines { out, name, hash: Sha256::new() };
    lines.write(&head)?;
    let mut rows = Vec::new();
    for (table, columns) in &tables {
        rows.push((table.name.to_owned(), lines.rows(&snapshot, *table, columns)?));
    }
    lines.end(rows.iter().cloned().collect())?;
    Ok(Transferred { rows, position })
}

/// The lines written so far, and what they hash to.
struct Lines<'a> {
    out: &'a mut dyn Write,
    name: &'a Path,
    hash: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, line: &impl serde::Serialize) -> Result<()> {
        let mut bytes =
            serde_json::to_vec(line).expect("plain data with text keys has a JSON form");
        bytes.push(b'\n');
        self.hash.update(&bytes);
        self.out.write_all(&bytes).map_err(Error::io("write", self.name))
    }

    fn rows(&mut self, conn: &Connection, table: Table, columns: &[Column]) -> Result<u64> {
        let mut count = 0;
        read::each(conn, &select(table, columns), [], |row| {
            format::check_seal(row, table.n_unsealed, columns.len() - table.n_unsealed)?;
            count += 1;
            self.write(&to_line(table.name, columns, row)?)
        })?;
        Ok(count)
    }

    fn end(mut self, rows: BTreeMap<String, u64>) -> Result<()> {
        let sha256 = digits(&std::mem::take(&mut self.hash).finalize());
        self.write(&End { end: rows, sha256 })?;
        let flushed: io::Result<()> = self.out.flush();
        flushed.map_err(Error::io("write", self.name))
    }
}
