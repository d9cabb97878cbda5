//! Each step of the walk by itself, on one thread.
//!
//! * **Measured**: reading a Markdown post-mortem; analysing incidents; counting their terms and
//!   weighing them; building an index and asking it for the best ten; fitting the ranking model to 4,000
//!   of them, and comparing questions with 200 candidates each; grouping all at once, one more incident
//!   (`assign`: its class; `join`: into a class of so many), and an epoch of the classes (`refresh`);
//!   committing a thousand incidents. The number at the end of an id says how many incidents take part.
//!   Questions are asked a hundred at a time; a throughput counts incidents or
//!   questions (`elem`), or bytes.
//! * **Corpus**: `testkit::corpus`, seed 7: 1,000 classes and 35 % one-offs, about 60 words an
//!   incident; the questions are whole incidents held out of it. For reading: a sample document.
//! * **Notes**: every input is made outside the timed part. The commits go to the folder for
//!   temporary files and wait for its disk.

mod sample;

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;

use analysis::{Analyzer, Terms};
use cluster::{Algorithm, Classifier, Constraints, corpus_cut, fit};
use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput};
use engine::{Method, Retriever, class_matrix};
use incident::{Field, Incident};
use index::{Entry, Filter, Hit, Index, Snapshot};
use parse::{Format, Record};
use rank::{Blend, Document, Features, Model, SAMPLE_MAX};
use store::{Change, Store};
use testkit::corpus::Labelled;
use vector::{Bag, DocumentFrequencies, SparseVector, Weighting};

use crate::sample::{QUESTIONS, Sample, sample};

/// Any will do, as long as it stays.
const SEED: u64 = 7;
const BEST: usize = 10;
/// How many the engine ranks anew.
const CANDIDATES: usize = 200;
const POSTMORTEM: &str = "2025-03-14-checkout-tls-handshakes.md";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    parsing(&mut criterion);
    analysing(&mut criterion);
    weighing(&mut criterion);
    for n in [10_000, 100_000] {
        indexing(&mut criterion, n);
        searching(&mut criterion, n);
        ranking(&mut criterion, n);
    }
    grouping(&mut criterion);
    assigning(&mut criterion);
    joining(&mut criterion);
    committing(&mut criterion);
    criterion.final_summary();
}

fn parsing(criterion: &mut Criterion) {
    let record = postmortem();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(record.content.len() as u64));
    group.bench_function(BenchmarkId::new("markdown", 1), |bench| {
        bench.iter(|| parse::document(black_box(&record)));
    });
    group.finish();
}

fn postmortem() -> Record {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/incidents/postmortems");
    Record {
        source: Format::Markdown.name().into(),
        format: Format::Markdown,
        file: POSTMORTEM.into(),
        line: 1,
        path_id: POSTMORTEM.into(),
        content: std::fs::read(folder.join(POSTMORTEM)).expect("the sample incidents are here"),
    }
}

fn analysing(criterion: &mut Criterion) {
    let documents = documents(1_000);
    let analyzer = Analyzer::stemmed();
    per_incident(criterion, "analysis", "terms", &documents, |(incident, fields)| {
        analyzer.analyze(incident, fields)
    });
}

fn weighing(criterion: &mut Criterion) {
    let (analyzer, weighting) = (Analyzer::stemmed(), Weighting::search());
    let documents = documents(1_000);
    let analysed: Vec<(Terms, &[Field])> = documents
        .iter()
        .map(|(incident, fields)| (analyzer.analyze(incident, fields), fields.as_slice()))
        .collect();
    let bags: Vec<Bag> =
        analysed.iter().map(|(terms, fields)| weighting.bag(terms, fields)).collect();
    let mut frequencies = DocumentFrequencies::default();
    bags.iter().for_each(|bag| frequencies.add(bag));
    per_incident(criterion, "vector", "bag", &analysed, |(terms, fields)| {
        weighting.bag(terms, fields)
    });
    per_incident(criterion, "vector", "embed", &bags, |bag| SparseVector::embed(bag, &frequencies));
}

/// Incidents with the fields of each that are searched.
fn documents(n: usize) -> Vec<(Incident, Vec<Field>)> {
    let weighting = Weighting::search();
    let with_fields = |it: Labelled| {
        let fields = weighting.fields(&it.incident);
        (it.incident, fields)
    };
    sample(n, QUESTIONS).history.into_iter().map(with_fields).collect()
}

/// Times `work` on each of `inputs`, one after another.
fn per_incident<T, R>(
    criterion: &mut Criterion,
    step: &str,
    part: &str,
    inputs: &[T],
    work: impl Fn(&T) -> R,
) {
    let mut group = criterion.benchmark_group(step);
    group.throughput(Throughput::Elements(inputs.len() as u64));
    group.bench_function(BenchmarkId::new(part, inputs.len()), |bench| {
        bench.iter(|| inputs.iter().for_each(|input| drop(black_box(work(input)))));
    });
    group.finish();
}

fn indexing(criterion: &mut Criterion, n: usize) {
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Elements(n as u64)).sample_size(10);
    group.sampling_mode(SamplingMode::Flat);
    let mut documents = None;
    group.bench_function(BenchmarkId::new("build", n), |bench| {
        let documents = documents.get_or_insert_with(|| entries(&sample(n, QUESTIONS).history));
        bench.iter_batched(|| documents.clone(), indexed, BatchSize::PerIteration);
    });
    group.finish();
}

fn searching(criterion: &mut Criterion, n: usize) {
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Elements(QUESTIONS as u64));
    group.sample_size(20).sampling_mode(SamplingMode::Flat);
    let mut made = None;
    group.bench_function(BenchmarkId::new("search", n), |bench| {
        let (snapshot, questions) = made.get_or_insert_with(|| {
            let Sample { history, questions } = sample(n, QUESTIONS);
            let retriever = Retriever::new(Method::Default);
            let bags = questions.iter().map(|it| retriever.search_bag(&it.incident));
            (indexed(entries(&history)).snapshot(), bags.collect::<Vec<Bag>>())
        });
        bench.iter(|| {
            for question in &*questions {
                let query = snapshot.postings().embed(question);
                black_box(snapshot.search(&query, &Filter::default(), BEST));
            }
        });
    });
    group.finish();
}

/// Fitting the model to a sample of a history, and comparing questions with the candidates of each, which are read.
fn ranking(criterion: &mut Criterion, n: usize) {
    let mut group = criterion.benchmark_group("rank");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let mut made = None;
    group.bench_function(BenchmarkId::new("fit", n), |bench| {
        let ranked = made.get_or_insert_with(|| Ranked::of(n));
        let (sampled, postings) = (ranked.sampled(), ranked.snapshot.postings());
        bench.iter(|| Model::fit(&sampled, postings, SEED));
    });
    group.throughput(Throughput::Elements(QUESTIONS as u64));
    group.bench_function(BenchmarkId::new("compare", n), |bench| {
        let ranked = made.get_or_insert_with(|| Ranked::of(n));
        let postings = ranked.snapshot.postings();
        let model = Model::fit(&ranked.sampled(), postings, SEED);
        let candidates: Vec<Vec<(Features, f64)>> =
            ranked.questions.iter().map(|question| ranked.candidates(question, &model)).collect();
        bench.iter(|| {
            for (question, found) in ranked.questions.iter().zip(&candidates) {
                let asked = model.question(question, postings, Some(0));
                let signals = |(features, score): &(Features, f64)| {
                    Blend::DOCUMENTED.parts(&features.signals(*score, &asked, postings)).sum()
                };
                black_box(found.iter().map(signals).fold(0.0, f64::max));
            }
        });
    });
    group.finish();
}

/// A history that is ranked, and questions of it.
struct Ranked {
    snapshot: Snapshot,
    documents: Vec<Document>,
    questions: Vec<Document>,
}

impl Ranked {
    fn of(n: usize) -> Self {
        let Sample { history, questions } = sample(n, QUESTIONS);
        let (analyzer, weighting) = (Analyzer::stemmed(), Weighting::search());
        let read = |it: &Labelled| Document::read(&it.incident, &analyzer, &weighting);
        Self {
            snapshot: indexed(entries(&history)).snapshot(),
            documents: history.iter().map(read).collect(),
            questions: questions.iter().map(read).collect(),
        }
    }

    /// As many as an engine fits its model to.
    fn sampled(&self) -> Vec<&Document> {
        self.documents.iter().take(SAMPLE_MAX as usize).collect()
    }

    /// The best of the index, read, with their scores.
    fn candidates(&self, question: &Document, model: &Model) -> Vec<(Features, f64)> {
        let postings = self.snapshot.postings();
        let query = postings.embed(&question.search);
        let hits = self.snapshot.search(&query, &Filter::default(), CANDIDATES).into_iter();
        let read =
            |hit: Hit| (model.features(&self.documents[hit.doc.0 as usize], postings), hit.score);
        hits.map(read).collect()
    }
}

fn entries(history: &[Labelled]) -> Vec<(Entry, Bag)> {
    let retriever = Retriever::new(Method::Default);
    let entry = |it: &Labelled| (Entry::of(&it.incident), retriever.search_bag(&it.incident));
    history.iter().map(entry).collect()
}

fn indexed(documents: Vec<(Entry, Bag)>) -> Index {
    let mut index = Index::new(Retriever::new(Method::Default).slope());
    let docs = index.add(documents);
    index.refresh(docs.len() as u64);
    index
}

fn grouping(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cluster");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for n in [2_000, 10_000] {
        group.throughput(Throughput::Elements(n as u64));
        let mut made = None;
        group.bench_function(BenchmarkId::new("fit", n), |bench| {
            let (matrix, cut) = made.get_or_insert_with(|| {
                let incidents: Vec<Incident> =
                    sample(n, QUESTIONS).history.into_iter().map(|it| it.incident).collect();
                let matrix = class_matrix(&incidents);
                let cut = corpus_cut(&matrix, SEED);
                (matrix, cut.value)
            });
            bench.iter(|| fit(matrix, Algorithm::AverageLink, *cut, &Constraints::default()));
        });
    }
    group.finish();
}

fn assigning(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("cluster");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for n in [10_000, 100_000] {
        let mut made = None;
        group.throughput(Throughput::Elements(QUESTIONS as u64));
        group.bench_function(BenchmarkId::new("assign", n), |bench| {
            let (classifier, questions) = made.get_or_insert_with(|| assigned(n));
            bench.iter(|| {
                for question in &*questions {
                    black_box(classifier.nearest(question, &[]));
                }
            });
        });
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("refresh", n), |bench| {
            let (classifier, _) = made.get_or_insert_with(|| assigned(n));
            bench.iter(|| classifier.refresh(SEED));
        });
    }
    group.finish();
}

/// A classifier that holds `n` incidents, and questions to it.
fn assigned(n: usize) -> (Classifier, Vec<Bag>) {
    let Sample { history, questions } = sample(n, QUESTIONS);
    let retriever = Retriever::new(Method::Default);
    let bags = questions.iter().map(|it| retriever.class_bag(&it.incident));
    (classified(&history), bags.collect())
}

/// One more incident to a class of few and of many members: what it costs is to be the same.
fn joining(criterion: &mut Criterion) {
    // Four wordings of one failure, each with 12 of its 16 words.
    let words: Vec<String> = (0..16).map(|word| format!("word{word}")).collect();
    let member = |at: usize| {
        let own =
            (0..).zip(&words).filter(|(place, _): &(usize, _)| !(place + at).is_multiple_of(4));
        Bag::count(own.map(|(_, word)| (word.as_str(), 1)))
    };
    let mut group = criterion.benchmark_group("cluster");
    for n in [10, 100_000] {
        let mut made = None;
        group.throughput(Throughput::Elements(1));
        group.bench_function(BenchmarkId::new("join", n), |bench| {
            let classifier = made.get_or_insert_with(|| {
                let mut classifier = Classifier::new();
                let first = classifier.add(&member(0), None);
                for at in 1..n {
                    classifier.add(&member(at), Some(first));
                }
                classifier.refresh(SEED);
                classifier
            });
            bench.iter(|| {
                let question = member(7);
                let near = classifier.nearest(&question, &[]).map(|(row, _)| row);
                let row = classifier.add(&question, near);
                black_box(row)
            });
        });
    }
    group.finish();
}

/// A classifier that holds the true classes of `history`.
fn classified(history: &[Labelled]) -> Classifier {
    let retriever = Retriever::new(Method::Default);
    let mut classifier = Classifier::new();
    let mut first_rows: HashMap<usize, u32> = HashMap::new();
    for it in history {
        let beside = it.class.and_then(|class| first_rows.get(&class).copied());
        let row = classifier.add(&retriever.class_bag(&it.incident), beside);
        if let Some(class) = it.class {
            first_rows.entry(class).or_insert(row);
        }
    }
    classifier.refresh(SEED);
    classifier
}

fn committing(criterion: &mut Criterion) {
    let put = |(position, it): (u64, Labelled)| Change::Put {
        position,
        incident: Box::new(it.incident),
        class: None,
        digest: None,
    };
    let changes: Vec<Change> = (1..).zip(sample(1_000, QUESTIONS).history).map(put).collect();
    let mut group = criterion.benchmark_group("store");
    group.throughput(Throughput::Elements(changes.len() as u64)).sample_size(20);
    group.bench_function(BenchmarkId::new("commit", changes.len()), |bench| {
        bench.iter_batched(
            || {
                let folder = tempfile::tempdir().expect("a temporary folder");
                (Store::open(folder.path()).expect("an empty folder opens"), folder)
            },
            |(store, folder)| {
                store.commit(&changes).expect("there is room");
                (store, folder)
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}
