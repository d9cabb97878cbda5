//! Records read ahead, in batches of bounded size: while one is stored, the one after it is read and analysed.

use std::thread;

use parse::{FormatChoice, InputFile, Mapped, Record, RecordMap};
use relapse::limits::DOCUMENT_BYTES;
use relapse::proto::{Document, IngestIncidentsRequest, Problem, ingest_incidents_request};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::find::reason;
use super::tally::{Passed, Place, places};
use crate::backend::{ReadAhead, Records};

/// A batch is full at this many records: enough that a commit costs little beside them, few enough that one that is
/// interrupted repeats little,
const RECORDS_MAX: usize = 4000;
/// or at this many bytes.
const BYTES_MAX: usize = DOCUMENT_BYTES;
/// Full batches that wait while another is stored.
const WAITING: usize = 1;

/// Records to store together.
pub struct Batch {
    /// Where each record was read.
    pub places: Vec<Place>,
    /// The records, in the order read.
    pub records: Records,
    /// What was passed over while reading: before how many of the records, and why.
    pub passed: Vec<(usize, Passed)>,
    /// The bytes read for it.
    pub bytes: usize,
}

/// How files are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The format.
    pub choice: FormatChoice,
    /// The source, where the user names one.
    pub source: Option<String>,
    /// Where the fields are, where the user says so.
    pub map: Option<RecordMap>,
}

/// Reads `files` on a thread of their own; it ends when nobody takes the batches any more.
pub fn read_ahead(
    files: Vec<InputFile>,
    reading: Reading,
    read_ahead: ReadAhead,
) -> Receiver<Batch> {
    let (sender, receiver) = channel(WAITING);
    thread::spawn(move || {
        let mut reader = Reader { sender, read_ahead, gathered: Gathered::default() };
        // That nobody listens any more only means to stop.
        let _ = reader.read_all(&files, &reading);
    });
    receiver
}

/// Nobody takes the batches any more.
struct Abandoned;

struct Reader {
    sender: Sender<Batch>,
    read_ahead: ReadAhead,
    gathered: Gathered,
}

/// A batch under way.
#[derive(Default)]
struct Gathered {
    records: Vec<IngestIncidentsRequest>,
    passed: Vec<(usize, Passed)>,
    bytes: usize,
}

impl Reader {
    fn read_all(&mut self, files: &[InputFile], reading: &Reading) -> Result<(), Abandoned> {
        for file in files {
            if let Err(error) = self.read(file, reading)? {
                self.pass(unread(file, &error));
            }
        }
        self.hand_over()
    }

    /// Reads one file; what keeps it from being read is no reason to abandon the others.
    fn read(
        &mut self,
        file: &InputFile,
        reading: &Reading,
    ) -> Result<parse::Result<()>, Abandoned> {
        let Reading { choice, source, map } = reading;
        let (choice, source) = (*choice, source.as_deref());
        match map {
            None => match parse::records(file, choice, source) {
                Ok(mut records) => records.try_for_each(|record| self.take(record))?,
                Err(error) => return Ok(Err(error)),
            },
            Some(map) => match parse::mapped(file, choice, map, source) {
                Ok(mut records) => records.try_for_each(|record| self.take_mapped(record))?,
                Err(error) => return Ok(Err(error)),
            },
        }
        Ok(Ok(()))
    }

    fn take_mapped(&mut self, mapped: Mapped) -> Result<(), Abandoned> {
        match mapped {
            Mapped::Record(record) => self.take(Ok(record)),
            Mapped::Refused(problem) => self.take(Err(problem)),
            Mapped::Ignored(ignored) => {
                self.pass(Passed::Skipped(problem(ignored)));
                self.hand_over_if_full()
            }
        }
    }

    fn take(&mut self, record: Result<Record, parse::Problem>) -> Result<(), Abandoned> {
        match record.map_err(problem).and_then(document) {
            Ok(document) => self.keep(document)?,
            Err(problem) => self.pass(Passed::Refused(problem)),
        }
        self.hand_over_if_full()
    }

    fn hand_over_if_full(&mut self) -> Result<(), Abandoned> {
        match self.gathered.records.len() + self.gathered.passed.len() >= RECORDS_MAX {
            true => self.hand_over(),
            false => Ok(()),
        }
    }

    fn keep(&mut self, document: Document) -> Result<(), Abandoned> {
        let bytes = document.content.len();
        if self.gathered.bytes + bytes > BYTES_MAX && !self.gathered.records.is_empty() {
            self.hand_over()?;
        }
        self.gathered.bytes += bytes;
        let record = Some(ingest_incidents_request::Record::Document(document));
        self.gathered.records.push(IngestIncidentsRequest { record });
        Ok(())
    }

    fn pass(&mut self, passed: Passed) {
        let place = self.gathered.records.len();
        self.gathered.passed.push((place, passed));
    }

    fn hand_over(&mut self) -> Result<(), Abandoned> {
        let Gathered { records, passed, bytes } = std::mem::take(&mut self.gathered);
        let places = places(&records);
        let batch = Batch { places, records: (self.read_ahead)(records), passed, bytes };
        self.sender.blocking_send(batch).map_err(|_| Abandoned)
    }
}

/// The record as the wire has it; refused where it is larger than the wire carries.
fn document(record: Record) -> Result<Document, Problem> {
    let Record { source, format, file, line, path_id, content } = record;
    if content.len() > DOCUMENT_BYTES {
        return Err(Problem {
            file,
            line,
            field: String::new(),
            reason: format!(
                "larger than {} MiB, the most a document may have",
                DOCUMENT_BYTES >> 20
            ),
        });
    }
    let line = if format.is_whole_file() { 0 } else { line };
    Ok(Document { source, format: format.name().to_owned(), file, line, path_id, content })
}

fn problem(problem: parse::Problem) -> Problem {
    let parse::Problem { file, line, field, reason } = problem;
    Problem { file, line, field, reason }
}

/// What becomes of a file that is not read. In a folder there may be data that are no incidents; a file that the user
/// names is meant to be some.
fn unread(file: &InputFile, error: &parse::Error) -> Passed {
    let problem =
        Problem { file: file.shown.clone(), line: 0, field: String::new(), reason: reason(error) };
    match error {
        parse::Error::NoIncidents { .. } if !file.named => Passed::Skipped(problem),
        _ => Passed::Refused(problem),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn batches_of(folder: &Path) -> Vec<Batch> {
        let found = parse::discover(&[folder.to_owned()]).expect("it exists");
        let as_sent = Box::new(Records::Sent);
        let reading = Reading { source: Some("wiki".into()), ..Reading::default() };
        let mut receiver = read_ahead(found.files, reading, as_sent);
        let mut batches = Vec::new();
        while let Some(batch) = receiver.blocking_recv() {
            batches.push(batch);
        }
        batches
    }

    fn documents(batch: &Batch) -> Vec<&Document> {
        let Records::Sent(requests) = &batch.records else {
            unreachable!("nobody read them");
        };
        let records = requests.iter().map(|request| match &request.record {
            Some(ingest_incidents_request::Record::Document(document)) => document,
            other => unreachable!("only documents are read, not {other:?}"),
        });
        records.collect()
    }

    #[test]
    fn whole_files_have_no_line_and_lines_have_theirs() {
        let folder = tempfile::tempdir().expect("a writable folder");
        fs::write(folder.path().join("a.md"), "# Disk full\n").expect("writable");
        fs::write(folder.path().join("b.jsonl"), "{}\n\n{}\n").expect("writable");
        let batches = batches_of(folder.path());
        assert_eq!(batches.len(), 1);
        let lines: Vec<_> = documents(&batches[0]).iter().map(|document| document.line).collect();
        assert_eq!(lines, [0, 1, 3]);
        assert!(documents(&batches[0]).iter().all(|document| document.source == "wiki"));
        assert!(documents(&batches[0])[0].path_id.ends_with("/a"));
        assert_eq!(batches[0].bytes, 12 + 2 + 2);
    }

    #[test]
    fn batches_are_bounded_in_number_and_in_bytes() {
        let folder = tempfile::tempdir().expect("a writable folder");
        fs::write(folder.path().join("a.jsonl"), "{}\n".repeat(RECORDS_MAX + 1)).expect("writable");
        let large = "x".repeat(BYTES_MAX / 2 + 1);
        fs::write(folder.path().join("b.md"), &large).expect("writable");
        fs::write(folder.path().join("c.md"), &large).expect("writable");
        let sizes: Vec<_> =
            batches_of(folder.path()).iter().map(|batch| batch.places.len()).collect();
        assert_eq!(sizes, [RECORDS_MAX, 2, 1]);
    }

    #[test]
    fn a_document_the_wire_cannot_carry_is_refused_in_its_place() {
        let folder = tempfile::tempdir().expect("a writable folder");
        fs::write(folder.path().join("a.md"), "# Disk full\n").expect("writable");
        fs::write(folder.path().join("b.md"), "x".repeat(DOCUMENT_BYTES + 1)).expect("writable");
        let batches = batches_of(folder.path());
        let (place, Passed::Refused(problem)) = &batches[0].passed[0] else {
            unreachable!("it is refused: {:?}", batches[0].passed);
        };
        assert_eq!(*place, 1);
        assert!(problem.file.ends_with("b.md") && problem.reason.contains("4 MiB"), "{problem:?}");
    }

    #[test]
    fn data_that_are_no_incidents_are_skipped_in_a_folder_and_refused_by_name() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let path = folder.path().join("package.json");
        fs::write(&path, "{\"name\": \"shop\"}").expect("writable");
        assert!(matches!(batches_of(folder.path())[0].passed[0].1, Passed::Skipped(_)));
        let Passed::Refused(problem) = &batches_of(&path)[0].passed[0].1 else {
            unreachable!("the user named it");
        };
        assert!(problem.reason.contains("--map"), "{problem:?}");
    }
}
