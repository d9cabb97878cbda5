//! The same log and question give the same bytes.

use std::path::Path;

use crate::program::{Server, printed};

const AS_OF: &str = "2026-11-20";

fn samples() -> String {
    format!("{}/examples/incidents", env!("CARGO_MANIFEST_DIR"))
}

/// Everything the commands print about a store, as text and as JSON.
fn all_that_is_printed(folder: &Path) -> String {
    let questions: [&[&str]; 11] = [
        &["classes", "--as-of", AS_OF],
        &["class", "FC-1", "--as-of", AS_OF],
        &["incidents", "--as-of", AS_OF],
        &["incident", "PM-2026-031", "--as-of", AS_OF],
        &["report", "--until", AS_OF],
        &["report", "--since", "2026-01-01", "--until", AS_OF, "--format", "html"],
        &["report", "--until", AS_OF, "--format", "markdown"],
        &["report", "--until", AS_OF, "--format", "csv"],
        &["similar", "TLS handshake failures on auth-gateway", "--as-of", AS_OF],
        &["similar", "--id", "HL-2688", "--as-of", AS_OF],
        &["similar", "the coffee machine on the third floor", "--as-of", AS_OF],
    ];
    let mut all = String::new();
    for question in questions {
        all += &printed(folder, question);
        all += &printed(folder, &[question, &["--output", "json"]].concat());
    }
    all
}

#[test]
fn two_processes_with_the_same_log_print_the_same_bytes() {
    let (left, right) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for folder in [&left, &right] {
        printed(folder.path(), &["ingest", &samples()]);
    }
    let first = all_that_is_printed(left.path());
    assert!(first.len() > 10_000, "something is printed");
    assert_eq!(first, all_that_is_printed(right.path()));
    assert_eq!(first, all_that_is_printed(left.path()), "asking changes nothing");
}

#[test]
fn what_one_process_has_read_the_next_need_not_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let records = folder.path().join("records.jsonl");
    let line =
        |n| format!("{{\"id\": \"R-{n}\", \"title\": \"queue {n} of mailer {} stuck\"}}\n", n % 7);
    std::fs::write(&records, (0..320).map(line).collect::<String>()).expect("written");
    let store = folder.path().join("store");
    printed(&store, &["ingest", records.to_str().expect("it is UTF-8")]);
    let saved = || std::fs::read(store.join("index.bin")).expect("it is there");
    let first = saved();
    printed(&store, &["similar", "queue stuck"]);
    assert!(saved() == first, "it is the index of this process too");
}

#[test]
fn a_server_and_the_command_line_answer_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    printed(folder.path(), &["ingest", &samples()]);
    let question = ["similar", "disk full on ledger-db", "--as-of", AS_OF, "--output", "json"];
    let local = printed(folder.path(), &question);
    let server = Server::start(folder.path());
    let remote = std::process::Command::new(env!("CARGO_BIN_EXE_relapse"))
        .args(question)
        .args(["--server", &server.grpc])
        .output()
        .expect("the binary runs");
    assert_eq!(String::from_utf8_lossy(&remote.stdout), local);
}
