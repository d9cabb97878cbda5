//! Opsgenie, outgoing webhooks.
//!
//! Source: "Opsgenie webhook integration". A message tells one action on one alert; an alert that is closed never opens
//! again.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::content::Content;
use crate::error::Result;
use crate::fact::{Fact, Notice};
use crate::labels::{self, Labels, texts};
use crate::value::Place;

/// Reads a message.
pub(crate) fn read(body: &Value, labels: &Labels) -> Result<Notice> {
    let body = Place::top(body);
    let action = body.need_text("action")?;
    let alert = body.need("alert", "an alert")?;
    let is_over = match action.as_str() {
        "Create" | "AddTags" | "UpdatePriority" | "UpdateMessage" | "UpdateDescription" => false,
        "Acknowledge" | "UnAcknowledge" | "AssignOwnership" | "TakeOwnership" | "Escalate" => false,
        "Close" | "Delete" => true,
        other => {
            let reason = format!("the action {other} changes nothing of an incident");
            return Ok(Notice::Nothing { reason });
        }
    };
    let id = alert.need_text("alertId")?;
    let told_at = alert.time_of("updatedAt")?;
    let starts_at = alert.time_of("createdAt")?.or(told_at);
    let starts_at = starts_at.ok_or_else(|| alert.wrong("an alert with createdAt or updatedAt"))?;
    let fact = Fact {
        alert: id.clone(),
        starts_at,
        is_undated: false,
        ends_at: is_over.then(|| told_at.unwrap_or(starts_at).max(starts_at)),
        told_at,
        content: content(&alert, labels),
    };
    let source = "opsgenie".to_owned();
    Ok(Notice::Facts { source, group: id, message: None, facts: vec![fact] })
}

fn content(alert: &Place<'_>, labels: &Labels) -> Content {
    let details: BTreeMap<String, String> = texts(alert.get("details"));
    let list = |key: &str| -> Vec<String> {
        let items = alert.get(key).and_then(|list| list.items().ok()).unwrap_or_default();
        items.iter().filter_map(Place::text).collect()
    };
    let service = labels.service_of(&details).or_else(|| alert.text_of("entity"));
    let title = alert.text_of("message");
    Content {
        title: title.unwrap_or_else(|| "Opsgenie alert without a message".to_owned()),
        symptoms: alert.text_of("description"),
        services: service.into_iter().collect(),
        severity: alert.text_of("priority"),
        team: labels::team_of(&details).or_else(|| list("teams").into_iter().next()),
        url: None,
        runbook: None,
        responders: Vec::new(),
        tags: list("tags"),
        labels: details,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(action: &str, updated_at: i64) -> Value {
        json!({"action": action, "source": {"name": "x", "type": "api"}, "alert": {
            "alertId": "a-1", "message": "Disk full", "entity": "ledger-db", "priority": "P1", "tags": ["disk"],
            "createdAt": 1_795_143_600_000_i64, "updatedAt": updated_at}})
    }

    fn fact(body: &Value) -> Fact {
        match read(body, &Labels::default()).expect("well formed") {
            Notice::Facts { facts, .. } => facts.into_iter().next().expect("one"),
            Notice::Nothing { reason } => unreachable!("{reason}"),
        }
    }

    #[test]
    fn a_close_ends_what_a_create_began() {
        let opened = fact(&message("Create", 1_795_143_600_000));
        assert_eq!(
            (opened.ends_at, &*opened.content.services),
            (None, &["ledger-db".to_owned()][..])
        );
        let closed = fact(&message("Close", 1_795_147_200_000));
        assert!(opened.is_same(&closed));
        assert_eq!(closed.ends_at.map(|at| at.as_second()), Some(1_795_147_200));
    }

    #[test]
    fn other_actions_are_passed_over() {
        let note = read(&message("AddNote", 1), &Labels::default());
        assert!(matches!(note, Ok(Notice::Nothing { .. })));
        assert!(read(&json!({"action": "Create"}), &Labels::default()).is_err());
    }
}
