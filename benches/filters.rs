//! What a filter costs, by what it leaves.
//!
//! `cargo bench --bench filters -- [INCIDENTS]` (100,000 where no number is given)
//!
//! * **Measured**: the ten best of an index, on one thread, with a filter and without in turn, the same questions; a row per
//!   filter: the share of the incidents that it leaves, microseconds with it, and the ratio to those without.
//! * **Corpus**: `testkit::corpus`, seed 7: 1,000 classes and 35 % one-offs, about 60 words an incident; the questions
//!   are whole incidents held out of it. Services, tags, severities and classes are dealt out anew so that each leaves
//!   the share it is named by, scattered; incidents begin an hour apart, in the order in which they came.

mod sample;

use std::hint::black_box;
use std::time::Instant;

use engine::{Method, Retriever};
use incident::{IncidentId, Severity};
use index::{Entry, Filter, Index, Snapshot};
use vector::{SparseVector, SplitMix64};

use crate::sample::{QUESTIONS, Sample, sample};

const ASKED: usize = 5 * QUESTIONS;
const BEST: usize = 10;
const ROUNDS: usize = 3;
const HOUR: i64 = 3_600;
/// The shares that there is a name for, in hundredths of a percent.
const SHARES: [u64; 8] = [1, 10, 100, 300, 1_000, 3_000, 5_000, 9_000];

fn main() {
    let asked = std::env::args().find_map(|argument| argument.replace(['_', ','], "").parse().ok());
    let n_incidents: usize = asked.unwrap_or(100_000);
    let Sample { history, questions } = sample(n_incidents, ASKED);
    let retriever = Retriever::new(Method::Default);
    let mut index = Index::new(retriever.slope());
    let documents = history.iter().map(|it| &it.incident).enumerate();
    let docs = index.add(documents.map(|(at, one)| (entry(at), retriever.search_bag(one))));
    docs.iter().enumerate().for_each(|(at, doc)| index.set_class(*doc, Some(class(at))));
    index.refresh(1);
    let snapshot = index.snapshot();
    let queries = questions.iter().map(|it| retriever.query(&it.incident, snapshot.postings()));
    let queries: Vec<SparseVector> = queries.collect();
    println!("{n_incidents} incidents\n");
    println!("| filter | leaves | p50 | p99 | ratio p50 | ratio p99 |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, filter) in filters(n_incidents) {
        tell(&name, &filter, &snapshot, &queries);
    }
}

/// What filters look at in the incident that came as number `at`.
fn entry(at: usize) -> Entry {
    let names = |kind: &str| {
        let held = SHARES.iter().filter(|share| drawn(at, kind) < **share);
        held.map(|share| format!("{kind}-{share}")).collect()
    };
    Entry {
        id: IncidentId::new(format!("i{at:07}")),
        started_at: Some(at as i64 * HOUR),
        known_from: Some((at as i64 + 2) * HOUR),
        severity: Some(Severity::new(match drawn(at, "severity") {
            0..100 => "SEV-1",
            100..1_000 => "SEV-2",
            1_000..4_000 => "SEV-3",
            _ => "SEV-4",
        })),
        status: None,
        services: names("service"),
        tags: names("tag"),
    }
}

/// One of a thousand.
fn class(at: usize) -> u32 {
    (drawn(at, "class") / 10) as u32 + 1
}

/// A number below 10,000, scattered over the incidents, another for each kind.
fn drawn(at: usize, kind: &str) -> u64 {
    let salt = kind.bytes().fold(0, |salt: u64, byte| salt << 8 | u64::from(byte));
    SplitMix64::new(salt ^ at as u64).below(10_000) as u64
}

fn filters(n_incidents: usize) -> Vec<(String, Filter)> {
    let percent = |share: u64| format!("{} %", share as f64 / 100.0);
    let mut filters = Vec::new();
    for share in SHARES {
        let services = vec![format!("service-{share}")];
        filters.push((
            format!("service of {}", percent(share)),
            Filter { services, ..Filter::default() },
        ));
    }
    for share in SHARES {
        let tags = vec![format!("tag-{share}")];
        filters.push((format!("tag of {}", percent(share)), Filter { tags, ..Filter::default() }));
    }
    for severity in ["SEV-1", "SEV-2", "SEV-3", "SEV-4"] {
        let severities = vec![severity.to_owned()];
        filters.push((format!("severity {severity}"), Filter { severities, ..Filter::default() }));
    }
    let at = |share: u64| Some(n_incidents as i64 * HOUR * share as i64 / 10_000);
    for share in SHARES {
        filters.push((
            format!("since, the last {}", percent(share)),
            Filter { since: at(10_000 - share), ..Filter::default() },
        ));
    }
    for share in SHARES {
        filters.push((
            format!("until, the first {}", percent(share)),
            Filter { until: at(share), ..Filter::default() },
        ));
    }
    let middle = Filter { since: at(4_000), until: at(5_000), ..Filter::default() };
    filters.push(("a tenth in the middle".to_owned(), middle));
    filters.push(("one class".to_owned(), Filter { classes: vec![7], ..Filter::default() }));
    filters.push((
        "all classes but one".to_owned(),
        Filter { not_class: Some(7), ..Filter::default() },
    ));
    let exclude = Some(IncidentId::new("i0000007"));
    filters.push(("all incidents but one".to_owned(), Filter { exclude, ..Filter::default() }));
    filters
}

fn tell(name: &str, filter: &Filter, snapshot: &Snapshot, queries: &[SparseVector]) {
    let left = snapshot.extent(filter).n_docs as f64 / snapshot.n_docs() as f64;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for query in queries {
        let least = |filter: &Filter| {
            let micros = (0..ROUNDS).map(|_| {
                let begun = Instant::now();
                black_box(snapshot.search(query, filter, BEST));
                begun.elapsed().as_secs_f64() * 1e6
            });
            micros.fold(f64::INFINITY, f64::min)
        };
        without.push(least(&Filter::default()));
        with.push(least(filter));
    }
    let [with, without] = [with, without].map(|mut micros| {
        micros.sort_by(f64::total_cmp);
        [micros[micros.len() / 2], micros[micros.len() * 99 / 100]]
    });
    println!(
        "| {name} | {:.2} % | {:.0} µs | {:.0} µs | {:.2} | {:.2} |",
        left * 100.0,
        with[0],
        with[1],
        with[0] / without[0],
        with[1] / without[1]
    );
}
