//! The records of a file.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::cut::Cutter;
use crate::discover::InputFile;
use crate::error::{Error, Result};
use crate::format::{Extension, Format, FormatChoice, extension, prose_format};
use crate::problem::Problem;
use crate::sniff;
use crate::tracker::jira;

/// The longest record of a file that holds many, in bytes: a line, a member of a list, a row.
pub const RECORD_BYTES_MAX: usize = 8 << 20;
/// The largest file that is one record, in bytes.
pub const FILE_BYTES_MAX: usize = 16 << 20;

/// One document, not read yet: a whole file, or one record of a file that holds many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The source it belongs to.
    pub source: String,
    /// How to read it.
    pub format: Format,
    /// The file, as the user named it.
    pub file: String,
    /// Its first line in the file, from 1.
    pub line: u32,
    /// Its id where it states none.
    pub path_id: String,
    /// Its bytes: of a whole file all of them; of JSONL a line without its end; of JSON a member of the list; of CSV the
    /// header and one row.
    pub content: Vec<u8>,
}

impl Record {
    /// The SHA-256 of a whole-file document; `None` for a record of many, where equal bytes do not mean
    /// the same incident.
    #[must_use]
    pub fn digest(&self) -> Option<[u8; 32]> {
        self.format.is_whole_file().then(|| Sha256::digest(&self.content).into())
    }
}

/// The records of one file, in the order of their lines. Holds one record at a time in memory.
#[derive(Debug)]
pub struct Records {
    cutter: Cutter,
    template: Record,
    /// See [`names_of_fields`].
    names: Vec<u8>,
}

/// Opens `file`. `source` defaults to the name of the format.
///
/// # Errors
/// [`Error::Unreadable`] where the file cannot be opened; where the format is to be found out,
/// [`Error::UnreadFormat`] for an extension without a reader and [`Error::NoIncidents`] for data that are none.
pub fn records(file: &InputFile, choice: FormatChoice, source: Option<&str>) -> Result<Records> {
    let mut reader = open(file)?;
    let head = reader.fill_buf().map_err(|error| unreadable(file, error))?;
    let format = match choice {
        FormatChoice::Fixed(format) => format,
        FormatChoice::Auto => format_of(&file.path, head)?,
    };
    let is_lines = is_lines(&file.path);
    let cutter = match (format, sniff::shape(head)) {
        (Format::Markdown | Format::Text | Format::Html, _) => Cutter::whole(reader),
        (Format::Jsonl, _) => Cutter::lines(reader),
        (Format::Csv, _) => Cutter::rows(reader),
        (_, sniff::Shape::Json) if is_lines => Cutter::lines(reader),
        (_, sniff::Shape::Json) => Cutter::elements(reader, format.lists()),
        (_, sniff::Shape::Other) => Cutter::rows(reader),
    };
    let names = match &cutter {
        Cutter::Elements(_) if format == Format::Jira => names_of_fields(file)?,
        _ => Vec::new(),
    };
    let template = Record {
        source: source.unwrap_or(format.name()).to_owned(),
        format,
        file: file.shown.clone(),
        line: 1,
        path_id: file.path_id.clone(),
        content: Vec::new(),
    };
    Ok(Records { cutter, template, names })
}

/// What Jira says beside the issues of how fields are called, to be put before the members of each; empty where it says
/// nothing.
fn names_of_fields(file: &InputFile) -> Result<Vec<u8>> {
    let first = Cutter::elements(open(file)?, vec!["names".to_owned()]).next();
    let names =
        first.and_then(|(_, names)| serde_json::from_slice(&names.ok()?).ok()).unwrap_or_default();
    let telling = jira::telling_names(&names);
    let json = serde_json::to_string(&telling).expect("names and texts are JSON");
    Ok(if telling.is_empty() { Vec::new() } else { format!("{{\"names\":{json},").into_bytes() })
}

pub(crate) fn open(file: &InputFile) -> Result<BufReader<File>> {
    let opened = File::open(&file.path).map_err(|error| unreadable(file, error))?;
    Ok(BufReader::with_capacity(1 << 16, opened))
}

fn unreadable(file: &InputFile, source: std::io::Error) -> Error {
    Error::Unreadable { path: file.path.clone(), source }
}

/// Whether the name says that each line is a record.
fn is_lines(path: &Path) -> bool {
    extension(path) == Extension::Names(Format::Jsonl)
}

/// The format of the file at `path`, whose content begins with `head`: by extension, then by content.
///
/// # Errors
/// [`Error::UnreadFormat`] where the extension names a format without a reader, [`Error::NoIncidents`] where the
/// content is neither an export that is known nor a list of incidents.
pub fn format_of(path: &Path, head: &[u8]) -> Result<Format> {
    let none = |reason: &'static str| Error::NoIncidents { reason };
    match extension(path) {
        Extension::Names(format) => Ok(format),
        Extension::Unread => Err(Error::UnreadFormat {
            name: path.extension().unwrap_or_default().to_string_lossy().into_owned(),
        }),
        Extension::Json => sniff::json(head).ok_or_else(|| none(sniff::NO_JSON)),
        Extension::Csv => sniff::csv(head).ok_or_else(|| none(sniff::NO_CSV)),
        Extension::Unknown if sniff::shape(head) == sniff::Shape::Json => {
            Ok(sniff::json_of_any_name(head))
        }
        Extension::Prose | Extension::Unknown if sniff::is_html(head) => Ok(Format::Html),
        Extension::Prose | Extension::Unknown => Ok(prose_format(&String::from_utf8_lossy(head))),
    }
}

impl Iterator for Records {
    type Item = std::result::Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, content) = self.cutter.next()?;
        Some(match content {
            Ok(content) => {
                let content = match content.strip_prefix(b"{").filter(|_| !self.names.is_empty()) {
                    Some(members) => [&self.names, members].concat(),
                    None => content,
                };
                Ok(Record { line, content, ..self.template.clone() })
            }
            Err(reason) => Err(Problem {
                file: self.template.file.clone(),
                line,
                field: "record".into(),
                reason,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &[u8]) -> Vec<std::result::Result<(u32, usize), u32>> {
        let path = std::env::temp_dir().join(format!(
            "relapse-record-{}-{}.jsonl",
            std::process::id(),
            text.len()
        ));
        std::fs::write(&path, text).expect("a writable temporary folder");
        let file = InputFile {
            shown: "a.jsonl".into(),
            path_id: "x/a".into(),
            path: path.clone(),
            named: true,
        };
        let all = records(&file, FormatChoice::Auto, None).expect("it exists");
        let read = all
            .map(|record| match record {
                Ok(record) => Ok((record.line, record.content.len())),
                Err(problem) => Err(problem.line),
            })
            .collect();
        std::fs::remove_file(path).expect("it was created here");
        read
    }

    #[test]
    fn blank_lines_count_and_are_left_out() {
        assert_eq!(lines_of(b"{}\n\n \n{ }"), [Ok((1, 2)), Ok((4, 3))]);
        assert_eq!(lines_of(b""), []);
    }

    #[test]
    fn an_overlong_line_is_reported_and_the_rest_goes_on() {
        let mut text = b"{}\n".to_vec();
        text.resize(text.len() + RECORD_BYTES_MAX + 1, b'x');
        text.extend_from_slice(b"\n{}\n");
        assert_eq!(lines_of(&text), [Ok((1, 2)), Err(2), Ok((3, 2))]);
    }

    #[test]
    fn the_content_tells_where_the_extension_does_not() {
        let format = |name: &str, head: &str| format_of(Path::new(name), head.as_bytes());
        assert_eq!(format("a.txt", "---\nid: a\n---\n").ok(), Some(Format::Markdown));
        assert_eq!(format("a.txt", "Disk full\n").ok(), Some(Format::Text));
        assert_eq!(format("a.log", "{\"id\": 1}\n").ok(), Some(Format::Jsonl));
        assert_eq!(format("a.log", "{\n\"id\": 1, \"title\": \"x\"}\n").ok(), Some(Format::Json));
        assert_eq!(format("a.txt", "<!DOCTYPE html>\n<p>").ok(), Some(Format::Html));
        assert_eq!(format("a.csv", "id,title\n").ok(), Some(Format::Csv));
        let error = format("a.xlsx", "PK").expect_err("not read");
        assert!(error.to_string().contains("`xlsx`"), "{error}");
        let error = format("a.json", "{\"name\": \"x\"}").expect_err("no incidents");
        assert!(error.to_string().contains("--map"), "{error}");
    }

    #[test]
    fn only_whole_files_have_a_digest() {
        let record = |format| Record {
            source: "s".into(),
            format,
            file: "f".into(),
            line: 1,
            path_id: "f".into(),
            content: b"abc".to_vec(),
        };
        let digest = record(Format::Text).digest().expect("a whole file");
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(record(Format::Jsonl).digest(), None);
    }
}
