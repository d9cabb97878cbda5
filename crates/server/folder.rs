//! A data folder as a whole: out as a stream and in again, copied, checked. None of it needs a [`crate::service`]; what
//! only reads works beside a server that holds the folder.

use std::io::{BufRead, Write};
use std::path::Path;

use engine::{Damage, Findings, Transferred, Verified};

use crate::convert::capped;
use crate::proto::{self, TableRows, TransferSummary, VerifySummary};
use crate::service::Result;
use crate::status;

/// Writes everything in the folder `dir` to `out`, which is called `name` in errors.
///
/// # Errors
/// `NOT_FOUND` where there is no store, `DATA_LOSS` where it is damaged, `UNAVAILABLE` where the disk is in the way.
pub fn export(dir: &Path, out: &mut dyn Write, name: &Path) -> Result<TransferSummary> {
    done(engine::export(dir, out, name)).map(transferred)
}

/// Reads an export, which is called `name` in errors, into the folder `dir`, which must be empty or missing.
///
/// # Errors
/// `ABORTED` where the folder is not empty, `INVALID_ARGUMENT` where it is no export, `DATA_LOSS` where a line of it is
/// not as it was written, `UNAVAILABLE` where the disk or a lock is in the way.
pub fn import(dir: &Path, from: &mut dyn BufRead, name: &Path) -> Result<TransferSummary> {
    done(engine::import(dir, from, name)).map(transferred)
}

/// Copies the store in the folder `dir` into the new file `to`.
///
/// # Errors
/// As [`export`]; `ABORTED` where the file exists.
pub fn backup(dir: &Path, to: &Path) -> Result<TransferSummary> {
    done(engine::backup(dir, to)).map(copied)
}

/// Makes a store of the backup `from` in the folder `dir`, which must be empty or missing.
///
/// # Errors
/// As [`import`].
pub fn restore(from: &Path, dir: &Path) -> Result<TransferSummary> {
    done(engine::restore(from, dir)).map(copied)
}

/// Looks for damage in the folder `dir`: in its store, and in the files that follow from it. What is found is no error.
///
/// # Errors
/// `NOT_FOUND` where there is no store, `UNAVAILABLE` where it cannot be read.
pub fn verify(dir: &Path) -> Result<VerifySummary> {
    let Verified { record: findings, derived } = done(engine::verify(dir))?;
    Ok(VerifySummary {
        sound: findings.is_sound(),
        format: findings.format,
        cursor: findings.position.to_string(),
        tables: tables(findings.rows),
        damages: findings.damages.into_iter().map(damage).collect(),
        damages_total: capped(findings.damages_total),
        derived: derived.into_iter().map(damage).collect(),
    })
}

fn done<T>(result: std::result::Result<T, engine::StoreError>) -> Result<T> {
    result.map_err(|error| status::of_engine(&error.into()))
}

fn transferred(transferred: Transferred) -> TransferSummary {
    summary(transferred.rows, transferred.position)
}

fn copied(findings: Findings) -> TransferSummary {
    summary(findings.rows, findings.position)
}

fn summary(rows: Vec<(String, u64)>, position: u64) -> TransferSummary {
    let tables = tables(rows);
    let incidents = tables.iter().find(|rows| rows.table == "incident").map_or(0, |rows| rows.rows);
    TransferSummary { incidents, cursor: position.to_string(), tables }
}

fn tables(rows: Vec<(String, u64)>) -> Vec<TableRows> {
    rows.into_iter().map(|(table, rows)| TableRows { table, rows: capped(rows) }).collect()
}

fn damage(Damage { place, what }: Damage) -> proto::Damage {
    proto::Damage { place, what }
}
