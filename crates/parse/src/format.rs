//! The formats, by name, extension and content.

use std::path::Path;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;

use crate::error::{Error, Result};

/// A format with a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Markdown, with or without YAML front matter.
    Markdown,
    /// Plain text.
    Text,
    /// One JSON object per line.
    Jsonl,
}

impl Format {
    /// The name, as in `--format`: `markdown`, `text` or `jsonl`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Jsonl => "jsonl",
        }
    }
}

/// The format asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormatChoice {
    /// By extension, then by content.
    #[default]
    Auto,
    /// This one, whatever the file looks like.
    Fixed(Format),
}

impl FromStr for FormatChoice {
    type Err = Error;

    /// Reads `--format`.
    ///
    /// # Errors
    /// [`Error::UnreadFormat`] for a format that has no reader yet, [`Error::UnknownFormat`] for any
    /// other word.
    fn from_str(name: &str) -> Result<Self> {
        match name.to_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "markdown" | "md" => Ok(Self::Fixed(Format::Markdown)),
            "text" | "txt" => Ok(Self::Fixed(Format::Text)),
            "jsonl" | "ndjson" => Ok(Self::Fixed(Format::Jsonl)),
            other if UNREAD.contains(&other) => Err(Error::UnreadFormat { name: other.into() }),
            other => Err(Error::UnknownFormat { name: other.into() }),
        }
    }
}

/// Formats and extensions that are known and not read yet.
const UNREAD: [&str; 14] = [
    "html",
    "htm",
    "csv",
    "tsv",
    "json",
    "xlsx",
    "pagerduty",
    "opsgenie",
    "incident.io",
    "incidentio",
    "rootly",
    "servicenow",
    "jira",
    "github",
];

/// What an extension says about the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// It names one format.
    Names(Format),
    /// Prose: Markdown or text, as the content tells.
    Prose,
    /// A known format without a reader.
    Unread,
    /// It says nothing.
    Unknown,
}

pub(crate) fn extension(path: &Path) -> Extension {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "md" | "markdown" => Extension::Names(Format::Markdown),
        "jsonl" | "ndjson" => Extension::Names(Format::Jsonl),
        "txt" | "text" => Extension::Prose,
        other if UNREAD.contains(&other) => Extension::Unread,
        _ => Extension::Unknown,
    }
}

/// Markdown where the text opens with front matter or has a heading, emphasis, link, table or fence;
/// else plain text. A bullet list alone is no sign: plain text has those too.
pub(crate) fn prose_format(text: &str) -> Format {
    static MARKUP: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?m)^#{1,6} \S|^\*\*\S|^\s*[-*] \*\*\S|^\s*```|^\|.*\|\s*$|^\S.*\r?\n(?:={4,}|-{4,})\s*$|^\s*[-*] \[[ xX]\] ",
        )
        .expect("a valid pattern")
    });
    let opens_with_front_matter = text.starts_with("---\n") || text.starts_with("---\r\n");
    if opens_with_front_matter || MARKUP.is_match(text) { Format::Markdown } else { Format::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_formats() {
        for format in [Format::Markdown, Format::Text, Format::Jsonl] {
            let choice: FormatChoice = format.name().parse().expect("a format's own name");
            assert_eq!(choice, FormatChoice::Fixed(format));
        }
        assert!(matches!("auto".parse(), Ok(FormatChoice::Auto)));
    }

    #[test]
    fn a_format_without_a_reader_says_what_to_do() {
        let error = "csv".parse::<FormatChoice>().expect_err("not read yet");
        assert!(error.to_string().contains("convert to JSONL"), "{error}");
    }

    #[test]
    fn an_unknown_format_says_what_was_expected() {
        let error = "toml".parse::<FormatChoice>().expect_err("unknown");
        assert!(error.to_string().contains("expected auto, markdown"), "{error}");
    }

    #[test]
    fn markup_makes_a_text_markdown() {
        for text in [
            "---\ntitle: a\n---\n",
            "# Disk full\n",
            "Report\n\n**Cause:** a full disk\n",
            "- **Cause:** a full disk\n",
            "| a | b |\n",
            "Summary\n-------\n",
        ] {
            assert_eq!(prose_format(text), Format::Markdown, "{text:?}");
        }
    }

    #[test]
    fn lists_links_and_issue_numbers_alone_leave_it_text() {
        for text in ["Tasks\n- one\n- two\n", "#12 is open\n", "see [this](there)\n", ""] {
            assert_eq!(prose_format(text), Format::Text, "{text:?}");
        }
    }
}
