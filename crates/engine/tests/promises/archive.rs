//! Opening a folder by what was read of the incidents before, and not by reading them again.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use engine::{Engine, Item};
use incident::Incident;
use rusqlite::Connection;

use crate::folder::{Folder, ask, ids, item, now, recurring, text_of};

const ARCHIVE: &str = "analysed.bin";

/// As many as an archive is written for, and some.
static INCIDENTS: LazyLock<Vec<Incident>> = LazyLock::new(|| recurring(330));

/// A folder that was closed, with its archive, and is open no more.
struct Closed {
    dir: tempfile::TempDir,
}

impl Closed {
    fn filled() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("it is new");
        let items: Vec<Item> = INCIDENTS.iter().map(item).collect();
        engine.ingest(items).expect("committed");
        drop(engine);
        let closed = Self { dir };
        assert!(closed.archive().exists());
        closed
    }

    fn archive(&self) -> PathBuf {
        self.dir.path().join(ARCHIVE)
    }

    fn open(&self) -> Engine {
        Engine::open(self.dir.path()).expect("it opens")
    }

    /// Changes the text of an incident behind the back of its seal, so that reading it fails.
    fn break_text_of(&self, incident: &Incident) {
        let database = Connection::open(self.dir.path().join("relapse.db")).expect("it opens");
        let sql = "UPDATE incident SET body = replace(body, 'e', 'E') WHERE id = ?1";
        let changed = database.execute(sql, [incident.id.as_str()]).expect("it is SQL");
        assert_eq!(changed, 1);
    }
}

fn answers(engine: &Engine) -> Vec<String> {
    let asked = INCIDENTS.iter().step_by(17).map(text_of);
    let mut answers: Vec<String> = asked.map(|text| format!("{:?}", ask(engine, &text))).collect();
    let classes = engine.classes(1, now()).expect("readable");
    answers.extend(classes.iter().map(|class| format!("{class:?}")));
    answers
}

#[test]
fn an_archive_changes_no_byte_of_any_answer() {
    let closed = Closed::filled();
    let archive = fs::read(closed.archive()).expect("it is there");
    let by_archive = answers(&closed.open());
    assert_eq!(fs::read(closed.archive()).expect("it is there"), archive, "nothing has changed");
    fs::remove_file(closed.archive()).expect("removed");
    assert_eq!(answers(&closed.open()), by_archive);
    assert_eq!(fs::read(closed.archive()).expect("written anew"), archive, "the same to the byte");
}

#[test]
fn incidents_in_the_archive_are_not_read() {
    let closed = Closed::filled();
    closed.break_text_of(&INCIDENTS[100]);
    drop(closed.open());
    fs::remove_file(closed.archive()).expect("removed");
    assert!(Engine::open(closed.dir.path()).is_err(), "without it every incident is");
}

#[test]
fn a_damaged_archive_is_as_good_as_none() {
    let closed = Closed::filled();
    let sound = fs::read(closed.archive()).expect("it is there");
    let expect = answers(&closed.open());
    let flipped = |at: usize| {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        bytes
    };
    let damaged = [
        flipped(3),
        flipped(sound.len() / 2),
        flipped(sound.len() - 1),
        sound[..sound.len() / 2].to_vec(),
        Vec::new(),
    ];
    for bytes in damaged {
        fs::write(closed.archive(), &bytes).expect("written");
        assert_eq!(answers(&closed.open()), expect);
        assert_eq!(fs::read(closed.archive()).expect("written anew"), sound);
    }
}

#[test]
fn an_edited_incident_is_read_anew_and_its_old_words_go() {
    let closed = Closed::filled();
    let engine = closed.open();
    let canary =
        Incident { title: "Zyzzogeton wibblefrotz snarkule".into(), ..INCIDENTS[40].clone() };
    engine.ingest(vec![item(&canary)]).expect("committed");
    drop(engine);
    assert_eq!(ids(&ask(&closed.open(), "zyzzogeton wibblefrotz snarkule"))[0], canary.id.as_str());
    let edited = Incident { title: "Quoxley brimblethorpe vandersnoot".into(), ..canary.clone() };
    let engine = closed.open();
    engine.ingest(vec![item(&edited)]).expect("committed");
    assert_eq!(ids(&ask(&engine, "quoxley brimblethorpe vandersnoot"))[0], canary.id.as_str());
    let before = fs::read(closed.archive()).expect("it is there");
    drop(engine);
    // As after a kill before the archive was written anew.
    fs::write(closed.archive(), before).expect("written");
    let engine = closed.open();
    assert!(!closed.archive().exists(), "it held words that are gone");
    assert_eq!(ids(&ask(&engine, "quoxley brimblethorpe vandersnoot"))[0], canary.id.as_str());
    assert!(ask(&engine, "zyzzogeton wibblefrotz snarkule").matches.is_empty());
}

#[test]
fn a_deletion_removes_the_archive_first() {
    let closed = Closed::filled();
    let engine = closed.open();
    engine.delete(&INCIDENTS[7].id).expect("it is stored");
    assert!(!closed.archive().exists());
    let expect = answers(&engine);
    drop(engine);
    assert!(closed.archive().exists());
    assert_eq!(answers(&closed.open()), expect);
}

#[test]
fn a_small_folder_has_none() {
    let folder = Folder::new();
    folder.take_all(INCIDENTS[..20].iter().map(item).collect());
    let folder = folder.reopened();
    assert!(!folder.path().join(ARCHIVE).exists());
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
    for name in [ARCHIVE, "rank.model"] {
        let path = closed.dir.path().join(name);
        let mut bytes = fs::read(&path).expect("it is there");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).expect("written");
    }
    derived(&[ARCHIVE, "rank.model"]);
    asked();
    derived(&[]);
}
