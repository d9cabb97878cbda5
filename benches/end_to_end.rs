//! The whole walk behind the engine.
//!
//! * **Measured**: documents on disk to a first answer; ingesting into an empty store until all is
//!   durable and searchable; opening a store that is not empty, and closing it; answering a whole
//!   incident and a bare title; a report over all years. The number at the end of an id says how many
//!   incidents take part (of `documents`: how many files). Questions are asked a hundred at a time.
//! * **Corpus**: `testkit::corpus`, seed 7: 1,000 classes and 35 % one-offs, about 60 words an
//!   incident; the questions are held out of it. For documents: the sample incidents.
//! * **Notes**: every input is made outside the timed part. Stores lie in the folder for temporary
//!   files and wait for its disk. Analysing uses all cores, the rest of an ingest one.

mod sample;

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput};
use engine::{Engine, Filter, Item, Query, Scope, SimilarRequest};
use incident::AsOf;
use parse::{FormatChoice, InputFile};
use recurrence::Period;
use tempfile::TempDir;
use testkit::corpus::Labelled;

use crate::sample::{QUESTIONS, Sample, sample};

/// The day after the last incident of the corpus.
const NOW: &str = "2026-01-01T00:00:00Z";
const MATCHES: usize = 5;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    documents(&mut criterion);
    ingest(&mut criterion);
    stored(&mut criterion, 10_000);
    criterion.final_summary();
}

fn documents(criterion: &mut Criterion) {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/incidents"));
    let files = parse::discover(&[folder]).expect("the sample incidents are here").files;
    let mut group = criterion.benchmark_group("walk");
    group.sample_size(20).sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new("documents", files.len()), |bench| {
        bench.iter_batched(
            empty_store,
            |(engine, folder)| {
                engine.ingest(items(&files)).expect("there is room");
                let question = Query::Text("TLS handshake failures at the checkout".into());
                let answer = engine.similar(&request(question)).expect("the question is answered");
                (answer, engine, folder)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn items(files: &[InputFile]) -> Vec<Item> {
    let records = files.iter().flat_map(|file| {
        parse::records(file, FormatChoice::Auto, None).expect("the file was just found")
    });
    records.map(|record| Item::Record(record.expect("the samples are well formed"))).collect()
}

fn ingest(criterion: &mut Criterion) {
    let items = all_of(sample(2_000, QUESTIONS).history);
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(items.len() as u64)).sample_size(10);
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new("ingest", items.len()), |bench| {
        bench.iter_batched(
            || (empty_store(), items.clone()),
            |((engine, folder), items)| {
                engine.ingest(items).expect("there is room");
                (engine, folder)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// What is asked of a store of `n` incidents.
fn stored(criterion: &mut Criterion, n: usize) {
    let Sample { history, questions } = sample(n, QUESTIONS);
    let (engine, folder) = empty_store();
    engine.ingest(all_of(history)).expect("there is room");
    drop(engine);
    let engine = Engine::open(folder.path()).expect("no one holds the store");
    let incident = |it: &Labelled| Query::Incident(Box::new(it.incident.clone()));
    let title = |it: &Labelled| Query::Text(it.incident.title.clone());
    let whole: Vec<Query> = questions.iter().map(incident).collect();
    let titles: Vec<Query> = questions.iter().map(title).collect();
    similar(criterion, &engine, BenchmarkId::new("similar_incident", n), whole);
    similar(criterion, &engine, BenchmarkId::new("similar_title", n), titles);
    report(criterion, &engine, n);
    drop(engine);
    open(criterion, &folder, n);
}

fn similar(criterion: &mut Criterion, engine: &Engine, id: BenchmarkId, questions: Vec<Query>) {
    let requests: Vec<SimilarRequest> = questions.into_iter().map(request).collect();
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function(id, |bench| {
        bench.iter(|| {
            for request in &requests {
                black_box(engine.similar(request)).expect("every question is answered");
            }
        });
    });
    group.finish();
}

fn report(criterion: &mut Criterion, engine: &Engine, n: usize) {
    let period = Period { since: None, until: now().at };
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new("report", n), |bench| {
        bench.iter(|| {
            engine.report(period, &Scope::default(), now()).expect("the store can be read")
        });
    });
    group.finish();
}

fn open(criterion: &mut Criterion, folder: &TempDir, n: usize) {
    let mut group = criterion.benchmark_group("engine");
    group.throughput(Throughput::Elements(n as u64)).sample_size(10);
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new("open", n), |bench| {
        bench.iter(|| Engine::open(folder.path()).expect("no one holds the store").n_incidents());
    });
    group.finish();
}

fn empty_store() -> (Engine, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    (Engine::open(folder.path()).expect("an empty folder opens"), folder)
}

fn all_of(history: Vec<Labelled>) -> Vec<Item> {
    history.into_iter().map(|it| Item::Incident(Box::new(it.incident))).collect()
}

fn request(query: Query) -> SimilarRequest {
    SimilarRequest { query, k: MATCHES, filter: Filter::default(), as_of: now() }
}

fn now() -> AsOf {
    AsOf::now(NOW.parse().expect("a time"))
}
