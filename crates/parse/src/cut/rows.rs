//! The rows of a CSV file, each with the header before it, so that a row can be read by itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use csv::{ByteRecord, Reader, ReaderBuilder, WriterBuilder};

use super::Piece;
use crate::record::RECORD_BYTES_MAX;

/// What may part the cells, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// See the head of this file. Cells are parted by what parts most of the header, and by commas in what is cut.
#[derive(Debug)]
pub(crate) struct Rows {
    reader: Reader<Bounded>,
    header: ByteRecord,
    failed: bool,
}

impl Rows {
    pub(crate) fn new(mut file: BufReader<File>) -> Self {
        let separator = separator(file.fill_buf().unwrap_or_default());
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(Bounded { file, left: RECORD_BYTES_MAX });
        Self { reader, header: ByteRecord::new(), failed: false }
    }

    /// The next row that is not blank, and its line; where blank lines stand before it, the first of those.
    fn row(&mut self) -> Option<Result<(u32, ByteRecord), (u32, String)>> {
        let mut row = ByteRecord::new();
        self.reader.get_mut().left = RECORD_BYTES_MAX;
        match self.reader.read_byte_record(&mut row) {
            Ok(true) => Some(Ok((line_of(row.position()), row))),
            Ok(false) => None,
            Err(error) => {
                self.failed = true;
                let line = line_of(Some(self.reader.position()));
                Some(Err((line, format!("expected a row of CSV: {error}"))))
            }
        }
    }

    fn with_header(&self, row: &ByteRecord) -> Result<Vec<u8>, String> {
        let (cells, names) = (row.len(), self.header.len());
        if cells != names {
            return Err(format!(
                "{cells} cells; expected {names}, as the header has: is a quote or a separator missing?"
            ));
        }
        let mut writer = WriterBuilder::new().from_writer(Vec::new());
        let written =
            writer.write_byte_record(&self.header).and_then(|()| writer.write_byte_record(row));
        written.map_err(|error| error.to_string())?;
        writer.into_inner().map_err(|error| error.to_string())
    }
}

impl Iterator for Rows {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.failed {
            return None;
        }
        if self.header.is_empty() {
            match self.row()? {
                Ok((_, header)) => self.header = without_mark(&header),
                Err((line, reason)) => return Some((line, Err(reason))),
            }
        }
        match self.row()? {
            Ok((line, row)) => Some((line, self.with_header(&row))),
            Err((line, reason)) => Some((line, Err(reason))),
        }
    }
}

fn line_of(position: Option<&csv::Position>) -> u32 {
    position.map_or(1, |position| u32::try_from(position.line()).unwrap_or(u32::MAX))
}

/// The header without the byte order mark that spreadsheets write before it.
fn without_mark(header: &ByteRecord) -> ByteRecord {
    let mark = b"\xef\xbb\xbf".as_slice();
    header.iter().map(|name| name.strip_prefix(mark).unwrap_or(name)).collect()
}

/// What parts the cells of a file that begins with `head`.
pub(super) fn separator(head: &[u8]) -> u8 {
    let header = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator));
    best.expect("there are separators")
}

/// A file that fails where a row goes on for longer than one may: where a quote is left open, that is up to the end.
#[derive(Debug)]
struct Bounded {
    file: BufReader<File>,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let reason = "longer than 8 MiB, the most a row may have: is a quote left open?";
            return Err(io::Error::other(reason));
        }
        let wanted = buffer.len().min(self.left);
        let read = self.file.read(&mut buffer[..wanted])?;
        self.left -= read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn cut(text: &str) -> Vec<Result<(u32, String), (u32, String)>> {
        let mut file = tempfile::tempfile().expect("a writable temporary folder");
        file.write_all(text.as_bytes()).expect("writable");
        io::Seek::rewind(&mut file).expect("a file");
        Rows::new(BufReader::new(file))
            .map(|(line, piece)| match piece {
                Ok(bytes) => Ok((line, String::from_utf8(bytes).expect("UTF-8"))),
                Err(reason) => Err((line, reason)),
            })
            .collect()
    }

    #[test]
    fn each_row_has_the_header_before_it() {
        let rows = cut("\u{feff}id,title\n1,\"a\nb\"\n2,c\n\n");
        assert_eq!(rows[0], Ok((2, "id,title\n1,\"a\nb\"\n".to_owned())));
        assert_eq!(rows[1], Ok((4, "id,title\n2,c\n".to_owned())));
        assert_eq!(cut("").len() + cut("id,title\n").len(), 0);
    }

    #[test]
    fn what_parts_most_of_the_header_parts_the_cells() {
        for text in ["id;a;b, c\n1;x;\n", "id\ta\tb, c\n1\tx\t\n", "id|a|b, c\n1|x|\n"] {
            assert_eq!(cut(text), [Ok((2, "id,a,\"b, c\"\n1,x,\n".to_owned()))], "{text:?}");
        }
    }

    #[test]
    fn a_row_of_another_length_is_refused_and_the_rest_goes_on() {
        let rows = cut("id,title\n1\n2,b,c\n3,d\n");
        assert_eq!(rows[0].as_ref().map_err(|(line, _)| *line), Err(2));
        let (line, reason) = rows[1].as_ref().expect_err("a cell too many");
        assert!(*line == 3 && reason.contains("3 cells; expected 2"), "{reason}");
        assert!(rows[2].is_ok());
    }

    #[test]
    fn a_quote_left_open_does_not_read_the_file_into_memory() {
        let rows = cut(&format!("id,title\n1,\"{}\n", "x\n".repeat(RECORD_BYTES_MAX)));
        assert_eq!(rows.len(), 1);
        assert!(
            rows[0].as_ref().is_err_and(|(_, reason)| reason.contains("quote left open")),
            "{rows:?}"
        );
    }
}
