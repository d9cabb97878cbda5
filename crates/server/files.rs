//! Files that the settings name. Secrets come from there alone.

use std::fs;
use std::path::Path;

use tonic::Status;

/// The secrets of a file, a line each: several while one is being replaced.
///
/// # Errors
/// `UNAVAILABLE` where it cannot be read, `INVALID_ARGUMENT` where there is nothing in it.
pub(crate) fn secrets(path: &Path) -> Result<Vec<String>, Status> {
    let text = text_of(path)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let secrets: Vec<String> = lines.map(str::to_owned).collect();
    match secrets.is_empty() {
        true => Err(Status::invalid_argument(format!("{} has no secret in it", path.display()))),
        false => Ok(secrets),
    }
}

/// The text of a file.
///
/// # Errors
/// `UNAVAILABLE`.
pub(crate) fn text_of(path: &Path) -> Result<String, Status> {
    fs::read_to_string(path)
        .map_err(|error| Status::unavailable(format!("cannot read {}: {error}", path.display())))
}
