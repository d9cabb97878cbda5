//! Everything in a folder as one stream of lines, and back.
//!
//! The first line says what it is, of which format, and which columns each table has. One line follows per row, table
//! after table, in a fixed order. The last line counts the rows and has the SHA-256 of all bytes before it. The seals
//! stay behind: they follow from the columns. So the export of an import is the export.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod export;
mod import;
mod row;

pub use export::export;
pub use import::import;

/// The version of the stream, not of the tables in it.
const VERSION: u32 = 1;

/// What went out, or came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// The tables and how many rows each has, in the order of the stream.
    pub rows: Vec<(String, u64)>,
    /// The last position of the log.
    pub position: u64,
}

impl Transferred {
    /// How many incidents were among the rows.
    #[must_use]
    pub fn incidents(&self) -> u64 {
        self.rows.iter().find(|(table, _)| table == "incident").map_or(0, |(_, rows)| *rows)
    }
}

/// The first line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Head {
    /// [`VERSION`] of whoever wrote it.
    relapse_export: u32,
    /// The format of the database.
    format: u32,
    /// The last position of the log.
    position: u64,
    tables: Vec<TableHead>,
}

/// A table as the first line names it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TableHead {
    name: String,
    columns: Vec<String>,
}

/// The last line.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct End {
    /// The rows of each table.
    end: BTreeMap<String, u64>,
    /// Of all bytes before this line, in hexadecimal digits.
    sha256: String,
}
