//! What is of the contract and whose time has not come, and what does the job today.

use crate::error::Error;

/// The refusal of `what`, with what to use instead.
pub fn not_yet(what: impl Into<String>, instead: impl Into<String>) -> Error {
    Error::NotYet { what: what.into(), instead: instead.into() }
}
