//! tantivy on the files that `relapse bench --plain` is timed on.
//!
//! * **In**: a corpus and queries as JSON Lines, a folder for the results, the name of the size.
//! * **Out**: `tantivy_SIZE.json` and `tantivy_SIZE.topk`, in the form that `relapse bench` writes.
//! * **Measured**: a boolean query of all words of an incident, BM25, the best ten, one thread, the index
//!   in memory and in one segment; cutting into words is outside the timed part. BM25 is not the cosine,
//!   so the answers differ: it is the time that is compared.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, Searcher, TantivyDocument, Term};

const BEST: usize = 10;
const WARM_UP: usize = 100;
const WRITER_BYTES: usize = 1 << 30;

/// The searched fields of a line.
#[derive(Deserialize)]
struct Incident {
    #[serde(default)]
    title: String,
    #[serde(default)]
    root_cause: String,
    #[serde(default)]
    summary: String,
}

#[derive(Serialize)]
struct Figures {
    name: &'static str,
    size: String,
    docs: usize,
    build_s: f64,
    mem_mb: f64,
    p50_us: f64,
    p99_us: f64,
    qps1: f64,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, queries, out, size] = arguments.as_slice() else {
        anyhow::bail!("expected CORPUS.jsonl QUERIES.jsonl OUT_FOLDER SIZE");
    };
    let resident = resident_mb()?;
    let start = Instant::now();
    let (searcher, text, line) = indexed(Path::new(corpus))?;
    let build_s = start.elapsed().as_secs_f64();
    let mem_mb = resident_mb()? - resident;
    let asked: Vec<BTreeSet<String>> = lines(Path::new(queries))?
        .map(|read| Ok(words(&read?).collect()))
        .collect::<Result<_>>()?;
    for words in asked.iter().take(WARM_UP) {
        black_box(ask(&searcher, text, line, words)?);
    }
    let (mut micros, mut answers) = (Vec::new(), String::new());
    for words in &asked {
        let start = Instant::now();
        let best = ask(&searcher, text, line, words)?;
        micros.push(start.elapsed().as_secs_f64() * 1e6);
        let best: Vec<String> = best.iter().map(u64::to_string).collect();
        answers += &(best.join(" ") + "\n");
    }
    let seconds = micros.iter().sum::<f64>() / 1e6;
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    let figures = Figures {
        name: "tantivy",
        size: size.clone(),
        docs: usize::try_from(searcher.num_docs())?,
        build_s,
        mem_mb,
        p50_us: at(0.50),
        p99_us: at(0.99),
        qps1: micros.len() as f64 / seconds,
    };
    let figures = serde_json::to_string(&figures)? + "\n";
    print!("{figures}");
    let stem = PathBuf::from(out).join(format!("tantivy_{size}"));
    fs::create_dir_all(out)?;
    fs::write(stem.with_extension("json"), figures)?;
    fs::write(stem.with_extension("topk"), answers)?;
    Ok(())
}

/// The corpus in memory, in one segment; the field of the words and that of the number of the line.
fn indexed(corpus: &Path) -> Result<(Searcher, Field, Field)> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("whitespace")
        .set_index_option(IndexRecordOption::WithFreqs);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let line = schema.add_u64_field("line", NumericOptions::default() | FAST);
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
    for (number, incident) in (0_u64..).zip(lines(corpus)?) {
        let mut document = TantivyDocument::default();
        document.add_text(text, words(&incident?).collect::<Vec<_>>().join(" "));
        document.add_u64(line, number);
        writer.add_document(document)?;
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.wait_merging_threads()?;
    Ok((index.reader()?.searcher(), text, line))
}

/// The numbers of the lines of the best ten, best first.
fn ask(
    searcher: &Searcher,
    text: Field,
    line: Field,
    words: &BTreeSet<String>,
) -> Result<Vec<u64>> {
    let clause = |word: &String| -> (Occur, Box<dyn Query>) {
        let term = Term::from_field_text(text, word);
        (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)))
    };
    let query = BooleanQuery::new(words.iter().map(clause).collect());
    let found = searcher.search(&query, &TopDocs::with_limit(BEST).order_by_score())?;
    let name = searcher.schema().get_field_name(line);
    let number = |(_, address): (f32, tantivy::DocAddress)| -> Result<u64> {
        let column = searcher.segment_reader(address.segment_ord).fast_fields().u64(name)?;
        column.first(address.doc_id).context("every document has the number of its line")
    };
    found.into_iter().map(number).collect()
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Incident>>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    Ok(BufReader::new(file).lines().map(|line| Ok(serde_json::from_str(&line?)?)))
}

/// Every word `[a-z0-9]{2,}` of the lower-cased text.
fn words(incident: &Incident) -> impl Iterator<Item = String> {
    let texts = [&incident.title, &incident.root_cause, &incident.summary];
    let all = texts.into_iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    all.filter(|word| word.len() > 1).map(str::to_ascii_lowercase)
}

fn resident_mb() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
