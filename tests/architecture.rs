//! The shape of the workspace: who may depend on whom, and that the map of it is true.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom: the table of ARCHITECTURE.md. A crate not named may import no other.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("secrets", &["incident"]),
    ("parse", &["incident"]),
    ("alerts", &["incident"]),
    ("chat", &["incident"]),
    ("analysis", &["incident"]),
    ("vector", &["analysis", "incident"]),
    ("index", &["flat", "vector", "incident"]),
    ("rank", &["index", "vector", "analysis", "incident"]),
    ("cluster", &["index", "vector"]),
    ("calibration", &[]),
    ("recurrence", &["cluster", "vector", "incident"]),
    ("store", &["incident", "recurrence"]),
    (
        "engine",
        &[
            "flat",
            "incident",
            "secrets",
            "parse",
            "analysis",
            "vector",
            "index",
            "rank",
            "cluster",
            "calibration",
            "recurrence",
            "store",
        ],
    ),
    ("report", &["engine", "incident", "recurrence"]),
    ("eval", &["calibration", "engine", "index", "vector", "incident", "parse"]),
    ("testkit", &["incident"]),
];

/// What only some crates may use: a wire, a runtime, linear algebra, a database.
const RESERVED: &[(&str, &[&str])] = &[
    ("tonic", &[]),
    ("prost", &[]),
    ("axum", &[]),
    ("tokio", &[]),
    ("clap", &[]),
    ("linfa", &["cluster", "calibration"]),
    ("linfa-clustering", &["cluster"]),
    ("linfa-logistic", &["calibration"]),
    ("ndarray", &["rank", "cluster", "calibration"]),
    ("rusqlite", &["store"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file of the project is readable")
}

/// The crates with a manifest of their own.
fn crates() -> BTreeMap<String, String> {
    let folder = root().join("crates");
    let entries = fs::read_dir(&folder).expect("the folder of the crates");
    entries
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            let manifest = path.join("Cargo.toml");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            manifest.exists().then(|| (name, read(&manifest)))
        })
        .collect()
}

/// The names in `[dependencies]`; those of the tests are free.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let section = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    section
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn crates_import_only_what_comes_before_them() {
    let crates = crates();
    for (name, manifest) in &crates {
        let allowed =
            MAY_IMPORT.iter().find(|(other, _)| other == name).map_or(&[][..], |row| row.1);
        for dependency in dependencies(manifest) {
            let is_ours = crates.contains_key(&dependency);
            assert!(
                !is_ours || allowed.contains(&dependency.as_str()),
                "{name} imports {dependency}: the walk goes one way, see ARCHITECTURE.md"
            );
        }
    }
}

#[test]
fn wire_runtime_algebra_and_database_stay_in_their_places() {
    for (name, manifest) in crates() {
        for dependency in dependencies(&manifest) {
            let users = RESERVED.iter().find(|(reserved, _)| *reserved == dependency);
            assert!(
                users.is_none_or(|(_, users)| users.contains(&name.as_str())),
                "{name} uses {dependency}, which is not for it"
            );
        }
    }
}

#[test]
fn every_crate_forbids_unsafe_code_and_takes_the_lints_of_the_workspace() {
    assert!(read(&root().join("Cargo.toml")).contains("unsafe_code = \"forbid\""));
    for (name, manifest) in crates() {
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name} has lints of its own");
    }
}

#[test]
fn the_map_names_everything_that_is_there() {
    let map = read(&root().join("ARCHITECTURE.md"));
    let listed = |folder: &Path| -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect()
    };
    let passing = ["target", ".git", "__pycache__"];
    for name in listed(&root()).iter().filter(|name| !passing.contains(&name.as_str())) {
        assert!(map.contains(&format!("`{name}")), "ARCHITECTURE.md does not name {name}");
    }
    for name in listed(&root().join("crates")) {
        assert!(
            map.contains(&format!("`crates/{name}")),
            "ARCHITECTURE.md does not name crates/{name}"
        );
    }
}
