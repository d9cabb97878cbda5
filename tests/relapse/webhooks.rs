//! Alerts at the door: what real payloads become, and who may send them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::shared;

use crate::http::{get, send};
use crate::server::Server;

async fn post(server: &Server, sender: &str, headers: &str, body: &str) -> (u16, Value) {
    let http = server.bound.http;
    let headers = format!("host: {http}\r\n{headers}");
    let reply = send(http, "POST", &format!("/webhooks/{sender}"), &headers, body).await;
    (reply.code, serde_json::from_str(&reply.body).expect("JSON"))
}

/// What became of each incident of a message.
fn results(answer: &Value) -> Vec<&str> {
    let results = answer["results"].as_array().expect("results");
    results.iter().map(|one| one["result"].as_str().expect("a word")).collect()
}

fn alert(alert: &str, status: &str, starts: &str, ends: &str) -> String {
    json!({"version": "4", "groupKey": "{}:{alertname=\"DiskFull\"}", "receiver": "relapse",
        "groupLabels": {"alertname": "DiskFull"}, "alerts": [{
            "status": status, "fingerprint": alert, "startsAt": starts, "endsAt": ends,
            "labels": {"alertname": "DiskFull", "service": "ledger-db", "severity": "critical"},
            "annotations": {"summary": "Disk full on ledger-db", "description": "No space left on /var"}}]})
    .to_string()
}

const NEVER: &str = "0001-01-01T00:00:00Z";

#[tokio::test]
async fn an_alert_is_answered_with_what_is_known_of_it() {
    let server = Server::with_samples().await;
    let fired = alert("a", "firing", "2026-11-20T03:00:00Z", NEVER);
    let (code, answer) = post(&server, "alertmanager", "", &fired).await;
    assert_eq!((code, results(&answer)), (200, vec!["created"]));
    let card = &answer["results"][0]["answer"];
    assert_eq!(card["verdict"], "VERDICT_RECURRENCE", "{card}");
    let id = answer["results"][0]["incident_id"].as_str().expect("an id");
    let stored: Value =
        serde_json::from_str(&get(server.bound.http, &format!("/v1/incidents/{id}")).await.body)
            .expect("JSON");
    assert_eq!(stored["incident"]["title"], "DiskFull: Disk full on ledger-db");
    assert_eq!(stored["incident"]["services"], json!(["ledger-db"]));

    assert_eq!(results(&post(&server, "alertmanager", "", &fired).await.1), ["unchanged"]);
    let over = alert("a", "resolved", "2026-11-20T03:00:00Z", "2026-11-20T03:20:00Z");
    let (_, answer) = post(&server, "alertmanager", "", &over).await;
    assert_eq!(
        (results(&answer), &answer["results"][0]["answer"]),
        (vec!["resolved"], &Value::Null)
    );
    let again = alert("a", "firing", "2026-11-20T05:00:00Z", NEVER);
    let (_, answer) = post(&server, "alertmanager", "", &again).await;
    assert_eq!(results(&answer), ["created"], "what fires again is a new occurrence");
    assert_ne!(answer["results"][0]["incident_id"], id);
    let ahead = alert("b", "firing", "2026-11-20T12:03:00Z", NEVER);
    let (code, answer) = post(&server, "grafana", "", &ahead).await;
    assert_eq!((code, results(&answer)), (200, vec!["created"]), "a clock that is ahead of ours");
}

#[tokio::test]
async fn what_nobody_can_read_is_told_where() {
    let server = Server::start().await;
    for (sender, body, named) in [
        ("alertmanager", "{", "line 1"),
        ("grafana", "{}", "`alerts` is missing"),
        ("opsgenie", r#"{"action": "Create"}"#, "`alert` is missing"),
        ("alertmanager", r#"{"alerts": [{"labels": {}}]}"#, "`alerts.0.startsAt` is missing"),
    ] {
        let (code, answer) = post(&server, sender, "", body).await;
        assert_eq!(code, 400, "{sender} {body}");
        let message = answer["message"].as_str().expect("a message");
        assert!(message.contains(named), "{message}");
    }
    let (code, answer) = post(&server, "generic", "", "{}").await;
    assert_eq!(code, 400);
    assert!(answer["message"].as_str().is_some_and(|text| text.contains("field_map")), "{answer}");
}

#[tokio::test]
async fn any_sender_is_understood_by_its_map() {
    let folder = tempfile::tempdir().expect("a folder");
    let map = folder.path().join("map.toml");
    fs::write(&map, "source = 'probe'\n[fields]\nid = 'check'\ntitle = 'text'\nstatus = 'state'\n")
        .expect("written");
    let server = Server::start_with(|config| config.field_map = Some(map)).await;
    let told =
        |state: &str| json!({"check": 7, "text": "Checkout is slow", "state": state}).to_string();
    assert_eq!(results(&post(&server, "generic", "", &told("down")).await.1), ["created"]);
    assert_eq!(results(&post(&server, "generic", "", &told("down")).await.1), ["unchanged"]);
    assert_eq!(results(&post(&server, "generic", "", &told("ok")).await.1), ["resolved"]);
}

#[test]
fn every_map_of_the_examples_is_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/field_maps");
    for entry in fs::read_dir(folder).expect("a folder") {
        let file = entry.expect("an entry").path();
        let text = fs::read_to_string(&file).expect("it is there");
        let map = alerts::FieldMap::read_toml(&text);
        let map = map.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(text.starts_with("# "), "{} does not say what body it reads", file.display());
        assert!(!map.source.is_empty(), "{}", file.display());
    }
}

/// The signed example of PagerDuty: its secret, signature and body.
fn signed(folder: &Path) -> (String, String, String) {
    let text =
        fs::read_to_string(folder.join("pagerduty_v3/signed_vector.json")).expect("it is there");
    let vector: Value = serde_json::from_str(&text).expect("JSON");
    let text = |key: &str| vector[key].as_str().expect("a text").to_owned();
    let body =
        fs::read_to_string(folder.join("pagerduty_v3/signed_vector.body")).expect("it is there");
    (text("secret"), text("valid"), body)
}

#[tokio::test]
async fn pagerduty_stands_on_its_signature() {
    let Some(folder) = shared::path("corpora/alert_payloads") else { return };
    let (secret, signature, body) = signed(&folder);
    let dir = tempfile::tempdir().expect("a folder");
    let secrets = dir.path().join("secrets");
    fs::write(&secrets, format!("the old one\n{secret}\n")).expect("written");
    let server = Server::start_with(|config| config.pagerduty_secrets = Some(secrets)).await;
    let header = |signature: &str| format!("x-pagerduty-signature: {signature}\r\n");
    let (code, answer) = post(&server, "pagerduty", &header(&signature), &body).await;
    assert_eq!((code, results(&answer)), (200, vec!["created"]));
    let (code, answer) = post(&server, "pagerduty", &header(&signature), &body).await;
    assert_eq!((code, results(&answer)), (200, vec!["ignored"]), "a message received before");
    let rotated = format!("v1={},{signature}", "0".repeat(64));
    assert_eq!(post(&server, "pagerduty", &header(&rotated), &body).await.0, 200);
    assert_eq!(post(&server, "pagerduty", "", &body).await.0, 401);
    for bit in 0..8 * body.len() {
        let mut changed = body.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        let is_signed =
            alerts::pagerduty_is_signed(std::slice::from_ref(&secret), &signature, &changed);
        assert!(!is_signed, "bit {bit} of the body");
    }
    for bit in 24..8 * signature.len() {
        let mut changed = signature.clone().into_bytes();
        changed[bit / 8] ^= 1 << (bit % 8);
        // A hex digit means the same in either case.
        if changed.eq_ignore_ascii_case(signature.as_bytes()) {
            continue;
        }
        let changed = String::from_utf8_lossy(&changed);
        let is_signed =
            alerts::pagerduty_is_signed(std::slice::from_ref(&secret), &changed, body.as_bytes());
        assert!(!is_signed, "bit {bit} of the signature");
    }
}

/// What became of a payload: its verdict, or the code and the reason it was refused for.
async fn fate(server: &Server, sender: &str, body: &str) -> String {
    let (code, answer) = post(server, sender, "", body).await;
    match answer["results"].as_array() {
        Some(_) => results(&answer).join(","),
        None => format!("{code}: {}", answer["message"].as_str().unwrap_or_default()),
    }
}

#[tokio::test]
async fn every_real_payload_is_taken_or_told_why_not() {
    let Some(folder) = shared::path("corpora/alert_payloads") else { return };
    let server = Server::start().await;
    let mut fates = Vec::new();
    for (part, sender) in
        [("alertmanager", "alertmanager"), ("grafana", "grafana"), ("pagerduty_v3", "pagerduty")]
    {
        let mut files: Vec<PathBuf> = fs::read_dir(folder.join(part))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|it| it == "json"))
            .collect();
        files.sort();
        for file in files {
            let body = fs::read_to_string(&file).expect("it is there");
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            let fate = fate(&server, sender, &body).await;
            println!("{sender:12} {name:44} {fate}");
            fates.push((name, fate));
        }
    }
    let of = |name: &str| fates.iter().find(|(file, _)| file.contains(name)).expect(name).1.clone();
    assert!(of("oncall_alertmanager").starts_with("created"));
    assert!(of("docs_webhook_notifier").starts_with("created"));
    assert!(of("priority_updated").starts_with("created"));
    assert_eq!(of("service.updated"), "ignored");
    assert!(fates.iter().all(|(_, fate)| !fate.starts_with('5')), "{fates:?}");
}

#[tokio::test]
async fn a_flood_of_alerts_becomes_one_incident_for_each_group() {
    let Some(folder) = shared::path("corpora/alert_payloads") else { return };
    let server = Server::start().await;
    let text = fs::read_to_string(folder.join("alertmanager/expanded_from_keep.jsonl"))
        .expect("it is there");
    let mut groups = std::collections::BTreeSet::new();
    for line in text.lines() {
        let body: Value = serde_json::from_str(line).expect("JSON");
        groups.insert(body["groupKey"].to_string());
        let (code, _) = post(&server, "alertmanager", "", line).await;
        assert_eq!(code, 200);
    }
    assert_eq!(text.lines().count(), 150);
    assert_eq!(server.service.n_incidents(), groups.len());
}
