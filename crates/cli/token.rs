//! `relapse token`: a new token on stdout, its hash in the file of a server.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use relapse::guard::tokens::issue;
use serde_json::json;

use crate::args::{Global, Output, TokenArgs};
use crate::error::{Error, Result};
use crate::output::{note, to_stdout};

/// `relapse token`.
pub fn token(arguments: &TokenArgs, global: &Global) -> Result<()> {
    let TokenArgs { name, tokens } = arguments;
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Start(io::Error::other(error)))?;
    let (token, line) = issue(name, random)?;
    append(tokens, &line).map_err(|source| Error::Write { path: tokens.clone(), source })?;
    let shown = match global.output {
        Output::Text => token,
        Output::Json => json!({"name": name, "token": token}).to_string(),
    };
    to_stdout(format!("{shown}\n").as_bytes())?;
    note(&format!("servers with --tokens {} now accept {name}", tokens.display()));
    Ok(())
}

/// Adds a line of its own, also behind a last line that has no end.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let last = fs::read(path).ok().and_then(|bytes| bytes.last().copied());
    let end = if last.is_some_and(|byte| byte != b'\n') { "\n" } else { "" };
    let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    file.write_all(format!("{end}{line}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_stays_a_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tokens");
        append(&path, "a 1").expect("it is made");
        append(&path, "b 2\n").expect("it is there");
        append(&path, "c 3\n").expect("it is there");
        assert_eq!(fs::read_to_string(&path).expect("it is text"), "a 1\nb 2\nc 3\n");
    }
}
