//! Records to send.

use std::path::{Path, PathBuf};

use parse::FormatChoice;
use relapse::proto::ingest_incidents_request::Record;
use relapse::proto::{Document, Incident, IngestIncidentsRequest};

/// The sample incidents of the project, one message per record.
pub fn records() -> Vec<IngestIncidentsRequest> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/incidents");
    let found = parse::discover(&[PathBuf::from(&folder)]).expect("the samples are there");
    let files = found.files.iter();
    let records = files.flat_map(|file| {
        let records = parse::records(file, FormatChoice::Auto, None).expect("it can be opened");
        records.map(|record| document(record.expect("it can be read")))
    });
    let records: Vec<_> = records.collect();
    assert!(records.len() >= 60, "{} records", records.len());
    records
}

fn document(record: parse::Record) -> IngestIncidentsRequest {
    let parse::Record { source, format, file, line, path_id, content } = record;
    let format = format.name().to_owned();
    let document = Document { source, format, file, line, path_id, content };
    IngestIncidentsRequest { record: Some(Record::Document(document)) }
}

/// One line of JSONL.
pub fn line(number: u32, content: &str) -> IngestIncidentsRequest {
    let document = Document {
        format: "jsonl".into(),
        file: "history.jsonl".into(),
        line: number,
        content: content.as_bytes().to_vec(),
        ..Document::default()
    };
    IngestIncidentsRequest { record: Some(Record::Document(document)) }
}

/// A whole Markdown file.
pub fn page(path_id: &str, content: &str) -> IngestIncidentsRequest {
    let document = Document {
        format: "markdown".into(),
        file: format!("{path_id}.md"),
        path_id: path_id.into(),
        content: content.as_bytes().to_vec(),
        ..Document::default()
    };
    IngestIncidentsRequest { record: Some(Record::Document(document)) }
}

/// An incident that is taken apart already.
pub fn incident(external_id: &str, title: &str) -> Incident {
    Incident { external_id: external_id.into(), title: title.into(), ..Incident::default() }
}

/// The message that sends it.
pub fn sent(incident: Incident) -> IngestIncidentsRequest {
    IngestIncidentsRequest { record: Some(Record::Incident(Box::new(incident))) }
}
