//! Reading, on connections that never wait for the writer.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::error::{Error, Result};
use crate::format;
use crate::record::StoredIncident;
use crate::schema;

/// Connections kept open between reads; more are opened under load and closed after.
const IDLE_MAX: usize = 8;
/// Every row of the log, in the columns that [`format::log_position`] reads.
pub(crate) const LOG: &str = "SELECT position, kind, id, seal FROM log";

/// The connections for reading. In WAL mode each read sees the last commit before it began, and
/// neither waits for a commit nor holds one up.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Readers of the database at `path`, which must be open for writing already.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::new(Vec::new()) }
    }

    /// Lends a connection to `read`. One whose read failed is not used again.
    pub(crate) fn with<T, E: From<Error>>(
        &self,
        read: impl FnOnce(&Connection) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let idle = self.idle().pop();
        let conn = match idle {
            Some(conn) => conn,
            None => schema::open_reader(&self.path)?,
        };
        let answer = read(&conn)?;
        let mut idle = self.idle();
        if idle.len() < IDLE_MAX {
            idle.push(conn);
        }
        Ok(answer)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The statement for the live incidents that `filter` lets through, in the columns that
/// [`format::stored_incident`] reads.
pub(crate) fn select(filter: &str) -> String {
    format!(
        "SELECT i.position, i.id, i.source, i.external_id, i.digest, i.body, i.seal,
                m.id, m.class, m.seal
         FROM incident i LEFT JOIN member m ON m.id = i.id {filter}"
    )
}

/// The live incident that `filter` lets through; the first, where it lets several.
pub(crate) fn incident(
    conn: &Connection,
    filter: &str,
    params: impl Params,
) -> Result<Option<StoredIncident>> {
    first(conn, &select(filter), params, format::stored_incident)
}

/// Events in the columns that [`format::event_record`] reads.
pub(crate) const EVENTS: &str = "SELECT number, position, id, class, body, chain, seal FROM event";

/// The number and the chain of the last event, 0 and 0 before the first.
pub(crate) fn last_event(conn: &Connection) -> Result<(u64, u64)> {
    let newest = format!("{EVENTS} ORDER BY number DESC LIMIT 1");
    let last = first(conn, &newest, [], format::event_record)?;
    Ok(last.map_or((0, 0), |last| (last.number, last.chain)))
}

/// The last position of the log, 0 before the first.
pub(crate) fn last_position(conn: &Connection) -> Result<u64> {
    let newest = format!("{LOG} ORDER BY position DESC LIMIT 1");
    Ok(first(conn, &newest, [], format::log_position)?.unwrap_or(0))
}

/// The first row of an answer.
pub(crate) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    decode: impl FnOnce(&Row<'_>) -> Result<T>,
) -> Result<Option<T>> {
    let mut statement = conn.prepare_cached(sql)?;
    let row = statement.query_row(params, |row| Ok(decode(row))).optional()?;
    row.transpose()
}

/// Hands over every row of an answer, in order, until one is refused.
pub(crate) fn each<E: From<Error>>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    mut visit: impl FnMut(&Row<'_>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let mut statement = conn.prepare_cached(sql).map_err(Error::from)?;
    let mut rows = statement.query(params).map_err(Error::from)?;
    while let Some(row) = rows.next().map_err(Error::from)? {
        visit(row)?;
    }
    Ok(())
}

/// Every row of an answer, in order.
pub(crate) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    decode: impl Fn(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut records = Vec::new();
    each(conn, sql, params, |row| {
        records.push(decode(row)?);
        Ok::<_, Error>(())
    })?;
    Ok(records)
}
