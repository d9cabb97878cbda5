//! Incidents of PagerDuty: as `GET /incidents` of its REST API gives them (`log_entries`, `notes` and `alerts` of an
//! incident are read where they were put beside its members), and as rows of its reports.
//!
//! Source: the reference of the REST API v2, and the columns of its analytics.

use serde_json::Value;

use super::members::{Member, Members, inner, items, text, texts};
use super::note::{self, Note};
use super::{Draft, Drafted};
use crate::refusal::Refusal;

/// Kinds of log entries that tell who was told, not what happened, and those that hold a note.
const CHATTER: [&str; 5] = ["annotate", "assign", "notify", "responder_request", "urgency_change"];

pub(super) fn read(mut members: Members) -> Result<Drafted, Refusal> {
    members.unfold("incident");
    let mut draft =
        Box::new(Draft { id: members.text(&["id", "incidentnumber"]), ..Draft::default() });
    draft.put("title", members.take(&["title", "description", "summary"]));
    draft.put("started_at", members.take(&["createdat", "createdon"]));
    let status = members.text(&["status"]).unwrap_or_default();
    let changed_at = members.take(&["laststatuschangeat"]).filter(|_| status == "resolved");
    let resolved_at = members.take(&["resolvedat", "resolvedon"]).or(changed_at);
    draft.set_status(if resolved_at.is_some() { "resolved" } else { &status });
    draft.put("resolved_at", resolved_at);
    draft.put("updated_at", members.take(&["updatedat"]));
    draft.set("services", members.text(&["service", "servicename"]));
    let urgency = members.text(&["urgency"]);
    draft.set("severity", members.text(&["priority", "priorityname"]).or(urgency));
    draft.set("team", members.text(&["teams", "teamname"]));
    draft.set("url", members.text(&["htmlurl"]));
    draft.set("responders", responders(&mut members));
    draft.set("symptoms", members.take(&["body"]).and_then(|body| details(&body.value)));
    add_notes(&mut draft, &mut members);
    for repeated in ["type", "self", "summary"] {
        members.take(&[repeated]);
    }
    draft.keep_rest(members);
    Ok(Drafted::Incident(draft))
}

/// Who acknowledged it or had it assigned, by name.
fn responders(members: &mut Members) -> Value {
    let mut names: Vec<String> = Vec::new();
    for (list, person) in [("assignments", "assignee"), ("acknowledgements", "acknowledger")] {
        let list = members.take(&[list]);
        let named = list
            .iter()
            .flat_map(|list| items(&list.value))
            .filter_map(|entry| inner(entry, person));
        names.extend(named);
    }
    for column in ["assignedtousernames", "acknowledgedbyusernames", "resolvedbyusername"] {
        let cell = members.text(&[column]).unwrap_or_default();
        names.extend(
            cell.split([',', ';'])
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty()),
        );
    }
    names.into()
}

/// What an alert said: text as it is, fields line by line.
fn details(body: &Value) -> Option<String> {
    let details = body.get("details").unwrap_or(body);
    match details {
        Value::Object(fields) => {
            let line = |(name, value): (&String, &Value)| {
                Some(format!("{name}: {}", texts(value).join(", ")))
            };
            let lines: Vec<String> = fields.iter().filter_map(line).collect();
            Some(lines.join("\n"))
        }
        other => text(other),
    }
}

fn add_notes(draft: &mut Draft, members: &mut Members) {
    let created_at = ["created_at"];
    if let Some(Member { value, .. }) = members.take(&["notes"]) {
        draft.notes = note::of_objects(&value, &created_at, |note| inner(note, "content"));
    }
    if let Some(Member { value, .. }) = members.take(&["logentries"]) {
        if draft.notes.is_empty() {
            draft.notes = note::of_objects(&value, &created_at, noted);
        }
        let entries = note::of_objects(&value, &created_at, logged).into_iter();
        draft.notes.extend(entries.map(|entry| Note { is_logged: true, ..entry }));
    }
    if let Some(Member { value, .. }) = members.take(&["alerts"]) {
        let seen = items(&value).iter().filter_map(|alert| inner(alert, "summary"));
        draft.set("symptoms", seen.collect::<Vec<_>>().join("\n"));
    }
}

fn is_kind(entry: &Value, kinds: &[&str]) -> bool {
    let kind = inner(entry, "type").unwrap_or_default();
    kinds.iter().any(|other| kind.starts_with(other))
}

/// The note that an entry of the log holds.
fn noted(entry: &Value) -> Option<String> {
    let channel = entry.get("channel").filter(|_| is_kind(entry, &["annotate"]))?;
    inner(channel, "content").or_else(|| inner(channel, "summary"))
}

/// What an entry of the log tells that holds no note; nothing where it only says who was told.
fn logged(entry: &Value) -> Option<String> {
    if is_kind(entry, &CHATTER) { None } else { inner(entry, "summary") }
}
