//! Opening a folder by the index that was saved, and not by reading every incident.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use engine::{Algorithm, Engine, Item};
use incident::Incident;
use recurrence::Wish;
use rusqlite::Connection;

use crate::folder::{Folder, ask, decide, ids, item, members_by_class, now, recurring, text_of};

const INDEX: &str = "index.bin";
const DRAFT: &str = "index.bin.new";

/// As many as an index is saved for, and some.
static INCIDENTS: LazyLock<Vec<Incident>> = LazyLock::new(|| recurring(345));
/// How many of them a closed folder has: an epoch has just begun then, and none begins in what follows.
const CLOSED: usize = 322;

/// A folder that is open no more.
struct Closed {
    dir: tempfile::TempDir,
}

impl Closed {
    /// One that was closed with its index.
    fn filled() -> Self {
        Self::with(&INCIDENTS[..CLOSED])
    }

    fn with(incidents: &[Incident]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("it is new");
        take(&engine, incidents);
        drop(engine);
        let closed = Self { dir };
        assert!(closed.index().exists());
        closed
    }

    /// What a kill would leave of the folder of `engine`.
    fn killed(&self, engine: &Engine) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(engine.position() > 0, "it is open");
        for file in fs::read_dir(self.dir.path()).expect("readable") {
            let file = file.expect("readable");
            fs::copy(file.path(), dir.path().join(file.file_name())).expect("copied");
        }
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn index(&self) -> PathBuf {
        self.path(INDEX)
    }

    fn open(&self) -> Engine {
        Engine::open(self.dir.path()).expect("it opens")
    }

    /// Changes the text of an incident behind the back of its seal, so that reading it fails.
    fn break_text_of(&self, incident: &Incident) {
        let database = Connection::open(self.path("relapse.db")).expect("it opens");
        let sql = "UPDATE incident SET body = replace(body, 'e', 'E') WHERE id = ?1";
        let changed = database.execute(sql, [incident.id.as_str()]).expect("it is SQL");
        assert_eq!(changed, 1);
    }

    /// Whether the folder opens though an incident of its index cannot be read.
    fn opens_unread(&self) -> bool {
        self.break_text_of(&INCIDENTS[107]);
        Engine::open(self.dir.path()).is_ok()
    }
}

fn take(engine: &Engine, incidents: &[Incident]) {
    let receipts = engine.ingest(incidents.iter().map(item).collect()).expect("committed");
    assert!(receipts.iter().all(|receipt| receipt.problem.is_none()));
}

fn answers(engine: &Engine) -> Vec<String> {
    let asked = INCIDENTS.iter().step_by(17).map(text_of);
    let mut answers: Vec<String> = asked.map(|text| format!("{:?}", ask(engine, &text))).collect();
    let classes = engine.classes(1, now()).expect("readable");
    answers.extend(classes.iter().map(|class| format!("{class:?}")));
    answers
}

/// What the engine answers, and which classes it gives to what comes next.
fn all_it_does(engine: &Engine) -> Vec<String> {
    let mut told = answers(engine);
    let next: Vec<Item> = INCIDENTS[CLOSED + 10..].iter().map(item).collect();
    let receipts = engine.ingest(next).expect("committed");
    told.extend(receipts.iter().map(|receipt| format!("{receipt:?}")));
    told.extend(answers(engine));
    told
}

#[test]
fn a_saved_index_changes_no_byte_of_any_answer() {
    let closed = Closed::filled();
    let saved = fs::read(closed.index()).expect("it is there");
    let by_index = answers(&closed.open());
    assert!(fs::read(closed.index()).expect("it is there") == saved, "nothing has changed");
    fs::remove_file(closed.index()).expect("removed");
    assert_eq!(answers(&closed.open()), by_index);
    assert!(closed.index().exists(), "saved anew");
    assert_eq!(answers(&closed.open()), by_index);
}

#[test]
fn incidents_in_the_saved_index_are_not_read() {
    let closed = Closed::filled();
    assert!(closed.opens_unread());
    fs::remove_file(closed.index()).expect("removed");
    assert!(Engine::open(closed.dir.path()).is_err(), "without it every incident is");
}

#[test]
fn whoever_writes_after_opening_has_the_classes_of_one_who_read_everything() {
    let closed = Closed::filled();
    let engine = closed.open();
    let read = closed.killed(&engine);
    fs::remove_file(read.index()).expect("removed");
    assert_eq!(all_it_does(&engine), all_it_does(&read.open()));
}

#[test]
fn what_came_after_it_was_saved_is_read_as_if_all_were() {
    let closed = Closed::filled();
    let engine = closed.open();
    take(&engine, &INCIDENTS[CLOSED..CLOSED + 5]);
    let edited = Incident { title: "Quoxley brimblethorpe".into(), ..INCIDENTS[40].clone() };
    take(&engine, std::slice::from_ref(&edited));
    let classes = members_by_class(&engine);
    let (class, members) = classes.iter().max_by_key(|(_, members)| members.len()).expect("one");
    let leaving: Vec<_> = members.iter().take(2).cloned().collect();
    decide(&engine, Wish::Split { class: *class, leaving });
    take(&engine, &INCIDENTS[CLOSED + 5..CLOSED + 10]);
    let (killed, read) = (closed.killed(&engine), closed.killed(&engine));
    drop(engine);
    fs::remove_file(read.index()).expect("removed");
    let by_index = killed.open();
    assert_eq!(members_by_class(&by_index), members_by_class(&read.open()));
    assert_eq!(ids(&ask(&by_index, "quoxley brimblethorpe"))[0], edited.id.as_str());
    assert_eq!(all_it_does(&by_index), all_it_does(&read.open()));
}

#[test]
fn a_batch_pass_after_it_was_saved_is_seen() {
    let closed = Closed::filled();
    let engine = closed.open();
    engine.recluster(Algorithm::Dbscan { min_points: 2 }).expect("committed");
    let (killed, read) = (closed.killed(&engine), closed.killed(&engine));
    fs::remove_file(read.index()).expect("removed");
    let by_index = killed.open();
    assert_eq!(members_by_class(&by_index), members_by_class(&engine));
    assert_eq!(all_it_does(&by_index), all_it_does(&read.open()));
}

#[test]
fn a_damaged_index_is_as_good_as_none() {
    let closed = Closed::filled();
    let sound = fs::read(closed.index()).expect("it is there");
    let expect = {
        let engine = closed.open();
        let alike = closed.killed(&engine);
        all_it_does(&alike.open())
    };
    let flipped = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let places = [3, 40, 90, 130, 200, sound.len() / 2, sound.len() - 30, sound.len() - 1];
    let damaged = places.map(flipped).into_iter();
    let cut = [sound.len() - 1, sound.len() / 2, 100, 0].map(|len| sound[..len].to_vec());
    for bytes in damaged.chain(cut) {
        let engine = closed.open();
        let damaged = closed.killed(&engine);
        fs::write(damaged.index(), &bytes).expect("written");
        assert_eq!(all_it_does(&damaged.open()), expect);
    }
}

#[test]
fn an_edited_incident_is_read_anew_and_its_old_words_go() {
    let closed = Closed::filled();
    let engine = closed.open();
    let canary =
        Incident { title: "Zyzzogeton wibblefrotz snarkule".into(), ..INCIDENTS[40].clone() };
    take(&engine, std::slice::from_ref(&canary));
    drop(engine);
    assert!(holds(&closed.index(), "wibblefrotz"));
    let engine = closed.open();
    let edited = Incident { title: "Quoxley brimblethorpe vandersnoot".into(), ..canary.clone() };
    take(&engine, std::slice::from_ref(&edited));
    let killed = closed.killed(&engine);
    drop(engine);
    for closed in [closed, killed] {
        let engine = closed.open();
        assert_eq!(ids(&ask(&engine, "quoxley brimblethorpe vandersnoot"))[0], canary.id.as_str());
        assert!(ask(&engine, "zyzzogeton wibblefrotz snarkule").matches.is_empty());
        drop(engine);
        assert!(!holds(&closed.index(), "wibblefrotz"), "saved anew without them");
        assert!(closed.opens_unread());
    }
}

fn holds(path: &Path, word: &str) -> bool {
    let bytes = fs::read(path).expect("it is there");
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn a_deletion_removes_the_index_first_and_no_copy_of_it_is_believed_again() {
    let closed = Closed::filled();
    let saved = fs::read(closed.index()).expect("it is there");
    let engine = closed.open();
    engine.delete(&INCIDENTS[7].id).expect("it is stored");
    assert!(!closed.index().exists());
    let expect = answers(&engine);
    let killed = closed.killed(&engine);
    drop(engine);
    assert!(closed.index().exists(), "saved without it");
    assert!(!holds(&closed.index(), INCIDENTS[7].id.as_str()));
    assert_eq!(answers(&closed.open()), expect);
    fs::write(killed.index(), saved).expect("written");
    assert_eq!(answers(&killed.open()), expect);
}

#[test]
fn the_index_of_another_record_is_not_believed() {
    let [one, other] = [&INCIDENTS[..CLOSED], &INCIDENTS[20..]].map(Closed::with);
    let expect = answers(&one.open());
    fs::copy(other.index(), one.index()).expect("copied");
    assert_eq!(answers(&one.open()), expect);
}

#[test]
fn nor_is_one_that_is_younger_than_a_database_put_back() {
    let closed = Closed::filled();
    let engine = closed.open();
    let before = closed.killed(&engine);
    let expect = answers(&engine);
    take(&engine, &INCIDENTS[CLOSED..]);
    drop(engine);
    fs::copy(closed.index(), before.index()).expect("copied");
    assert_eq!(answers(&before.open()), expect);
}

#[test]
fn an_index_that_was_named_and_had_not_its_name_yet_is_the_index() {
    let closed = Closed::filled();
    fs::rename(closed.index(), closed.path(DRAFT)).expect("renamed");
    assert!(closed.opens_unread());
    assert!(closed.index().exists() && !closed.path(DRAFT).exists());
}

#[test]
fn one_that_was_not_named_yet_is_passed_over_for_the_one_before() {
    let closed = Closed::filled();
    let other = Closed::with(&INCIDENTS);
    fs::copy(other.index(), closed.path(DRAFT)).expect("copied");
    assert!(closed.opens_unread());
}

#[test]
fn a_running_engine_saves_its_index_when_the_log_has_grown() {
    let closed = Closed::filled();
    let engine = closed.open();
    engine.load().expect("readable");
    assert!(!engine.save_if_due().expect("writable"), "nothing has changed");
    take(&engine, &INCIDENTS[CLOSED..CLOSED + 10]);
    assert!(engine.save_if_due().expect("writable"));
    assert!(!engine.save_if_due().expect("writable"), "it was just saved");
    let killed = closed.killed(&engine);
    assert_eq!(answers(&killed.open()), answers(&engine));
    killed.break_text_of(&INCIDENTS[CLOSED + 3]);
    assert!(killed.opens_unread());
}

#[test]
fn a_small_folder_has_none() {
    let folder = Folder::new();
    folder.take_all(INCIDENTS[..20].iter().map(item).collect());
    let folder = folder.reopened();
    assert!(!folder.path().join(INDEX).exists());
}

#[test]
fn a_look_for_damage_names_derived_files_and_opening_makes_them_anew() {
    let closed = Closed::filled();
    let derived = |expected: &[&str]| {
        let found = engine::verify(closed.dir.path()).expect("readable");
        assert!(found.record.is_sound(), "{:?}", found.record.damages);
        let names: Vec<String> = found.derived.into_iter().map(|damage| damage.place).collect();
        assert_eq!(names, expected);
    };
    let asked = || drop(ask(&closed.open(), &text_of(&INCIDENTS[7])));
    asked();
    derived(&[]);
    for name in [INDEX, "rank.model"] {
        let path = closed.path(name);
        let mut bytes = fs::read(&path).expect("it is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("written");
    }
    derived(&[INDEX, "rank.model"]);
    asked();
    derived(&[]);
}
