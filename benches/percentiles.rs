//! How long single searches take, by percentile, on a corpus in a file.
//!
//! * **Measured**: weighing one question and finding the best ten, on one thread; reading the questions
//!   and cutting them into terms is outside the timed part. Twice: as shipped (stems, fields, services
//!   as terms) and by the plain method over title, root cause and summary, whose terms are all words
//!   of these three fields, as those of an exhaustive search over the same text are.
//! * **Corpus**: `$RELAPSE_CORPUS`, a JSONL file of incidents; the questions are the incidents of
//!   `queries.jsonl` beside it. Without the variable nothing runs.
//! * **Notes**: a hundred questions are asked first to warm up. `p50` and `p99` are in microseconds,
//!   over all questions, each asked once.

use std::error::Error;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use engine::{Method, Retriever};
use incident::{Field, Incident};
use index::{Entry, Filter, Index, Snapshot};
use parse::{FormatChoice, Outcome};
use vector::Bag;

const BEST: usize = 10;
const WARM_UP: usize = 100;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(corpus) = std::env::var_os("RELAPSE_CORPUS").map(PathBuf::from) else {
        eprintln!("percentiles did not run: RELAPSE_CORPUS names no file");
        return Ok(());
    };
    let history = read(&corpus)?;
    let questions = read(&corpus.with_file_name("queries.jsonl"))?;
    let plain_fields = [Field::Title, Field::RootCause, Field::Summary];
    let plain = Retriever::new(Method::Plain).restricted_to(&plain_fields);
    for (way, retriever) in [("shipped", Retriever::new(Method::Default)), ("plain", plain)] {
        let bags: Vec<Bag> = questions.iter().map(|it| retriever.search_bag(it)).collect();
        let mut micros = timed(&indexed(&history, &retriever), &bags);
        micros.sort_by(f64::total_cmp);
        println!(
            "{way:<8} docs={} questions={} p50={:.1} p99={:.1}",
            history.len(),
            micros.len(),
            percentile(&micros, 0.50),
            percentile(&micros, 0.99),
        );
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Incident>, Box<dyn Error>> {
    let mut incidents = Vec::new();
    for file in parse::discover(&[file.to_owned()])?.files {
        for record in parse::records(&file, FormatChoice::Auto, None)? {
            let record = record.map_err(|problem| problem.reason)?;
            if let Outcome::Parsed(parsed) = parse::document(&record) {
                incidents.push(parsed.incident);
            }
        }
    }
    Ok(incidents)
}

fn indexed(incidents: &[Incident], retriever: &Retriever) -> Snapshot {
    let mut index = Index::new(retriever.slope());
    let docs = index.add(incidents.iter().map(|it| (Entry::of(it), retriever.search_bag(it))));
    index.refresh(docs.len() as u64);
    index.snapshot()
}

/// Microseconds per question, in the order of the questions.
fn timed(snapshot: &Snapshot, questions: &[Bag]) -> Vec<f64> {
    let ask = |question: &Bag| {
        let query = snapshot.postings().embed(question);
        black_box(snapshot.search(&query, &Filter::default(), BEST));
    };
    questions.iter().take(WARM_UP).for_each(ask);
    let micros = |question: &Bag| {
        let start = Instant::now();
        ask(question);
        start.elapsed().as_secs_f64() * 1e6
    };
    questions.iter().map(micros).collect()
}

/// The value that a share of `sorted` does not exceed, rounded down to one that occurs.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}
