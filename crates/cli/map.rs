//! `relapse map test`: what a body would become by a field map.

use std::fs;
use std::path::Path;

use alerts::{FieldMap, Notice, merge, read_by};
use chat::line;
use incident::{Incident, Moment};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::args::{Global, MapTestArgs, Output};
use crate::error::{Error, Result};
use crate::output::to_stdout;

/// `relapse map test`.
pub fn test(arguments: &MapTestArgs, global: &Global) -> Result<()> {
    let MapTestArgs { file, map } = arguments;
    let map_text = String::from_utf8_lossy(&read(map)?).into_owned();
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

fn fields(one: &Incident) -> Vec<(&'static str, String)> {
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
        ("symptoms", text(&one.symptoms)),
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
        Ok(one) => fields(&one)
            .into_iter()
            .map(|(name, value)| {
                let value = if value.is_empty() { "-".to_owned() } else { line(&value) };
                format!("{name:<12}{value}\n")
            })
            .collect(),
    }
}

fn as_json(notice: &Notice) -> Value {
    match incident(notice) {
        Err(reason) => json!({"ignored": reason}),
        Ok(one) => {
            let fields = fields(&one).into_iter();
            Value::Object(fields.map(|(name, value)| (name.to_owned(), value.into())).collect())
        }
    }
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
