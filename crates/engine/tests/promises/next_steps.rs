//! What was done before, quoted from the sample incidents.

use std::sync::LazyLock;

use engine::{Answer, Verdict};
use recurrence::NextStep;

use crate::examples::samples;
use crate::folder::{Folder, ask, ask_at, at, ids, line, now};

static SAMPLES: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::new();
    folder.take_all(samples());
    folder
});

fn texts(answer: &Answer) -> Vec<&str> {
    answer.next_steps.iter().map(|step| step.text.as_str()).collect()
}

/// The steps quoted for a question.
#[track_caller]
fn check(question: &str, expect: &[&str]) {
    let answer = ask(&SAMPLES, question);
    assert_eq!(answer.verdict, Verdict::Recurrence);
    assert_eq!(texts(&answer), expect, "{question}");
}

#[test]
fn the_steps_of_the_class_are_quoted() {
    check(
        "recs pods OOM killed, memory leak",
        &[
            "Disabled the cache with its flag.",
            "The thread-local was replaced on Monday.",
            "Removed the label.",
        ],
    );
    check(
        "cache stampede, every key expired together",
        &[
            "Switched coalescing on for catalog-api; the database recovered within two minutes and the cache \
         was warm after twenty.",
            "Shed anonymous traffic at the edge for fourteen minutes so that the cache could fill.",
            "Deleted the banners, disabled the carousel's caching, shed anonymous traffic at the edge until the \
         cache was warm.",
        ],
    );
}

#[test]
fn a_step_of_two_incidents_is_one_that_was_used_twice() {
    let answer = ask(&SAMPLES, "bad config push");
    let is_push = |step: &&NextStep| step.text == "Pushed the previous config.";
    let step = answer.next_steps.iter().find(is_push).expect("it is among the steps");
    assert_eq!((step.times_used, step.times_held), (2, 0));
    let source = SAMPLES.incident(&step.incident_id, now()).expect("it is stored").incident;
    assert!(source.resolution.expect("it is quoted").contains(&step.text));
}

#[test]
fn what_the_samples_say_was_not_done_is_no_step() {
    let denied = ["Doubling the pool", "Did not", "**not**", "roll back", "before that", "nobody"];
    for class in SAMPLES.classes(2, now()).expect("readable") {
        let answer = ask(&SAMPLES, &class.name);
        assert!(!answer.next_steps.is_empty(), "{} has no step", class.name);
        for text in texts(&answer) {
            assert!(!denied.iter().any(|denied| text.contains(denied)), "{text}");
        }
    }
}

#[test]
fn only_what_was_known_at_the_as_of_is_a_step() {
    let answer = ask_at(&SAMPLES, "recs pods OOM killed, memory leak", at("2026-05-01"));
    assert!(!texts(&answer).is_empty());
    assert!(!texts(&answer).contains(&"Removed the label."));
}

#[test]
fn a_single_earlier_incident_has_steps_and_what_is_new_has_none() {
    let folder = Folder::new();
    folder.take(line("jsonl", SINGLE));
    folder.take(line("jsonl", OTHER));
    let again = ask(&folder, "franking machine rejects every parcel label");
    assert_eq!((again.verdict, ids(&again)[0]), (Verdict::Recurrence, "T-1"));
    assert_eq!(texts(&again), ["Rolled back the firmware."]);
    assert_eq!((again.next_steps[0].times_used, again.next_steps[0].times_held), (1, 0));
    for unknown in ["lift stuck between floors with a visitor", "franking"] {
        let answer = ask(&folder, unknown);
        assert!(matches!(answer.verdict, Verdict::New | Verdict::InsufficientText));
        assert!(answer.next_steps.is_empty(), "{unknown}");
    }
}

/// An incident with a step and a denial.
const SINGLE: &str = r#"{"id":"T-1","title":"Franking machine rejects every parcel label",
    "date":"2026-03-01","resolution":"Did not restart the spooler. Rolled back the firmware."}"#;
/// One of other words.
const OTHER: &str =
    r#"{"id":"T-2","title":"Night train late","resolution":"Replaced the driver."}"#;
