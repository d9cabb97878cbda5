//! A question that stands in a file.

use std::path::{Path, PathBuf};

use parse::{Format, FormatChoice, InputFile, Outcome, Record, Records};
use relapse::incident_message;
use relapse::limits::QUERY_TEXT_BYTES;
use relapse::proto::Incident;
use relapse::proto::find_similar_request::Query;

use crate::error::{Error, Result};
use crate::ingest::is_special;

/// What the file at `path` asks: its incident, read field by field as `ingest` reads it. What `ingest` would pass over or
/// has no reader for is asked as a text.
///
/// # Errors
/// Where it is no file or cannot be read, holds more than one incident, or one that `ingest` would refuse.
pub fn question(path: &Path) -> Result<Query> {
    let record = only_record(path)?;
    match parse::document(&record) {
        Outcome::Parsed(parsed) => Ok(Query::Incident(Box::new(asked(parsed.incident)))),
        Outcome::Skipped { .. } => {
            Ok(Query::Text(String::from_utf8_lossy(&record.content).trim().to_owned()))
        }
        Outcome::Refused(problem) => Err(refused(&problem)),
    }
}

fn only_record(path: &Path) -> Result<Record> {
    if is_special(path) {
        let shown = path.display();
        let message =
            format!("{shown}: neither a file nor a folder: save what it gives to a file, or use -");
        return Err(Error::Usage(message));
    }
    let found = parse::discover(&[PathBuf::from(path)])?;
    let file = match found.files.as_slice() {
        [file] if path.is_file() => file,
        _ => return Err(Error::Usage(format!("{}: a folder: name one file", path.display()))),
    };
    let mut records = records(file)?;
    let first = records.next().unwrap_or_else(|| Err(nothing_in(file)));
    if records.next().is_some() {
        let message = format!(
            "{}: holds several incidents: leave one in it, or ingest it and use --id",
            file.shown
        );
        return Err(Error::Usage(message));
    }
    first.map_err(|problem| refused(&problem))
}

fn records(file: &InputFile) -> Result<Records> {
    match parse::records(file, FormatChoice::Auto, None) {
        Err(parse::Error::UnreadFormat { .. } | parse::Error::NoIncidents { .. }) => {
            Ok(parse::records(file, FormatChoice::Fixed(Format::Text), None)?)
        }
        records => Ok(records?),
    }
}

/// As much of it as is looked at and a little more, so that the answer can say that it was cut.
fn asked(mut incident: incident::Incident) -> Incident {
    if incident.untitled {
        incident.title.clear();
    }
    if let Some(text) = &mut incident.text {
        text.truncate(text.floor_char_boundary(2 * QUERY_TEXT_BYTES));
    }
    incident_message(incident)
}

fn nothing_in(file: &InputFile) -> parse::Problem {
    parse::Problem {
        file: file.shown.clone(),
        line: 1,
        field: "text".to_owned(),
        reason: "the file is empty".to_owned(),
    }
}

fn refused(problem: &parse::Problem) -> Error {
    let parse::Problem { file, line, field, reason } = problem;
    Error::Usage(format!("{file}:{line}: {field}: {reason}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn asked_of(name: &str, content: &str) -> Result<Query> {
        let folder = tempfile::tempdir().expect("a writable folder");
        let path = folder.path().join(name);
        fs::write(&path, content).expect("writable");
        question(&path)
    }

    #[test]
    fn a_document_is_asked_field_by_field() {
        let text = "---\nservices: [edge]\n---\n# TLS errors\n\n## Root cause\n\nAn old chain.\n";
        let Ok(Query::Incident(asked)) = asked_of("page.md", text) else {
            unreachable!("it is a document");
        };
        assert_eq!(
            (asked.title.as_str(), asked.root_cause.as_str()),
            ("TLS errors", "An old chain.")
        );
        assert_eq!(asked.services, ["edge"]);
        let line = r#"{"id": "1", "title": "Disk full", "symptoms": "no space left"}"#;
        let Ok(Query::Incident(asked)) = asked_of("page.jsonl", line) else {
            unreachable!("it is a record");
        };
        assert_eq!((asked.title.as_str(), asked.symptoms.as_str()), ("Disk full", "no space left"));
    }

    #[test]
    fn what_ingest_has_no_reader_for_is_asked_as_it_is() {
        let Ok(Query::Incident(asked)) = asked_of("page.log", "x509: certificate has expired\n")
        else {
            unreachable!("it is a text");
        };
        assert!(asked.text.contains("certificate has expired"), "{asked:?}");
        assert!(matches!(asked_of("README.md", "# How to write one\n"), Ok(Query::Text(_))));
    }

    #[test]
    fn several_incidents_none_and_a_broken_one_are_refused_by_name() {
        let lines = "{\"id\": \"1\", \"title\": \"a b\"}\n{\"id\": \"2\", \"title\": \"c d\"}\n";
        for (name, content, said) in [
            ("pages.jsonl", lines, "several incidents"),
            ("page.jsonl", "{\"id\": \"1\"}\n", "page.jsonl:1"),
            ("page.jsonl", "", "the file is empty"),
        ] {
            let error = asked_of(name, content).expect_err(said);
            assert_eq!(error.exit_code() as u8, 2);
            assert!(error.to_string().contains(said), "{error}");
        }
        let folder = tempfile::tempdir().expect("a writable folder");
        assert!(
            question(folder.path()).expect_err("a folder").to_string().contains("name one file")
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_unopened() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("it is new");
        let error = question(&socket).expect_err("it is no file");
        assert!(error.to_string().contains("neither a file nor a folder"), "{error}");
    }
}
