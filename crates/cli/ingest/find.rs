//! What there is to read below the paths given, and which of them cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

use parse::Discovery;
use relapse::proto::Problem;

use crate::error::{Error, Result};

/// What the paths led to.
#[derive(Debug, Default)]
pub struct Found {
    /// What is to be read, and what is passed over.
    pub discovery: Discovery,
    /// The paths that lead to nothing that can be read, and why.
    pub refused: Vec<Problem>,
}

/// Looks below each of `paths`: one that cannot be read does not keep the others out.
///
/// # Errors
/// `-`, and where none of them can be read.
pub fn find(paths: &[PathBuf]) -> Result<Found> {
    refuse_stdin(paths)?;
    let mut found = Found::default();
    let mut first_error = None;
    let mut failed = 0;
    for path in paths {
        if is_special(path) {
            found.refuse(path, "neither a file nor a folder: save what it gives to a file".into());
            continue;
        }
        match parse::discover(std::slice::from_ref(path)) {
            Ok(below) => {
                found.discovery.files.extend(below.files);
                found.discovery.ignored.extend(below.ignored);
            }
            Err(error) => {
                failed += 1;
                found.refuse(path, reason(&error));
                first_error.get_or_insert(error);
            }
        }
    }
    match first_error {
        Some(error) if failed == paths.len() => Err(error.into()),
        _ => Ok(found),
    }
}

impl Found {
    fn refuse(&mut self, path: &Path, reason: String) {
        let file = path.display().to_string();
        self.refused.push(Problem { file, reason, ..Problem::default() });
    }
}

fn refuse_stdin(paths: &[PathBuf]) -> Result<()> {
    match paths.iter().any(|path| path.as_os_str() == "-") {
        true => Err(Error::Usage(
            "`-`: ingest reads files, not stdin; save it to a file such as incidents.jsonl and name that".into(),
        )),
        false => Ok(()),
    }
}

/// Whether it is a pipe, a device or a socket: to open one may wait for ever.
pub fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// Why, without the path: that is told beside it.
pub fn reason(error: &parse::Error) -> String {
    match error {
        parse::Error::Unreadable { source, .. } => format!("cannot be read: {source}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_path_does_not_keep_the_others_out() {
        let folder = tempfile::tempdir().expect("a writable folder");
        fs::write(folder.path().join("a.md"), "# Disk full\n").expect("writable");
        let missing = folder.path().join("no-such-folder");
        let found = find(&[missing.clone(), folder.path().to_owned()]).expect("one is there");
        assert_eq!((found.discovery.files.len(), found.refused.len()), (1, 1));
        assert!(found.refused[0].file.ends_with("no-such-folder"), "{:?}", found.refused);
        assert!(found.refused[0].reason.starts_with("cannot be read: "), "{:?}", found.refused);
        let error = find(&[missing.clone(), missing]).expect_err("none is there");
        assert_eq!(error.exit_code() as u8, 3);
    }

    #[test]
    fn stdin_is_refused_with_what_to_do() {
        let error = find(&["a.md".into(), "-".into()]).expect_err("it is no file");
        assert_eq!(error.exit_code() as u8, 2);
        assert!(error.to_string().contains("save it to a file"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_unopened() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("it is new");
        let found = find(&[socket, "/dev/null".into()]).expect("they are there");
        assert!(found.discovery.files.is_empty() && found.discovery.ignored.is_empty());
        assert_eq!(found.refused.len(), 2);
        assert!(found.refused[1].reason.contains("neither a file nor a folder"));
    }
}
