//! A line of JSONL.

use incident::{Incident, IncidentId};
use serde_json::{Map, Value};

use crate::fields;
use crate::id;
use crate::inline::headline;
use crate::problem::{Outcome, Parsed, Problem};
use crate::record::Record;
use crate::refusal::Refusal;

/// Reads one line. How deep JSON may nest is bounded by the reader, at 128.
pub(crate) fn read(record: &Record) -> Outcome {
    match incident(record) {
        Ok(parsed) => Outcome::Parsed(Box::new(parsed)),
        Err((field, reason)) => Outcome::Refused(Problem {
            file: record.file.clone(),
            line: record.line,
            field,
            reason,
        }),
    }
}

fn incident(record: &Record) -> Result<Parsed, Refusal> {
    let mut map = object(&record.content)?;
    let id = external_id(map.remove("id"))?;
    let mut incident = Incident::new(record.source.as_str(), "", "");
    incident.id = IncidentId::new(id.as_str());
    incident.external_id = id;
    let warnings = fields::fill(&mut incident, map, |_| record.line);
    if incident.title.trim().is_empty() {
        let texts = [&incident.summary, &incident.root_cause, &incident.text];
        incident.untitled = true;
        let title = texts.into_iter().flatten().find_map(|text| headline(text));
        incident.title = title.ok_or_else(|| {
            let expected = "expected one of title, summary, root_cause, text";
            ("title".to_owned(), expected.to_owned())
        })?;
    }
    Ok(Parsed { incident, warnings })
}

/// The object that `content` is.
///
/// # Errors
/// What was expected.
pub(crate) fn object(content: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let refused = |reason: String| ("record".to_owned(), reason);
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    if content.contains(&0) {
        return Err(refused("expected text; the line holds a NUL byte".into()));
    }
    let text = std::str::from_utf8(content)
        .map_err(|error| refused(format!("expected UTF-8: {error}")))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(refused("expected a JSON object".into())),
        Err(error) => Err(refused(format!("expected a JSON object: {error}"))),
    }
}

fn external_id(id: Option<Value>) -> Result<String, Refusal> {
    let id = id.as_ref().and_then(id::stated);
    let refused = |reason: String| ("id".to_owned(), reason);
    let id = id.ok_or_else(|| refused("expected a text or number that is not empty".to_owned()))?;
    id::check(&id).map_err(refused)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    fn parse(line: &[u8]) -> Outcome {
        read(&Record {
            source: "jsonl".into(),
            format: Format::Jsonl,
            file: "a.jsonl".into(),
            line: 9,
            path_id: "x/a".into(),
            content: line.to_vec(),
        })
    }

    #[track_caller]
    fn check_refused(line: &[u8], field: &str, reason: &str) {
        match parse(line) {
            Outcome::Refused(problem) => {
                assert_eq!((problem.line, problem.field.as_str()), (9, field));
                assert!(problem.reason.contains(reason), "{}", problem.reason);
            }
            other => unreachable!("expected a refusal, not {other:?}"),
        }
    }

    #[track_caller]
    fn check_read(line: &str, id: &str, title: &str) {
        match parse(line.as_bytes()) {
            Outcome::Parsed(parsed) => {
                assert_eq!(parsed.incident.external_id, id);
                assert_eq!(parsed.incident.title, title);
            }
            other => unreachable!("expected an incident, not {other:?}"),
        }
    }

    #[test]
    fn an_id_and_a_text_are_enough() {
        check_read(r#"{"id": "a", "title": "Disk full"}"#, "a", "Disk full");
        check_read(r#"{"id": 17, "text": "Disk full.\nMore"}"#, "17", "Disk full");
        check_read(r#"{"id": "a", "title": null, "summary": "It fell. Twice."}"#, "a", "It fell");
    }

    #[test]
    fn a_bad_line_says_what_was_expected() {
        check_refused(b"{", "record", "expected a JSON object");
        check_refused(b"[1]", "record", "expected a JSON object");
        check_refused(b"{\"title\": \"x\"}", "id", "not empty");
        check_refused(b"{\"id\": \"\", \"title\": \"x\"}", "id", "not empty");
        check_refused(b"{\"id\": true, \"title\": \"x\"}", "id", "text or number");
        check_refused(b"{\"id\": \"a\\u0007b\", \"title\": \"x\"}", "id", "control characters");
        let long = format!("{{\"id\": \"{}\", \"title\": \"x\"}}", "x".repeat(513));
        check_refused(long.as_bytes(), "id", "at most 512");
        check_refused(b"{\"id\": 1}", "title", "one of title, summary");
        check_refused(b"{\"id\": 1, \"title\": \"\xff\"}", "record", "UTF-8");
        check_refused(b"{\"id\": 1, \"title\": \"\0\"}", "record", "NUL");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!(
            "{{\"id\": 1, \"title\": \"x\", \"a\": {}{}}}",
            "[".repeat(9000),
            "]".repeat(9000)
        );
        check_refused(deep.as_bytes(), "record", "recursion limit");
    }
}
