//! As of a moment in the past only what was known then takes part.

use std::collections::BTreeSet;

use engine::{Answer, Contribution, Error, Filter, Item, Origin, Query, Scope, Verdict};
use incident::{Field, IncidentId, ItemState, Status};
use recurrence::{FailureClass, Period};

use crate::folder::{Folder, ask, ask_at, at, ids, line, now, request};

/// Three failures, each told in a title and a cause.
const FAILURES: [(&str, &str, &str); 3] = [
    (
        "tls",
        "TLS handshake failures on the edge proxy",
        "The renewed chain lacked an intermediate.",
    ),
    (
        "pool",
        "Orders database connection pool exhausted",
        "Nested transactions hold two connections.",
    ),
    ("disk", "Disk full on the search indexer", "Debug logs were written and never rotated."),
];
/// The months of 2025 in which each comes up.
const MONTHS: [u32; 4] = [2, 4, 7, 10];

fn incident(failure: usize, month: u32) -> Item {
    let (name, title, cause) = FAILURES[failure];
    let day = 10 + failure;
    line(
        "jsonl",
        &format!(
            r#"{{"id":"{name}-{month}","title":"{title}","root_cause":"{cause}","status":"resolved",
                "started_at":"2025-{month:02}-{day}T08:00:00Z",
                "resolved_at":"2025-{month:02}-{day}T18:00:00Z",
                "action_items":[{{"action":"watch {name}","due":"2025-12-01"}}]}}"#
        ),
    )
}

/// The failures up to and with `month`, and one of each kind without a date.
fn folder(up_to: u32) -> Folder {
    let folder = Folder::new();
    let months = MONTHS.into_iter().filter(|month| *month <= up_to);
    let dated = months.flat_map(|month| (0..FAILURES.len()).map(move |it| incident(it, month)));
    let undated = FAILURES.map(|(name, title, cause)| {
        let json = format!(r#"{{"id":"{name}-u","title":"{title}","root_cause":"{cause}"}}"#);
        line("jsonl", &json)
    });
    folder.take_all(dated.chain(undated).collect());
    folder
}

fn found(answer: &Answer) -> BTreeSet<&str> {
    ids(answer).into_iter().collect()
}

/// The members of the classes as they were known at `as_of`, undated ones left out.
fn classes_at(folder: &Folder, as_of: &str) -> BTreeSet<Vec<String>> {
    let classes = folder.classes(2, at(as_of)).expect("readable");
    let members = classes.iter().map(|class| class.members.iter().map(ToString::to_string));
    members.map(Iterator::collect).collect()
}

#[test]
fn nothing_younger_and_nothing_undated_takes_part() {
    let folder = folder(10);
    let question = FAILURES[0].1;
    let then = ask_at(&folder, question, at("2025-05-01"));
    assert_eq!(found(&then), BTreeSet::from(["tls-2", "tls-4"]));
    assert_eq!(then.searched.incidents, 6);
    let class = then.failure_class.expect("it had come back");
    assert_eq!((class.occurrences.total, class.gaps_days.as_slice()), (2, [59.0].as_slice()));

    let today = ask(&folder, question);
    let stood_for = today.matches.iter().map(|found| 1 + found.collapsed as usize);
    assert_eq!(stood_for.sum::<usize>(), MONTHS.len() + 1, "alike as they are, they are one match");
    assert_eq!(today.searched.incidents, 15);
    assert_eq!(today.failure_class.expect("it came back").occurrences.total, 5);
}

#[test]
fn the_past_is_answered_as_if_it_were_the_present() {
    let (full, then) = (folder(10), folder(4));
    for as_of in ["2025-05-01", "2025-04-20T00:00:00Z", "2025-04-11T12:00:00Z", "2025-02-28"] {
        assert_eq!(classes_at(&full, as_of), classes_at(&then, as_of), "as of {as_of}");
        for (_, title, _) in FAILURES {
            let [later, at_the_time] =
                [&full, &then].map(|folder| ask_at(folder, title, at(as_of)));
            assert_eq!(found(&later), found(&at_the_time), "{title} as of {as_of}");
            assert_eq!(later.verdict, at_the_time.verdict, "{title} as of {as_of}");
            assert_eq!(later.searched.incidents, at_the_time.searched.incidents);
        }
    }
    assert_eq!(classes_at(&full, "2025-05-01").len(), 3);
    assert_eq!(
        classes_at(&full, "2025-04-11T12:00:00Z").len(),
        2,
        "the disk is not yet full again"
    );
    assert!(classes_at(&full, "2025-02-28").is_empty());
}

#[test]
fn a_class_shrinks_to_the_members_of_the_time_and_then_is_none() {
    let folder = folder(10);
    let id = ask(&folder, FAILURES[1].1).failure_class.expect("it came back").id;
    for (as_of, total) in
        [("2025-12-31", 4), ("2025-07-11", 3), ("2025-07-10", 2), ("2025-02-11", 1)]
    {
        let class = folder.class(id, at(as_of)).expect("it had a member");
        assert_eq!(class.occurrences.total, total, "as of {as_of}");
    }
    let before = folder.class(id, at("2025-02-10")).expect_err("it had none");
    assert!(matches!(before, Error::NoClass { .. }), "{before}");
}

#[test]
fn a_class_of_the_past_knows_no_later_closure() {
    let folder = folder(4);
    let (name, title, cause) = FAILURES[0];
    let with_items = format!(
        r#"{{"id":"{name}-5","title":"{title}","root_cause":"{cause}","status":"resolved",
            "started_at":"2025-05-02","updated_at":"2025-07-01T09:00:00Z","action_items":[
              {{"action":"watch it","due":"2025-05-10","status":"done","closed_at":"2025-06-01"}},
              {{"action":"mend it","due":"2025-05-10","status":"fixed"}}]}}"#
    );
    folder.take_all(vec![line("jsonl", &with_items)]);
    let states = |day: &str| {
        let period = Period { since: None, until: at(day).at };
        let reported = folder.report(period, &Scope::default(), at(day)).expect("readable");
        let of_report = reported.classes.into_iter();
        let classes = folder.classes(2, at(day)).expect("readable");
        let told = |class: FailureClass| {
            let items = class.action_items.into_iter();
            let items: Vec<_> = items.filter(|item| item.incident_id.as_str() == "tls-5").collect();
            (!items.is_empty()).then_some(items)
        };
        let (listed, reported) =
            (classes.into_iter().find_map(told), of_report.into_iter().find_map(told));
        assert_eq!(listed, reported, "a list and a report know the same");
        listed.expect("its class").into_iter().map(|item| item.state).collect::<Vec<_>>()
    };
    use ItemState::{Done, Open};
    assert_eq!(states("2025-05-31"), [Open, Open]);
    assert_eq!(states("2025-06-01"), [Done, Open]);
    assert_eq!(states("2025-07-01"), [Done, Done]);
}

#[test]
fn an_incident_in_flight_is_matched_on_what_was_known() {
    let folder = folder(10);
    let in_flight = at("2025-10-11T10:00:00Z");
    let answer = ask_at(&folder, "connection pool exhausted by nested transactions", in_flight);
    assert_eq!(
        answer.searched.incidents, 11,
        "tls-10 is over, pool-10 is not, disk-10 had not begun"
    );
    let of = |id: &str| {
        let found = answer.matches.iter().find(|found| found.incident.id.as_str() == id);
        found.expect("it is like the question")
    };
    let (over, going_on) = (of("pool-7"), of("pool-10"));
    let is_of_the_cause = |part: &Contribution| part.origin == Origin::Field(Field::RootCause);
    assert!(over.contributions.iter().any(is_of_the_cause));
    assert!(!going_on.contributions.iter().any(is_of_the_cause));
    let sum: f64 = going_on.contributions.iter().map(|part| part.contribution).sum();
    assert!((sum - going_on.score).abs() < 1e-9);
    let known = &going_on.incident;
    assert_eq!((&known.root_cause, known.resolved_at), (&None, None));
    assert_eq!((known.status, known.action_items.len()), (Some(Status::Open), 0));

    let cause_alone = ask_at(&folder, "nested transactions hold two", in_flight);
    assert!(ids(&cause_alone).contains(&"pool-7"));
    assert!(!ids(&cause_alone).contains(&"pool-10"), "its cause was not known");
}

#[test]
fn what_had_not_begun_cannot_be_asked_about_or_looked_up() {
    let folder = folder(10);
    let id = IncidentId::new("tls-7");
    let about = |as_of: &str| folder.similar(&request(Query::Id(id.clone()), at(as_of)));
    assert!(matches!(about("2025-07-09"), Err(Error::NoIncident { .. })));
    assert!(matches!(folder.incident(&id, at("2025-07-09")), Err(Error::NoIncident { .. })));
    let page = folder.incidents(Filter::default(), at("2025-07-09"), 0, 100).expect("readable");
    assert_eq!((page.total, page.items.len()), (6, 6));

    let answer = about("2025-07-31").expect("it had begun");
    assert_eq!(answer.verdict, Verdict::Recurrence);
    assert_eq!(found(&answer), BTreeSet::from(["tls-2", "tls-4"]), "itself is not among them");
    let class = answer.failure_class.expect("it came back before");
    assert_eq!(class.occurrences.total, 2, "itself is not counted");
}

#[test]
fn a_record_whose_end_lies_before_its_start_breaks_no_answer() {
    let folder = Folder::new();
    let (_, title, _) = FAILURES[0];
    folder.take_all(vec![
        line("jsonl", &format!(r#"{{"id":"odd","title":"{title}","started_at":"2025-09-01T00:00:00Z","resolved_at":"2025-03-01T00:00:00Z"}}"#)),
        line("jsonl", &format!(r#"{{"id":"endless","title":"{title}","resolved_at":"2025-03-01"}}"#)),
        incident(0, 2),
    ]);
    assert_eq!(found(&ask_at(&folder, title, at("2025-05-01"))), BTreeSet::from(["tls-2"]));
    assert_eq!(found(&ask_at(&folder, title, at("2025-10-01"))), BTreeSet::from(["odd", "tls-2"]));
    assert_eq!(found(&ask_at(&folder, title, now())).len(), 3);
}
