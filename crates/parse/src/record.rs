//! Cuts files into records.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::discover::InputFile;
use crate::error::{Error, Result};
use crate::format::{Extension, Format, FormatChoice, extension, prose_format};
use crate::problem::Problem;

/// The longest JSONL line that is read, in bytes.
pub const LINE_BYTES_MAX: usize = 8 << 20;
/// The largest Markdown or text file that is read, in bytes.
pub const FILE_BYTES_MAX: usize = 16 << 20;

/// One document, not read yet: a whole Markdown or text file, or one line of JSONL.
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
    /// Its bytes, without the line's end for JSONL.
    pub content: Vec<u8>,
}

impl Record {
    /// The SHA-256 of a whole-file document; `None` for a JSONL line, where equal bytes do not mean
    /// the same incident.
    #[must_use]
    pub fn digest(&self) -> Option<[u8; 32]> {
        match self.format {
            Format::Jsonl => None,
            Format::Markdown | Format::Text => Some(Sha256::digest(&self.content).into()),
        }
    }
}

/// The records of one file, in the order of their lines. Holds one record at a time in memory.
#[derive(Debug)]
pub struct Records {
    reader: BufReader<File>,
    template: Record,
    done: bool,
}

/// Opens `file`. `source` defaults to the name of the format.
///
/// # Errors
/// [`Error::Unreadable`] where the file cannot be opened, [`Error::UnreadFormat`] where the format is to
/// be found out and the extension names one without a reader.
pub fn records(file: &InputFile, choice: FormatChoice, source: Option<&str>) -> Result<Records> {
    let unreadable = |error| Error::Unreadable { path: file.path.clone(), source: error };
    let mut reader = BufReader::with_capacity(1 << 16, File::open(&file.path).map_err(unreadable)?);
    let format = match choice {
        FormatChoice::Fixed(format) => format,
        FormatChoice::Auto => format_of(&file.path, reader.fill_buf().map_err(unreadable)?)?,
    };
    let template = Record {
        source: source.unwrap_or(format.name()).to_owned(),
        format,
        file: file.shown.clone(),
        line: 1,
        path_id: file.path_id.clone(),
        content: Vec::new(),
    };
    Ok(Records { reader, template, done: false })
}

/// The format of the file at `path`, whose content begins with `head`: by extension, then by content.
///
/// # Errors
/// [`Error::UnreadFormat`] where the extension names a format without a reader.
pub fn format_of(path: &Path, head: &[u8]) -> Result<Format> {
    match extension(path) {
        Extension::Names(format) => Ok(format),
        Extension::Unread => Err(Error::UnreadFormat {
            name: path.extension().unwrap_or_default().to_string_lossy().into_owned(),
        }),
        Extension::Unknown if head.trim_ascii_start().starts_with(b"{") => Ok(Format::Jsonl),
        Extension::Prose | Extension::Unknown => Ok(prose_format(&String::from_utf8_lossy(head))),
    }
}

impl Iterator for Records {
    type Item = std::result::Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        match self.template.format {
            Format::Markdown | Format::Text => {
                self.done = true;
                Some(self.whole_file())
            }
            Format::Jsonl => self.next_line(),
        }
    }
}

impl Records {
    fn whole_file(&mut self) -> std::result::Result<Record, Problem> {
        let mut content = Vec::new();
        let limit = FILE_BYTES_MAX as u64 + 1;
        let read = self.reader.by_ref().take(limit).read_to_end(&mut content);
        match read {
            Err(error) => Err(self.problem(&error.to_string())),
            Ok(_) if content.len() > FILE_BYTES_MAX => {
                Err(self.problem("larger than 16 MiB, the most a document may have"))
            }
            Ok(_) => Ok(self.record(content)),
        }
    }

    fn next_line(&mut self) -> Option<std::result::Result<Record, Problem>> {
        loop {
            let mut content = Vec::new();
            let outcome = match read_line(&mut self.reader, &mut content) {
                Ok(Ending::File) if content.is_empty() => return None,
                Ok(Ending::File | Ending::Line) if content.trim_ascii().is_empty() => None,
                Ok(Ending::File | Ending::Line) => Some(Ok(self.record(content))),
                Ok(Ending::Overlong) => {
                    Some(Err(self.problem("longer than 8 MiB, the most a line may have")))
                }
                Err(error) => {
                    self.done = true;
                    Some(Err(self.problem(&error.to_string())))
                }
            };
            self.template.line = self.template.line.saturating_add(1);
            if outcome.is_some() {
                return outcome;
            }
        }
    }

    fn record(&self, content: Vec<u8>) -> Record {
        Record { content, ..self.template.clone() }
    }

    fn problem(&self, reason: &str) -> Problem {
        Problem {
            file: self.template.file.clone(),
            line: self.template.line,
            field: "record".into(),
            reason: reason.to_owned(),
        }
    }
}

/// What a line was ended by.
enum Ending {
    Line,
    File,
    Overlong,
}

/// Reads up to the next line feed, which is consumed and left out. Of an overlong line nothing is kept.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Ending> {
    let mut overlong = false;
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = end.unwrap_or(buffer.len());
        overlong |= line.len() + taken > LINE_BYTES_MAX;
        if overlong {
            line.clear();
        } else {
            line.extend_from_slice(&buffer[..taken]);
        }
        let at_end_of_file = buffer.is_empty();
        reader.consume(taken + usize::from(end.is_some()));
        match (overlong, end.is_some(), at_end_of_file) {
            (_, false, false) => {}
            (true, _, _) => return Ok(Ending::Overlong),
            (false, true, _) => return Ok(Ending::Line),
            (false, false, true) => return Ok(Ending::File),
        }
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
        let file = InputFile { shown: "a.jsonl".into(), path_id: "x/a".into(), path: path.clone() };
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
        text.resize(text.len() + LINE_BYTES_MAX + 1, b'x');
        text.extend_from_slice(b"\n{}\n");
        assert_eq!(lines_of(&text), [Ok((1, 2)), Err(2), Ok((3, 2))]);
    }

    #[test]
    fn the_content_tells_where_the_extension_does_not() {
        let format = |name: &str, head: &str| format_of(Path::new(name), head.as_bytes());
        assert_eq!(format("a.txt", "---\nid: a\n---\n").ok(), Some(Format::Markdown));
        assert_eq!(format("a.txt", "Disk full\n").ok(), Some(Format::Text));
        assert_eq!(format("a.log", "{\"id\": 1}\n").ok(), Some(Format::Jsonl));
        let error = format("a.csv", "id,title\n").expect_err("not read yet");
        assert!(error.to_string().contains("`csv`"), "{error}");
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
