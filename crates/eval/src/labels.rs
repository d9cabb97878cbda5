//! Files of labelled queries and documents, and files of what was found: one JSON object per line,
//! blank lines skipped. Where an id or a class is a number, its digits are the name.

mod row;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use self::row::{Row, name, objects};
pub use self::run::{write_assignments, write_run};
use crate::error::{Error, Result};

/// The documents with a gold label, by id: the class, or `None` for a one-off.
pub type Gold = BTreeMap<String, Option<String>>;

/// A labelled query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The id of the document that is the query.
    pub id: String,
    /// The ids of the documents it should find; at least one.
    pub relevant: BTreeSet<String>,
}

/// Reads queries, `{"query_id", "relevant_ids"}` per line, in the order of the file; other keys are
/// not read.
///
/// # Errors
/// [`Error::Read`], [`Error::Json`]; [`Error::Field`] where a query has no id or nothing is relevant to
/// it; [`Error::Empty`] where there is no query.
pub fn read_queries(path: &Path) -> Result<Vec<Query>> {
    let queries: Vec<Query> = objects(path)?.map(|row| query(&row?)).collect::<Result<_>>()?;
    if queries.is_empty() {
        return Err(empty(path, "query".to_owned()));
    }
    Ok(queries)
}

/// Reads the labels in `field` of the documents of `path`. Only non-empty strings and numbers are labels;
/// documents without one take no part. The number -1 is a one-off. Of documents with the same id the
/// last labelled one counts.
///
/// # Errors
/// [`Error::Read`], [`Error::Json`]; [`Error::Field`] where a labelled document has no id;
/// [`Error::Empty`] where no document has a label.
pub fn read_gold(path: &Path, field: &str) -> Result<Gold> {
    let mut gold = Gold::new();
    for row in objects(path)? {
        let row = row?;
        if let Some(class) = row.object.get(field).and_then(class) {
            gold.insert(row.name("id")?, class);
        }
    }
    if gold.is_empty() {
        return Err(empty(path, format!("document with a label in `{field}`")));
    }
    Ok(gold)
}

fn query(row: &Row<'_>) -> Result<Query> {
    let field = "relevant_ids";
    let list = row.object.get(field).and_then(Value::as_array);
    let ids = list.map_or(&[][..], Vec::as_slice);
    let relevant: Option<BTreeSet<String>> = ids.iter().map(name).collect();
    let relevant = relevant.filter(|relevant| !relevant.is_empty());
    Ok(Query {
        id: row.name("query_id")?,
        relevant: relevant
            .ok_or_else(|| row.unlike(field, "a list of strings or numbers, at least one"))?,
    })
}

/// The class a label names, `Some(None)` for a one-off; `None` where it is no label.
fn class(label: &Value) -> Option<Option<String>> {
    match label {
        Value::Number(number) if number.as_f64() == Some(-1.0) => Some(None),
        _ => name(label).filter(|class| !class.is_empty()).map(Some),
    }
}

fn empty(path: &Path, expected: String) -> Error {
    Error::Empty { path: path.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        std::fs::write(file.path(), text).expect("it is written");
        file
    }

    #[track_caller]
    fn refused<T: std::fmt::Debug>(read: Result<T>, file: &tempfile::NamedTempFile, tail: &str) {
        let message = read.expect_err(tail).to_string();
        assert_eq!(message, format!("{}{tail}", file.path().display()));
    }

    #[test]
    fn queries_come_in_the_order_of_the_file() {
        let text = "{\"query_id\":\"b\",\"relevant_ids\":[\"a\",7,\"a\"],\"label\":1}\n\n{\"query_id\":7,\"relevant_ids\":[\"b\"]}";
        let queries = read_queries(file(text).path()).expect("queries");
        assert_eq!(queries[0].id, "b");
        assert_eq!(queries[0].relevant, ["7".into(), "a".into()].into());
        assert_eq!(queries[1].id, "7");
    }

    #[test]
    fn a_bad_query_is_told_with_its_line_and_what_was_expected() {
        let (good, list) = (
            r#"{"query_id":"a","relevant_ids":["b"]}"#,
            "expected a list of strings or numbers, at least one, found",
        );
        let check = |bad: &str, tail: &str| {
            let file = file(&format!("{good}\n\n{bad}\n"));
            refused(read_queries(file.path()), &file, &format!(":3: {tail}"));
        };
        check("{", "expected one JSON object");
        check("[1]", "expected one JSON object");
        check(r#"{"query_id":"a"}"#, &format!("`relevant_ids`: {list} nothing"));
        check(
            r#"{"query_id":"a","relevant_ids":[]}"#,
            &format!("`relevant_ids`: {list} an empty list"),
        );
        check(
            r#"{"query_id":"a","relevant_ids":"b"}"#,
            &format!("`relevant_ids`: {list} a string"),
        );
        check(
            r#"{"query_id":"a","relevant_ids":["b",null]}"#,
            &format!("`relevant_ids`: {list} a list"),
        );
        check(
            r#"{"query_id":null,"relevant_ids":["b"]}"#,
            "`query_id`: expected a string or a number, found null",
        );
    }

    #[test]
    fn a_file_without_queries_is_refused() {
        let file = file("\n \n");
        let tail = ": expected at least one query, found none";
        refused(read_queries(file.path()), &file, tail);
    }

    #[test]
    fn a_file_that_is_not_there_is_told_with_the_reason() {
        let error = read_gold(Path::new("no/such/docs.jsonl"), "label").expect_err("no file");
        assert_eq!(error.to_string(), "no/such/docs.jsonl: cannot be read");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn only_strings_and_numbers_are_labels() {
        let values = [
            "\"tls\"",
            "\"\"",
            "null",
            "[\"tls\"]",
            "{}",
            "true",
            "4",
            "-1",
            "-1.0",
            "\"-1\"",
            "0",
        ];
        let lines: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(id, value)| format!("{{\"id\":{id},\"family\":{value}}}"))
            .collect();
        let file = file(&format!("{}\n{{\"id\":99}}\n", lines.join("\n")));
        let gold = read_gold(file.path(), "family").expect("labels");
        let class = |name: &str| Some(name.to_owned());
        let expected = [
            ("0", class("tls")),
            ("10", class("0")),
            ("6", class("4")),
            ("7", None),
            ("8", None),
            ("9", class("-1")),
        ];
        assert_eq!(gold, expected.map(|(id, class)| (id.to_owned(), class)).into());
    }

    #[test]
    fn of_two_labels_for_a_document_the_last_counts() {
        let lines =
            ["\"tls\"", "\"dns\"", "null"].map(|it| format!("{{\"id\":1,\"family\":{it}}}"));
        let gold = read_gold(file(&lines.join("\n")).path(), "family").expect("labels");
        assert_eq!(gold, [("1".into(), Some("dns".into()))].into());
    }

    #[test]
    fn labels_that_are_not_there_are_refused() {
        let file = file("{\"id\":\"a\",\"label\":\"tls\"}\n{\"label\":\"tls\"}\n");
        let tail = ": expected at least one document with a label in `family`, found none";
        refused(read_gold(file.path(), "family"), &file, tail);
        let tail = ":2: `id`: expected a string or a number, found nothing";
        refused(read_gold(file.path(), "label"), &file, tail);
    }
}
