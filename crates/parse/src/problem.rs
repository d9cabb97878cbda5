//! What becomes of a record, and what is said about it.

use incident::Incident;

/// Something in a document that was tolerated. The document was read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The line in the file, from 1; 0 where it is not known, as in HTML.
    pub line: u32,
    /// The field concerned.
    pub field: String,
    /// What was found, and what was made of it.
    pub message: String,
}

impl Warning {
    pub(crate) fn new(line: u32, field: &str, message: impl Into<String>) -> Self {
        Self { line, field: field.to_owned(), message: message.into() }
    }
}

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as the user named it.
    pub file: String,
    /// The line in the file, from 1.
    pub line: u32,
    /// The field concerned; `record` where it is the record as a whole.
    pub field: String,
    /// What was expected.
    pub reason: String,
}

/// An incident, and what was tolerated while reading it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The incident.
    pub incident: Incident,
    /// In the order of their lines.
    pub warnings: Vec<Warning>,
}

/// What became of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is an incident.
    Parsed(Box<Parsed>),
    /// It is none, and is not meant to be.
    Skipped {
        /// Why it is none.
        reason: String,
    },
    /// It should be one, and cannot be read as one.
    Refused(Problem),
}
