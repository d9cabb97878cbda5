//! Records to be stored.

use std::path::Path;

use engine::Item;
use parse::{Format, FormatChoice, Record};

use super::incident_in::to_store;
use crate::limits::{DOCUMENT_BYTES, EXTERNAL_ID_BYTES, FILE_BYTES, SOURCE_BYTES};
use crate::proto::{self, ingest_incidents_request, upsert_incident_request};
use crate::violations::Violations;

/// Where a record was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file as the sender names it; empty: none.
    pub(crate) file: String,
    /// The line the record begins at; 0: it is the whole file.
    pub(crate) line: u32,
}

/// A record that follows the rules.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) place: Place,
    /// What is to be stored.
    pub(crate) item: Item,
}

/// A record that breaks them.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) place: Place,
    pub(crate) found: Violations,
}

/// The record of one message of a stream.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn of_stream(request: proto::IngestIncidentsRequest) -> Result<Received, Refused> {
    use ingest_incidents_request::Record as Sent;
    let proto::IngestIncidentsRequest { record } = request;
    match record {
        Some(Sent::Document(document)) => of_document(document),
        Some(Sent::Incident(incident)) => of_incident(*incident),
        None => Err(nothing()),
    }
}

/// The record of a call of its own.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn of_call(request: proto::UpsertIncidentRequest) -> Result<Received, Refused> {
    use upsert_incident_request::Record as Sent;
    let proto::UpsertIncidentRequest { record } = request;
    match record {
        Some(Sent::Document(document)) => of_document(document),
        Some(Sent::Incident(incident)) => of_incident(*incident),
        None => Err(nothing()),
    }
}

fn nothing() -> Refused {
    let mut found = Violations::new();
    found.add("record", "nothing", "a document or an incident");
    Refused { place: Place::default(), found }
}

fn of_incident(incident: proto::Incident) -> Result<Received, Refused> {
    let mut found = Violations::new();
    let incident = to_store("incident", incident, &mut found);
    let place = Place::default();
    if found.is_empty() {
        Ok(Received { place, item: Item::Incident(Box::new(incident)) })
    } else {
        Err(Refused { place, found })
    }
}

fn of_document(document: proto::Document) -> Result<Received, Refused> {
    let proto::Document { source, format, file, line, path_id, content } = document;
    let mut found = Violations::new();
    found.at_most("document.source", source.len(), SOURCE_BYTES, "bytes");
    found.printable("document.source", &source);
    found.at_most("document.file", file.len(), FILE_BYTES, "bytes");
    found.at_most("document.path_id", path_id.len(), EXTERNAL_ID_BYTES, "bytes");
    found.printable("document.path_id", &path_id);
    found.at_most("document.content", content.len(), DOCUMENT_BYTES, "bytes");
    let format = format_of(&format, &file, &content, &mut found);
    match format {
        Some(format) if found.is_empty() => {
            let source = if source.trim().is_empty() { format.name().to_owned() } else { source };
            let place = Place { file: file.clone(), line };
            let record = Record { source, format, file, line: line.max(1), path_id, content };
            Ok(Received { place, item: Item::Record(record) })
        }
        _ => Err(Refused { place: Place { file, line }, found }),
    }
}

fn format_of(name: &str, file: &str, content: &[u8], found: &mut Violations) -> Option<Format> {
    let choice = if name.is_empty() { Ok(FormatChoice::Auto) } else { name.parse() };
    let format = choice.and_then(|choice| match choice {
        FormatChoice::Fixed(format) => Ok(format),
        FormatChoice::Auto => parse::format_of(Path::new(file), content),
    });
    match format {
        Ok(format) => Some(format),
        Err(error) => {
            found.note("document.format", error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> proto::Document {
        proto::Document {
            path_id: "pages/night".into(),
            content: b"# Disk full\n".to_vec(),
            ..proto::Document::default()
        }
    }

    #[track_caller]
    fn check_refused(document: proto::Document, field: &str, expected: &str) {
        let refused = of_document(document).expect_err("a rule is broken");
        let (named, reason) = refused.found.summary().expect("it says which");
        assert_eq!(named, field);
        assert!(reason.contains(expected), "{reason}");
    }

    #[test]
    fn the_format_is_found_out_and_names_a_source_without_a_name() {
        for (file, content, source) in
            [("a.md", "x", "markdown"), ("a.jsonl", "{}", "jsonl"), ("", "{\"id\": 1}", "jsonl")]
        {
            let (file, content) = (file.to_owned(), content.as_bytes().to_vec());
            let document = proto::Document { source: " ".into(), file, content, ..page() };
            let received = of_document(document).expect("it is right");
            let Item::Record(record) = received.item else {
                unreachable!("a document is a record");
            };
            assert_eq!((record.source.as_str(), record.line), (source, 1));
        }
    }

    #[test]
    fn each_limit_names_its_field() {
        let long = |length: usize| "x".repeat(length);
        check_refused(proto::Document { source: long(257), ..page() }, "document.source", "256");
        check_refused(proto::Document { path_id: long(513), ..page() }, "document.path_id", "512");
        let garbled = || "a\u{1b}b".to_owned();
        check_refused(proto::Document { path_id: garbled(), ..page() }, "document.path_id", "1B");
        check_refused(proto::Document { source: garbled(), ..page() }, "document.source", "1B");
        check_refused(proto::Document { file: long(4097), ..page() }, "document.file", "4096");
        let large = vec![b'x'; DOCUMENT_BYTES + 1];
        check_refused(proto::Document { content: large, ..page() }, "document.content", "4194304");
        let format = "banana".to_owned();
        check_refused(proto::Document { format, ..page() }, "document.format", "banana");
    }

    #[test]
    fn a_document_of_the_greatest_length_passes() {
        let content = vec![b'x'; DOCUMENT_BYTES];
        assert!(of_document(proto::Document { content, ..page() }).is_ok());
    }

    #[test]
    fn a_message_without_a_record_is_wrong() {
        let refused = of_stream(proto::IngestIncidentsRequest::default()).expect_err("nothing");
        assert_eq!(refused.found.summary().map(|(field, _)| field).as_deref(), Some("record"));
    }
}
