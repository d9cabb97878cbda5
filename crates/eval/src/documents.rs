//! The documents of an evaluation.

use std::path::Path;

use incident::Incident;
use parse::{Format, FormatChoice, InputFile, Outcome, Problem};

use crate::error::{Error, Result};

/// The incidents of a JSONL file in its order, and the lines that were refused.
///
/// # Errors
/// [`Error::Documents`] where the file cannot be opened; [`Error::Empty`] where no incident is in it.
pub fn read_documents(path: &Path) -> Result<(Vec<Incident>, Vec<Problem>)> {
    let (mut incidents, mut problems) = (Vec::new(), Vec::new());
    for document in each_document(path)? {
        match document {
            Ok(incident) => incidents.push(incident),
            Err(problem) => problems.push(problem),
        }
    }
    if incidents.is_empty() {
        return Err(Error::Empty { path: path.to_owned(), expected: "incident".to_owned() });
    }
    Ok((incidents, problems))
}

/// The same one by one.
///
/// # Errors
/// [`Error::Documents`] where the file cannot be opened.
pub(crate) fn each_document(
    path: &Path,
) -> Result<impl Iterator<Item = std::result::Result<Incident, Problem>>> {
    let shown = path.display().to_string();
    let file = InputFile { path: path.to_owned(), shown, path_id: String::new(), named: true };
    let records = parse::records(&file, FormatChoice::Fixed(Format::Jsonl), None)?;
    Ok(records.filter_map(|record| match record.map(|record| parse::document(&record)) {
        Ok(Outcome::Parsed(parsed)) => Some(Ok(parsed.incident)),
        Ok(Outcome::Skipped { .. }) => None,
        Ok(Outcome::Refused(problem)) | Err(problem) => Some(Err(problem)),
    }))
}
