//! A data folder with its engine, and what the tests ask of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use engine::{Answer, Engine, Filter, Ingested, Item, Outcome, Petition, Query, SimilarRequest};
use incident::{AsOf, Incident, IncidentId};
use parse::{Format, FormatChoice, Record, discover, records};
use recurrence::{Attribution, ClassId, Decision, Wish};
use tempfile::TempDir;

/// An engine whose data folder goes with it.
pub struct Folder {
    engine: Engine,
    dir: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self::within(tempfile::tempdir().expect("a temporary folder"))
    }

    fn within(dir: TempDir) -> Self {
        let engine = Engine::open(dir.path()).expect("nobody else has it open");
        Self { engine, dir }
    }

    /// Closes the engine and opens another on the same data.
    pub fn reopened(self) -> Self {
        let Self { engine, dir } = self;
        drop(engine);
        Self::within(dir)
    }

    /// Closes the engine, exports all it held, and opens another on what was imported of that.
    pub fn exported_and_imported(self) -> Self {
        let Self { engine, dir } = self;
        drop(engine);
        let (mut exported, name) = (Vec::new(), Path::new("memory"));
        engine::export(dir.path(), &mut exported, name).expect("memory takes all of it");
        let new = tempfile::tempdir().expect("a temporary folder");
        engine::import(new.path(), &mut exported.as_slice(), name).expect("an empty folder");
        Self::within(new)
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Ingests one item.
    pub fn take(&self, item: Item) -> Ingested {
        self.take_all(vec![item]).remove(0)
    }

    /// Ingests a batch.
    pub fn take_all(&self, items: Vec<Item>) -> Vec<Ingested> {
        self.ingest(items).expect("the commit succeeds")
    }

    /// The ids of the members of every class of two or more.
    pub fn partition(&self) -> BTreeSet<BTreeSet<String>> {
        let classes = self.classes(2, now()).expect("readable");
        let members = classes.into_iter().map(|class| class.members);
        members.map(|ids| ids.iter().map(ToString::to_string).collect()).collect()
    }
}

impl Deref for Folder {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

/// The default as-of at some fixed moment after everything.
pub fn now() -> AsOf {
    AsOf::now("2026-12-31T12:00:00Z".parse().expect("a time"))
}

pub fn at(text: &str) -> AsOf {
    AsOf::parse(text).expect("a date or a time")
}

pub fn request(query: Query, as_of: AsOf) -> SimilarRequest {
    SimilarRequest { query, k: 10, filter: Filter::default(), as_of }
}

/// Asks about a text as of now.
pub fn ask(engine: &Engine, text: &str) -> Answer {
    ask_at(engine, text, now())
}

pub fn ask_at(engine: &Engine, text: &str, as_of: AsOf) -> Answer {
    engine.similar(&request(Query::Text(text.to_owned()), as_of)).expect("an answer")
}

/// The ids of the matches, best first.
pub fn ids(answer: &Answer) -> Vec<&str> {
    answer.matches.iter().map(|found| found.incident.id.as_str()).collect()
}

/// How many receipts have each outcome: new, updated, unchanged, identical, refused, skipped.
pub fn tally(receipts: &[Ingested]) -> [usize; 6] {
    let all = [
        Outcome::New,
        Outcome::Updated,
        Outcome::Unchanged,
        Outcome::Identical,
        Outcome::Refused,
        Outcome::Skipped,
    ];
    all.map(|outcome| receipts.iter().filter(|receipt| receipt.outcome == outcome).count())
}

/// Every record below `paths`, in order.
pub fn documents(paths: &[PathBuf]) -> Vec<Item> {
    let found = discover(paths).expect("the paths are there");
    let read = |file| records(file, FormatChoice::Auto, None).expect("it can be opened");
    let all = found.files.iter().flat_map(read);
    all.map(|record| Item::Record(record.expect("none is too long"))).collect()
}

/// A Markdown page.
pub fn page(name: &str, text: &str) -> Item {
    record("markdown", Format::Markdown, name, text)
}

/// A line of JSONL.
pub fn line(source: &str, text: &str) -> Item {
    record(source, Format::Jsonl, "export", text)
}

fn record(source: &str, format: Format, path_id: &str, text: &str) -> Item {
    Item::Record(Record {
        source: source.to_owned(),
        format,
        file: format!("{path_id}.md"),
        line: 1,
        path_id: path_id.to_owned(),
        content: text.as_bytes().to_vec(),
    })
}

/// `n` synthetic incidents of `n_classes` classes.
pub fn synthetic(n: usize, n_classes: usize) -> Vec<Incident> {
    testkit::corpus::generate(11, n, n_classes).into_iter().map(|it| it.incident).collect()
}

/// `n` synthetic incidents, most of which come up about three times under one title and cause.
pub fn recurring(n: usize) -> Vec<Incident> {
    let mut incidents = synthetic(n, 20);
    let (first, later) = incidents.split_at_mut(n / 3);
    for (number, incident) in later.iter_mut().enumerate().filter(|(number, _)| number % 5 > 0) {
        let again = &first[number % first.len()];
        incident.title.clone_from(&again.title);
        incident.root_cause.clone_from(&again.root_cause);
    }
    incidents
}

pub fn item(incident: &Incident) -> Item {
    Item::Incident(Box::new(incident.clone()))
}

/// All that an incident says, as a question.
pub fn text_of(incident: &Incident) -> String {
    let said = [incident.summary.as_deref(), incident.root_cause.as_deref()];
    let mut text = incident.title.clone();
    said.into_iter().flatten().for_each(|part| text = format!("{text}\n{part}"));
    text
}

/// Every class with its members, by id.
pub fn members_by_class(engine: &Engine) -> BTreeMap<ClassId, BTreeSet<IncidentId>> {
    let classes = engine.classes(1, now()).expect("readable").into_iter();
    classes.map(|class| (class.id, class.members.into_iter().collect())).collect()
}

/// What ann wants.
pub fn petition(wish: Wish) -> Petition {
    let by = Attribution { who: "ann".to_owned(), why: String::new() };
    Petition { wish, by, request_id: String::new() }
}

/// Grants what ann wants.
pub fn decide(engine: &Engine, wish: Wish) -> Decision {
    engine.decide(petition(wish), now().at).expect("nothing says otherwise")
}
