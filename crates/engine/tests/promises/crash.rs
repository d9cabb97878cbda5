//! A process killed at any moment loses nothing that it acknowledged, and doubles nothing.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use engine::{Engine, Filter, Outcome};
use incident::{Incident, IncidentId};

use crate::folder::{ask, ids, item, now, synthetic};

const DIR: &str = "RELAPSE_TEST_CRASH_DIR";
const THIS_TEST: &str = "crash::what_was_acknowledged_survives_a_kill";
const CYCLES: usize = 10;
const ACK: &str = "stored ";
/// More than are ever stored.
const CORPUS: usize = 2_000;

fn open(dir: &Path) -> Engine {
    Engine::open(dir).expect("the lock of the killed process is gone")
}

/// Ingests one incident after another until it is killed, and says the number of each once it is
/// acknowledged.
fn ingest_for_ever(dir: &Path) -> ! {
    let engine = open(dir);
    let corpus = synthetic(CORPUS, 20);
    for (number, incident) in corpus.iter().enumerate().skip(engine.n_incidents()) {
        let receipts = engine.ingest(vec![item(incident)]).expect("committed");
        assert_eq!(receipts[0].outcome, Outcome::New, "number {number}");
        let said = format!("\n{ACK}{number}\n");
        std::io::stdout().write_all(said.as_bytes()).expect("a pipe");
    }
    unreachable!("it is killed long before {CORPUS}");
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", THIS_TEST, "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs")
}

/// Kills an ingesting process after `kill_after` acknowledgements, and returns the numbers of all that
/// still came through.
fn acknowledged_before_a_kill(dir: &Path, kill_after: usize) -> Vec<usize> {
    let mut child = start(dir);
    let said = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut acknowledged = Vec::new();
    for line in said.lines().map(|line| line.expect("text")) {
        if let Some(number) = line.strip_prefix(ACK) {
            acknowledged.push(number.parse().expect("a number"));
        }
        if acknowledged.len() == kill_after {
            child.kill().expect("killed");
        }
    }
    assert!(!child.wait().expect("it ended").success(), "it was killed");
    assert!(acknowledged.len() >= kill_after, "it ended by itself: {acknowledged:?}");
    acknowledged
}

#[track_caller]
fn check_found(engine: &Engine, incident: &Incident) {
    let known = engine.incident(&incident.id, now()).expect("it was acknowledged");
    assert_eq!(known.incident.title, incident.title);
    let question = incident.root_cause.as_deref().expect("each has a cause");
    let found = ask(engine, question);
    let count = ids(&found).iter().filter(|id| **id == incident.id.as_str()).count();
    assert_eq!(count, 1, "{} in {:?}", incident.id, ids(&found));
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    if let Some(dir) = std::env::var_os(DIR) {
        ingest_for_ever(Path::new(&dir));
    }
    let dir = tempfile::tempdir().expect("a folder");
    let corpus = synthetic(CORPUS, 20);
    for cycle in 0..CYCLES {
        let acknowledged = acknowledged_before_a_kill(dir.path(), 3 + 11 * cycle % 17);
        let engine = open(dir.path());
        acknowledged.iter().for_each(|number| check_found(&engine, &corpus[*number]));

        let all = engine.incidents(Filter::default(), now(), 0, CORPUS).expect("readable");
        let mut stored: Vec<IncidentId> = all.items.into_iter().map(|line| line.id).collect();
        stored.sort();
        let last = acknowledged.last().expect("some were acknowledged");
        assert!(stored.len() > *last, "{last} was acknowledged, {} are kept", stored.len());
        // Ids are numbered: none is missing and none is there twice.
        let expect: Vec<IncidentId> =
            corpus[..stored.len()].iter().map(|incident| incident.id.clone()).collect();
        assert_eq!(stored, expect, "in cycle {cycle}");
        assert_eq!(engine.position(), stored.len() as u64);
    }
}
