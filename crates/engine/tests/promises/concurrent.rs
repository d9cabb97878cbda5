//! Many threads at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use engine::{Kind, Outcome};
use incident::Incident;
use rusqlite::Connection;

use crate::folder::{Folder, ask, ids, item, now, synthetic, text_of};

const WRITERS: usize = 4;
const EACH: usize = 25;

#[test]
fn what_one_thread_was_told_every_thread_finds() {
    let folder = Folder::new();
    let incidents = synthetic(WRITERS * EACH, 8);
    let running = AtomicUsize::new(WRITERS);
    thread::scope(|scope| {
        for share in incidents.chunks(EACH) {
            let (folder, running) = (&folder, &running);
            scope.spawn(move || {
                for incident in share {
                    let receipt = folder.take(item(incident));
                    assert_eq!(receipt.outcome, Outcome::New);
                    assert!(folder.incident(&incident.id, now()).is_ok());
                    let answer = ask(folder, &text_of(incident));
                    assert_eq!(ids(&answer).first(), Some(&incident.id.as_str()));
                }
                running.fetch_sub(1, Ordering::Release);
            });
        }
        for reader in 0..2 {
            let (folder, incidents, running) = (&folder, &incidents, &running);
            scope.spawn(move || {
                let mut last = 0;
                while running.load(Ordering::Acquire) > 0 {
                    let answer = ask(folder, &incidents[reader].title);
                    assert!(answer.searched.position >= last, "an answer of an older state");
                    last = answer.searched.position;
                }
            });
        }
    });
    let n = incidents.len();
    assert_eq!((folder.n_incidents(), folder.position()), (n, n as u64), "no position is left out");
    let folder = folder.reopened();
    assert_eq!((folder.n_incidents(), folder.position()), (n, n as u64));
}

#[test]
fn no_question_fails_while_what_it_finds_is_edited_and_deleted() {
    let folder = Folder::new();
    let twin = |number: usize, summary: &str| {
        let title = "Certificate of the mail gateway expired";
        let mut incident = Incident::new("jsonl", number.to_string(), title);
        incident.summary = Some(summary.to_owned());
        incident
    };
    folder.take_all((0..10).map(|number| item(&twin(number, "Mail was deferred."))).collect());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    for found in ask(&folder, "mail gateway certificate expired").matches {
                        let parts = found.contributions.iter().map(|part| part.contribution);
                        assert!((parts.sum::<f64>() - found.score).abs() < 1e-9);
                    }
                }
            });
        }
        for round in 0..15 {
            let edited = twin(round % 10, &format!("Mail was deferred {round} times over."));
            folder.take(item(&edited));
            folder.delete(&edited.id).expect("it is stored");
            folder.take(item(&edited));
        }
        done.store(true, Ordering::Release);
    });
    assert_eq!(folder.n_incidents(), 10);
}

#[test]
fn a_refused_commit_leaves_no_trace_and_the_engine_usable() {
    let folder = Folder::new();
    let incidents = synthetic(40, 3);
    folder.take_all(incidents[..30].iter().map(item).collect());
    let before = (folder.position(), folder.partition());

    // Another connection holds the database, as a foreign tool might.
    let other = Connection::open(folder.path().join("relapse.db")).expect("it is there");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    let refused = folder.ingest(incidents[30..].iter().map(item).collect());
    assert_eq!(refused.expect_err("it cannot be written").kind(), Kind::Unavailable);
    assert_eq!(folder.delete(&incidents[0].id).expect_err("nor this").kind(), Kind::Unavailable);
    assert_eq!((folder.position(), folder.partition()), before);
    assert!(!ids(&ask(&folder, &text_of(&incidents[35]))).contains(&incidents[35].id.as_str()));
    assert_eq!(
        ids(&ask(&folder, &text_of(&incidents[0]))).first(),
        Some(&incidents[0].id.as_str())
    );
    other.execute_batch("ROLLBACK").expect("it was begun");
    drop(other);

    for incident in &incidents[30..] {
        assert_eq!(folder.take(item(incident)).outcome, Outcome::New);
    }
    assert_eq!((folder.position(), folder.n_incidents()), (40, 40));
    let listed = folder.incidents(engine::Filter::default(), now(), 0, 100).expect("readable");
    let listed: BTreeSet<String> = listed.items.iter().map(|line| line.id.to_string()).collect();
    assert_eq!(listed, incidents.iter().map(|it| it.id.to_string()).collect());

    let undisturbed = Folder::new();
    undisturbed.take_all(incidents.iter().map(item).collect());
    assert_eq!(folder.partition(), undisturbed.partition());
    let question = &incidents[3].title;
    assert_eq!(
        format!("{:?}", ask(&folder, question)),
        format!("{:?}", ask(&undisturbed, question))
    );
}
