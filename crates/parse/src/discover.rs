//! Finds the files below the paths a user names.

use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::format::{Extension, extension};

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// The path as the user gave it, joined with what lies below; printed in problems.
    pub shown: String,
    /// The id of a document that states none: the name of the folder given, then the path below it
    /// without the extension, with `/` between.
    pub path_id: String,
    /// Whether the user named the file itself, not a folder that it is in.
    pub named: bool,
}

/// What was found below the paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Files to read, in the order of the paths given, and within a folder in byte order.
    pub files: Vec<InputFile>,
    /// What was passed over: the path as shown, and why.
    pub ignored: Vec<(String, String)>,
}

/// Walks `paths`. A file the user names is taken whatever its extension; below a folder only pages
/// (`.md`, `.markdown`, `.txt`, `.text`, `.html`, `.htm`, `.xhtml`) and data (`.jsonl`, `.ndjson`, `.json`, `.csv`, `.tsv`) are. Hidden entries are left out silently; no link
/// is followed out of its folder, and nothing but regular files is ever opened.
///
/// # Errors
/// [`Error::Unreadable`] where a path does not exist, or a folder cannot be listed.
pub fn discover(paths: &[PathBuf]) -> Result<Discovery> {
    let mut found = Discovery::default();
    for path in paths {
        let canonical = fs::canonicalize(path).map_err(|source| unreadable(path, source))?;
        if canonical.is_dir() {
            let root = Root { id: name_of(&canonical), canonical };
            walk(&root, path, &root.id, &mut found)?;
        } else if canonical.is_file() {
            found.files.push(named_file(path, &canonical));
        } else {
            found.ignore(path, "not a regular file");
        }
    }
    Ok(found)
}

/// A folder the user named.
struct Root {
    canonical: PathBuf,
    id: String,
}

impl Discovery {
    fn ignore(&mut self, path: &Path, reason: &str) {
        self.ignored.push((path.display().to_string(), reason.to_owned()));
    }
}

fn named_file(path: &Path, canonical: &Path) -> InputFile {
    let folder = canonical.parent().map(name_of).unwrap_or_default();
    InputFile {
        path: path.to_owned(),
        shown: path.display().to_string(),
        path_id: joined(&folder, &stem_of(path)),
        named: true,
    }
}

fn walk(root: &Root, folder: &Path, id: &str, found: &mut Discovery) -> Result<()> {
    for entry in sorted_entries(folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        let kind = entry.file_type().map_err(|source| unreadable(&path, source))?;
        if kind.is_dir() {
            walk(root, &path, &joined(id, &name), found)?;
        } else if let Some(reason) = reason_to_ignore(root, &path, kind) {
            found.ignore(&path, reason);
        } else {
            found.files.push(InputFile {
                shown: path.display().to_string(),
                path_id: joined(id, &stem_of(&path)),
                path,
                named: false,
            });
        }
    }
    Ok(())
}

fn sorted_entries(folder: &Path) -> Result<Vec<DirEntry>> {
    let listing = fs::read_dir(folder).map_err(|source| unreadable(folder, source))?;
    let mut entries = listing
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(|source| unreadable(folder, source))?;
    entries.sort_by_key(|entry| entry.file_name().into_encoded_bytes());
    Ok(entries)
}

fn reason_to_ignore(root: &Root, path: &Path, kind: fs::FileType) -> Option<&'static str> {
    if kind.is_symlink() {
        match fs::canonicalize(path) {
            Ok(target) if !target.starts_with(&root.canonical) => {
                return Some("a link out of the folder given");
            }
            Ok(target) if target.is_file() => {}
            Ok(_) => return Some("a link to something other than a file"),
            Err(_) => return Some("a link to nothing"),
        }
    } else if !kind.is_file() {
        return Some("not a regular file");
    }
    match extension(path) {
        Extension::Names(_) | Extension::Prose | Extension::Json | Extension::Csv => None,
        Extension::Unread => Some("a format without a reader; save it as JSON or CSV"),
        Extension::Unknown => Some("no extension of a format that is read"),
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Unreadable { path: path.to_owned(), source }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn stem_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn joined(id: &str, name: &str) -> String {
    if id.is_empty() { name.to_owned() } else { format!("{id}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        /// A folder named `name` within one of this test's own.
        fn new(test: &str, name: &str) -> Self {
            let own = std::env::temp_dir().join(format!("relapse-{test}-{}", std::process::id()));
            fs::create_dir_all(own.join(name)).expect("a writable temporary folder");
            Self(own.join(name))
        }

        fn write(&self, name: &str) -> PathBuf {
            let path = self.0.join(name);
            fs::create_dir_all(path.parent().expect("it lies in the folder")).expect("writable");
            fs::write(&path, "# A\n").expect("writable");
            path
        }

        fn ids(&self) -> Vec<String> {
            let found = discover(std::slice::from_ref(&self.0)).expect("it exists");
            found.files.into_iter().map(|file| file.path_id).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let own = self.0.parent().expect("it lies in a folder of the test");
            fs::remove_dir_all(own).expect("it was created here");
        }
    }

    #[test]
    fn ids_are_paths_below_the_folder_given() {
        let folder = Folder::new("ids", "seeds");
        folder.write("b.md");
        folder.write("a/c.txt");
        folder.write("B.jsonl");
        assert_eq!(folder.ids(), ["seeds/B", "seeds/a/c", "seeds/b"]);
    }

    #[test]
    fn hidden_and_foreign_files_are_left_out() {
        let folder = Folder::new("hidden", "x");
        folder.write(".git/a.md");
        folder.write("a.png");
        folder.write("a.xlsx");
        let found = discover(std::slice::from_ref(&folder.0)).expect("it exists");
        assert!(found.files.is_empty());
        let reasons: Vec<_> = found.ignored.iter().map(|(_, why)| why.as_str()).collect();
        assert!(reasons[1].contains("without a reader"), "{reasons:?}");
        assert!(reasons[0].contains("no extension"), "{reasons:?}");
    }

    #[test]
    fn a_file_named_by_the_user_is_taken_whatever_its_extension() {
        let folder = Folder::new("named", "pages");
        let path = folder.write("night.log");
        let found = discover(&[path]).expect("it exists");
        assert_eq!(found.files[0].path_id, "pages/night");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_within_the_folder_only() {
        use std::os::unix::fs::symlink;
        let outside = Folder::new("outside", "o");
        let folder = Folder::new("links", "x");
        symlink(outside.write("far.md"), folder.0.join("far.md")).expect("links are possible");
        symlink(folder.write("near.md"), folder.0.join("also.md")).expect("links are possible");
        symlink(&folder.0, folder.0.join("loop.md")).expect("links are possible");
        assert_eq!(folder.ids(), ["x/also", "x/near"]);
    }

    #[test]
    fn a_path_that_does_not_exist_is_an_error() {
        let error = discover(&["no/such/folder".into()]).expect_err("it is missing");
        assert!(error.to_string().contains("no/such/folder"), "{error}");
    }
}
