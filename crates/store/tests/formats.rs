//! Databases of every format that was ever written, as the program of that day wrote them.

use std::fs;
use std::path::Path;

use incident::IncidentId;
use recurrence::{ClassId, Ruling};
use rusqlite::Connection;
use store::{Change, Store, export, import, verify};

/// By format, from 1 on.
const WRITTEN: [&str; 6] = [
    include_str!("fixtures/v1.sql"),
    include_str!("fixtures/v2.sql"),
    include_str!("fixtures/v3.sql"),
    include_str!("fixtures/v4.sql"),
    include_str!("fixtures/v5.sql"),
    include_str!("fixtures/v6.sql"),
];

/// A folder with the database that was written in `format`.
fn written(format: usize) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let conn = Connection::open(dir.path().join("relapse.db")).expect("a database");
    conn.execute_batch(WRITTEN[format - 1]).expect("the recorded format");
    dir
}

/// The incident that came first.
fn first_of(store: &Store) -> IncidentId {
    let mut ids = Vec::new();
    let read = store.for_each(|stored| {
        ids.push(stored.incident.id);
        Ok::<(), store::Error>(())
    });
    read.expect("readable");
    ids.remove(0)
}

fn exported(dir: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    export(dir, &mut out, Path::new("memory")).expect("exported");
    out
}

#[test]
fn there_is_a_database_of_every_format_before_the_present_one() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(Store::open(dir.path()).expect("a new store"));
    let present = verify(dir.path()).expect("readable").format as usize;
    assert!(WRITTEN.len() + 1 >= present, "record one of format {}", present - 1);
}

#[test]
fn every_format_opens_is_sound_and_takes_changes() {
    for format in 1..=WRITTEN.len() {
        let dir = written(format);
        assert_eq!(verify(dir.path()).expect("readable").format as usize, format, "untouched");
        let store = Store::open(dir.path()).expect("it opens");
        store.check().expect("sound");
        let found = verify(dir.path()).expect("readable");
        assert!(found.is_sound(), "format {format}: {:?}", found.damages);
        let position = store.last_position() + 1;
        let gone = first_of(&store);
        store.commit(&[Change::Delete { position, id: gone }]).expect("committed");
        drop(store);
        assert_eq!(Store::open(dir.path()).expect("again").last_position(), position);
    }
}

#[test]
fn every_format_is_exported_as_it_is_and_imported_into_the_present_one() {
    for format in 1..=WRITTEN.len() {
        let dir = written(format);
        let old = exported(dir.path());
        let new = tempfile::tempdir().expect("a folder");
        fs::remove_dir(new.path()).expect("an empty folder");
        import(new.path(), &mut old.as_slice(), Path::new("memory")).expect("imported");
        drop(Store::open(dir.path()).expect("it opens"));
        assert!(exported(dir.path()) == exported(new.path()), "format {format}");
    }
}

#[test]
fn what_format_1_held_is_read() {
    let dir = written(1);
    let store = Store::open(dir.path()).expect("it opens");
    assert_eq!(store.last_position(), 4);
    let stored = store.incident(&IncidentId::new("notes/kiosk")).expect("read").expect("there");
    assert_eq!(stored.incident.title, "Kiosk screens freeze");
    assert_eq!((stored.position, stored.class), (3, Some(ClassId::new(7))));
    let alias = store.alias("markdown", "notes/kiosk-copy").expect("read").expect("there");
    assert_eq!(Some(alias.digest), stored.digest);
    assert_eq!(store.epoch().expect("read").expect("there").payload, [0, 1, 255]);
}

/// From format 2 on the databases tell one story: four incidents, a class that a person split, a batch pass.
#[test]
fn decisions_lineage_and_passes_of_format_2_and_later_are_read() {
    for format in 2..=WRITTEN.len() {
        let dir = written(format);
        let store = Store::open(dir.path()).expect("it opens");
        let west = store.incident(&IncidentId::new("west")).expect("read").expect("there");
        assert_eq!((west.position, west.class), (4, Some(ClassId::new(2))));
        let decisions = store.decisions().expect("read");
        assert_eq!(decisions.len(), 1);
        assert!(
            matches!(&decisions[0].ruling, Ruling::Divided { left, .. } if left[1] == west.incident.id)
        );
        let lineage = store.lineage(ClassId::new(2)).expect("read");
        assert_eq!(lineage[0].decision, Some(decisions[0].id));
        assert_eq!(store.epoch().expect("read").expect("there").position, 6);
    }
}

#[test]
fn ratings_messages_events_and_notes_are_read_from_the_formats_that_have_them() {
    for format in 2..=WRITTEN.len() {
        let dir = written(format);
        let store = Store::open(dir.path()).expect("it opens");
        let ratings = store.ratings().expect("read");
        let calibration = store.calibration().expect("read").map(|kept| kept.payload);
        assert_eq!(ratings.len(), usize::from(format >= 3), "format {format}");
        assert_eq!(calibration, (format >= 3).then(|| vec![7, 0, 7]), "format {format}");
        let known = store.has_message("alertmanager", "badges-1").expect("read");
        assert_eq!(known, format >= 4, "format {format}");
        assert_eq!(store.last_event(), u64::from(format >= 5), "format {format}");
        let note = store.note("slack", &IncidentId::new("west")).expect("read");
        assert_eq!(note.is_some(), format >= 6, "format {format}");
    }
}
