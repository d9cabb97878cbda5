//! How fast the index is, by itself.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use engine::{Method, Retriever};
use incident::{Field, Incident};
use index::{Entry, Filter, Footprint, Index, Snapshot};
use serde::Serialize;
use vector::{Bag, Damping};

use crate::documents::{each_document, read_documents};
use crate::error::{Error, Result};

/// How many documents each query asks for.
const BEST: usize = 10;
/// How many queries are asked before the clock runs.
const WARM_UP: usize = 100;
/// Longer than the allocator holds what was freed.
const HELD: Duration = Duration::from_millis(200);
/// A block so large that the allocator looks after all it holds when it is freed, in bytes.
const LARGE: usize = 64 << 20;
/// What is searched.
const SEARCHED: [Field; 3] = [Field::Title, Field::RootCause, Field::Summary];

/// What to time.
#[derive(Debug, Clone)]
pub struct SpeedTask {
    /// The incidents to search, JSONL.
    pub corpus: PathBuf,
    /// The incidents to ask about, JSONL.
    pub queries: PathBuf,
    /// The folder that the results go to; created where it is missing.
    pub out: PathBuf,
    /// What the results are named by; `None`: what follows the last `_` in the name of `corpus`.
    pub size: Option<String>,
    /// Plain words and weights, for comparison with other programs.
    pub plain: bool,
}

/// What came out. Written as `relapse_<size>.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Speed {
    /// Who was timed.
    pub name: &'static str,
    /// What the results are named by.
    pub size: String,
    /// How many documents were searched.
    pub docs: usize,
    /// From opening the corpus to the first query, in seconds.
    pub build_s: f64,
    /// By how much the index made the resident memory of the process grow, in MiB, once what building it
    /// had freed was given back; 0 where the system does not tell.
    pub mem_mb: f64,
    /// What the parts of the index take by their own account; not written.
    #[serde(skip)]
    pub footprint: Footprint,
    /// Half of the queries take no longer, in microseconds.
    pub p50_us: f64,
    /// 99 of 100 queries take no longer, in microseconds.
    pub p99_us: f64,
    /// Queries a second, one after another on one thread.
    pub qps1: f64,
}

/// Times the search for the best ten documents of each query, one after another on one thread, and
/// writes the figures to `relapse_<size>.json` and the answers to `relapse_<size>.topk` in the folder
/// asked for: a line per query, the numbers of the best ten lines of the corpus, counted from 0 (blank
/// lines do not count). Equal scores are in the order of the corpus.
///
/// Title, root cause and summary are searched. Reading the queries and cutting them into terms is
/// outside the timed part, weighing the terms is inside. `progress` is told how many documents were
/// read.
///
/// # Errors
/// Where a file cannot be read, understood or written, or holds nothing.
pub fn speed(task: &SpeedTask, mut progress: impl FnMut(usize)) -> Result<Speed> {
    let size = task.size.clone().unwrap_or_else(|| size_of(&task.corpus));
    let reader = Reader::new(task.plain);
    give_back();
    let resident = resident_mb();
    let start = Instant::now();
    let snapshot = reader.indexed(&task.corpus, &mut progress)?;
    let build_s = start.elapsed().as_secs_f64();
    give_back();
    let mem_mb = (resident_mb() - resident).max(0.0);
    let (queries, _) = read_documents(&task.queries)?;
    let queries: Vec<Bag> = queries.iter().map(|incident| reader.bag(incident)).collect();
    queries.iter().take(WARM_UP).for_each(|query| drop(black_box(ask(&snapshot, query))));
    let mut micros = Vec::with_capacity(queries.len());
    let mut answers = String::new();
    for query in &queries {
        let start = Instant::now();
        let best = ask(&snapshot, query);
        micros.push(start.elapsed().as_secs_f64() * 1e6);
        answers.push_str(&line(&best));
    }
    let seconds = micros.iter().sum::<f64>() / 1e6;
    micros.sort_by(f64::total_cmp);
    let speed = Speed {
        name: "relapse",
        docs: snapshot.n_docs(),
        build_s,
        mem_mb,
        footprint: snapshot.footprint(),
        p50_us: percentile(&micros, 0.50),
        p99_us: percentile(&micros, 0.99),
        qps1: queries.len() as f64 / seconds,
        size,
    };
    write(&task.out, &speed, &answers)?;
    Ok(speed)
}

/// Turns incidents into bags, in one of two ways.
struct Reader {
    retriever: Option<Retriever>,
}

impl Reader {
    fn new(plain: bool) -> Self {
        let retriever = (!plain).then(|| Retriever::new(Method::Default).restricted_to(&SEARCHED));
        Self { retriever }
    }

    fn bag(&self, incident: &Incident) -> Bag {
        match &self.retriever {
            Some(retriever) => retriever.search_bag(incident),
            None => plain_bag(incident),
        }
    }

    fn empty_index(&self) -> Index {
        match &self.retriever {
            Some(retriever) => Index::new(retriever.slope()),
            None => Index::with_damping(1.0, Damping::None),
        }
    }

    fn indexed(&self, corpus: &Path, progress: &mut impl FnMut(usize)) -> Result<Snapshot> {
        let mut index = self.empty_index();
        let mut refused = None;
        let mut line = 0_usize;
        let documents = each_document(corpus)?.map_while(|read| match read {
            Ok(incident) => {
                line += 1;
                progress(line);
                Some((in_order_of_lines(line - 1), self.bag(&incident)))
            }
            Err(problem) => {
                refused = Some(problem);
                None
            }
        });
        index.add(documents);
        match refused {
            Some(problem) => Err(Error::Refused { path: corpus.to_owned(), problem }),
            None if line == 0 => {
                Err(Error::Empty { path: corpus.to_owned(), expected: "incident".to_owned() })
            }
            None => {
                index.refresh(line as u64);
                Ok(index.snapshot())
            }
        }
    }
}

/// Facts by which ties are in the order of the lines.
fn in_order_of_lines(line: usize) -> Entry {
    Entry::of(&Incident::new("", format!("{line:09}"), ""))
}

/// Every word `[a-z0-9]{2,}` of the lower-cased text.
fn plain_bag(incident: &Incident) -> Bag {
    let texts: Vec<String> = SEARCHED
        .iter()
        .filter_map(|field| incident.text_of(*field))
        .map(str::to_ascii_lowercase)
        .collect();
    let words = texts.iter().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    Bag::count(words.filter(|word| word.len() > 1).map(|word| (word, 1)))
}

fn ask(snapshot: &Snapshot, query: &Bag) -> Vec<index::Hit> {
    let query = snapshot.postings().embed(query);
    snapshot.search(&query, &Filter::default(), BEST)
}

fn line(best: &[index::Hit]) -> String {
    let lines: Vec<String> = best.iter().map(|hit| hit.doc.0.to_string()).collect();
    lines.join(" ") + "\n"
}

/// The value that a share of `sorted` does not exceed, rounded down to one that occurs.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
}

/// What follows the last `_` in the stem of a file's name: `10k` of `inc_10k.jsonl`.
fn size_of(corpus: &Path) -> String {
    let stem = corpus.file_stem().unwrap_or_default().to_string_lossy();
    stem.rsplit('_').next().unwrap_or_default().to_owned()
}

/// Has the allocator give back what was freed. It does so some time after, when the next large block is freed: in a server
/// soon, here never.
fn give_back() {
    thread::sleep(HELD);
    drop(black_box(Vec::<u8>::with_capacity(LARGE)));
}

fn resident_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn write(folder: &Path, speed: &Speed, answers: &str) -> Result<()> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let figures = serde_json::to_string(speed).expect("figures have a JSON form") + "\n";
    for (extension, content) in [("json", figures.as_str()), ("topk", answers)] {
        let path = folder.join(format!("relapse_{}.{extension}", speed.size));
        fs::write(&path, content).map_err(failed(&path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = "\
{\"id\":\"c\",\"title\":\"TLS handshake failed\",\"summary\":\"certificate\"}
{\"id\":\"b\",\"title\":\"disk full\",\"root_cause\":\"logs logs\"}
{\"id\":\"a\",\"title\":\"disk full\",\"root_cause\":\"logs logs\"}
{\"id\":\"d\",\"title\":\"queue stuck\"}
";

    fn timed(corpus: &str, queries: &str, plain: bool) -> (Result<Speed>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let files = [("corpus_4.jsonl", corpus), ("queries.jsonl", queries)];
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("written");
        }
        let task = SpeedTask {
            corpus: folder.path().join("corpus_4.jsonl"),
            queries: folder.path().join("queries.jsonl"),
            out: folder.path().join("out"),
            size: None,
            plain,
        };
        (speed(&task, |_| {}), folder)
    }

    #[test]
    fn answers_are_lines_of_the_corpus_and_ties_are_in_its_order() {
        for plain in [true, false] {
            let queries =
                "{\"id\":\"q\",\"title\":\"logs: disk full\"}\n{\"id\":\"r\",\"title\":\"TLS\"}\n";
            let (speed, folder) = timed(CORPUS, queries, plain);
            let speed = speed.expect("timed");
            assert_eq!((speed.docs, speed.size.as_str()), (4, "4"));
            let answers = fs::read_to_string(folder.path().join("out/relapse_4.topk"));
            assert_eq!(answers.expect("written"), "1 2\n0\n");
        }
    }

    #[test]
    fn the_figures_have_the_keys_that_others_read() {
        let (speed, folder) = timed(CORPUS, "{\"id\":\"q\",\"title\":\"disk\"}\n", true);
        let speed = speed.expect("timed");
        let written = fs::read_to_string(folder.path().join("out/relapse_4.json"));
        let figures: serde_json::Value =
            serde_json::from_str(&written.expect("written")).expect("JSON");
        let keys: Vec<&String> = figures.as_object().expect("an object").keys().collect();
        let expect = ["name", "size", "docs", "build_s", "mem_mb", "p50_us", "p99_us", "qps1"];
        assert_eq!(keys, expect);
        assert_eq!(figures["p50_us"], speed.p50_us);
        assert!(speed.p50_us > 0.0 && speed.p50_us <= speed.p99_us && speed.qps1 > 0.0);
    }

    #[test]
    fn a_line_that_is_no_incident_is_named() {
        let (speed, _folder) = timed("{\"id\":\"a\",\"title\":\"t\"}\n[]\n", CORPUS, true);
        let error = speed.expect_err("the second line is a list").to_string();
        assert!(error.contains("corpus_4.jsonl:2:"), "{error}");
    }

    #[test]
    fn the_size_is_what_follows_the_last_underscore() {
        assert_eq!(size_of(Path::new("dir_x/inc_10k.jsonl")), "10k");
        assert_eq!(size_of(Path::new("corpus.jsonl")), "corpus");
    }
}
