//! A process killed at any moment loses nothing that it acknowledged, and doubles nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use incident::{Incident, IncidentId};
use store::{Change, Store};

const DIR: &str = "RELAPSE_TEST_CRASH_DIR";
const CYCLES: u64 = 10;
const ACK: &str = "committed ";

/// Commits numbered pairs until it is killed, and says each number once it is durable.
fn commit_for_ever(dir: &Path) -> ! {
    let store = Store::open(dir).expect("the lock of the killed process is gone");
    loop {
        let position = store.last_position();
        let number = position / 2 + 1;
        let half = |name: &str, position| Change::Put {
            position,
            incident: Box::new(Incident::new(
                "crash",
                format!("{number}-{name}"),
                "Half of a pair",
            )),
            class: None,
            digest: None,
        };
        let pair = [half("a", position + 1), half("b", position + 2)];
        store.commit(&pair).expect("committed");
        let said = format!("\n{ACK}{number}\n");
        std::io::stdout().write_all(said.as_bytes()).expect("a pipe");
    }
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "what_was_acknowledged_survives_a_kill", "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs")
}

/// Kills a committing process after `kill_after` acknowledgements, and returns the last of them that
/// still came through.
fn last_acknowledged_before_a_kill(dir: &Path, kill_after: u64) -> u64 {
    let mut child = start(dir);
    let said = BufReader::new(child.stdout.take().expect("a pipe"));
    let (mut count, mut last) = (0, 0);
    for line in said.lines().map(|line| line.expect("text")) {
        let Some(number) = line.strip_prefix(ACK) else {
            continue;
        };
        last = number.parse().expect("a number");
        count += 1;
        if count == kill_after {
            child.kill().expect("killed");
        }
    }
    assert!(!child.wait().expect("it ended").success(), "it was killed");
    assert!(count >= kill_after, "it ended by itself after {count}");
    last
}

/// The numbers up to `last` of which not exactly both halves are there.
fn not_whole(store: &Store, last: u64) -> Vec<u64> {
    let mut halves: BTreeMap<IncidentId, usize> = BTreeMap::new();
    let visited: store::Result<()> = store.for_each(|stored| {
        *halves.entry(stored.incident.id).or_default() += 1;
        Ok(())
    });
    visited.expect("readable");
    let whole = |number: &u64| {
        ["a", "b"].iter().all(|half| halves.get(format!("{number}-{half}").as_str()) == Some(&1))
    };
    (1..=last).filter(|number| !whole(number)).collect()
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Some(dir) = std::env::var_os(DIR) {
        commit_for_ever(Path::new(&dir));
    }
    let dir = tempfile::tempdir().expect("a folder");
    for cycle in 0..CYCLES {
        let acknowledged = last_acknowledged_before_a_kill(dir.path(), 5 + 37 * cycle % 90);
        let store = Store::open(dir.path()).expect("reopened");
        store.check().expect("sound");
        let last = store.last_position();
        assert_eq!(last % 2, 0, "a half of a pair");
        assert!(last / 2 >= acknowledged, "{acknowledged} acknowledged, {} kept", last / 2);
        let torn = not_whole(&store, last / 2);
        assert!(torn.is_empty(), "in cycle {cycle}: {torn:?}");
        // The control: a record that was never written is noticed as missing.
        assert_eq!(not_whole(&store, last / 2 + 1), [last / 2 + 1]);
    }
}
