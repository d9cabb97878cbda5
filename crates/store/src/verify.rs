//! Looking for damage, all of it.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::error::{Error, Result};
use crate::format;
use crate::read;
use crate::schema::tables::{Column, TABLES, Table, columns, select};
use crate::schema::{self, pragma};

/// How much damage is told of; the rest is counted.
const TOLD_MAX: usize = 100;
/// The rules of the record that no column and no seal can hold: what breaks one, as a text each.
const RULES: [(&str, &str); 6] = [
    (
        "incident",
        "SELECT 'incident ' || i.id || ' stands at position ' || i.position || ', where the log has no such change'
         FROM incident i LEFT JOIN log l ON l.position = i.position
         WHERE l.id IS NOT i.id OR l.kind IS NOT 'put' ORDER BY i.position",
    ),
    (
        "log",
        "SELECT 'incident ' || l.id || ' was stored at position ' || l.position || ' and is missing'
         FROM (SELECT id, max(position) AS position, kind FROM log WHERE kind IN ('put', 'delete') GROUP BY id) l
         WHERE l.kind = 'put' AND NOT EXISTS (SELECT 1 FROM incident i WHERE i.id = l.id) ORDER BY l.position",
    ),
    (
        "class",
        "SELECT 'class ' || number || ' was opened at position ' || opened_at_position || ', beyond the log'
         FROM class WHERE opened_at_position > (SELECT coalesce(max(position), 0) FROM log) ORDER BY number",
    ),
    (
        "class",
        "WITH RECURSIVE way (start, at, steps) AS (
             SELECT number, merged_into, 1 FROM class WHERE merged_into IS NOT NULL
             UNION ALL
             SELECT start, c.merged_into, steps + 1 FROM way JOIN class c ON c.number = at
             WHERE c.merged_into IS NOT NULL AND at <> start AND steps <= (SELECT count(*) FROM class))
         SELECT DISTINCT 'class ' || start || ' leads back to itself' FROM way WHERE at = start ORDER BY start",
    ),
    (
        "epoch",
        "SELECT 'epoch ' || number || ' is of position ' || position || ', beyond the log'
         FROM epoch WHERE position > (SELECT coalesce(max(position), 0) FROM log)",
    ),
    ("epoch", "SELECT 'there are ' || count(*) || ' epochs instead of one' FROM epoch HAVING count(*) > 1"),
];

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// The format of the database; 0 where it cannot be told.
    pub format: u32,
    /// The last position of the log, as far as it can be read.
    pub position: u64,
    /// How many rows of each table are sound, in the order of the tables.
    pub rows: Vec<(String, u64)>,
    /// The damage, in the order it was found; the first of it, where there is much.
    pub damages: Vec<Damage>,
    /// How much damage there is in all.
    pub damages_total: u64,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where: a table, with the key of the row where there is one; or the file.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl Findings {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.damages_total == 0
    }

    fn add(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.damages_total += 1;
        if self.damages.len() < TOLD_MAX {
            self.damages.push(Damage { place: place.into(), what: what.into() });
        }
    }
}

/// Reads everything in the store of the folder `dir`, beside whoever holds it, and goes on where something is damaged:
/// the structure of the file and its indexes, every seal, what rows refer to, positions.
///
/// # Errors
/// [`Error::NoStore`], [`Error::NewerFormat`], and [`Error::Io`] and [`Error::Unavailable`] where the disk does not let
/// it be read. Damage is no error.
pub fn verify(dir: &Path) -> Result<Findings> {
    let opened = schema::open_beside(dir);
    audited(&schema::path_in(dir), opened)
}

/// The same for a database file outside a folder.
pub(crate) fn verify_file(path: &Path) -> Result<Findings> {
    audited(path, schema::open_foreign(path))
}

fn audited(path: &Path, opened: Result<Connection>) -> Result<Findings> {
    let mut findings = Findings::default();
    match opened.and_then(|conn| audit(&conn, &mut findings)) {
        Err(Error::Corrupt { message }) => findings.add(path.display().to_string(), message),
        Err(error @ Error::NotOurs { .. }) => {
            findings.add(path.display().to_string(), error.to_string());
        }
        Err(error) => return Err(error),
        Ok(()) => {}
    }
    Ok(findings)
}

/// As of one commit.
fn audit(conn: &Connection, findings: &mut Findings) -> Result<()> {
    let snapshot = conn.unchecked_transaction()?;
    findings.format = pragma(&snapshot, "user_version")?;
    let structure = format!("PRAGMA integrity_check({TOLD_MAX})");
    noted("the file", findings, |findings| {
        read::each(&snapshot, &structure, [], |row| {
            let verdict: String = row.get(0)?;
            if verdict != "ok" {
                findings.add("the file", verdict);
            }
            Ok(())
        })
    })?;
    for table in TABLES {
        let columns = columns(&snapshot, table.name)?;
        if !columns.is_empty() {
            rows(&snapshot, table, &columns, findings)?;
        }
    }
    references(&snapshot, findings)?;
    for (table, rule) in RULES {
        noted(table, findings, |findings| {
            read::each(&snapshot, rule, [], |row| {
                findings.add(table, row.get::<_, String>(0)?);
                Ok(())
            })
        })?;
    }
    if !columns(&snapshot, "event")?.is_empty() {
        events(&snapshot, findings)?;
    }
    findings.position = read::last_position(&snapshot).unwrap_or_default();
    Ok(())
}

/// Every seal of a table, and for incidents whether they read back.
fn rows(
    conn: &Connection,
    table: Table,
    columns: &[Column],
    findings: &mut Findings,
) -> Result<()> {
    let mut sound = 0;
    noted(table.name, findings, |findings| {
        read::each(conn, &select(table, columns), [], |row| {
            match format::check_row(table, row, columns.len()) {
                Err(Error::Corrupt { message }) => {
                    findings.add(place(table, columns, row), message)
                }
                Err(error) => return Err(error),
                Ok(()) => sound += 1,
            }
            Ok(())
        })
    })?;
    findings.rows.push((table.name.to_owned(), sound));
    Ok(())
}

/// Rows that name a record which is missing.
fn references(conn: &Connection, findings: &mut Findings) -> Result<()> {
    let mut missing: BTreeMap<(String, String), u64> = BTreeMap::new();
    noted("references", findings, |_| {
        read::each(conn, "PRAGMA foreign_key_check", [], |row| {
            *missing.entry((row.get(0)?, row.get(2)?)).or_default() += 1;
            Ok(())
        })
    })?;
    for ((table, parent), rows) in missing {
        findings
            .add(table, format!("{rows} of its rows name a record of {parent} that is missing"));
    }
    Ok(())
}

/// Whether each event is the one that was noted after the one before.
fn events(conn: &Connection, findings: &mut Findings) -> Result<()> {
    let (mut number, mut chain) = (0, 0);
    let sql = format!("{} ORDER BY number", read::EVENTS);
    noted("event", findings, |findings| {
        read::each(conn, &sql, [], |row| {
            let expected = number + 1;
            number = row.get::<_, i64>(0)?;
            let (continues, kept) = format::continues(row, chain)?;
            if number != expected || !continues {
                findings
                    .add(format!("event, number {number}"), "it does not follow the one before");
            }
            chain = kept;
            Ok(())
        })
    })
}

/// Damage that ends one look is noted, so that the next can be taken.
fn noted(
    place: &str,
    findings: &mut Findings,
    look: impl FnOnce(&mut Findings) -> Result<()>,
) -> Result<()> {
    match look(findings) {
        Err(Error::Corrupt { message } | Error::Constraint { message }) => {
            findings.add(place, message);
            Ok(())
        }
        Err(Error::Sqlite(error)) => {
            findings.add(place, error.to_string());
            Ok(())
        }
        other => other,
    }
}

/// The table and the key of a row.
fn place(table: Table, columns: &[Column], row: &Row<'_>) -> String {
    let keys = table.key.split(", ").map(|key| {
        let at = columns.iter().position(|column| column.name == key);
        let value = at.and_then(|at| row.get_ref(at).ok());
        format!("{key} {}", value.map_or_else(String::new, shown))
    });
    format!("{}, {}", table.name, keys.collect::<Vec<_>>().join(", "))
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => "?".to_owned(),
    }
}
