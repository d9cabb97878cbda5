//! Watching over the life of a server, at the command line.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::program::{Server, printed, relapse};

fn ingest(folder: &Path, server: &Server, ids: std::ops::Range<usize>) {
    let path = folder.join("records.jsonl");
    let mut file = std::fs::File::create(&path).expect("a file");
    for id in ids {
        writeln!(file, r#"{{"id":"INC-{id}","title":"Disk full","date":"2026-11-0{id}"}}"#)
            .expect("written");
    }
    let path = path.to_str().expect("a plain path");
    let output = client(server, &["ingest", path]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn client(server: &Server, arguments: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_relapse"));
    command.args(arguments).args(["--server", &server.grpc]).output().expect("the binary runs")
}

/// What is told behind `token`: the events, and the last token.
fn told(server: &Server, token: &str, events: &str) -> (Vec<String>, String) {
    let output = client(server, &["watch", "--since", token, "-n", events, "--output", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("text");
    let messages: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let ids = messages.iter().filter_map(|message| message["incident"]["id"].as_str());
    let last = messages.last().expect("a message")["resume_token"].as_str().expect("a token");
    (ids.map(str::to_owned).collect(), last.to_owned())
}

#[test]
fn a_token_outlives_the_server_and_goes_with_an_export() {
    let root = tempfile::tempdir().expect("a folder");
    let (here, there) = (root.path().join("here"), root.path().join("there"));
    let server = Server::start(&here);
    ingest(root.path(), &server, 1..4);
    let (seen, token) = told(&server, "0", "2");
    assert_eq!(seen, ["INC-2", "INC-3"]);
    server.kill();
    let server = Server::start(&here);
    ingest(root.path(), &server, 4..6);
    let (seen, last) = told(&server, &token, "2");
    assert_eq!(seen, ["INC-4", "INC-5"]);
    drop(server);
    let export = root.path().join("all.jsonl");
    let export = export.to_str().expect("a plain path");
    printed(&here, &["export", export]);
    printed(&there, &["import", export]);
    assert!(printed(&there, &["verify"]).contains("event 4"));
    let server = Server::start(&there);
    assert_eq!(told(&server, &token, "2"), (vec!["INC-4".to_owned(), "INC-5".to_owned()], last));
    let text = client(&server, &["watch", "--since", "0", "-n", "1"]);
    let text = String::from_utf8(text.stdout).expect("text");
    assert_eq!(text, "2026-11-02        FC-1    2nd disk full in 90 d  (INC-2)\n");
    let refused = client(&server, &["watch", "--since", "77-0123456789abcdef"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("hint:"));
    let local = relapse(&there, &["watch"]);
    assert_eq!(local.status.code(), Some(2));
}
