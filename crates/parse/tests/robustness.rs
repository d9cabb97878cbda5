//! No document, however broken, stops the reader.

use parse::{Format, Outcome, Parsed, Record, document};
use proptest::prelude::*;

fn record(format: Format, content: Vec<u8>) -> Record {
    Record {
        source: format.name().into(),
        format,
        file: "a.md".into(),
        line: 1,
        path_id: "x/2025-10-03-a".into(),
        content,
    }
}

/// Reads `content` in every format: no panic, an incident has a title, and what is warned about lies in
/// the file.
fn check(content: &[u8]) {
    let lines = content.iter().filter(|byte| **byte == b'\n').count() + 1;
    for format in Format::ALL {
        if let Outcome::Parsed(parsed) = document(&record(format, content.to_vec())) {
            assert!(!parsed.incident.title.trim().is_empty());
            for warning in &parsed.warnings {
                let first = usize::from(format != Format::Html);
                assert!(
                    (first..=lines).contains(&(warning.line as usize)),
                    "{warning:?} of {lines}"
                );
            }
        }
    }
}

/// Pieces that post-mortems are made of, to be put together at random.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "---\n",
        "title: a: b\n",
        "date: 2025-13-01\n",
        "services: [a\n",
        "severity: 2\n",
        "- x: *y\n",
        "# ",
        "## Timeline\n",
        "Timeline\n",
        "| Time (UTC) | Event |\n|---|---|\n",
        "| 23:59 | a |\n",
        "| 00:01 | b |\n",
        "- **10:00 PST** a\n",
        "Duration: 3h\n",
        "**Duration:** Mar 3, 23:00 to 01:00\n",
        "## Action Items\n",
        "  1. **b**\n",
        "- [x] a (owner: b, due 2025-02-30)\n",
        "Root Cause and Resolution\n",
        "**Cause:** c\n",
        "```\n",
        "====\n",
        "----\n",
        "[[a|b]]",
        "![",
        "](",
        "<img ",
        "<table><tr><td>",
        "</td></tr>",
        "<ul><li><pre>",
        "</ul><script>",
        "{\"key\": \"A-1\", \"fields\": {\"description\": {\"type\": \"doc\", \"content\": [",
        "{\"number\": 7, \"short_description\": \"x\", \"work_notes\": \"",
        "2026-01-02 03:04:05 - A (Work notes)\n",
        "]}}}",
        "\"}",
        "id,title,Duration\n",
        "1,\"a",
        "\n",
        "All times in XYZ.\n",
        "Feb 29\n",
        "\n",
        "\r\n",
        "\t",
        "Duration: 99999999999999999999 days\n",
        "affected 3.2 million users\n",
        "{\"id\": 1, \"title\": ",
        "[1]}",
        "\u{feff}",
        "\0",
        "\u{130}",
        "Start: 9999-12-31 23:59\n",
        "Start: 0001-01-01 00:00 UTC+14\n",
        "Date: 31 December 9999\n",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,12}"]
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_read_in_every_format(content in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&content);
    }

    #[test]
    fn arbitrary_pages_are_read_in_every_format(pieces in prop::collection::vec(piece(), 0..40)) {
        check(pieces.concat().as_bytes());
    }

    #[test]
    fn reading_is_a_function_of_the_bytes(pieces in prop::collection::vec(piece(), 0..20)) {
        let record = record(Format::Markdown, pieces.concat().into_bytes());
        prop_assert_eq!(document(&record), document(&record));
    }
}

fn parsed(format: Format, content: &[u8]) -> Parsed {
    match document(&record(format, content.to_vec())) {
        Outcome::Parsed(parsed) => *parsed,
        other => unreachable!("expected an incident, not {other:?}"),
    }
}

#[test]
fn a_page_that_is_not_utf8_is_read_with_a_warning() {
    let read = parsed(Format::Text, b"Disk full\n\nThe caf\xe9 was dark.\n");
    assert_eq!(read.incident.title, "Disk full");
    assert_eq!((read.warnings.len(), read.warnings[0].line), (1, 3));
}

#[test]
fn an_empty_page_is_skipped() {
    let outcome = document(&record(Format::Markdown, b" \n\n".to_vec()));
    assert!(matches!(outcome, Outcome::Skipped { .. }), "{outcome:?}");
}

#[test]
fn a_readme_is_skipped_unless_it_tells_of_an_incident() {
    let named = |content: &str| {
        document(&Record {
            file: "pages/README.md".into(),
            path_id: "pages/README".into(),
            ..record(Format::Markdown, content.into())
        })
    };
    assert!(matches!(named("# Our post-mortems\n"), Outcome::Skipped { .. }));
    assert!(matches!(named("# Down\n\n## Root Cause\nA full disk.\n"), Outcome::Parsed(_)));
}

#[test]
fn the_id_is_stated_or_comes_from_the_path() {
    let id = |page: &str| parsed(Format::Markdown, page.as_bytes()).incident.external_id;
    assert_eq!(id("---\nid: INC-7\n---\n# Down\n"), "INC-7");
    assert_eq!(id("# Down\n"), "x/2025-10-03-a");
}

#[test]
fn a_verb_names_no_service() {
    let read = parsed(Format::Markdown, b"# Down\n\n## Resolution\nRestarted server db-1.\n");
    assert_eq!(read.incident.services, [""; 0]);
}

#[test]
fn deep_markup_is_read() {
    for mark in ["[", "**", "> ", "- ", "|", "#", "`"] {
        let page = format!("# Down\n\n{}\n", mark.repeat(20_000));
        assert_eq!(parsed(Format::Markdown, page.as_bytes()).incident.title, "Down");
    }
    let sections = "## Impact\n- **Cause:** a\n".repeat(2_000);
    assert!(parsed(Format::Markdown, sections.as_bytes()).incident.impact.is_some());
}
