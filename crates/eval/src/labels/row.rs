//! Lines of a file, with what to say where one is not as expected.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// One line of a file.
pub(super) struct Row<'a> {
    path: &'a Path,
    line: usize,
    pub(super) object: Map<String, Value>,
}

impl Row<'_> {
    /// The id or name in `field`.
    pub(super) fn name(&self, field: &'static str) -> Result<String> {
        let found = self.object.get(field).and_then(name);
        found.ok_or_else(|| self.unlike(field, "a string or a number"))
    }

    /// The error that `field` is not what was expected.
    pub(super) fn unlike(&self, field: &'static str, expected: &'static str) -> Error {
        Error::Field {
            path: self.path.to_owned(),
            line: self.line,
            field,
            expected,
            found: kind(self.object.get(field)),
        }
    }
}

/// The lines of a file that are not blank.
pub(super) fn objects(path: &Path) -> Result<impl Iterator<Item = Result<Row<'_>>>> {
    let unreadable = |source| Error::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let lines = BufReader::new(file).split(b'\n').enumerate();
    let written =
        lines.filter(|(_, line)| !line.as_ref().is_ok_and(|it| it.trim_ascii().is_empty()));
    Ok(written.map(move |(at, line)| {
        let line_number = at + 1;
        let object = serde_json::from_slice(&line.map_err(unreadable)?);
        object.map(|object| Row { path, line: line_number, object }).map_err(|source| Error::Json {
            path: path.to_owned(),
            line: line_number,
            source,
        })
    }))
}

/// The text of an id or a class.
pub(super) fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "a truth value",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a string",
        Some(Value::Array(list)) if list.is_empty() => "an empty list",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    }
}
