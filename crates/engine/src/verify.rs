//! Looking for damage in a data folder: in the record, and in what follows from it.

use std::io;
use std::path::Path;

use store::{Damage, Findings};

use crate::saved;
use crate::second_stage::MODEL_NAME;

/// What a look at a folder found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The record.
    pub record: Findings,
    /// Files that are damaged and follow from the record: they are made anew when they are needed, and no answer rests on
    /// what they hold.
    pub derived: Vec<Damage>,
}

/// Reads everything in the folder `dir`, beside whoever holds it.
///
/// # Errors
/// As [`store::verify`]. Damage is no error.
pub fn verify(dir: &Path) -> store::Result<Verified> {
    let record = store::verify(dir)?;
    let files =
        [(saved::NAME, saved::is_whole(dir)), (MODEL_NAME, store::kept_whole(dir, MODEL_NAME))];
    let derived = files.into_iter().filter_map(|(name, looked)| damage(name, looked)).collect();
    Ok(Verified { record, derived })
}

fn damage(name: &str, looked: io::Result<Option<bool>>) -> Option<Damage> {
    let what = match looked {
        Ok(None | Some(true)) => return None,
        Ok(Some(false)) => "it is not as it was written".to_owned(),
        Err(error) => format!("it cannot be read: {error}"),
    };
    Some(Damage { place: name.to_owned(), what })
}
