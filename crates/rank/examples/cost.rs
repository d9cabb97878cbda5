//! What the second stage costs: time to fit a model, time and memory to read a document, time per question with
//! 200 candidates.
//!
//! Corpus: `testkit::corpus`, seed 7, one class per ten incidents; the questions are 500 of its incidents. One
//! thread; medians and 99th percentiles. The second argument is how many documents the model is fitted to.
//!
//! `cargo run --release -p relapse-rank --example cost -- 100000 4000`

use std::error::Error;
use std::time::{Duration, Instant};

use analysis::Analyzer;
use incident::Incident;
use index::{DocId, Entry, Filter, Index, Snapshot};
use rank::{Blend, Document, Features, Model, Nearest, Question};
use vector::Weighting;

const CANDIDATES: usize = 200;
const QUESTIONS: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let number =
        |nth| std::env::args().nth(nth).ok_or("say how many documents, and how many to fit to");
    let (n, n_fitted): (usize, usize) = (number(1)?.parse()?, number(2)?.parse()?);
    let (analyzer, weighting) = (Analyzer::stemmed(), Weighting::search());
    let incidents = testkit::corpus::generate(7, n, n / 10).into_iter().map(|one| one.incident);
    let documents: Vec<(Incident, Document)> = incidents
        .map(|incident| {
            let document = Document::read(&incident, &analyzer, &weighting);
            (incident, document)
        })
        .collect();
    let mut index = Index::new(weighting.slope());
    let docs = index.add(documents.iter().map(|(one, read)| (Entry::of(one), read.search.clone())));
    index.refresh(1);
    let snapshot = index.snapshot();

    let sample: Vec<&Document> =
        documents.iter().step_by((n / n_fitted).max(1)).map(|(_, document)| document).collect();
    let begun = Instant::now();
    let model = Model::fit(&sample, snapshot.postings(), 7);
    println!("fitted to {} documents in {:.2} s", sample.len(), begun.elapsed().as_secs_f64());
    let bytes = model.to_bytes();
    println!("{:.1} MB", bytes.len() as f64 / 1e6);
    let begun = Instant::now();
    Model::from_bytes(&bytes).ok_or("it was just written")?;
    println!("read back in {:.2} s", begun.elapsed().as_secs_f64());

    let mut reading = Vec::new();
    let features: Vec<Features> = documents
        .iter()
        .map(|(_, one)| timed(&mut reading, || model.features(one, snapshot.postings())))
        .collect();
    say("read a document", &mut reading);
    let bytes: usize = features.iter().map(Features::n_bytes).sum();
    println!("{} bytes per document", bytes / n);

    let [mut asking, mut ranking, mut neighbours] = [const { Vec::new() }; 3];
    for (doc, (_, document)) in docs.iter().zip(&documents).step_by((n / QUESTIONS).max(1)) {
        let vector = snapshot.postings().embed(&document.search);
        let asked_at = document.started_at;
        let question =
            timed(&mut asking, || model.question(document, snapshot.postings(), asked_at));
        timed(&mut ranking, || ranked(&vector, &question, &features, &snapshot));
        let everything = Filter::default();
        timed(&mut neighbours, || Nearest::find(*doc, &vector, &everything, &snapshot));
    }
    say("read a question", &mut asking);
    say("find and rank 200", &mut ranking);
    say("the hubness of one", &mut neighbours);
    Ok(())
}

/// The candidates with their scores, hubness left out, best first.
fn ranked(
    vector: &vector::SparseVector,
    question: &Question,
    features: &[Features],
    snapshot: &Snapshot,
) -> Vec<(f64, DocId)> {
    let hits = snapshot.search(vector, &Filter::default(), CANDIDATES).into_iter();
    let mut ranked: Vec<(f64, DocId)> = hits
        .map(|hit| {
            let features = &features[hit.doc.0 as usize];
            let signals = features.signals(hit.score, question, snapshot.postings());
            (Blend::DOCUMENTED.parts(&signals).sum(), hit.doc)
        })
        .collect();
    ranked.sort_by(|left, right| right.0.total_cmp(&left.0));
    ranked
}

fn say(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let [half, most] = [times.len() / 2, times.len() * 99 / 100].map(|at| times[at]);
    println!("{name:18} {:6} us, 99 % {} us", half.as_micros(), most.as_micros());
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    times.push(begun.elapsed());
    done
}
