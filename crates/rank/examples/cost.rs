//! What re-ranking costs: time to build, memory per document, time per question with 200 candidates.
//!
//! Corpus: `testkit::corpus`, seed 7, one class per ten incidents; the questions are 500 of its incidents, each
//! asked when it began. One thread; medians and 99th percentiles.
//!
//! `cargo run --release -p relapse-rank --example cost -- 10000`

use std::error::Error;
use std::time::{Duration, Instant};

use analysis::Analyzer;
use index::{DocId, Entry, Filter, Index};
use rank::{Blend, Document, Reranker};
use vector::Weighting;

const CANDIDATES: usize = 200;
const QUESTIONS: usize = 500;

fn main() -> Result<(), Box<dyn Error>> {
    let n: usize = std::env::args().nth(1).ok_or("say how many documents")?.parse()?;
    let (analyzer, weighting) = (Analyzer::stemmed(), Weighting::search());
    let mut index = Index::new(weighting.slope());
    let documents: Vec<(Entry, Document)> = testkit::corpus::generate(7, n, n / 10)
        .into_iter()
        .map(|one| {
            let document = Document::read(&one.incident, &analyzer, &weighting);
            (Entry::of(&one.incident), document)
        })
        .collect();
    let docs = index.add(documents.iter().map(|(entry, one)| (entry.clone(), one.search.clone())));
    index.refresh(1);
    let documents: Vec<(DocId, Document)> =
        docs.into_iter().zip(documents.into_iter().map(|(_, one)| one)).collect();
    let snapshot = index.snapshot();

    let begun = Instant::now();
    let reranker = Reranker::build(&documents, &snapshot, 7);
    println!("{n} documents: built in {:.1} s", begun.elapsed().as_secs_f64());
    for (name, bytes) in reranker.bytes() {
        println!("{name:17} {:6} bytes per document", bytes / n);
    }

    let [mut searching, mut reading, mut ranking] = [const { Vec::new() }; 3];
    for (doc, document) in documents.iter().step_by((n / QUESTIONS).max(1)) {
        let query = snapshot.postings().embed(&document.search);
        let filter = Filter { before: document.started_at, ..Filter::default() };
        let hits = timed(&mut searching, || snapshot.search(&query, &filter, CANDIDATES));
        let question = timed(&mut reading, || {
            reranker.question(document, snapshot.postings(), Some(*doc), document.started_at)
        });
        timed(&mut ranking, || reranker.rerank(&hits, &question, &Blend::DOCUMENTED, &snapshot));
    }
    for (name, times) in
        [("search", &mut searching), ("read the question", &mut reading), ("re-rank", &mut ranking)]
    {
        times.sort_unstable();
        let [half, most] = [times.len() / 2, times.len() * 99 / 100].map(|at| times[at]);
        println!("{name:17} {:6} us, 99 % {} us", half.as_micros(), most.as_micros());
    }
    Ok(())
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    times.push(begun.elapsed());
    done
}
