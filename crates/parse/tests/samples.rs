//! What comes out of the sample incidents of the project.

use std::collections::BTreeMap;
use std::path::Path;

use incident::{ActionItem, Incident};
use parse::{Format, FormatChoice, Outcome, discover, document, records};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
/// The note whose author wrote down no time at all.
const UNDATED: &str = "incidents/notes/label-printer-firmware";
/// The ticket of an incident that is not over yet.
const OPEN: &str = "HL-2688";

/// What became of the documents, file after file, with the format of each.
fn outcomes() -> Vec<(Format, Outcome)> {
    let found = discover(&[Path::new(EXAMPLES).join("incidents")]).expect("the samples are there");
    let read = |file| records(file, FormatChoice::Auto, None).expect("it can be opened");
    let all = found.files.iter().flat_map(read);
    all.map(|record| {
        let record = record.expect("no sample is too long");
        (record.format, document(&record))
    })
    .collect()
}

/// The incidents by their ids, each with the format it was written in.
fn incidents() -> BTreeMap<String, (Format, Incident)> {
    let parsed = outcomes().into_iter().filter_map(|(format, outcome)| match outcome {
        Outcome::Parsed(parsed) => Some((format, parsed.incident)),
        _ => None,
    });
    parsed.map(|(format, incident)| (incident.external_id.clone(), (format, incident))).collect()
}

/// The ids of the incidents that lack something.
fn without(lacks: impl Fn(Format, &Incident) -> bool) -> Vec<String> {
    let lacking =
        incidents().into_iter().filter(|(_, (format, incident))| lacks(*format, incident));
    lacking.map(|(id, _)| id).collect()
}

#[test]
fn every_sample_is_read_without_a_warning_and_the_readme_is_skipped() {
    let mut counts = [0, 0];
    for (_, outcome) in outcomes() {
        match outcome {
            Outcome::Parsed(parsed) => {
                assert_eq!(parsed.warnings, [], "{}", parsed.incident.id);
                counts[0] += 1;
            }
            Outcome::Skipped { reason } => {
                assert!(reason.contains("README.md"), "{reason}");
                counts[1] += 1;
            }
            Outcome::Refused(problem) => unreachable!("no sample is broken: {problem:?}"),
        }
    }
    assert_eq!(counts, [60, 1]);
}

#[test]
fn the_ids_are_those_of_the_ground_truth() {
    let truth = std::fs::read(Path::new(EXAMPLES).join("ground_truth.json")).expect("it is there");
    let truth: serde_json::Value = serde_json::from_slice(&truth).expect("it is JSON");
    let classes = truth["classes"].as_object().expect("classes by name").values();
    let lists = classes.chain([&truth["one_offs"]]);
    let ids = lists.flat_map(|list| list.as_array().expect("a list of ids"));
    let mut expected: Vec<&str> = ids.filter_map(|id| id.as_str()).collect();
    expected.sort_unstable();
    assert_eq!(incidents().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn all_that_is_over_has_a_cause_and_a_resolution() {
    assert_eq!(without(|_, read| read.root_cause.is_none()), [OPEN]);
    assert_eq!(without(|_, read| read.resolution.is_none()), [OPEN]);
}

#[test]
fn every_sample_tells_what_happened_how_bad_and_where() {
    assert_eq!(without(|_, read| read.summary.is_none()), [""; 0]);
    assert_eq!(without(|_, read| read.services.is_empty()), [""; 0]);
    // The one that states no severity is a free-form page.
    assert_eq!(
        without(|_, read| read.severity.is_none()),
        ["incidents/postmortems/2025-07-17-negative-cache-after-dns-migration"]
    );
}

#[test]
fn all_but_one_are_dated_to_the_minute() {
    assert_eq!(without(|_, read| read.started_at.is_none_or(|at| at.date_only)), [UNDATED]);
    assert_eq!(without(|_, read| read.resolved_at.is_none_or(|at| at.date_only)), [OPEN, UNDATED]);
    assert_eq!(without(|_, read| read.time_to_resolve_minutes().is_none()), [OPEN, UNDATED]);
}

#[test]
fn every_dated_page_has_a_timeline_between_its_start_and_its_end() {
    let pages = |format| format != Format::Jsonl;
    assert_eq!(without(|format, read| pages(format) && read.timeline.is_empty()), [UNDATED]);
    let ends = |read: &Incident| {
        let at = |event: Option<&incident::TimelineEvent>| event.and_then(|event| event.at);
        (at(read.timeline.first()), at(read.timeline.last()))
    };
    let strays = |read: &Incident| ends(read) != (read.started_at, read.resolved_at);
    assert_eq!(without(|format, read| pages(format) && strays(read)), [""; 0]);
}

#[test]
fn every_follow_up_is_found_with_its_owner() {
    let all: Vec<ActionItem> =
        incidents().into_values().flat_map(|(_, incident)| incident.action_items).collect();
    let count = |stated: fn(&ActionItem) -> bool| all.iter().filter(|item| stated(item)).count();
    // Counted in the documents: 69 in the pages and 12 in the tickets.
    assert_eq!(all.len(), 81);
    assert_eq!(count(|item| item.owner.is_some()), 81);
    assert_eq!(count(|item| item.due.is_some()), 77);
    assert_eq!(count(|item| item.status.is_some()), 73);
    assert_eq!(count(|item| item.closed_at.is_some()), 29);
}
