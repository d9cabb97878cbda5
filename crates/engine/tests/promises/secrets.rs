//! Credentials in documents are nowhere afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use engine::{Filter, Item, Outcome, Query, SecretKind, SimilarRequest};
use incident::{Incident, IncidentId};

use crate::folder::{Folder, ask, ids, line, now, page};

/// Joined here, so that no source has a whole one.
fn canaries() -> [String; 5] {
    [
        ["AKIA", "QWERTYUIOPASDFGH"].concat(),
        ["ghp_", "Zx9Yw8Vu7Ts6Rq5Po4Nm3Lk2Ji1Hg0FeDcBa"].concat(),
        ["Tr0ub4", "dor-canary-1"].concat(),
        ["eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiJjYW5hcnkifQ", ".s5igna7ureCanary"].concat(),
        ["MIIEcanaryCANARY0123456789", "abcdefghijklmnopqrstuvwxyzABCDEF"].concat(),
    ]
}

/// Words of the page that are on disk.
const CONTROL: &str = "was exhausted by a transaction";

fn leaky_page() -> Item {
    let [aws, github, password, jwt, pem] = canaries();
    page(
        "pages/leak",
        &format!(
            "# Checkout pool exhausted, key {aws} in the log\n\n**Severity:** P2\n**Date:** 2026-03-01\n\n\
             ## Timeline\n| Time | Event |\n| --- | --- |\n| 10:00 | {github} was pasted |\n\n\
             ## Root Cause\nThe pool of postgres://app:{password}@db/orders was exhausted by a transaction.\n\n\
             ```\n-----BEGIN RSA PRIVATE KEY-----\n{pem}\n-----END RSA PRIVATE KEY-----\n```\n\n\
             ## Resolution\nRestarted with Authorization: Bearer {jwt}\n\n\
             ## Action Items\n| Priority | Action | Owner |\n| --- | --- | --- |\n| P1 | Rotate {github} | Ops |\n"
        ),
    )
}

fn leaky_line() -> Item {
    let [aws, github, password, jwt, _] = canaries();
    line(
        "jsonl",
        &format!(
            r#"{{"id":"T-1","title":"pool exhausted again","text":"see {jwt}","due":"{aws}",
            "labels":{{"db_password":"{password}"}},"url":"https://x.example/?token={github}",
            "severity":{{"password":"{password}"}},"action_items":[{{"action":"rotate {aws}","due":"{github}"}}]}}"#
        )
        .replace('\n', " "),
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is readable");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[track_caller]
fn check_absent(place: &str, bytes: &[u8]) {
    for canary in canaries() {
        let canary = canary.as_bytes();
        let is_there = bytes.windows(canary.len()).any(|window| window == canary);
        assert!(!is_there, "{} is in {place}", String::from_utf8_lossy(canary));
    }
}

#[test]
fn no_credential_of_a_document_is_on_disk_in_a_receipt_or_in_an_answer() {
    let folder = Folder::new();
    let receipts = folder.take_all(vec![leaky_page(), leaky_line()]);
    check_absent("the receipts", format!("{receipts:?}").as_bytes());
    let text = canaries().join(" pool exhausted ");
    for answer in [ask(&folder, "checkout pool exhausted by a transaction"), ask(&folder, &text)] {
        assert_eq!(answer.matches.len(), 2, "{:?}", ids(&answer));
        check_absent("the answer", format!("{answer:?}").as_bytes());
    }
    for id in ["pages/leak", "T-1"] {
        let view = folder.incident(&IncidentId::new(id), now()).expect("it is stored");
        check_absent(id, format!("{view:?}").as_bytes());
    }
    let stored = files(folder.path());
    let mut control = false;
    for file in stored {
        let bytes = fs::read(&file).expect("readable");
        control |= bytes.windows(CONTROL.len()).any(|window| window == CONTROL.as_bytes());
        check_absent(&file.display().to_string(), &bytes);
    }
    assert!(control, "what is not masked would be found");
}

#[test]
fn a_receipt_counts_what_was_masked_by_kind() {
    let folder = Folder::new();
    let masked = folder.take(leaky_page()).masked;
    let expected = [
        (SecretKind::PrivateKey, 1),
        (SecretKind::AwsAccessKey, 1),
        (SecretKind::GithubToken, 1),
        (SecretKind::Jwt, 1),
        (SecretKind::DatabasePassword, 1),
    ];
    assert_eq!(masked.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_page_with_credentials_sent_again_is_unchanged() {
    let folder = Folder::new();
    folder.take(leaky_page());
    let again = folder.take(leaky_page());
    assert_eq!((again.outcome, again.masked.len()), (Outcome::Unchanged, 5));
}

#[test]
fn a_question_is_answered_without_its_credentials() {
    let folder = Folder::new();
    folder.take(leaky_page());
    let mut asked = Incident::new("query", "", "checkout pool exhausted");
    asked.text = Some(canaries().join(" "));
    let query = Query::Incident(Box::new(asked));
    let request = SimilarRequest { query, k: 5, filter: Filter::default(), as_of: now() };
    let answer = folder.similar(&request).expect("an answer");
    check_absent("the answer", format!("{answer:?}").as_bytes());
}
