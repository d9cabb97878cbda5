//! Exit codes, and where things are printed.

use std::fs;
use std::path::Path;

use crate::program::{Server, relapse};

#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, complaint: &str) {
    let output = relapse(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "relapse {arguments:?}: {stderr}");
    assert!(stderr.contains(complaint), "relapse {arguments:?}: {stderr}");
}

#[test]
fn every_way_to_end_has_its_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = folder.path().join("records.jsonl");
    fs::write(&records, "{\"id\":\"A\",\"title\":\"disk full\"}\n{\"id\":\"B\"}\n")
        .expect("written");
    let store = folder.path().join("store");
    let records = records.to_str().expect("a plain path");
    check(&store, &["classes"], 3, "relapse ingest");
    check(&store, &["ingest", records], 1, "");
    check(&store, &["similar", "disk full"], 0, "");
    check(&store, &["similar", "--no-such-flag"], 2, "--no-such-flag");
    check(&store, &["similar", "disk full", "-n", "100000"], 2, "100");
    check(&store, &["incident", "NOPE"], 3, "NOPE");
    check(&store, &["class", "FC-77"], 3, "FC-77");
    check(&store, &["report", "--out", "report.pdf"], 2, ".html");
}

#[test]
fn a_bad_record_is_reported_with_its_place_and_the_rest_goes_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = folder.path().join("records.jsonl");
    fs::write(
        &records,
        "{\"id\":\"A\",\"title\":\"x\"}\nnot json\n{\"id\":\"C\",\"title\":\"y\"}\n",
    )
    .expect("written");
    let store = folder.path().join("store");
    let output =
        relapse(&store, &["ingest", records.to_str().expect("a path"), "--output", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let summary: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(
        (&summary["documents"], &summary["new"], &summary["refused"]),
        (&3.into(), &2.into(), &1.into())
    );
    let problem = &summary["problems"][0];
    assert_eq!(problem["line"], 2);
    assert!(problem["file"].as_str().is_some_and(|file| file.ends_with("records.jsonl")));
    assert!(!problem["reason"].as_str().unwrap_or_default().is_empty());
}

#[test]
fn a_folder_that_a_server_holds_names_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(folder.path());
    check(folder.path(), &["classes"], 4, &format!("--server {}", server.grpc));
}

#[test]
fn what_a_team_calls_things_is_understood_from_the_next_command_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, records) = (folder.path().join("store"), folder.path().join("records.jsonl"));
    fs::write(
        &records,
        "{\"id\":\"A\",\"title\":\"ledger writes stall\",\"services\":[\"ledger-db\"]}\n\
         {\"id\":\"B\",\"title\":\"coffee machine leaks\",\"services\":[\"kitchen\"]}\n",
    )
    .expect("written");
    check(&store, &["ingest", records.to_str().expect("a path")], 0, "");
    let asked = ["similar", "blue whale writes stall", "--service", "whale", "--output", "json"];
    let found = |store: &Path| {
        let output = relapse(store, &asked);
        let answer: serde_json::Value =
            serde_json::from_slice(&output.stdout).expect("one JSON object");
        answer["matches"][0]["incident_id"].as_str().map(str::to_owned)
    };
    assert_eq!(found(&store), None, "nobody knows that name yet");
    let aliases = store.join("aliases.toml");
    fs::write(
        &aliases,
        "words = [['blue whale', 'ledger']]\nservices = [['ledger-db', 'whale']]\n",
    )
    .expect("written");
    assert_eq!(found(&store).as_deref(), Some("A"));
    fs::write(&aliases, "services = [['ledger-db']]\n").expect("written");
    check(&store, &["classes"], 2, "services, group 1");
}
