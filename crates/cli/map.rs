//! `relapse map test`: what a body, or the records of a file, would become by a field map.

use std::fs;
use std::path::Path;

use alerts::{FieldMap, Notice, merge, read_by};
use chat::line;
use incident::{Incident, Moment};
use jiff::Timestamp;
use parse::{FormatChoice, Mapped, Outcome, RecordMap};
use serde_json::{Value, json};

use crate::args::{Global, MapTestArgs, Output};
use crate::error::{Error, Result};
use crate::output::to_stdout;

/// `relapse map test`.
pub fn test(arguments: &MapTestArgs, global: &Global) -> Result<()> {
    let MapTestArgs { file, map, records } = arguments;
    let map_text = String::from_utf8_lossy(&read(map)?).into_owned();
    if *records {
        return test_records(file, map, &map_text, global);
    }
    let wrong = |path: &Path| {
        let name = path.display().to_string();
        move |error: alerts::Error| Error::Usage(format!("{name}: {error}"))
    };
    let map = FieldMap::read_toml(&map_text).map_err(wrong(map))?;
    let notices = read_by(&map, &read(file)?, Timestamp::now()).map_err(wrong(file))?;
    let shown = match global.output {
        Output::Json => {
            format!("{}\n", json!({"alerts": notices.iter().map(as_json).collect::<Vec<_>>()}))
        }
        Output::Text => notices.iter().map(as_text).collect::<Vec<_>>().join("\n"),
    };
    to_stdout(shown.as_bytes())
}

/// What becomes of each record of `file`.
fn test_records(file: &Path, map: &Path, map_text: &str, global: &Global) -> Result<()> {
    let wrong = |error| Error::Usage(format!("{}: {error}", map.display()));
    let map = RecordMap::read(map_text).map_err(wrong)?;
    let found = parse::discover(&[file.to_owned()])?;
    let [file] = found.files.as_slice() else {
        return Err(Error::Usage(format!("{}: expected one file", file.display())));
    };
    let mapped = parse::mapped(file, FormatChoice::Auto, &map, None)?;
    let told = mapped.map(|mapped| match mapped {
        Mapped::Record(record) => of_outcome(parse::document(&record)),
        Mapped::Ignored(problem) => Err(("ignored", problem.reason)),
        Mapped::Refused(problem) => Err(("refused", place_and_reason(problem))),
    });
    let shown = match global.output {
        Output::Json => {
            let records: Vec<Value> =
                told.map(|one| one.map_or_else(reason_json, object)).collect();
            format!("{}\n", json!({ "records": records }))
        }
        Output::Text => {
            told.map(|one| one.map_or_else(reason_text, rows)).collect::<Vec<_>>().join("\n")
        }
    };
    to_stdout(shown.as_bytes())
}

/// The fields of an incident; else what became of the record, and why.
type Told = std::result::Result<Fields, (&'static str, String)>;

fn of_outcome(outcome: Outcome) -> Told {
    match outcome {
        Outcome::Parsed(parsed) => Ok(fields(&parsed.incident)),
        Outcome::Skipped { reason } => Err(("ignored", reason)),
        Outcome::Refused(problem) => Err(("refused", place_and_reason(problem))),
    }
}

fn place_and_reason(problem: parse::Problem) -> String {
    let parse::Problem { file: _, line, field, reason } = problem;
    format!("line {line}: {field}: {reason}")
}

fn reason_text((what, reason): (&'static str, String)) -> String {
    format!("{what}: {}\n", line(&reason))
}

fn reason_json((what, reason): (&'static str, String)) -> Value {
    json!({ what: reason })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// The incident that a notice makes, were it the first of its group.
fn incident(notice: &Notice) -> std::result::Result<Incident, &str> {
    match notice {
        Notice::Nothing { reason } => Err(reason),
        Notice::Facts { source, group, facts, .. } => {
            let merged = merge(source, group, facts.clone(), Vec::new());
            Ok(merged.puts.into_iter().next().expect("a notice tells of an alert"))
        }
    }
}

/// Names and values; an empty value says nothing.
type Fields = Vec<(&'static str, String)>;

fn fields(one: &Incident) -> Fields {
    let time = |moment: Option<Moment>| moment.map(|moment| moment.at.to_string());
    let text = |text: &Option<String>| text.clone();
    [
        ("source", Some(one.source.clone())),
        ("id", Some(one.external_id.clone())),
        ("title", Some(one.title.clone())),
        ("status", one.status.map(|status| status.name().to_owned())),
        ("started_at", time(one.started_at)),
        ("resolved_at", time(one.resolved_at)),
        ("services", Some(one.services.join(", ")).filter(|text| !text.is_empty())),
        ("severity", one.severity.as_ref().map(|severity| severity.verbatim.clone())),
        ("team", text(&one.team)),
        ("summary", text(&one.summary)),
        ("symptoms", text(&one.symptoms)),
        ("root_cause", text(&one.root_cause)),
        ("resolution", text(&one.resolution)),
        ("url", text(&one.url)),
        ("tags", Some(one.tags.join(", ")).filter(|text| !text.is_empty())),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.unwrap_or_default()))
    .collect()
}

fn as_text(notice: &Notice) -> String {
    match incident(notice) {
        Err(reason) => format!("nothing: {}\n", line(reason)),
        Ok(one) => rows(fields(&one)),
    }
}

fn rows(fields: Fields) -> String {
    let row = |(name, value): (&str, String)| {
        let value = if value.is_empty() { "-".to_owned() } else { line(&value) };
        format!("{name:<12}{value}\n")
    };
    fields.into_iter().map(row).collect()
}

fn as_json(notice: &Notice) -> Value {
    match incident(notice) {
        Err(reason) => json!({"ignored": reason}),
        Ok(one) => object(fields(&one)),
    }
}

fn object(fields: Fields) -> Value {
    let fields = fields.into_iter();
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_shown_field_by_field() {
        let map = "source = 'probe'\n[fields]\nid = 'key'\ntitle = 'what'\nseverity = 'level'\nstarts_at = 'at'\n";
        let map = FieldMap::read_toml(map).expect("a map");
        let body = br#"{"key": "c-1", "what": "Checkout is slow", "level": "P2", "at": "2026-11-20T03:00:00Z"}"#;
        let notices = read_by(&map, body, Timestamp::UNIX_EPOCH).expect("an alert");
        let text = as_text(&notices[0]);
        for line in [
            "source      probe\n",
            "id          c-1/20261120T030000.000Z\n",
            "title       Checkout is slow\n",
            "severity    P2\n",
            "team        -\n",
        ] {
            assert!(text.contains(line), "{text}");
        }
        assert_eq!(as_json(&notices[0])["status"], "open");
    }
}
