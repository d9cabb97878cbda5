//! The store as a whole: out and in again, copied, checked, also beside a server.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{Server, printed, relapse};

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/incidents");

/// Every kind of answer, as programs get it.
fn answers(folder: &Path) -> Vec<String> {
    let as_of = ["--as-of", "2026-11-20", "--output", "json"];
    let ask = |question: &[&str]| printed(folder, &[question, &as_of].concat());
    let classes = ask(&["classes"]);
    let parsed: Value = serde_json::from_str(&classes).expect("one JSON object");
    let listed = parsed["classes"].as_array().expect("a list").iter();
    let ids: Vec<&str> = listed.map(|class| class["id"].as_str().expect("an id")).collect();
    assert!(ids.len() > 5, "{ids:?}");
    let mut answers: Vec<String> = ids.iter().map(|id| ask(&["class", id])).collect();
    answers.extend([
        ask(&["similar", "TLS handshake failures on auth-gateway, unknown issuer"]),
        ask(&["similar", "--id", "HL-2688", "--explain"]),
        ask(&["report"]),
        ask(&["incidents"]),
        ask(&["incident", "HL-2688"]),
        classes,
    ]);
    answers
}

#[track_caller]
fn ends(folder: &Path, arguments: &[&str], code: i32, complaint: &str) {
    let output = relapse(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "relapse {arguments:?}: {stderr}");
    assert!(stderr.contains(complaint), "relapse {arguments:?}: {stderr}");
}

#[test]
fn the_same_question_gets_the_same_bytes_after_import_and_restore() {
    let root = tempfile::tempdir().expect("a folder");
    let path = |name: &str| root.path().join(name);
    let file = |name: &str| path(name).to_str().expect("a plain path").to_owned();
    printed(&path("first"), &["ingest", SAMPLES]);
    let expected = answers(&path("first"));
    let said = printed(&path("first"), &["export", &file("all.jsonl")]);
    assert!(said.starts_with("exported 60 incidents"), "{said}");
    printed(&path("first"), &["backup", &file("copy.db")]);
    printed(&path("second"), &["import", &file("all.jsonl")]);
    printed(&path("third"), &["restore", &file("copy.db")]);
    for copy in ["second", "third"] {
        assert!(answers(&path(copy)) == expected, "{copy} answers otherwise");
        let again = relapse(&path(copy), &["export"]);
        assert!(again.stdout == fs::read(path("all.jsonl")).expect("a file"), "{copy} differs");
        let checked = printed(&path(copy), &["verify", "--output", "json"]);
        let checked: Value = serde_json::from_str(&checked).expect("one JSON object");
        assert_eq!(checked["sound"], true);
        let position = checked["cursor"].as_str().expect("a text");
        assert!(said.ends_with(&format!("up to position {position}\n")), "{said}{checked}");
    }
}

#[test]
fn a_folder_that_a_server_holds_is_exported_backed_up_and_verified() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("held");
    let copy = root.path().join("copy.db");
    let copy = copy.to_str().expect("a plain path");
    printed(&folder, &["ingest", SAMPLES]);
    let server = Server::start(&folder);
    assert!(printed(&folder, &["backup", copy]).starts_with("backed up 60 incidents"));
    assert!(printed(&folder, &["verify"]).starts_with("sound"));
    assert!(printed(&folder, &["export"]).ends_with("}\n"));
    ends(&folder, &["restore", copy], 4, "--server");
    ends(&folder, &["backup", copy], 6, "exists already");
    ends(&folder, &["export", copy], 6, "exists already");
    drop(server);
    ends(&folder, &["restore", copy], 6, "not empty");
}

#[test]
fn what_is_damaged_ends_with_5_and_says_where() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("store");
    ends(&folder, &["verify"], 3, "no store");
    printed(&folder, &["ingest", SAMPLES]);
    let mut lines = printed(&folder, &["export"]);
    let spot = lines.find("checkout").expect("a sample names it");
    lines.replace_range(spot..spot + 8, "checkin!");
    let export = root.path().join("all.jsonl");
    fs::write(&export, lines).expect("written");
    let export = export.to_str().expect("a plain path");
    let elsewhere = root.path().join("elsewhere");
    ends(&elsewhere, &["import", export], 5, "sha256");
    ends(&elsewhere, &["import", SAMPLES], 4, "");
    ends(&elsewhere, &["classes"], 3, "no store");
    let database = folder.join("relapse.db");
    let mut bytes = fs::read(&database).expect("a file");
    let needle = br#""title":""#;
    let spot = bytes.windows(needle.len()).position(|window| window == needle);
    bytes[spot.expect("a body has it") + needle.len()] ^= 1;
    fs::write(&database, bytes).expect("written");
    let output = relapse(&folder, &["verify"]);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        told.contains("the seal of a row is broken") && told.contains("relapse restore"),
        "{told}"
    );
    ends(&folder, &["export"], 5, "the seal");
}
