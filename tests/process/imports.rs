//! Exports of trackers, read by the binary.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::program::{printed, relapse};

fn exports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exports")
}

fn summary(store: &Path, arguments: &[&str]) -> Value {
    let arguments = [&["ingest", "--output", "json"], arguments].concat();
    serde_json::from_slice(&relapse(store, &arguments).stdout).expect("one JSON object")
}

#[test]
fn a_folder_of_exports_goes_in_and_going_in_twice_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let exports = exports();
    let exports = exports.to_str().expect("a plain path");
    let first = summary(folder.path(), &[exports, "--source", "trackers"]);
    assert_eq!((&first["new"], &first["updated"]), (&first["documents"], &0.into()), "{first}");
    assert!(first["new"].as_u64() > Some(14), "{first}");
    assert_eq!(first["refused"], 0, "{first}");
    let second = summary(folder.path(), &[exports, "--source", "trackers"]);
    assert_eq!(
        (&second["unchanged"], &second["new"]),
        (&first["documents"], &0.into()),
        "{second}"
    );
    let found = printed(
        folder.path(),
        &[
            "similar",
            "--output",
            "json",
            "checkout waits for a database connection, pool exhausted",
        ],
    );
    let answer: Value = serde_json::from_str(&found).expect("one JSON object");
    assert_eq!(answer["matches"][0]["incident_id"], "Q2HL7KXW0LOPA1");
}

#[test]
fn a_map_says_where_the_fields_are_and_a_wrong_one_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let mapped = |name: &str| exports().join("../mapped").join(name).display().to_string();
    let (data, map) = (mapped("opsgenie.json"), mapped("opsgenie.toml"));
    let read = summary(folder.path(), &[&data, "--map", &map]);
    assert_eq!((&read["new"], &read["skipped"]), (&1.into(), &1.into()), "{read}");
    let shown = printed(folder.path(), &["map", "test", &data, "--map", &map, "--records"]);
    assert!(
        shown.contains("id          1791\n") && shown.contains("ignored: status test"),
        "{shown}"
    );
    let wrong = folder.path().join("wrong.toml");
    fs::write(&wrong, "source = 'x'\n[fields]\nid = 'a'\ncause = 'b'\n").expect("written");
    let output =
        relapse(folder.path(), &["ingest", &data, "--map", wrong.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("unknown field `cause`; expected one of id"), "{complaint}");
}

/// A process that watches a folder; killed when it is dropped.
struct Watching {
    process: Child,
    stderr: BufReader<std::process::ChildStderr>,
}

impl Watching {
    fn start(store: &Path, folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_relapse"))
            .args(["ingest", "--watch", "--every", "1", "--output", "json", "--data"])
            .args([store, folder])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stderr = BufReader::new(process.stderr.take().expect("stderr is a pipe"));
        Self { process, stderr }
    }

    /// Reads what it says until a line holds `text`.
    fn wait_for(&mut self, text: &str) {
        let mut said = String::new();
        while !said.lines().last().unwrap_or_default().contains(text) {
            let read = self.stderr.read_line(&mut said).expect("stderr is text");
            assert!(read > 0, "it ended without saying {text:?}: {said}");
        }
    }

    /// Ends it as Ctrl-C does, and gives its exit code and what it printed.
    fn interrupt(mut self) -> (Option<i32>, Value) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
        let mut printed = String::new();
        let mut stdout = BufReader::new(self.process.stdout.take().expect("stdout is a pipe"));
        std::io::Read::read_to_string(&mut stdout, &mut printed).expect("text");
        let code = self.process.wait().expect("it ends").code();
        (code, serde_json::from_str(&printed).expect("one JSON object"))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // One that has ended already needs no killing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_watched_folder_goes_in_as_it_changes_and_a_bad_file_stops_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let (store, folder) = (root.path().join("store"), root.path().join("drop"));
    fs::create_dir(&folder).expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    write("a.jsonl", "{\"id\": \"A\", \"title\": \"Disk full\"}\n");
    let mut watching = Watching::start(&store, &folder);
    watching.wait_for("1 new");
    write("b.csv", "id,title\n");
    write("broken.json", "{\"id\": 1, \"title\": ");
    watching.wait_for("1 refused");
    write("b.csv", "id,title\nB,Certificate expired\n");
    watching.wait_for("1 new");
    fs::remove_file(folder.join("a.jsonl")).expect("it is there");
    write("c.md", "# Queue backlog\n\n## Root cause\n\nA poison message.\n");
    watching.wait_for("1 new");
    let (code, total) = watching.interrupt();
    assert_eq!(
        (code, &total["new"], &total["refused"]),
        (Some(1), &3.into(), &1.into()),
        "{total}"
    );
    let incidents = printed(&store, &["incidents", "--output", "json"]);
    assert!(incidents.contains("\"A\""), "what goes from the folder stays in the store");
}
