//! What was found, written down for another scorer.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::metrics::RankedQuery;

/// Writes `{"query_id", "ranked"}` per query: the very lists that are scored.
///
/// # Errors
/// [`Error::Write`].
pub fn write_run(path: &Path, queries: &[RankedQuery]) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        query_id: &'a str,
        ranked: &'a [String],
    }
    let lines =
        queries.iter().map(|query| Line { query_id: &query.query_id, ranked: &query.ranked });
    write_lines(path, lines)
}

/// Writes `{"id", "class"}` per document; `None` is a one-off and written as null.
///
/// # Errors
/// [`Error::Write`].
pub fn write_assignments<'a>(
    path: &Path,
    assignments: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<()> {
    #[derive(Serialize)]
    struct Line<'a> {
        id: &'a str,
        class: Option<&'a str>,
    }
    let lines = assignments.into_iter();
    write_lines(path, lines.map(|(id, class)| Line { id, class }))
}

fn write_lines<T: Serialize>(path: &Path, lines: impl Iterator<Item = T>) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for line in lines {
            serde_json::to_writer(&mut file, &line)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    };
    write().map_err(|source| Error::Write { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_one_object_per_line() {
        let out = tempfile::NamedTempFile::new().expect("a temporary file");
        let assignments = [("a", Some("c1")), ("b", None)];
        write_assignments(out.path(), assignments).expect("it is written");
        let text = std::fs::read_to_string(out.path()).expect("it is there");
        assert_eq!(text, "{\"id\":\"a\",\"class\":\"c1\"}\n{\"id\":\"b\",\"class\":null}\n");
    }

    #[test]
    fn a_place_that_takes_no_file_is_told() {
        let error = write_run(Path::new("no/such/run.jsonl"), &[]).expect_err("no folder");
        assert_eq!(error.to_string(), "no/such/run.jsonl: cannot be written");
    }

    #[test]
    fn a_run_is_written_with_its_rankings() {
        let out = tempfile::NamedTempFile::new().expect("a temporary file");
        let query = RankedQuery {
            query_id: "a".into(),
            ranked: vec!["c".into(), "b".into()],
            ..RankedQuery::default()
        };
        write_run(out.path(), &[query]).expect("it is written");
        let text = std::fs::read_to_string(out.path()).expect("it is there");
        assert_eq!(text, "{\"query_id\":\"a\",\"ranked\":[\"c\",\"b\"]}\n");
    }
}
