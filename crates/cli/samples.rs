//! The sample incidents bundled in the binary, and the questions of the demo.

use std::path::Path;

use parse::format_of;
use relapse::proto::ingest_incidents_request::Record;
use relapse::proto::{Document, IngestIncidentsRequest};

/// Every sample file: its path below `examples/incidents`, and its bytes.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// The folder that ids of the samples begin with.
const FOLDER: &str = "incidents";

/// The sample incidents as they would be sent, file by file in the order of their paths.
pub fn requests() -> Vec<IngestIncidentsRequest> {
    FILES.iter().flat_map(|(name, bytes)| documents(name, bytes)).map(request).collect()
}

fn request(document: Document) -> IngestIncidentsRequest {
    IngestIncidentsRequest { record: Some(Record::Document(document)) }
}

fn documents(name: &str, bytes: &[u8]) -> Vec<Document> {
    let format =
        format_of(Path::new(name), bytes).expect("the samples are of formats that are read");
    let document = |line: u32, content: &[u8]| Document {
        source: String::new(),
        format: format.name().to_owned(),
        file: format!("examples/{FOLDER}/{name}"),
        line,
        path_id: format!("{FOLDER}/{}", Path::new(name).with_extension("").display()),
        content: content.to_vec(),
    };
    if format.is_whole_file() {
        return vec![document(0, bytes)];
    }
    let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let full = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    full.map(|(number, line)| document(number, line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_bundled() {
        let requests = requests();
        assert_eq!(requests.len(), 61, "sixty incidents and a README");
    }
}
