//! The members of a list in JSON, without reading the list as a whole.
//!
//! Brackets and quotes are counted, nothing more, so that a member which is no JSON spoils none but itself. A list is
//! looked for at the top and at the paths given; a file may hold several values one after another, as programs write
//! that fetch page by page.

use std::io::{self, BufRead};

use super::Piece;
use crate::record::RECORD_BYTES_MAX;

/// The longest name of a member that may lead to a list, in bytes.
const NAME_BYTES_MAX: usize = 1024;

/// Where the reading stands.
#[derive(Debug)]
enum Level {
    /// In a list of records.
    List,
    /// In an object that holds a list, or is a record itself.
    Object,
}

/// See the head of this file.
#[derive(Debug)]
pub(crate) struct Elements<R> {
    bytes: Bytes<R>,
    /// Where lists may be, as dotted paths.
    lists: Vec<String>,
    levels: Vec<Level>,
    /// The names that led to the objects under way, but the outermost.
    names: Vec<String>,
    /// The line of the outermost object, which is kept as it is read as long as it may be a record.
    begun_at: u32,
    done: bool,
}

impl<R: BufRead> Elements<R> {
    pub(crate) fn new(reader: R, lists: Vec<String>) -> Self {
        let bytes = Bytes { reader, line: 1, kept: None, overlong: false };
        Self { bytes, lists, levels: Vec::new(), names: Vec::new(), begun_at: 1, done: false }
    }

    /// The next record; `Ok(None)` at the end.
    fn advance(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let next = self.bytes.skip_to_value()?;
            let piece = match (self.levels.last(), next) {
                (None, None) => return Ok(None),
                (Some(_), None) => {
                    self.done = true;
                    Some(self.refused("the file ends before what began in it is closed"))
                }
                (None, Some(b'[')) => self.enter(Level::List)?,
                (None, Some(b'{')) => {
                    self.begun_at = self.bytes.line;
                    self.bytes.keep();
                    self.enter(Level::Object)?
                }
                (None, Some(_)) => {
                    self.done = true;
                    Some(self.refused("expected JSON: `{` or `[`"))
                }
                (Some(Level::List), Some(b']')) => self.leave()?,
                (Some(Level::List), Some(_)) => Some(self.member()?),
                (Some(Level::Object), Some(b'}')) => self.leave()?,
                (Some(Level::Object), Some(b'"')) => self.named()?,
                (Some(Level::Object), Some(_)) => {
                    self.done = true;
                    Some(self.refused("expected the name of a member in quotes"))
                }
            };
            if piece.is_some() {
                return Ok(piece);
            }
        }
    }

    fn refused(&self, reason: &str) -> Piece {
        (self.bytes.line, Err(reason.to_owned()))
    }

    fn enter(&mut self, level: Level) -> io::Result<Option<Piece>> {
        self.bytes.take()?;
        self.levels.push(level);
        Ok(None)
    }

    /// Leaves a list or an object; the outermost object is a record where no list was found in it.
    fn leave(&mut self) -> io::Result<Option<Piece>> {
        self.bytes.take()?;
        self.levels.pop();
        self.names.pop();
        match self.levels.is_empty() {
            true => Ok(self.bytes.kept().map(|record| (self.begun_at, record))),
            false => Ok(None),
        }
    }

    /// A member of a list.
    fn member(&mut self) -> io::Result<Piece> {
        let line = self.bytes.line;
        self.bytes.keep();
        if self.bytes.skip_value()? {
            return Ok((line, self.bytes.kept().expect("it was kept since the line before")));
        }
        self.done = true;
        Ok((line, Err("the file ends within the record that begins here".to_owned())))
    }

    /// A member of an object: entered where it leads to a list, else passed over.
    fn named(&mut self) -> io::Result<Option<Piece>> {
        let name = self.bytes.name()?;
        let value = self.bytes.skip_to_value()?;
        let path = match self.names.is_empty() {
            true => name.clone(),
            false => format!("{}.{name}", self.names.join(".")),
        };
        let is_list = self.lists.contains(&path);
        let leads_on = || self.lists.iter().any(|list| list.starts_with(&format!("{path}.")));
        match value {
            Some(b'[') if is_list => {
                self.bytes.kept = None;
                self.names.push(name);
                self.enter(Level::List)
            }
            Some(b'{') if is_list => Ok(Some(self.member()?)),
            Some(b'{') if leads_on() => {
                self.names.push(name);
                self.enter(Level::Object)
            }
            _ => {
                if !self.bytes.skip_value()? {
                    self.done = true;
                    return Ok(Some(self.refused("the file ends within an object")));
                }
                Ok(None)
            }
        }
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.done {
            return None;
        }
        self.advance().unwrap_or_else(|error| {
            self.done = true;
            Some(self.refused(&error.to_string()))
        })
    }
}

/// The bytes of the file, and those of the record under way.
#[derive(Debug)]
struct Bytes<R> {
    reader: R,
    /// The line of the next byte, from 1.
    line: u32,
    /// What was read since it is to be kept.
    kept: Option<Vec<u8>>,
    /// Whether that was more than a record may have.
    overlong: bool,
}

impl<R: BufRead> Bytes<R> {
    fn keep(&mut self) {
        (self.kept, self.overlong) = (Some(Vec::new()), false);
    }

    /// What was kept, if anything was to be.
    fn kept(&mut self) -> Option<Result<Vec<u8>, String>> {
        let kept = self.kept.take()?;
        Some(match self.overlong {
            true => Err("longer than 8 MiB, the most a record may have".to_owned()),
            false => Ok(kept),
        })
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Ok(buffer) => return Ok(buffer.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self) -> io::Result<Option<u8>> {
        let Some(byte) = self.peek()? else {
            return Ok(None);
        };
        self.reader.consume(1);
        self.line = self.line.saturating_add(u32::from(byte == b'\n'));
        if let Some(kept) = &mut self.kept {
            self.overlong |= kept.len() >= RECORD_BYTES_MAX;
            match self.overlong {
                true => kept.clear(),
                false => kept.push(byte),
            }
        }
        Ok(Some(byte))
    }

    /// Passes over what stands between values, a byte order mark too, and says what comes then.
    fn skip_to_value(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | 0xef | 0xbb | 0xbf) {
                return Ok(Some(byte));
            }
            self.take()?;
        }
        Ok(None)
    }

    /// Passes over one value; false where the file ends within it.
    fn skip_value(&mut self) -> io::Result<bool> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                None => return Ok(false),
                Some(b'"') => {
                    if !self.skip_text()? {
                        return Ok(false);
                    }
                }
                Some(b'{' | b'[') => {
                    self.take()?;
                    depth += 1;
                }
                Some(b'}' | b']') => {
                    self.take()?;
                    depth = depth.saturating_sub(1);
                }
                Some(_) if depth == 0 => self.skip_scalar()?,
                Some(_) => {
                    self.take()?;
                }
            }
            if depth == 0 {
                return Ok(true);
            }
        }
    }

    fn skip_scalar(&mut self) -> io::Result<()> {
        while let Some(byte) = self.peek()? {
            if matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n') {
                break;
            }
            self.take()?;
        }
        Ok(())
    }

    /// Passes over a text in quotes; false where the file ends within it.
    fn skip_text(&mut self) -> io::Result<bool> {
        self.take()?;
        while let Some(byte) = self.take()? {
            match byte {
                b'"' => return Ok(true),
                b'\\' => {
                    self.take()?;
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// The name of a member; that of one that is too long for a path is cut.
    fn name(&mut self) -> io::Result<String> {
        self.take()?;
        let mut name = Vec::new();
        while let Some(byte) = self.take()? {
            match byte {
                b'"' => break,
                _ if name.len() < NAME_BYTES_MAX => name.push(byte),
                _ => {}
            }
            if byte == b'\\' {
                self.take()?;
            }
        }
        Ok(String::from_utf8_lossy(&name).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<Result<(u32, String), u32>> {
        let lists = ["incidents", "data.rows"].map(str::to_owned).to_vec();
        Elements::new(text.as_bytes(), lists)
            .map(|(line, piece)| match piece {
                Ok(bytes) => Ok((line, String::from_utf8(bytes).expect("UTF-8"))),
                Err(_) => Err(line),
            })
            .collect()
    }

    #[track_caller]
    fn check(text: &str, expect: &[(u32, &str)]) {
        let expect: Vec<_> =
            expect.iter().map(|(line, text)| Ok((*line, (*text).to_owned()))).collect();
        assert_eq!(cut(text), expect, "{text}");
    }

    #[test]
    fn lists_are_found_at_the_top_and_at_their_paths() {
        check("[{\"a\": 1},\n {\"b\": [2, {}]}]", &[(1, "{\"a\": 1}"), (2, "{\"b\": [2, {}]}")]);
        check("{\"more\": [1], \"incidents\": [\n{\"a\": 1}], \"limit\": 9}", &[(2, "{\"a\": 1}")]);
        check("{\"data\": {\"n\": 1, \"rows\": [{}]}, \"x\": {}}", &[(1, "{}")]);
        check("{\"incidents\": {\"id\": 1}}", &[(1, "{\"id\": 1}")]);
    }

    #[test]
    fn an_object_without_a_list_is_a_record_and_pages_follow_one_another() {
        check(
            "\u{feff}\n{\"id\": 1, \"data\": {\"n\": 1}}",
            &[(2, "{\"id\": 1, \"data\": {\"n\": 1}}")],
        );
        check("{\"id\": 1}\n{\"id\": 2}\n", &[(1, "{\"id\": 1}"), (2, "{\"id\": 2}")]);
        check("[{\"id\": 1}]\n[{\"id\": 2}]", &[(1, "{\"id\": 1}"), (2, "{\"id\": 2}")]);
        check("", &[]);
        check("[]", &[]);
    }

    #[test]
    fn brackets_in_texts_are_text() {
        check(
            r#"[{"a": "}]\"{"}, {"b": "\\"}]"#,
            &[(1, r#"{"a": "}]\"{"}"#), (1, r#"{"b": "\\"}"#)],
        );
    }

    #[test]
    fn a_bad_member_spoils_none_but_itself() {
        let cut = cut("[{\"a\": nope,}, 7, {\"b\": 1}]");
        assert_eq!(cut.len(), 3);
        assert_eq!(cut[2], Ok((1, "{\"b\": 1}".to_owned())));
    }

    #[test]
    fn a_file_that_ends_early_says_where() {
        assert_eq!(cut("[{\"a\": 1},\n{\"b\": \"x"), [Ok((1, "{\"a\": 1}".to_owned())), Err(2)]);
        assert_eq!(cut("[{\"a\": 1},\n"), [Ok((1, "{\"a\": 1}".to_owned())), Err(2)]);
        assert_eq!(cut("hello"), [Err(1)]);
    }

    #[test]
    fn an_overlong_member_is_reported_and_the_rest_goes_on() {
        let text = format!("[{{\"a\": \"{}\"}},\n{{}}]", "x".repeat(RECORD_BYTES_MAX));
        assert_eq!(cut(&text), [Err(1), Ok((2, "{}".to_owned()))]);
    }
}
