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
    /// A page of a wiki, saved as HTML.
    Html,
    /// One JSON object per line.
    Jsonl,
    /// A list of such objects in one JSON value.
    Json,
    /// A table whose header names the fields.
    Csv,
    /// Incidents of PagerDuty: JSON of its REST API, or CSV of its reports.
    PagerDuty,
    /// Incidents of ServiceNow: JSON of its table API, or CSV of a list.
    ServiceNow,
    /// Issues of Jira: JSON of its REST API, or CSV of a search.
    Jira,
    /// Issues of GitHub: JSON of its REST API or of its command line.
    GitHub,
}

impl Format {
    /// Every format, pages before records, those of no tracker first.
    pub const ALL: [Self; 10] = [
        Self::Markdown,
        Self::Text,
        Self::Html,
        Self::Jsonl,
        Self::Json,
        Self::Csv,
        Self::PagerDuty,
        Self::ServiceNow,
        Self::Jira,
        Self::GitHub,
    ];

    /// The name, as in `--format`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Html => "html",
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::PagerDuty => "pagerduty",
            Self::ServiceNow => "servicenow",
            Self::Jira => "jira",
            Self::GitHub => "github",
        }
    }

    /// Whether a file of it is one document, rather than many records.
    #[must_use]
    pub fn is_whole_file(self) -> bool {
        matches!(self, Self::Markdown | Self::Text | Self::Html)
    }

    /// Where a list of records may be in JSON of this format, as dotted paths, besides the top.
    pub(crate) fn lists(self) -> Vec<String> {
        let lists: &[&str] = match self {
            Self::PagerDuty => &["incidents", "incident"],
            Self::ServiceNow => &["result", "records"],
            Self::Jira => &["issues"],
            Self::GitHub => &["items"],
            _ => &["incidents", "records", "items", "data", "result", "results"],
        };
        lists.iter().map(|&list| list.to_owned()).collect()
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
    /// [`Error::UnreadFormat`] for a format that has no reader, [`Error::UnknownFormat`] for any other word.
    fn from_str(name: &str) -> Result<Self> {
        let lower = name.to_lowercase();
        let format = match lower.as_str() {
            "auto" => return Ok(Self::Auto),
            "md" => Some(Format::Markdown),
            "txt" => Some(Format::Text),
            "htm" => Some(Format::Html),
            "ndjson" => Some(Format::Jsonl),
            "tsv" => Some(Format::Csv),
            other => Format::ALL.into_iter().find(|format| format.name() == other),
        };
        match format {
            Some(format) => Ok(Self::Fixed(format)),
            None if UNREAD.contains(&lower.as_str()) => Err(Error::UnreadFormat { name: lower }),
            None => Err(Error::UnknownFormat { name: lower }),
        }
    }
}

/// Formats and extensions that are known and have no reader of their own.
const UNREAD: [&str; 6] = ["xlsx", "xls", "opsgenie", "incident.io", "incidentio", "rootly"];

/// What an extension says about the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extension {
    /// It names one format.
    Names(Format),
    /// Prose: Markdown or text, as the content tells.
    Prose,
    /// JSON, of whatever program.
    Json,
    /// CSV, of whatever program.
    Csv,
    /// A known format without a reader.
    Unread,
    /// It says nothing.
    Unknown,
}

pub(crate) fn extension(path: &Path) -> Extension {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "md" | "markdown" => Extension::Names(Format::Markdown),
        "html" | "htm" | "xhtml" => Extension::Names(Format::Html),
        "jsonl" | "ndjson" => Extension::Names(Format::Jsonl),
        "txt" | "text" => Extension::Prose,
        "json" => Extension::Json,
        "csv" | "tsv" => Extension::Csv,
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
        for format in Format::ALL {
            let choice: FormatChoice = format.name().parse().expect("a format's own name");
            assert_eq!(choice, FormatChoice::Fixed(format));
        }
        assert!(matches!("auto".parse(), Ok(FormatChoice::Auto)));
    }

    #[test]
    fn a_format_without_a_reader_says_what_to_do() {
        let error = "Opsgenie".parse::<FormatChoice>().expect_err("no reader of its own");
        assert!(error.to_string().contains("--map"), "{error}");
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
