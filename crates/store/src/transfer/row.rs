//! A row as a line: `{"table":"log","position":1,...}`. Integers and texts are themselves, bytes are hexadecimal digits.

use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use serde_json::{Map, Value as Json};

use crate::error::Result;
use crate::schema::tables::{Column, Kind};

/// The key of the table's name in a line; no column has it.
pub(super) const TABLE: &str = "table";

/// What is wrong with a field of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) field: String,
    pub(super) reason: String,
}

impl Flaw {
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

/// The line of a row whose seal holds.
pub(super) fn to_line(table: &str, columns: &[Column], row: &Row<'_>) -> Result<Json> {
    let mut line = Map::with_capacity(columns.len() + 1);
    line.insert(TABLE.to_owned(), Json::from(table));
    for (place, column) in columns.iter().enumerate() {
        let value = match row.get_ref(place)? {
            ValueRef::Null => Json::Null,
            ValueRef::Integer(number) => Json::from(number),
            ValueRef::Real(number) => Json::from(number),
            text @ ValueRef::Text(_) => Json::from(text.as_str().map_err(rusqlite::Error::from)?),
            ValueRef::Blob(bytes) => Json::from(digits(bytes)),
        };
        line.insert(column.name.clone(), value);
    }
    Ok(Json::Object(line))
}

/// The columns of a line, in the order of `columns`.
pub(super) fn of_line(
    columns: &[Column],
    mut line: Map<String, Json>,
) -> std::result::Result<Vec<Value>, Flaw> {
    line.remove(TABLE);
    let values = columns
        .iter()
        .map(|column| match line.remove(&column.name) {
            Some(value) => of_field(column, value),
            None => Err(Flaw::new(&column.name, "is missing")),
        })
        .collect::<std::result::Result<_, _>>()?;
    match line.keys().next() {
        Some(unknown) => Err(Flaw::new(unknown, "is no column of this table")),
        None => Ok(values),
    }
}

fn of_field(column: &Column, value: Json) -> std::result::Result<Value, Flaw> {
    let wrong = |expected: &str| Flaw::new(&column.name, format!("expected {expected}"));
    match (column.kind, value) {
        (_, Json::Null) if column.optional => Ok(Value::Null),
        (Kind::Integer, value) => {
            value.as_i64().map(Value::Integer).ok_or_else(|| wrong("an integer"))
        }
        (Kind::Real, value) => value.as_f64().map(Value::Real).ok_or_else(|| wrong("a number")),
        (Kind::Text, Json::String(text)) => Ok(Value::Text(text)),
        (Kind::Text, _) => Err(wrong("a text")),
        (Kind::Blob, Json::String(text)) => {
            bytes(&text).map(Value::Blob).ok_or_else(|| wrong("hexadecimal digits, two per byte"))
        }
        (Kind::Blob, _) => Err(wrong("hexadecimal digits in a text")),
    }
}

/// The bytes as lower-case hexadecimal digits.
pub(super) fn digits(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let pair = |byte: &u8| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
    bytes.iter().flat_map(pair).collect()
}

/// Reads what [`digits`] wrote.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let read = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    if rest.is_empty() { read } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: Kind, optional: bool) -> Column {
        Column { name: "c".into(), kind, optional }
    }

    #[track_caller]
    fn refused(kind: Kind, line: &str, field: &str, reason: &str) {
        let line = serde_json::from_str(line).expect("an object");
        let flaw = of_line(&[column(kind, false)], line).expect_err("it is wrong");
        assert_eq!(flaw.field, field);
        assert!(flaw.reason.contains(reason), "{flaw:?}");
    }

    #[test]
    fn bytes_come_back_from_their_digits() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(bytes(&digits(&all)), Some(all));
        assert_eq!(digits(&[0, 171]), "00ab");
        for wrong in ["0", "0g", "a\u{e9}"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        refused(Kind::Integer, r#"{"table":"t","c":"1"}"#, "c", "an integer");
        refused(Kind::Integer, r#"{"c":1.5}"#, "c", "an integer");
        refused(Kind::Text, r#"{"c":1}"#, "c", "a text");
        refused(Kind::Text, r#"{"c":null}"#, "c", "a text");
        refused(Kind::Blob, r#"{"c":"xy"}"#, "c", "hexadecimal");
        refused(Kind::Text, r#"{"d":"x"}"#, "c", "missing");
        refused(Kind::Text, r#"{"c":"x","d":1}"#, "d", "no column");
    }

    #[test]
    fn null_stands_where_it_may() {
        let line = || serde_json::from_str(r#"{"c":null}"#).expect("an object");
        assert_eq!(of_line(&[column(Kind::Blob, true)], line()), Ok(vec![Value::Null]));
    }
}
