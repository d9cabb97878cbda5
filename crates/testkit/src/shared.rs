//! Where the real corpora lie, which are other people's texts and no part of the project.
//!
//! The folder is `$RELAPSE_SHARED`, else `shared` beside the work tree. A test whose files are not there
//! says so and ends; with `RELAPSE_REQUIRE_SHARED=1` it fails.

use std::env;
use std::path::{Path, PathBuf};

/// The file or folder `below` the shared folder; `None` where it is not there, which [`absent`] has
/// then reported.
///
/// # Panics
/// Where it is not there and `RELAPSE_REQUIRE_SHARED=1`.
#[must_use]
pub fn path(below: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = env::var_os("RELAPSE_SHARED").map_or_else(beside, PathBuf::from);
    let path = folder.join(below);
    if path.exists() {
        return Some(path);
    }
    absent(below);
    None
}

/// Reports that a test did not run because `missing` is not there.
///
/// # Panics
/// Where `RELAPSE_REQUIRE_SHARED=1`.
pub fn absent(missing: &str) {
    let required = env::var_os("RELAPSE_REQUIRE_SHARED").is_some_and(|switch| switch == "1");
    assert!(!required, "{missing} is required and not there");
    eprintln!("this test did not run: {missing} is not there");
}
