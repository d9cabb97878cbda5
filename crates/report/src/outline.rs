//! What a report says, before it is written out in one format or another.

use engine::{Reported, Scope};
use recurrence::Period;

use crate::sections::sections;
use crate::summary::summary;
use crate::words::{beginning, end, one_line};

/// The heading of every report.
pub(crate) const TITLE: &str = "What keeps coming back";
/// The rows of a list; a reader of more wants the data.
pub(crate) const ROWS_MAX: usize = 50;
/// The longest text shown in one place, in characters.
const TEXT_CHARS_MAX: usize = 160;

/// The most columns that fit a narrow page.
const COLUMNS_NARROW_MAX: usize = 6;
/// The longest text that is kept on one line: a date, a duration.
const BRIEF_CHARS_MAX: usize = 12;
/// From how many characters on a text is a sentence.
const LONG_CHARS_MIN: usize = 40;

/// A report in words and figures, nothing of it escaped yet.
#[derive(Debug)]
pub(crate) struct Outline {
    /// What it covers, and what it was limited to.
    pub(crate) coverage: Vec<String>,
    /// What has to be known, in a few sentences.
    pub(crate) summary: Vec<String>,
    /// The rest, in order; none of them empty.
    pub(crate) sections: Vec<Section>,
}

/// One part of a report.
#[derive(Debug)]
pub(crate) struct Section {
    /// A name for links.
    pub(crate) anchor: &'static str,
    pub(crate) title: &'static str,
    /// What its figures mean; may be empty.
    pub(crate) note: &'static str,
    pub(crate) body: Body,
    /// How many rows were left out.
    pub(crate) more: usize,
}

/// What a section holds.
#[derive(Debug)]
pub(crate) enum Body {
    Lines(Vec<Line>),
    Table(Table),
}

/// A class, and a sentence about it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) text: String,
}

impl Line {
    pub(crate) fn new(name: &str, id: String, text: &str) -> Self {
        let shown = |text| one_line(text, TEXT_CHARS_MAX);
        Self { name: shown(name), id, text: shown(text) }
    }
}

/// Rows of cells below their headings.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) heading: &'static str,
    /// Whether its cells are numbers, which stand at the right.
    pub(crate) numeric: bool,
}

/// One cell.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// What it is sorted by, where that is not the text: a number.
    pub(crate) number: Option<f64>,
    /// Where the text leads.
    pub(crate) url: Option<String>,
    /// Whether it names its row.
    pub(crate) names_row: bool,
}

impl Outline {
    pub(crate) fn of(reported: &Reported, scope: &Scope) -> Self {
        Self {
            coverage: coverage(reported, scope),
            summary: summary(reported),
            sections: sections(reported),
        }
    }
}

impl Table {
    /// Whether it has so many columns that it needs more room than a phone has.
    pub(crate) fn is_wide(&self) -> bool {
        self.columns.len() > COLUMNS_NARROW_MAX
    }
}

impl Cell {
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        Self { text: one_line(text.as_ref(), TEXT_CHARS_MAX), ..Self::default() }
    }

    /// The cell that names its row.
    pub(crate) fn name(text: impl AsRef<str>) -> Self {
        Self { names_row: true, ..Self::text(text) }
    }

    /// A figure as it is shown, sorted by its value.
    pub(crate) fn figure(text: impl AsRef<str>, value: f64) -> Self {
        Self { number: Some(value), ..Self::text(text) }
    }

    pub(crate) fn count(count: u32) -> Self {
        Self::figure(count.to_string(), f64::from(count))
    }

    /// Where the text leads: an address of the web, nothing that runs.
    pub(crate) fn address(&self) -> Option<&str> {
        let url = self.url.as_deref()?.trim();
        let (scheme, _) = url.split_once("://")?;
        let web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        web.then_some(url)
    }

    /// Whether it is short enough to stay on one line.
    pub(crate) fn is_brief(&self) -> bool {
        self.text.chars().count() <= BRIEF_CHARS_MAX
    }

    /// Whether it needs a column of some width to be read.
    pub(crate) fn is_long(&self) -> bool {
        self.text.chars().count() >= LONG_CHARS_MIN
    }

    /// The same, leading somewhere.
    pub(crate) fn linked(self, url: Option<&str>) -> Self {
        Self { url: url.map(str::to_owned), ..self }
    }
}

fn coverage(Reported { report, .. }: &Reported, scope: &Scope) -> Vec<String> {
    let Period { since, until } = report.period;
    let period = match since {
        Some(since) => format!("From {} to {}", beginning(since), end(until)),
        None => format!("The whole history up to {}", end(until)),
    };
    let mut coverage = vec![format!("{period}, as known on {}.", end(report.as_of.at))];
    for (what, values) in
        [("Services", &scope.services), ("Teams", &scope.teams), ("Tags", &scope.tags)]
    {
        if !values.is_empty() {
            coverage.push(format!("{what}: {}.", one_line(&values.join(", "), TEXT_CHARS_MAX)));
        }
    }
    coverage
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let leads = |url| Cell::text("x").linked(Some(url)).address().is_some();
        assert!(leads("https://t.example/1") && leads(" HTTP://t.example"));
        assert!(!leads("javascript:alert(1)") && !leads("javascript://https://x") && !leads("x"));
        assert!(!leads("data:text/html,<script>") && !leads("//t.example") && !leads(""));
    }
}
