//! A report over a large history.
//!
//! * **Measured**: the report over all years, out of the store; and the same written out as HTML and as CSV.
//! * **Corpus**: `testkit::corpus`, seed 7: 100,000 incidents, 5,000 classes and 35 % one-offs, about 60 words an
//!   incident. Every other one promises a follow-up for a month later; of these every other one was done then.
//! * **Notes**: filling the store is outside the timed part and takes longer than it.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, SamplingMode};
use engine::{Engine, Item, Scope};
use incident::{ActionItem, AsOf, Incident, Moment};
use jiff::ToSpan;
use recurrence::Period;
use report::Format;
use testkit::corpus::{Labelled, generate};

const INCIDENTS: usize = 100_000;
const CLASSES: usize = 5_000;
const SEED: u64 = 7;
/// The day after the last incident of the corpus.
const NOW: &str = "2026-01-01T00:00:00Z";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(folder.path()).expect("an empty folder opens");
    let history = generate(SEED, INCIDENTS, CLASSES).into_iter().enumerate();
    let items = history.map(|(nth, labelled)| Item::Incident(Box::new(promising(nth, labelled))));
    engine.ingest(items.collect()).expect("there is room");

    let as_of = AsOf::now(NOW.parse().expect("a time"));
    let period = Period { since: None, until: as_of.at };
    let scope = Scope::default();
    let reported = engine.report(period, &scope, as_of).expect("the store can be read");
    println!("{} classes", reported.classes.len());

    let mut group = criterion.benchmark_group("report");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new("read", INCIDENTS), |bench| {
        bench.iter(|| black_box(engine.report(period, &scope, as_of)).expect("it can be read"));
    });
    for (name, format) in [("html", Format::Html), ("csv", Format::Csv)] {
        group.bench_function(BenchmarkId::new(name, INCIDENTS), |bench| {
            bench.iter(|| black_box(report::render(&reported, &scope, format)).len());
        });
    }
    group.finish();
    criterion.final_summary();
}

/// The `nth` incident of the history with what was promised after it.
fn promising(nth: usize, labelled: Labelled) -> Incident {
    let mut incident = labelled.incident;
    let start = incident.started_at.map(Moment::date).filter(|_| nth.is_multiple_of(2));
    if let Some(due) = start.and_then(|start| start.checked_add(30.days()).ok()) {
        incident.action_items.push(ActionItem {
            priority: Some("P2".into()),
            action: "remove the cause".into(),
            owner: Some(format!("team {}", nth % 40)),
            due: Some(due),
            status: nth.is_multiple_of(4).then(|| "done".into()),
            closed_at: nth.is_multiple_of(4).then(|| Moment::day(due)),
            ..ActionItem::default()
        });
    }
    incident
}
