//! The tokens that are accepted. Nobody has them but their holders: the file keeps hashes.
//!
//! A line of the file is a name, a space, and the SHA-256 of a token in hex; `#` begins a comment. Two lines may have
//! the same name, so that a token can be replaced while the old one still works. The file is looked at again when it
//! changed: a line that is gone is refused within [`LOOK_EVERY`].

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tonic::Status;

/// The prefix of every token, by which one that leaked is told from other texts.
pub const PREFIX: &str = "rlp_";
/// How often the file is looked at, at most.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The name of a token, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// The tokens of a file.
pub const TOKENS_MAX: usize = 10_000;

const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// A new token made of `random` bytes, for whoever is called `name`, and the line that has a server accept it. Nothing
/// else knows the token: it cannot be got back from the line.
///
/// # Errors
/// `INVALID_ARGUMENT` for a name that is empty, too long, or has other characters than letters, digits, `.`, `_`, `-`.
pub fn issue(name: &str, random: [u8; 32]) -> Result<(String, String), Status> {
    if !is_name(name) {
        let message = format!(
            "`{name}` is no name for a token; expected 1 to {NAME_BYTES_MAX} letters, digits, `.`, `_` or `-`"
        );
        return Err(Status::invalid_argument(message));
    }
    let token = format!("{PREFIX}{}", HEXLOWER.encode(&random));
    let line = format!("{name} {}\n", HEXLOWER.encode(&digest(&token)));
    Ok((token, line))
}

/// The tokens of a file.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    known: Mutex<Known>,
}

/// What was last read.
#[derive(Debug)]
struct Known {
    entries: Vec<Entry>,
    /// `None`: the file could not be read.
    stamp: Option<Stamp>,
    looked_at: Instant,
}

#[derive(Debug)]
struct Entry {
    name: String,
    digest: [u8; 32],
}

/// What changes when a file does.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    changed_at: (i64, i64),
}

impl Tokens {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// `UNAVAILABLE` where it cannot be read, `INVALID_ARGUMENT` where a line is wrong or there is no token in it.
    pub fn read(path: &Path) -> Result<Self, Status> {
        let refused =
            |reason| Status::unavailable(format!("cannot read {}: {reason}", path.display()));
        let stamp = Stamp::of(path).map_err(|error| refused(error.to_string()))?;
        let text = text_of(path).map_err(refused)?;
        let (entries, wrong) = entries(&text);
        let mistake = wrong.into_iter().next();
        let mistake = mistake.or_else(|| entries.is_empty().then(|| "it has no token".to_owned()));
        if let Some(mistake) = mistake {
            let message = format!(
                "{}: {mistake}; make a line with `relapse token NAME --tokens {}`",
                path.display(),
                path.display()
            );
            return Err(Status::invalid_argument(message));
        }
        let known = Known { entries, stamp: Some(stamp), looked_at: Instant::now() };
        Ok(Self { path: path.to_owned(), known: Mutex::new(known) })
    }

    /// The name of the token, where it is accepted. Takes the same time for every token that is not.
    pub(crate) fn name_of(&self, token: &str) -> Option<String> {
        let digest = digest(token);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.looked_at.elapsed() >= LOOK_EVERY {
            known.look(&self.path);
        }
        let mut found = None;
        for entry in &known.entries {
            if bool::from(entry.digest.ct_eq(&digest)) {
                found = Some(entry);
            }
        }
        found.map(|entry| entry.name.clone())
    }
}

impl Known {
    /// Reads the file again if it changed. Wrong lines are passed over and told, and a file that is gone lets nobody in:
    /// whoever took a token away is obeyed whatever else went wrong.
    fn look(&mut self, path: &Path) {
        self.looked_at = Instant::now();
        let stamp = Stamp::of(path).ok();
        if stamp == self.stamp && stamp.is_some() {
            return;
        }
        let was_read = self.stamp.is_some();
        self.stamp = stamp;
        match text_of(path) {
            Ok(text) => {
                let (entries, wrong) = entries(&text);
                for mistake in wrong {
                    tracing::error!(file = %path.display(), mistake, "a line of the tokens is passed over");
                }
                tracing::info!(tokens = entries.len(), "the tokens were read again");
                self.entries = entries;
            }
            Err(reason) => {
                if was_read {
                    tracing::error!(file = %path.display(), reason, "the tokens cannot be read: nobody is let in");
                }
                self.stamp = None;
                self.entries.clear();
            }
        }
    }
}

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        let about = fs::metadata(path)?;
        let changed_at = (about.ctime(), about.ctime_nsec());
        Ok(Self { inode: about.ino(), bytes: about.size(), changed_at })
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|error| error.to_string())?;
    if !about.is_file() || about.len() > FILE_BYTES_MAX {
        return Err(format!("expected a file of at most {FILE_BYTES_MAX} bytes"));
    }
    fs::read_to_string(path).map_err(|error| error.to_string())
}

/// The tokens of `text`, and what is wrong with the other lines.
fn entries(text: &str) -> (Vec<Entry>, Vec<String>) {
    let (mut entries, mut wrong) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        match entry(line) {
            Some(_) if entries.len() == TOKENS_MAX => {
                wrong.push(format!("line {number}: more than {TOKENS_MAX} tokens"));
                break;
            }
            Some(entry) => entries.push(entry),
            None => wrong.push(format!(
                "line {number}: expected a name, a space and 64 hex digits, the SHA-256 of a token"
            )),
        }
    }
    (entries, wrong)
}

fn entry(line: &str) -> Option<Entry> {
    let (name, rest) = line.split_once(char::is_whitespace)?;
    let digest = HEXLOWER_PERMISSIVE.decode(rest.trim().as_bytes()).ok()?.try_into().ok()?;
    is_name(name).then(|| Entry { name: name.to_owned(), digest })
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(is_plain)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), text).expect("it is written");
        file
    }

    #[test]
    fn the_file_keeps_no_token() {
        let (token, line) = issue("pager", [9; 32]).expect("a good name");
        assert!(token.starts_with(PREFIX) && !line.contains(&token[PREFIX.len()..]));
        let tokens = Tokens::read(written(&line).path()).expect("it is well formed");
        assert_eq!(tokens.name_of(&token).as_deref(), Some("pager"));
        assert_eq!(tokens.name_of("rlp_other"), None);
        assert!(!format!("{tokens:?}").contains(&token));
    }

    #[test]
    fn the_hash_is_that_of_every_other_program() {
        let line = "ci ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad # of abc";
        let tokens = Tokens::read(written(line).path()).expect("it is well formed");
        assert_eq!(tokens.name_of("abc").as_deref(), Some("ci"));
    }

    #[test]
    fn a_wrong_line_is_named_at_the_start() {
        for (text, named) in [
            ("# none\n\n", "no token"),
            ("a b\n", "line 1"),
            ("# x\npager 00\n", "line 2"),
            (&format!("bad/name {}", "0".repeat(64)), "line 1"),
            (&format!("name {}", "é".repeat(32)), "line 1"),
        ] {
            let status = Tokens::read(written(text).path()).expect_err(text);
            assert!(status.message().contains(named), "{text}: {}", status.message());
        }
        assert!(Tokens::read(Path::new("no/such/file")).is_err());
        assert!(issue("a b", [0; 32]).is_err() && issue("", [0; 32]).is_err());
    }

    #[test]
    fn a_changed_file_is_read_again_and_a_lost_one_lets_nobody_in() {
        let (old, old_line) = issue("pager", [1; 32]).expect("a good name");
        let (new, new_line) = issue("pager", [2; 32]).expect("a good name");
        let file = written(&old_line);
        let tokens = Tokens::read(file.path()).expect("it is well formed");
        let look = || {
            let mut known = tokens.known.lock().expect("nobody panicked");
            known.look(file.path());
        };
        fs::write(file.path(), format!("oops\n{new_line}")).expect("it is written");
        look();
        assert_eq!((tokens.name_of(&old), tokens.name_of(&new)), (None, Some("pager".into())));
        fs::remove_file(file.path()).expect("it is there");
        look();
        assert_eq!(tokens.name_of(&new), None);
    }
}
