//! Which program wrote the data in a file, told from its beginning.

use crate::columns;
use crate::format::Format;
use crate::tracker::jira;

pub(crate) const NO_JSON: &str = "JSON that is neither an export that is known nor a list of incidents with an `id` and a \
     title, summary, root_cause or text; name it with --format, or say where its fields are with --map";
pub(crate) const NO_CSV: &str = "CSV whose header names neither the columns of an export that is known nor a title, summary, root cause or text; \
     name it with --format, or say which columns its fields are with --map";

/// What the content looks like, whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Json,
    Other,
}

/// JSON begins with a bracket.
pub(crate) fn shape(head: &[u8]) -> Shape {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if head.starts_with(b"{") || head.starts_with(b"[") { Shape::Json } else { Shape::Other }
}

/// The members by which a program is known: all of one row have to be there.
const JSON_MEMBERS: [(Format, &[&str]); 7] = [
    (Format::PagerDuty, &["incident_number", "id"]),
    (Format::ServiceNow, &["number", "short_description"]),
    (Format::ServiceNow, &["sys_id", "number"]),
    (Format::Jira, &["key", "fields"]),
    (Format::GitHub, &["repository_url", "number"]),
    // Of its command line, `--json number,title,url,...`.
    (Format::GitHub, &["number", "title", "url", "createdAt"]),
    (Format::GitHub, &["number", "title", "html_url", "created_at"]),
];

/// The members that tell a list of incidents, besides `id`.
const TELLING: [&str; 4] = ["title", "summary", "root_cause", "text"];

/// Who wrote JSON that begins with `head`; `None` where it holds no incidents that are known.
pub(crate) fn json(head: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(head);
    let has = |name: &str| has_member(&text, name);
    let known = JSON_MEMBERS.iter().find(|(_, members)| members.iter().all(|name| has(name)));
    let listed = || (has("id") && TELLING.iter().any(|name| has(name))).then_some(Format::Json);
    known.map(|(format, _)| *format).or_else(listed)
}

/// Who wrote JSON of a file whose name says nothing: that of no known program has one object per line.
pub(crate) fn json_of_any_name(head: &[u8]) -> Format {
    let first = head.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_line = serde_json::from_slice::<serde_json::Map<_, _>>(first).is_ok();
    match json(head) {
        Some(Format::Json) | None if is_line => Format::Jsonl,
        Some(format) => format,
        None => Format::Json,
    }
}

/// Whether a member of this name is somewhere in JSON; in a text of it the quotes would be escaped.
fn has_member(json: &str, name: &str) -> bool {
    let quoted = format!("\"{name}\"");
    json.match_indices(&quoted).any(|(at, found)| {
        let is_member = json[at + found.len()..].trim_start().starts_with(':');
        is_member && !json[..at].ends_with('\\')
    })
}

/// Who wrote CSV that begins with `head`; `None` where no column tells what happened.
pub(crate) fn csv(head: &[u8]) -> Option<Format> {
    let header =
        String::from_utf8_lossy(head.split(|byte| *byte == b'\n').next().unwrap_or_default())
            .to_lowercase();
    let names: Vec<String> = header
        .trim_start_matches('\u{feff}')
        .split([',', ';', '\t', '|'])
        .map(|name| columns::squeezed(name.trim().trim_matches('"')))
        .collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    if has("shortdescription") {
        Some(Format::ServiceNow)
    } else if jira::KEY_COLUMNS.iter().any(|name| has(name)) {
        Some(Format::Jira)
    } else if has("incidentnumber") && (has("servicename") || has("secondstoresolve")) {
        Some(Format::PagerDuty)
    } else {
        names.iter().any(|name| columns::tells(name)).then_some(Format::Csv)
    }
}

/// Whether a text begins as HTML does.
pub(crate) fn is_html(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let start = head[..head.len().min(64)].to_ascii_lowercase();
    [&b"<!doctype html"[..], b"<html", b"<?xml version"].iter().any(|mark| start.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_json(text: &str, expect: Option<Format>) {
        assert_eq!(json(text.as_bytes()), expect, "{text}");
    }

    #[test]
    fn programs_are_known_by_their_members() {
        check_json(
            r#"{"incidents": [{"incident_number": 7, "id": "Q1"}]}"#,
            Some(Format::PagerDuty),
        );
        check_json(
            r#"{"result": [{"number": "INC1", "short_description": "x"}]}"#,
            Some(Format::ServiceNow),
        );
        check_json(r#"{"issues": [{"key": "A-1", "fields": {}}]}"#, Some(Format::Jira));
        check_json(r#"[{"number": 1, "repository_url": "x"}]"#, Some(Format::GitHub));
        check_json(r#"[{"id": 1, "title": "x"}]"#, Some(Format::Json));
        check_json(r#"{"name": "x", "version": 1}"#, None);
    }

    #[test]
    fn what_a_text_says_is_no_member() {
        check_json(r#"[{"id": 1, "title": "the \"incident_number\": 7"}]"#, Some(Format::Json));
    }

    #[track_caller]
    fn check_csv(header: &str, expect: Option<Format>) {
        assert_eq!(csv(format!("{header}\r\n").as_bytes()), expect, "{header}");
    }

    #[test]
    fn programs_are_known_by_their_columns() {
        check_csv("Number,Short description,State", Some(Format::ServiceNow));
        check_csv("Summary,Issue key,Issue id", Some(Format::Jira));
        check_csv("id,incident_number,service_name", Some(Format::PagerDuty));
        check_csv("\u{feff}Ticket;Root Cause;When", Some(Format::Csv));
        check_csv("sku,price", None);
    }
}
