//! Writes a plain report out for people.
//!
//! * **In**: a report with the classes it speaks of ([`engine::Reported`]) and what it was limited to.
//! * **Out**: an HTML page that needs no other file, Markdown that reads well as it is, or CSV with a row per
//!   class; the report in a few sentences ([`summary`]); of a backtest an HTML page with its curve.
//! * **Promises**: the same report gives the same bytes, and names no time of its own making. No text of an incident can
//!   become markup, a script or a formula. Long lists and texts are cut, and say so; CSV has every row. Linear in the
//!   report.
//! * **Does not know**: what a report is made from, stores, the wire, what time it is.
//!
//! ```
//! use engine::{Engine, Scope};
//! use incident::AsOf;
//! use recurrence::Period;
//!
//! # fn main() -> engine::Result<()> {
//! # let dir = tempfile::tempdir().expect("a temporary folder");
//! let engine = Engine::open(dir.path())?;
//! let as_of = AsOf::parse("2026-06-30").expect("a day");
//! let period = Period { since: None, until: as_of.at };
//! let reported = engine.report(period, &Scope::default(), as_of)?;
//! let text = report::render(&reported, &Scope::default(), report::Format::Markdown);
//! assert!(text.starts_with("# What keeps coming back\n"));
//! # Ok(())
//! # }
//! ```

mod backtest;
mod escape;
#[cfg(test)]
mod fixtures;
mod html;
mod markdown;
mod outline;
mod sections;
mod spreadsheet;
mod summary;
mod words;

use engine::{Backtest, Reported, Scope};
use incident::AsOf;

pub use summary::{SUMMARY_LINES_MAX, summary};

/// How a report is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One HTML page that asks no other place for anything.
    Html,
    /// Markdown with the tables of GitHub.
    Markdown,
    /// Comma-separated values (RFC 4180), a row for each class, with a row of names before them.
    Csv,
}

/// Writes `reported` out; `scope` is what it was limited to.
#[must_use]
pub fn render(reported: &Reported, scope: &Scope, format: Format) -> String {
    match format {
        Format::Html => html::page(reported, scope),
        Format::Markdown => markdown::page(reported, scope),
        Format::Csv => spreadsheet::rows(reported),
    }
}

/// Writes `backtest`, whose classes are as of `as_of`, out as one HTML page that needs no other file.
#[must_use]
pub fn backtest(backtest: &Backtest, as_of: AsOf) -> String {
    backtest::page(backtest, as_of)
}
