//! Which files of a watched folder are to be read: those that are new or changed, once they have stopped changing.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

use parse::InputFile;

/// What a file looked like: its size in bytes, and when it was last written.
type Look = (u64, Option<SystemTime>);

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Seen like this once: it may still be written.
    Seen(Look),
    /// Read when it looked like this.
    Read(Look),
}

/// The files seen so far.
#[derive(Debug, Default)]
pub struct Settling {
    files: HashMap<PathBuf, Standing>,
}

impl Settling {
    /// Of the files that are there now, those to read: they look as they did the last time, and were not read when they
    /// did. What is gone is forgotten, so that it is read when it comes back.
    pub fn ready(&mut self, found: Vec<InputFile>) -> Vec<InputFile> {
        let mut files = HashMap::new();
        let mut ready = Vec::new();
        for file in found {
            // A file that went away since it was listed is one that is not there.
            let Ok(metadata) = file.path.metadata() else {
                continue;
            };
            let look = (metadata.len(), metadata.modified().ok());
            let standing = match self.files.get(&file.path) {
                Some(Standing::Read(read)) if *read == look => Standing::Read(look),
                Some(Standing::Seen(seen)) if *seen == look => {
                    ready.push(file.clone());
                    Standing::Read(look)
                }
                _ => Standing::Seen(look),
            };
            files.insert(file.path, standing);
        }
        self.files = files;
        ready
    }

    /// Reads these again the next time.
    pub fn again(&mut self, files: &[InputFile]) {
        for file in files {
            if let Some(standing) = self.files.get_mut(&file.path)
                && let Standing::Read(look) = *standing
            {
                *standing = Standing::Seen(look);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    fn ready(settling: &mut Settling, folder: &Path) -> Vec<String> {
        let found = parse::discover(&[folder.to_owned()]).expect("it is there");
        let files = settling.ready(found.files);
        files
            .iter()
            .map(|file| file.path_id.rsplit('/').next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn a_file_is_read_once_it_has_stopped_changing_and_again_when_it_changes() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let (folder, mut settling) = (folder.path(), Settling::default());
        fs::write(folder.join("a.md"), "# A").expect("writable");
        assert!(ready(&mut settling, folder).is_empty(), "it may still be written");
        fs::write(folder.join("a.md"), "# A\n\nmore").expect("writable");
        assert!(ready(&mut settling, folder).is_empty(), "it was");
        assert_eq!(ready(&mut settling, folder), ["a"]);
        assert!(ready(&mut settling, folder).is_empty(), "it was read");
        fs::write(folder.join("a.md"), "# A\n\nand more").expect("writable");
        fs::write(folder.join("b.md"), "# B").expect("writable");
        assert!(ready(&mut settling, folder).is_empty());
        assert_eq!(ready(&mut settling, folder), ["a", "b"]);
    }

    #[test]
    fn what_went_away_is_read_when_it_comes_back() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let (folder, mut settling) = (folder.path(), Settling::default());
        for _ in 0..2 {
            fs::write(folder.join("a.md"), "# A").expect("writable");
            assert!(ready(&mut settling, folder).is_empty());
            assert_eq!(ready(&mut settling, folder), ["a"]);
            fs::remove_file(folder.join("a.md")).expect("it is there");
            assert!(ready(&mut settling, folder).is_empty());
        }
    }

    #[test]
    fn what_could_not_be_stored_is_read_again() {
        let folder = tempfile::tempdir().expect("a writable folder");
        let (folder, mut settling) = (folder.path(), Settling::default());
        fs::write(folder.join("a.md"), "# A").expect("writable");
        assert!(ready(&mut settling, folder).is_empty());
        let found = parse::discover(&[folder.to_owned()]).expect("it is there");
        let files = settling.ready(found.files);
        settling.again(&files);
        assert_eq!(ready(&mut settling, folder), ["a"]);
    }
}
