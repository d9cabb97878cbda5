//! Alertmanager, and Grafana, which speaks as it does.
//!
//! Source: "Alertmanager configuration", `<webhook_config>`, version 4; "Grafana webhook notifier". A resolved alert has
//! its end; one that fires has the year 1 there, or a time by which it will be taken for resolved.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::content::Content;
use crate::error::Result;
use crate::fact::{Fact, Notice};
use crate::labels::{self, DESCRIPTION, Labels, RUNBOOK, SUMMARY, first, texts};
use crate::value::Place;

/// How much of the digest of a group tells it from others.
const GROUP_DIGEST_BYTES: usize = 6;
/// The alerts of one message.
const ALERTS_MAX: usize = 1_000;
/// Labels that say where a copy ran, and differ between copies of one failure.
const NOISE: [&str; 5] =
    ["pod_template_hash", "controller_revision_hash", "uid", "container_id", "__alert_rule_uid__"];

/// Reads a message. Alerts without a fingerprint are told apart by their labels.
pub(crate) fn read(body: &Value, labels: &Labels, source: &str) -> Result<Notice> {
    let body = Place::top(body);
    let alerts = body.need("alerts", "a list of alerts")?;
    let items = alerts.items()?;
    if items.is_empty() {
        return Ok(Notice::Nothing { reason: "the message has no alerts".to_owned() });
    }
    if items.len() > ALERTS_MAX {
        return Err(alerts.wrong("at most 1000 alerts: set max_alerts of the receiver"));
    }
    let facts = items.iter().map(|alert| fact(alert, labels)).collect::<Result<Vec<_>>>()?;
    Ok(Notice::Facts {
        source: source.to_owned(),
        group: group(&body, &facts),
        message: None,
        facts,
    })
}

/// The name of the group: what it alerts on, for people, and a digest of its key.
fn group(body: &Place<'_>, facts: &[Fact]) -> String {
    let key = body.text_of("groupKey").unwrap_or_default();
    let of_all = texts(body.get("groupLabels"));
    let name = of_all.get("alertname").or_else(|| facts[0].content.labels.get("alertname"));
    // Without labels to group by all alerts of a receiver are in one group: those of one name belong together.
    let is_everything = of_all.is_empty();
    let kind = if is_everything { name.map_or("", String::as_str) } else { "" };
    let receiver = body.text_of("receiver").unwrap_or_default();
    let digest = Sha256::digest(format!("{receiver}\0{key}\0{kind}"));
    let digest = HEXLOWER.encode(&digest[..GROUP_DIGEST_BYTES]);
    format!("{}-{digest}", slug(name.map_or("alerts", String::as_str)))
}

/// Letters, digits, `.`, `_` and `-`, at most 60 of them.
pub(crate) fn slug(name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars().take(60).map(|letter| if is_plain(letter) { letter } else { '-' }).collect()
}

fn fact(alert: &Place<'_>, labels: &Labels) -> Result<Fact> {
    let named = texts(Some(alert.need("labels", "an object of labels")?));
    let noted = texts(alert.get("annotations"));
    let starts_at = alert.need_time("startsAt")?;
    let is_resolved = alert.text_of("status").as_deref() == Some("resolved");
    let ends_at = alert.time_of("endsAt")?.filter(|_| is_resolved);
    let alert_id = alert.text_of("fingerprint").unwrap_or_else(|| in_words(&named));
    Ok(Fact {
        alert: alert_id,
        starts_at,
        is_undated: false,
        // An end before the beginning is that of another clock.
        ends_at: if is_resolved { Some(ends_at.unwrap_or(starts_at).max(starts_at)) } else { None },
        told_at: None,
        content: content(alert, named, &noted, labels),
    })
}

fn content(
    alert: &Place<'_>,
    mut named: BTreeMap<String, String>,
    noted: &BTreeMap<String, String>,
    labels: &Labels,
) -> Content {
    let summary = first(noted, &SUMMARY);
    let symptoms = first(noted, &DESCRIPTION).or_else(|| summary.clone());
    let url =
        ["panelURL", "dashboardURL", "generatorURL"].iter().find_map(|key| alert.text_of(key));
    let services = labels.service_of(&named).into_iter().collect();
    let title = title(named.get("alertname"), summary.or_else(|| first(noted, &DESCRIPTION)));
    named.retain(|name, _| !NOISE.contains(&name.as_str()));
    Content {
        title,
        symptoms,
        services,
        severity: labels::severity_of(&named),
        team: labels::team_of(&named),
        url,
        runbook: first(noted, &RUNBOOK),
        responders: Vec::new(),
        tags: Vec::new(),
        labels: named,
    }
}

/// The name of the alert and what it says, unless one says it all.
fn title(name: Option<&String>, summary: Option<String>) -> String {
    let line = summary.map(|text| text.lines().next().unwrap_or_default().trim().to_owned());
    match (name, line.filter(|line| !line.is_empty())) {
        (Some(name), Some(line)) if !line.contains(name.as_str()) => format!("{name}: {line}"),
        (_, Some(line)) => line,
        (Some(name), None) => name.clone(),
        (None, None) => "Alert without a name".to_owned(),
    }
}

fn in_words(labels: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body() -> Value {
        json!({"version": "4", "groupKey": "{}:{alertname=\"DiskFull\"}", "receiver": "relapse",
            "groupLabels": {"alertname": "DiskFull"}, "alerts": [
            {"status": "resolved", "fingerprint": "a", "startsAt": "2026-11-20T03:00:00Z",
             "endsAt": "2026-11-20T03:30:00Z", "generatorURL": "http://prometheus/graph",
             "labels": {"alertname": "DiskFull", "service": "ledger-db", "severity": "critical", "uid": "7"},
             "annotations": {"summary": "Disk is full", "description": "98 % of /var", "runbook_url": "http://wiki/disk"}},
            {"status": "firing", "startsAt": "2026-11-20T03:10:00Z", "endsAt": "0001-01-01T00:00:00Z",
             "labels": {"alertname": "DiskFull", "pod": "ledger-db-1"}, "annotations": {}}]})
    }

    fn facts(notice: Notice) -> (String, Vec<Fact>) {
        match notice {
            Notice::Facts { group, facts, .. } => (group, facts),
            Notice::Nothing { reason } => unreachable!("{reason}"),
        }
    }

    #[test]
    fn labels_and_annotations_go_to_their_fields() {
        let notice = read(&body(), &Labels::default(), "alertmanager").expect("well formed");
        let (group, facts) = facts(notice);
        assert!(group.starts_with("DiskFull-"), "{group}");
        let content = &facts[0].content;
        assert_eq!(content.title, "DiskFull: Disk is full");
        assert_eq!(content.symptoms.as_deref(), Some("98 % of /var"));
        assert_eq!(
            (&*content.services, content.severity.as_deref()),
            (&["ledger-db".into()][..], Some("critical"))
        );
        assert_eq!(content.runbook.as_deref(), Some("http://wiki/disk"));
        assert!(!content.labels.contains_key("uid"), "noise");
        assert_eq!(
            facts[0].ends_at.map(|at| at.to_string()).as_deref(),
            Some("2026-11-20T03:30:00Z")
        );
        assert_eq!(
            (facts[1].ends_at, &*facts[1].content.services),
            (None, &["ledger-db".to_owned()][..])
        );
        assert_eq!(facts[1].alert, "alertname=DiskFull,pod=ledger-db-1");
    }

    #[test]
    fn other_groups_have_other_names() {
        let name =
            |body: &Value| facts(read(body, &Labels::default(), "grafana").expect("well formed")).0;
        let mut other = body();
        other["groupKey"] = json!("{}:{alertname=\"DiskFull\", zone=\"a\"}");
        assert_ne!(name(&body()), name(&other));
        let mut everything = body();
        everything["groupLabels"] = json!({});
        everything["groupKey"] = json!("{}:{}");
        let mut rest = everything.clone();
        rest["alerts"][0]["labels"]["alertname"] = json!("DiskSlow");
        assert_ne!(name(&everything), name(&rest), "a group of everything is told apart by name");
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut body = body();
        body["alerts"][1]["startsAt"] = json!("soon");
        let error = read(&body, &Labels::default(), "alertmanager").expect_err("no time");
        assert!(error.to_string().contains("alerts.1.startsAt"), "{error}");
        let error = read(&json!({}), &Labels::default(), "alertmanager").expect_err("no alerts");
        assert!(error.to_string().contains("`alerts` is missing"), "{error}");
    }
}
