//! Cuts the content of a file into records, one in memory at a time.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use crate::record::{FILE_BYTES_MAX, RECORD_BYTES_MAX};
use elements::Elements;
use rows::Rows;

mod elements;
mod rows;

/// What was cut: the line it begins at, from 1, and its bytes or why there are none.
pub(crate) type Piece = (u32, Result<Vec<u8>, String>);

/// How a file is cut.
#[derive(Debug)]
pub(crate) enum Cutter {
    /// Not at all; `None` once it is read.
    Whole(Option<BufReader<File>>),
    /// At its line feeds.
    Lines(Lines),
    /// Into the members of a list in JSON.
    Elements(Elements<BufReader<File>>),
    /// Into rows of CSV, each with the header before it.
    Rows(Box<Rows>),
}

impl Cutter {
    pub(crate) fn whole(reader: BufReader<File>) -> Self {
        Self::Whole(Some(reader))
    }

    pub(crate) fn lines(reader: BufReader<File>) -> Self {
        Self::Lines(Lines { reader, line: 0, failed: false })
    }

    /// `lists` are the dotted paths that the list may be at; without any of them the value itself is a record.
    pub(crate) fn elements(reader: BufReader<File>, lists: Vec<String>) -> Self {
        Self::Elements(Elements::new(reader, lists))
    }

    pub(crate) fn rows(reader: BufReader<File>) -> Self {
        Self::Rows(Box::new(Rows::new(reader)))
    }
}

impl Iterator for Cutter {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        match self {
            Self::Whole(reader) => reader.take().map(|reader| (1, whole_file(reader))),
            Self::Lines(lines) => lines.next(),
            Self::Elements(elements) => elements.next(),
            Self::Rows(rows) => rows.next(),
        }
    }
}

fn whole_file(mut reader: BufReader<File>) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let limit = FILE_BYTES_MAX as u64 + 1;
    match reader.by_ref().take(limit).read_to_end(&mut content) {
        Err(error) => Err(error.to_string()),
        Ok(_) if content.len() > FILE_BYTES_MAX => {
            Err("larger than 16 MiB, the most a document may have".to_owned())
        }
        Ok(_) => Ok(content),
    }
}

/// The lines of a file that are not blank.
#[derive(Debug)]
pub(crate) struct Lines {
    reader: BufReader<File>,
    /// The last line read, from 1.
    line: u32,
    failed: bool,
}

impl Iterator for Lines {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while !self.failed {
            let mut content = Vec::new();
            self.line = self.line.saturating_add(1);
            let piece = match read_line(&mut self.reader, &mut content) {
                Ok(Ending::File) if content.is_empty() => return None,
                Ok(Ending::File | Ending::Line) if content.trim_ascii().is_empty() => continue,
                Ok(Ending::File | Ending::Line) => Ok(content),
                Ok(Ending::Overlong) => {
                    Err("longer than 8 MiB, the most a line may have".to_owned())
                }
                Err(error) => {
                    self.failed = true;
                    Err(error.to_string())
                }
            };
            return Some((self.line, piece));
        }
        None
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
        overlong |= line.len() + taken > RECORD_BYTES_MAX;
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
