//! PagerDuty, webhooks of version 3.
//!
//! Source: "PagerDuty webhooks overview" and the payloads there. A message tells one event of one incident, with the
//! incident as it then was. An incident that is reopened fires anew.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::content::Content;
use crate::error::Result;
use crate::fact::{Fact, Notice};
use crate::value::Place;

/// Reads a message.
pub(crate) fn read(body: &Value) -> Result<Notice> {
    let event = Place::top(body).need("event", "an event")?;
    let kind = event.need_text("event_type")?;
    let data = event.need("data", "what the event is about")?;
    let is_incident = data.text_of("type").as_deref() == Some("incident");
    if !kind.starts_with("incident.") || !is_incident {
        return Ok(Notice::Nothing {
            reason: format!("{kind} tells nothing of an incident itself"),
        });
    }
    let told_at = event.need_time("occurred_at")?;
    let reopened_at = data.time_of("reopened_at")?.filter(|_| kind != "incident.triggered");
    let began_at = match kind.as_str() {
        "incident.reopened" => Some(reopened_at.unwrap_or(told_at)),
        _ => reopened_at.or(data.time_of("created_at")?),
    };
    let is_over = kind == "incident.resolved";
    let starts_at = began_at.unwrap_or(told_at);
    let id = data.need_text("id")?;
    let fact = Fact {
        alert: id.clone(),
        starts_at,
        is_undated: false,
        ends_at: is_over.then(|| told_at.max(starts_at)),
        told_at: Some(told_at),
        content: content(&data),
    };
    let message = event.text_of("id");
    Ok(Notice::Facts { source: "pagerduty".to_owned(), group: id, message, facts: vec![fact] })
}

fn content(data: &Place<'_>) -> Content {
    let summary = |place: Option<Place<'_>>| place.and_then(|place| place.text_of("summary"));
    let names = |key: &str| -> Vec<String> {
        let items = data.get(key).and_then(|list| list.items().ok()).unwrap_or_default();
        items.into_iter().filter_map(|item| summary(Some(item))).collect()
    };
    let title = data.text_of("title").or_else(|| data.text_of("summary"));
    Content {
        title: title.unwrap_or_else(|| "PagerDuty incident without a title".to_owned()),
        symptoms: data.at("body.details").and_then(|details| details.text()),
        services: summary(data.get("service")).into_iter().collect(),
        severity: summary(data.get("priority")).or_else(|| data.text_of("urgency")),
        team: names("teams").into_iter().next(),
        url: data.text_of("html_url"),
        runbook: None,
        responders: names("assignees"),
        tags: Vec::new(),
        labels: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, occurred_at: &str, more: Value) -> Value {
        let mut data = json!({"id": "PX1", "type": "incident", "title": "Disk full", "status": "triggered",
            "created_at": "2026-11-20T03:00:00Z", "html_url": "https://acme.example/PX1", "urgency": "high",
            "service": {"summary": "ledger-db"}, "assignees": [{"summary": "Ann"}], "teams": [{"summary": "Ledger"}]});
        for (key, value) in more.as_object().expect("an object") {
            data[key] = value.clone();
        }
        json!({"event": {"id": "E1", "event_type": kind, "occurred_at": occurred_at, "data": data}})
    }

    fn fact(body: &Value) -> Fact {
        match read(body).expect("well formed") {
            Notice::Facts { facts, .. } => facts.into_iter().next().expect("one"),
            Notice::Nothing { reason } => unreachable!("{reason}"),
        }
    }

    #[test]
    fn an_incident_is_told_in_full() {
        let fact = fact(&event("incident.triggered", "2026-11-20T03:00:01Z", json!({})));
        assert_eq!(fact.starts_at.to_string(), "2026-11-20T03:00:00Z");
        let Content { title, services, severity, team, responders, .. } = fact.content;
        assert_eq!(
            (title.as_str(), severity.as_deref(), team.as_deref()),
            ("Disk full", Some("high"), Some("Ledger"))
        );
        assert_eq!((services, responders), (vec!["ledger-db".to_owned()], vec!["Ann".to_owned()]));
    }

    #[test]
    fn what_is_reopened_fires_anew() {
        let resolved = fact(&event(
            "incident.resolved",
            "2026-11-20T04:00:00Z",
            json!({"status": "resolved"}),
        ));
        assert_eq!(
            resolved.ends_at.map(|at| at.to_string()).as_deref(),
            Some("2026-11-20T04:00:00Z")
        );
        let again = fact(&event("incident.reopened", "2026-11-20T05:00:00Z", json!({})));
        assert_eq!(
            (again.starts_at.to_string().as_str(), again.ends_at),
            ("2026-11-20T05:00:00Z", None)
        );
    }

    #[test]
    fn events_of_other_things_are_passed_over() {
        let other = json!({"event": {"event_type": "service.updated", "data": {"id": "P1", "type": "service"}}});
        assert!(matches!(read(&other), Ok(Notice::Nothing { .. })));
        let note =
            event("incident.annotated", "2026-11-20T05:00:00Z", json!({"type": "incident_note"}));
        assert!(matches!(read(&note), Ok(Notice::Nothing { .. })));
        assert!(read(&json!({"messages": []})).is_err());
    }
}
