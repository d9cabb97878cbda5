//! What people said of matches is kept, shown again and counted.

use std::ops::ControlFlow;

use engine::{Answer, BacktestRequest, Engine, Error, Filter, Query, RateRequest, Rating};
use incident::{AsOf, Incident, IncidentId, Moment};
use recurrence::Attribution;

use crate::folder::{Folder, ask, ask_at, at, item, now, request};

const QUESTION: &str = "disk full on the ledger";

fn dated(id: &str, title: &str, day: &str) -> Incident {
    let mut incident = Incident::new("jsonl", id, title);
    incident.started_at = Moment::parse(day).ok();
    incident
}

fn folder() -> Folder {
    let folder = Folder::new();
    let incidents = [
        dated("T-1", "Disk full on the ledger host", "2025-01-01"),
        dated("T-2", "Disk full on the ledger host again", "2025-02-01"),
        dated("T-3", "Handshakes fail at the edge", "2025-03-01"),
    ];
    folder.take_all(incidents.iter().map(item).collect());
    folder
}

fn rating(query_id: &str, incident: &str, useful: bool, who: &str) -> RateRequest {
    RateRequest {
        query_id: query_id.to_owned(),
        incident: IncidentId::new(incident),
        useful,
        by: Attribution { who: who.to_owned(), why: String::new() },
        at: "2026-11-02T10:00:00Z".parse().expect("a time"),
    }
}

fn about(engine: &Engine, id: &str) -> Answer {
    engine.similar(&request(Query::Id(IncidentId::new(id)), now())).expect("an answer")
}

/// What is shown beside the match `id`: who said what.
fn said<'a>(answer: &'a Answer, id: &str) -> Vec<(&'a str, bool)> {
    let shown = answer.matches.iter().chain(&answer.nearest_miss);
    let found = shown.filter(|found| found.incident.id.as_str() == id);
    let ratings = found.flat_map(|found| &found.ratings);
    ratings.map(|Rating { who, useful, .. }| (who.as_str(), *useful)).collect()
}

#[test]
fn a_rating_is_shown_when_the_same_question_is_asked_again_whatever_came_since() {
    let folder = folder();
    let answer = ask(&folder, QUESTION);
    folder.rate(rating(&answer.query_id, "T-1", false, "ann")).expect("kept");
    assert_eq!(said(&ask(&folder, QUESTION), "T-1"), [("ann", false)]);
    assert_eq!(said(&ask(&folder, QUESTION), "T-2"), []);
    assert_eq!(said(&ask(&folder, "ledger host disk"), "T-1"), [], "another question");
    folder.take(item(&dated("T-4", "Queue stuck", "2025-04-01")));
    let folder = folder.reopened();
    assert_eq!(said(&ask(&folder, &format!("  {QUESTION}\n")), "T-1"), [("ann", false)]);
}

#[test]
fn a_rating_of_a_stored_incident_holds_for_the_two_in_both_directions() {
    let folder = folder();
    let answer = about(&folder, "T-2");
    folder.rate(rating(&answer.query_id, "T-1", true, "bob")).expect("kept");
    assert_eq!(said(&about(&folder, "T-2"), "T-1"), [("bob", true)]);
    assert_eq!(said(&about(&folder, "T-1"), "T-2"), [("bob", true)]);
    assert_eq!(said(&ask(&folder, QUESTION), "T-1"), []);
}

#[test]
fn the_last_word_of_a_person_stands_and_saying_it_again_changes_nothing() {
    let folder = folder();
    let query_id = ask(&folder, QUESTION).query_id;
    let first = folder.rate(rating(&query_id, "T-1", true, "ann")).expect("kept");
    let again = folder.rate(rating(&query_id, "T-1", true, "ann")).expect("kept");
    assert_eq!((first, folder.position()), (again, first));
    folder.rate(rating(&query_id, "T-1", true, "bob")).expect("kept");
    let changed = folder.rate(rating(&query_id, "T-1", false, "ann")).expect("kept");
    assert!(changed > first);
    assert_eq!(said(&ask(&folder, QUESTION), "T-1"), [("ann", false), ("bob", true)]);
}

#[test]
fn a_rating_is_not_known_before_it_was_given() {
    let folder = folder();
    let query_id = ask(&folder, QUESTION).query_id;
    folder.rate(rating(&query_id, "T-1", true, "ann")).expect("kept");
    assert_eq!(said(&ask_at(&folder, QUESTION, at("2026-11-01")), "T-1"), []);
    assert_eq!(said(&ask_at(&folder, QUESTION, at("2026-11-02")), "T-1"), [("ann", true)]);
}

#[test]
fn a_rating_of_nothing_is_refused() {
    let folder = folder();
    let query_id = ask(&folder, QUESTION).query_id;
    let position = folder.position();
    let missing = folder.rate(rating(&query_id, "T-9", true, "ann"));
    assert!(matches!(missing, Err(Error::NoIncident { .. })), "{missing:?}");
    let wrong = folder.rate(rating("T-1", "T-1", true, "ann"));
    assert!(matches!(wrong, Err(Error::Invalid { field: "query_id", .. })), "{wrong:?}");
    assert_eq!(folder.position(), position);
}

#[test]
fn a_rating_goes_with_its_incident() {
    let folder = folder();
    let query_id = about(&folder, "T-2").query_id;
    folder.rate(rating(&query_id, "T-1", true, "ann")).expect("kept");
    folder.delete(&IncidentId::new("T-2")).expect("it is stored");
    folder.take(item(&dated("T-2", "Disk full on the ledger host again", "2025-02-01")));
    assert_eq!(said(&about(&folder, "T-2"), "T-1"), []);
    assert_eq!(said(&about(&folder.reopened(), "T-2"), "T-1"), []);
}

#[test]
fn a_replay_takes_the_word_of_a_person_over_the_class_and_counts_it() {
    let folder = folder();
    let backtest = |folder: &Folder| {
        let as_of = AsOf::now(now().at);
        let request = BacktestRequest { filter: Filter::default(), depths: vec![1], as_of };
        folder.backtest(&request, |_, _| ControlFlow::Continue(())).expect("readable")
    };
    let before = backtest(&folder);
    assert_eq!((before.all.recurrences, before.all.at[0].1, before.ratings), (1, 1, (0, 0)));
    let query_id = about(&folder, "T-2").query_id;
    folder.rate(rating(&query_id, "T-1", false, "ann")).expect("kept");
    let after = backtest(&folder);
    assert_eq!((after.all.recurrences, after.all.at[0].1, after.ratings), (1, 0, (0, 1)));
}
