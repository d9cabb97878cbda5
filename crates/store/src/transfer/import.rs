//! Reading the stream into a new database.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::path::Path;

use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::row::{Flaw, TABLE, digits, of_line};
use super::{End, Head, Transferred, VERSION};
use crate::draft::Draft;
use crate::error::{Error, Result};
use crate::folder::FolderLock;
use crate::format;
use crate::schema;
use crate::schema::tables::{Column, Table, exported};

/// The longest line, in bytes. One holds an incident, or the weights of an epoch.
const LINE_BYTES_MAX: u64 = 1 << 30;

/// Reads what [`super::export`] wrote into the folder `dir`, which must be empty or missing: all of it, or nothing.
/// `name` is what `from` is called in an error. One line is held at a time.
///
/// # Errors
/// [`Error::NotEmpty`] and [`Error::Locked`] for a folder in use, [`Error::NotAnExport`] for another file,
/// [`Error::NewerFormat`] for an export of a newer Relapse, [`Error::Import`] with the first line that is not as it was
/// written, [`Error::Io`] and [`Error::Full`] for what the disk may do.
pub fn import(dir: &Path, from: &mut dyn BufRead, name: &Path) -> Result<Transferred> {
    let lock = FolderLock::take(dir)?;
    lock.require_empty()?;
    let mut lines = Lines { from, name, number: 0, bytes: Vec::new(), hash: Sha256::new() };
    let head = head(&mut lines)?;
    let draft = Draft::of(&schema::path_in(dir))?;
    let loaded = load(&draft, &head, &mut lines)?;
    schema::bring_up(draft.path())?;
    draft.publish()?;
    Ok(loaded)
}

/// Fills the draft, whose format is that of the stream.
fn load(draft: &Draft, head: &Head, lines: &mut Lines<'_>) -> Result<Transferred> {
    let mut conn = schema::open_draft(draft.path(), head.format)?;
    let tables = agreed_tables(&conn, head, lines)?;
    let transaction = conn.transaction()?;
    let mut rows: BTreeMap<&'static str, u64> =
        tables.iter().map(|(table, _)| (table.name, 0)).collect();
    let end = loop {
        match lines.next_line()? {
            Line::Row(line) => {
                insert(&transaction, &tables, line, &mut rows).map_err(|flaw| lines.flaw(flaw))?
            }
            Line::End(end) => break end,
        }
    };
    let counted = rows.iter().map(|(name, rows)| ((*name).to_owned(), *rows)).collect();
    if end != counted {
        return Err(lines.flaw(Flaw::new("end", "counts other rows than there are")));
    }
    transaction.commit()?;
    let (position, broken) = consistency(&conn)?;
    if let Some(table) = broken {
        let reason = format!("a row of table {table} names a record that is missing");
        return Err(lines.flaw(Flaw::new("end", reason)));
    }
    if position != head.position {
        return Err(lines.flaw(Flaw::new("position", "the log ends elsewhere than line 1 says")));
    }
    let rows = tables.iter().map(|(table, _)| (table.name.to_owned(), rows[table.name]));
    let rows = rows.collect();
    conn.close().map_err(|(_, error)| error)?;
    Ok(Transferred { rows, position })
}

/// The last position, and a table with a row that refers to nothing.
fn consistency(conn: &Connection) -> Result<(u64, Option<String>)> {
    let broken = crate::read::first(conn, "PRAGMA foreign_key_check", [], |row| Ok(row.get(0)?))?;
    Ok((crate::read::last_position(conn)?, broken))
}

type Columns = Vec<(Table, Vec<Column>)>;

/// The tables of the stream, which must be those of its format.
fn agreed_tables(conn: &Connection, head: &Head, lines: &Lines<'_>) -> Result<Columns> {
    let tables = exported(conn)?;
    let names = |columns: &[Column]| columns.iter().map(|column| column.name.clone()).collect();
    let expected: Vec<(String, Vec<String>)> =
        tables.iter().map(|(table, columns)| (table.name.to_owned(), names(columns))).collect();
    let given = head.tables.iter().map(|table| (table.name.clone(), table.columns.clone()));
    if given.eq(expected) {
        return Ok(tables);
    }
    let reason = format!("format {} has other tables or columns", head.format);
    Err(lines.flaw(Flaw::new("tables", reason)))
}

fn insert(
    conn: &Connection,
    tables: &Columns,
    line: Map<String, Json>,
    rows: &mut BTreeMap<&'static str, u64>,
) -> std::result::Result<(), Flaw> {
    let named = line.get(TABLE).and_then(Json::as_str).unwrap_or_default();
    let found = tables.iter().find(|(table, _)| table.name == named);
    let (Table { name, n_unsealed, .. }, columns) =
        found.ok_or_else(|| Flaw::new(TABLE, "is none that line 1 names"))?;
    let row = format::sealed_from(*n_unsealed, of_line(columns, line)?);
    let places = vec!["?"; row.len()].join(", ");
    let refused = |error: rusqlite::Error| Flaw::new(*name, error.to_string());
    conn.prepare_cached(&format!("INSERT INTO {name} VALUES ({places})"))
        .and_then(|mut statement| statement.execute(params_from_iter(row)))
        .map_err(refused)?;
    *rows.entry(*name).or_default() += 1;
    Ok(())
}

fn head(lines: &mut Lines<'_>) -> Result<Head> {
    let not_ours = || Error::NotAnExport { name: lines_name(lines.name) };
    lines.read()?;
    let head: Head = serde_json::from_slice(&lines.bytes).map_err(|_| not_ours())?;
    let newer = |found, supported| Error::NewerFormat { path: lines.name.into(), found, supported };
    if head.relapse_export > VERSION {
        return Err(newer(head.relapse_export, VERSION));
    }
    if head.format > schema::VERSION {
        return Err(newer(head.format, schema::VERSION));
    }
    if head.format == 0 {
        return Err(not_ours());
    }
    Ok(head)
}

fn lines_name(name: &Path) -> String {
    name.display().to_string()
}

enum Line {
    Row(Map<String, Json>),
    /// The rows of each table.
    End(BTreeMap<String, u64>),
}

/// The lines read so far, and what they hash to.
struct Lines<'a> {
    from: &'a mut dyn BufRead,
    name: &'a Path,
    number: u64,
    /// The line read last.
    bytes: Vec<u8>,
    hash: Sha256,
}

impl Lines<'_> {
    /// Reads one line, less the one before from the hash: the last line is not part of what it vouches for.
    fn read(&mut self) -> Result<()> {
        self.hash.update(&self.bytes);
        self.bytes.clear();
        self.number += 1;
        let read = (&mut *self.from).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.bytes);
        read.map_err(Error::io("read", self.name))?;
        Ok(())
    }

    fn next_line(&mut self) -> Result<Line> {
        self.read()?;
        if self.bytes.is_empty() {
            return Err(self.flaw(Flaw::new("end", "the export is cut off before its last line")));
        }
        let line = serde_json::from_slice(&self.bytes)
            .map_err(|error| self.flaw(Flaw::new("line", error.to_string())))?;
        match line {
            Json::Object(row) if row.contains_key(TABLE) => Ok(Line::Row(row)),
            other => self.end(other).map(Line::End),
        }
    }

    /// Reads the last line, which vouches for all before it.
    fn end(&mut self, line: Json) -> Result<BTreeMap<String, u64>> {
        let end: End = serde_json::from_value(line).map_err(|_| {
            self.flaw(Flaw::new(TABLE, "neither names a table nor ends the export"))
        })?;
        if digits(&self.hash.clone().finalize()) != end.sha256 {
            return Err(self.flaw(Flaw::new("sha256", "differs: a line was changed or lost")));
        }
        let more = self.from.fill_buf().map_err(Error::io("read", self.name))?;
        if !more.is_empty() {
            self.number += 1;
            return Err(self.flaw(Flaw::new("end", "something follows the last line")));
        }
        Ok(end.end)
    }

    fn flaw(&self, Flaw { field, reason }: Flaw) -> Error {
        Error::Import { file: lines_name(self.name), line: self.number, field, reason }
    }
}
