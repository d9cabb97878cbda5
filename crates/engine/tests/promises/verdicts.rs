//! What an answer must not claim.

use std::path::PathBuf;

use engine::Verdict;
use incident::IncidentId;

use crate::folder::{Folder, ask, documents, line, now};

fn samples() -> Folder {
    let folder = Folder::new();
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/incidents");
    folder.take_all(documents(&[PathBuf::from(samples)]));
    folder
}

#[test]
fn one_shared_word_is_no_recurrence() {
    let folder = samples();
    for question in ["restart the primary", "not restart the primary", "nobody can log in"] {
        assert_ne!(ask(&folder, question).verdict, Verdict::Recurrence, "{question}");
    }
}

#[test]
fn a_class_that_the_best_match_is_not_in_does_not_speak_for_it() {
    let folder = samples();
    for question in [
        "SELECT * FROM users WHERE id=1; DROP TABLE users;--",
        "site is slow",
        "substitution preferences lost after a migration",
    ] {
        let answer = ask(&folder, question);
        let of_best = answer.matches.first().and_then(|best| best.class);
        let spoken_of = answer.failure_class.map(|class| class.id);
        assert!(spoken_of.is_none() || spoken_of == of_best, "{question}: {spoken_of:?}");
    }
}

#[test]
fn what_lies_ahead_is_not_known_yet_and_is_kept() {
    let folder = Folder::new();
    folder
        .take(line("jsonl", r#"{"id":"past","title":"disk full on ledger","date":"2025-01-01"}"#));
    folder
        .take(line("jsonl", r#"{"id":"ahead","title":"disk full on ledger","date":"2099-01-01"}"#));
    let answer = ask(&folder, "disk full on ledger");
    let ids: Vec<&str> = answer.matches.iter().map(|found| found.incident.id.as_str()).collect();
    assert_eq!(ids, ["past"]);
    assert_eq!(answer.searched.incidents, 1);
    assert!(folder.incident(&IncidentId::new("ahead"), now()).is_ok());
}

#[test]
fn an_identical_message_is_always_found_even_without_a_word() {
    let folder = samples();
    let messages = [
        "503",
        "0xdeadbeef1 4f2a9c01",
        "10.1.2.3 500 500 500",
        "550e8400-e29b-41d4-a716-446655440000",
    ];
    for (number, message) in messages.iter().enumerate() {
        let record = format!(
            r#"{{"id":"M-{number}","title":"{message}","date":"2026-01-0{}"}}"#,
            number + 1
        );
        folder.take(line("jsonl", &record));
    }
    for (number, message) in messages.iter().enumerate() {
        let answer = ask(&folder, &format!(" {}\n", message.to_uppercase()));
        assert_eq!(answer.verdict, Verdict::Recurrence, "{message}");
        assert_eq!(answer.matches[0].incident.id.as_str(), format!("M-{number}"));
    }
    assert_eq!(ask(&folder, "504").verdict, Verdict::InsufficientText);
}

#[test]
fn an_empty_store_says_that_there_is_nothing_to_compare_with() {
    let answer = ask(&Folder::new(), "disk full");
    assert!(answer.headline.starts_with("Nothing to compare with"), "{}", answer.headline);
}
