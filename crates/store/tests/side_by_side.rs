//! Reads and commits side by side: whole commits are seen, and what is deleted goes all the same.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use incident::{Incident, IncidentId};
use store::{Change, Error, Store};

fn simple(id: &str) -> Incident {
    Incident::new("jsonl", id, format!("Search slow, {id}"))
}

fn put(position: u64, incident: Incident) -> Change {
    Change::Put { position, incident: Box::new(incident), class: None, digest: None }
}

/// A store in a folder that goes with the test.
fn with_store(test: impl FnOnce(&Path, Store)) {
    let dir = tempfile::tempdir().expect("a folder");
    let store = Store::open(dir.path()).expect("a store");
    test(dir.path(), store);
}

#[test]
fn a_visit_ends_with_its_first_error() {
    with_store(|_, store| {
        store.commit(&[put(1, simple("a")), put(2, simple("b"))]).expect("committed");
        let mut seen = 0;
        let ended = store.for_each(|stored| {
            seen += 1;
            Err(Error::Constraint { message: stored.incident.title })
        });
        assert!(matches!(ended, Err(Error::Constraint { message }) if message.ends_with('a')));
        assert_eq!(seen, 1);
    });
}

#[test]
fn reads_in_other_threads_see_whole_commits_and_do_not_wait() {
    with_store(|_, store| {
        let store = Arc::new(store);
        let pair = |n: u64| [put(2 * n + 1, simple("left")), put(2 * n + 2, simple("right"))];
        store.commit(&pair(0)).expect("committed");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while store.last_position() < 200 {
                        let asked = ["left", "right"].map(IncidentId::new);
                        let found = store.incidents(&asked).expect("read");
                        assert_eq!(found[0].position + 1, found[1].position);
                    }
                });
            }
            for n in 1..100 {
                store.commit(&pair(n)).expect("committed");
            }
        });
        // A commit from within a visit: the visit still sees the state it began with.
        let mut seen = Vec::new();
        let visited: store::Result<()> = store.for_each(|stored| {
            store.commit(&[put(store.last_position() + 1, simple("late"))])?;
            seen.push(stored.position);
            Ok(())
        });
        visited.expect("readable");
        assert_eq!(seen, [199, 200]);
    });
}

#[test]
fn a_deleted_text_is_nowhere_in_the_folder() {
    const CANARY: &str = "canary-7f3a91";
    let on_disk = |dir: &Path| {
        std::fs::read_dir(dir).expect("a folder").flatten().any(|entry| {
            let bytes = std::fs::read(entry.path()).expect("a file");
            bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
        })
    };
    with_store(|dir, store| {
        let mut secret = simple("a");
        secret.text = Some(format!("{CANARY} ").repeat(2_000));
        let (a, b) = (IncidentId::new("a"), IncidentId::new("b"));
        store.commit(&[put(1, secret), put(2, simple("b"))]).expect("committed");
        store.commit(&[put(3, simple("c"))]).expect("committed");
        assert!(on_disk(dir), "the control: before the deletion it is there");

        let visited: store::Result<()> = store.for_each(|stored| {
            if stored.position == 1 {
                store.commit(&[Change::Delete { position: 4, id: a.clone() }])?;
                assert!(!store.compact()?, "this visit still reads the old state");
            }
            Ok(())
        });
        visited.expect("readable");
        assert!(on_disk(dir), "the visit held it");
        store.commit(&[Change::Delete { position: 5, id: b }]).expect("committed");
        assert!(!on_disk(dir));
        assert_eq!(store.incident(&a).expect("read"), None);
    });
}
