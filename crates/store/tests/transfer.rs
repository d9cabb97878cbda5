//! Everything out and in again: exports, backups, and what is refused on the way.

use std::fs;
use std::path::Path;

use incident::{Incident, IncidentId};
use recurrence::{ClassId, Event, Figures, LineageEvent, LineageKind};
use rusqlite::Connection;
use store::{
    CalibrationRecord, Change, ClassRecord, EpochRecord, Error, NoteRecord, NoteState,
    RatingRecord, Store, Transferred, backup, export, import, restore, verify,
};

/// A store with a row in every table but that of decisions.
fn fill(dir: &Path) -> Store {
    let class = ClassRecord { id: ClassId::new(1), opened_at_position: 2, merged_into: None };
    let mut changes = vec![Change::Class(class)];
    changes.extend((1..=20).map(|position| {
        let mut incident = Incident::new("jsonl", format!("INC-{position}"), "Sync job stalls");
        incident.summary = Some("\u{0}\"\\ \u{2028}\n".repeat(position as usize));
        Change::Put {
            position,
            incident: Box::new(incident),
            class: (position % 3 == 0).then_some(ClassId::new(1)),
            digest: (position % 2 == 0).then_some([position as u8; 32]),
        }
    }));
    changes.push(Change::Alias {
        position: 21,
        source: "jsonl".into(),
        external_id: "copy".into(),
        digest: [2; 32],
        of: IncidentId::new("INC-2"),
    });
    changes.push(Change::Delete { position: 22, id: IncidentId::new("INC-7") });
    let payload = (0..=255).collect();
    changes.push(Change::Epoch(EpochRecord { number: 3, position: 20, payload }));
    changes.extend((2..=4).map(|occurrences| {
        let after = Figures { occurrences, revenue_hundredths: -7, ..Figures::default() };
        let incident = IncidentId::new(format!("INC-{occurrences}"));
        let class = ClassId::new(1);
        let (joined, before) = (true, Figures::default());
        let reckoned_at = (occurrences == 3).then_some(1_763_683_200);
        Change::Event(Event { incident, class, joined, before, after, reckoned_at })
    }));
    changes.push(Change::Lineage(LineageEvent {
        kind: LineageKind::Opened,
        class: ClassId::new(1),
        other: None,
        incidents: vec![IncidentId::new("INC-3")],
        position: 3,
        epoch: 1,
        decision: None,
    }));
    changes.push(Change::Rate {
        position: 23,
        rating: RatingRecord {
            question: "q-1".into(),
            asked: Some(IncidentId::new("INC-1")),
            incident: IncidentId::new("INC-2"),
            useful: true,
            who: "ann".into(),
            why: String::new(),
            at_secs: -1,
        },
    });
    changes.push(Change::Calibrate(CalibrationRecord { position: 24, payload: vec![0, 255] }));
    changes.push(Change::Message { source: "pager".into(), id: "m-1".into(), received_at: 7 });
    changes.push(Change::QueueNote(NoteRecord {
        destination: "pager".into(),
        incident: IncidentId::new("INC-1"),
        state: NoteState::Waiting,
        attempts: 2,
        queued_at_ms: 7,
        due_at_ms: 9,
        reason: "503 Service Unavailable".into(),
    }));
    let store = Store::open(dir).expect("a store");
    store.commit(&changes).expect("committed");
    store
}

fn exported(dir: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    export(dir, &mut bytes, Path::new("out")).expect("exported");
    bytes
}

fn imported(dir: &Path, mut bytes: &[u8]) -> store::Result<Transferred> {
    import(dir, &mut bytes, Path::new("history.jsonl"))
}

/// What is refused, with its line and field; the folder holds no store then.
#[track_caller]
fn refused(bytes: &[u8], line: u64, field: &str) {
    let dir = tempfile::tempdir().expect("a folder");
    let error = imported(dir.path(), bytes).expect_err("it is damaged");
    let Error::Import { file, line: found, field: named, .. } = &error else {
        unreachable!("{error}");
    };
    assert_eq!((file.as_str(), *found, named.as_str()), ("history.jsonl", line, field), "{error}");
    assert!(!Store::exists(dir.path()));
    let left = fs::read_dir(dir.path()).expect("a folder").count();
    assert_eq!(left, 1, "the lock file alone");
}

#[test]
fn the_export_of_an_import_is_the_export() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    let store = fill(here.path());
    let bytes = exported(here.path());
    let transferred = imported(there.path(), &bytes).expect("imported");
    assert_eq!((transferred.position, transferred.incidents()), (24, 19));
    let empty = transferred.rows.iter().filter(|(_, rows)| *rows == 0);
    assert_eq!(empty.map(|(table, _)| table.as_str()).collect::<Vec<_>>(), ["decision"]);
    assert!(exported(there.path()) == bytes);
    let copy = Store::open(there.path()).expect("it opens");
    copy.check().expect("sound");
    assert_eq!(copy.last_position(), store.last_position());
    let events = copy.events(1, 9).expect("read");
    assert_eq!((copy.last_event(), events.len()), (3, 2));
    assert_eq!(events, store.events(1, 9).expect("read"));
    assert_eq!(copy.epoch().expect("read"), store.epoch().expect("read"));
    assert!(verify(there.path()).expect("read").is_sound());
}

#[test]
fn a_line_that_is_not_as_it_was_written_is_named_and_nothing_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(fill(dir.path()));
    let whole = String::from_utf8(exported(dir.path())).expect("text");
    let lines: Vec<&str> = whole.lines().collect();
    let last = lines.len() as u64;
    let with = |number: usize, line: &str| {
        let mut lines = lines.clone();
        lines[number - 1] = line;
        lines.join("\n").into_bytes()
    };
    refused(&with(5, "{"), 5, "line");
    refused(&with(5, r#"{"table":"log","position":"4","kind":"put","id":"x"}"#), 5, "position");
    refused(&with(5, r#"{"table":"log","position":4,"kind":"put"}"#), 5, "id");
    refused(&with(5, r#"{"table":"log","position":4,"kind":"odd","id":"x"}"#), 5, "log");
    refused(&with(5, r#"{"table":"sqlite_schema","name":"x"}"#), 5, "table");
    refused(&with(5, lines[3]), 5, "log");
    refused(&with(2, &lines[1].replace("INC-1", "INC-X")), last, "sha256");
    refused(&with(1, &lines[0].replace("\"digest\"", "\"digits\"")), 1, "tables");
    let half = &whole.as_bytes()[..whole.len() / 2];
    let cut = half.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    refused(half, cut, "line");
    refused((lines[..10].join("\n") + "\n").as_bytes(), 11, "end");
    refused(format!("{whole}{{}}\n").as_bytes(), last + 1, "end");
    let dir = tempfile::tempdir().expect("a folder");
    let newer = whole.replacen("\"relapse_export\":1", "\"relapse_export\":2", 1);
    let error = imported(dir.path(), newer.as_bytes()).expect_err("newer");
    assert!(matches!(error, Error::NewerFormat { found: 2, .. }), "{error}");
    for other in ["", "{}", "{\"id\":\"INC-1\"}\n"] {
        let error = imported(dir.path(), other.as_bytes()).expect_err("something else");
        assert!(matches!(error, Error::NotAnExport { .. }), "{error}");
    }
}

#[test]
fn only_an_empty_folder_takes_an_import_or_a_backup() {
    let dir = tempfile::tempdir().expect("a folder");
    let held = fill(dir.path());
    let bytes = exported(dir.path());
    let copy = dir.path().join("copy.db");
    backup(dir.path(), &copy).expect("beside whoever holds it");
    assert!(matches!(imported(dir.path(), &bytes), Err(Error::Locked { .. })));
    drop(held);
    assert!(matches!(imported(dir.path(), &bytes), Err(Error::NotEmpty { .. })));
    assert!(matches!(restore(&copy, dir.path()), Err(Error::NotEmpty { .. })));
    assert!(matches!(backup(dir.path(), &copy), Err(Error::Exists { .. })));
    let missing = dir.path().join("missing");
    assert!(matches!(exported_from(&missing), Err(Error::NoStore { .. })));
    assert!(matches!(backup(&missing, &copy), Err(Error::NoStore { .. })));
    assert!(matches!(verify(&missing), Err(Error::NoStore { .. })));
}

fn exported_from(dir: &Path) -> store::Result<Transferred> {
    export(dir, &mut Vec::new(), Path::new("out"))
}

#[test]
fn a_backup_made_beside_a_writer_is_a_prefix_of_its_log() {
    let (here, there) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("one"));
    let store = fill(here.path());
    let first = store.last_position();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for position in first + 1..=first + 300 {
                let incident = Incident::new("jsonl", format!("LIVE-{position}"), "Queue stuck");
                let put = Change::Put {
                    position,
                    incident: Box::new(incident),
                    class: None,
                    digest: None,
                };
                store.commit(&[put]).expect("committed");
            }
        });
        let mut reached = first;
        for number in 0.. {
            let copy = there.path().join(format!("copy-{number}.db"));
            let found = backup(here.path(), &copy).expect("a backup");
            assert!(found.is_sound() && found.position >= reached, "{found:?}");
            reached = found.position;
            let restored = there.path().join(format!("restored-{number}"));
            assert_eq!(restore(&copy, &restored).expect("restored"), found);
            let store = Store::open(&restored).expect("it opens");
            store.check().expect("sound");
            assert_eq!(store.last_position(), reached);
            let mut live = 0;
            let mut count = |_| {
                live += 1;
                Ok::<_, Error>(())
            };
            store.for_each(&mut count).expect("readable");
            assert_eq!(live, 19 + reached - first, "every incident up to there, and none beyond");
            if writing.is_finished() {
                break;
            }
        }
    });
}

#[test]
fn a_damaged_store_is_not_backed_up_and_a_damaged_backup_not_restored() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(fill(dir.path()));
    let copy = dir.path().join("copy.db");
    backup(dir.path(), &copy).expect("a backup");
    let conn = Connection::open(&copy).expect("a database");
    conn.execute("UPDATE incident SET source = 'other' WHERE position = 3", []).expect("spoilt");
    drop(conn);
    let restored = dir.path().join("restored");
    let error = restore(&copy, &restored).expect_err("it is damaged");
    assert!(error.to_string().contains("incident, position 3"), "{error}");
    assert!(!Store::exists(&restored));
    fs::copy(&copy, dir.path().join("relapse.db")).expect("copied");
    let again = dir.path().join("again.db");
    assert!(matches!(backup(dir.path(), &again), Err(Error::Corrupt { .. })));
    assert!(!again.exists());
    let error = restore(Path::new("Cargo.toml"), &restored).expect_err("no backup");
    assert!(matches!(error, Error::NotOurs { .. }), "{error}");
}

#[test]
fn every_damage_is_told_and_none_hides_another() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(fill(dir.path()));
    let conn = Connection::open(dir.path().join("relapse.db")).expect("a database");
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF;
         UPDATE incident SET source = 'other' WHERE position = 3;
         UPDATE log SET kind = 'delete' WHERE position = 4;
         DELETE FROM log WHERE position = 5;
         DELETE FROM class;
         UPDATE epoch SET position = 99;
         INSERT INTO epoch SELECT 4, 20, payload, seal FROM epoch;
         DELETE FROM event WHERE number = 2;",
    )
    .expect("spoilt");
    drop(conn);
    let found = verify(dir.path()).expect("it can be read");
    let told: Vec<String> =
        found.damages.iter().map(|damage| format!("{}: {}", damage.place, damage.what)).collect();
    let told = told.join("\n");
    for expected in [
        "log, position 4: the seal",
        "incident, position 3: the seal",
        "epoch, number 3: the seal",
        "epoch, number 4: the seal",
        "rows name a record of class that is missing",
        "incident INC-4 stands at position 4, where",
        "incident INC-5 stands at position 5, where",
        "epoch 3 is of position 99",
        "there are 2 epochs",
        "event, number 3: it does not follow",
    ] {
        assert!(told.contains(expected), "`{expected}` is not among\n{told}");
    }
    assert_eq!((found.position, found.damages_total > 8), (24, true));
    fs::write(dir.path().join("relapse.db"), "once upon a time").expect("written");
    let found = verify(dir.path()).expect("it can be read");
    assert_eq!((found.damages_total, found.format), (1, 0));
}
