//! What may lie in place of a data folder: one clear error each, and the data stays as it was.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use incident::Incident;
use rusqlite::Connection;
use store::{Change, Error, Store};

fn fill(dir: &Path) {
    let store = Store::open(dir).expect("a store");
    let changes: Vec<Change> = (1..=40)
        .map(|position| {
            let mut incident = Incident::new("jsonl", position.to_string(), "Disk full on db-3");
            incident.text = Some("the archive job wrote no more".repeat(20));
            Change::Put { position, incident: Box::new(incident), class: None, digest: None }
        })
        .collect();
    store.commit(&changes).expect("committed");
}

fn database(dir: &Path) -> PathBuf {
    dir.join("relapse.db")
}

/// Every file of a folder but those that hold no data: the lock file, an empty log of SQLite's and its
/// index of that.
fn data(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(dir)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with("relapse.lock") && !path.ends_with("relapse.db-shm"))
        .map(|path| (path.clone(), fs::read(&path).expect("a file")))
        .filter(|(path, bytes)| !(path.ends_with("relapse.db-wal") && bytes.is_empty()))
        .collect()
}

/// Opens a store whose folder `spoil` has changed, twice: refused both times, nothing changed.
#[track_caller]
fn refused(spoil: impl FnOnce(&Path)) -> Error {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    spoil(dir.path());
    let before = data(dir.path());
    let error = Store::open(dir.path()).expect_err("refused");
    let again = Store::open(dir.path()).expect_err("refused again");
    assert_eq!(error.to_string(), again.to_string());
    assert!(data(dir.path()) == before, "the data changed");
    error
}

#[test]
fn a_missing_folder_is_created_with_its_parents() {
    let root = tempfile::tempdir().expect("a folder");
    let dir = root.path().join("not/yet/there");
    fill(&dir);
    assert_eq!(Store::open(&dir).expect("reopened").last_position(), 40);
}

#[test]
fn a_folder_in_use_is_refused_with_the_address_to_use() {
    let dir = tempfile::tempdir().expect("a folder");
    let first = Store::open(dir.path()).expect("a store");
    first.announce("http://127.0.0.1:7700").expect("announced");
    let error = Store::open(dir.path()).expect_err("in use");
    assert!(error.to_string().contains("use --server http://127.0.0.1:7700"), "{error}");
    drop(first);
    Store::open(dir.path()).expect("free again");
}

#[test]
fn a_newer_format_is_refused() {
    let error = refused(|dir| {
        let conn = Connection::open(database(dir)).expect("a database");
        conn.pragma_update(None, "user_version", 4711).expect("set");
    });
    assert!(matches!(error, Error::NewerFormat { found: 4711, .. }), "{error}");
}

#[test]
fn a_newer_format_still_in_the_log_of_a_killed_process_is_refused() {
    let error = refused(|dir| {
        let conn = Connection::open(database(dir)).expect("a database");
        conn.pragma_update(None, "user_version", 4711).expect("set");
        let copies: Vec<_> = data(dir).into_iter().collect();
        drop(conn);
        for (path, bytes) in copies {
            fs::write(path, bytes).expect("put back");
        }
        assert!(dir.join("relapse.db-wal").exists());
    });
    assert!(matches!(error, Error::NewerFormat { found: 4711, .. }), "{error}");
}

#[test]
fn other_files_are_refused() {
    let garbage = refused(|dir| fs::write(database(dir), "once upon a time").expect("written"));
    assert!(matches!(garbage, Error::NotOurs { .. }), "{garbage}");
    let foreign = refused(|dir| {
        fs::remove_file(database(dir)).expect("removed");
        let conn = Connection::open(database(dir)).expect("a database");
        conn.execute_batch("CREATE TABLE log (x)").expect("created");
    });
    assert!(matches!(foreign, Error::NotOurs { .. }), "{foreign}");
    let half = refused(|dir| {
        fs::remove_file(database(dir)).expect("removed");
        fs::write(dir.join("relapse.db-wal"), "left behind").expect("written");
    });
    assert!(matches!(half, Error::Corrupt { .. }), "{half}");
}

#[test]
fn an_empty_or_truncated_database_is_refused() {
    for len in [0, 50, 100, 4096, 5000, 20_000] {
        let error = refused(|dir| {
            let file = fs::OpenOptions::new().write(true).open(database(dir)).expect("a file");
            file.set_len(len).expect("cut");
        });
        assert!(matches!(error, Error::Corrupt { .. }), "{len}: {error}");
    }
}

/// The folders a user without rights meets. The superuser may write everywhere, so as superuser this
/// test runs itself again as nobody.
#[test]
fn folders_and_files_without_the_rights_are_refused() {
    const ROOT: &str = "RELAPSE_TEST_FOLDER";
    if let Some(root) = std::env::var_os(ROOT) {
        return refused_without_rights(Path::new(&root));
    }
    let root = tempfile::tempdir().expect("a folder");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
    };
    for name in ["closed", "read-only-folder", "read-only-file"] {
        fill(&root.path().join(name));
    }
    mode(&root.path().join("read-only-file"), 0o777);
    mode(&root.path().join("read-only-file/relapse.lock"), 0o666);
    mode(&root.path().join("read-only-file/relapse.db"), 0o444);
    mode(&root.path().join("read-only-folder"), 0o555);
    mode(&root.path().join("closed"), 0o000);
    mode(root.path(), 0o555);
    let superuser = fs::write(root.path().join("probe"), "").is_ok();
    if superuser {
        let program = root.path().join("program");
        fs::copy(std::env::current_exe().expect("this program"), &program).expect("copied");
        mode(&program, 0o555);
        let test = "folders_and_files_without_the_rights_are_refused";
        let ended = Command::new(program)
            .args(["--exact", test])
            .env(ROOT, root.path())
            .current_dir("/")
            .uid(65_534)
            .gid(65_534)
            .status();
        assert!(ended.expect("it runs").success());
    } else {
        refused_without_rights(root.path());
    }
    mode(root.path(), 0o755);
    mode(&root.path().join("closed"), 0o755);
    mode(&root.path().join("read-only-folder"), 0o755);
}

fn refused_without_rights(root: &Path) {
    for (name, doing) in [
        ("closed", "lock the data folder"),
        ("read-only-folder", "lock the data folder"),
        ("read-only-file", "open"),
        ("missing", "create the data folder"),
    ] {
        let error = Store::open(&root.join(name)).expect_err(name);
        assert!(matches!(error, Error::Io { .. }), "{name}: {error}");
        let message = error.to_string();
        assert!(message.contains(doing) && message.contains("denied"), "{name}: {message}");
    }
}
