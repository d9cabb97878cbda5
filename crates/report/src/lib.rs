//! Writes a plain report out for people.
//!
//! * **In**: a report with the classes it speaks of ([`engine::Reported`]) and what it was limited to.
//! * **Out**: Markdown that reads well as it is and as a page; of a backtest an HTML page with its curve.
//! * **Promises**: the same report gives the same bytes, and names no time of its own making. No text of an incident can
//!   become markup. Long lists and texts are cut, and say so. Linear in the report.
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
mod markdown;
mod words;

use engine::{Backtest, Reported, Scope};
use incident::AsOf;

/// How a report is written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Markdown with the tables of GitHub.
    Markdown,
}

/// Writes `reported` out; `scope` is what it was limited to.
#[must_use]
pub fn render(reported: &Reported, scope: &Scope, format: Format) -> String {
    match format {
        Format::Markdown => markdown::page(reported, scope),
    }
}

/// Writes `backtest`, whose classes are as of `as_of`, out as one HTML page that needs no other file.
#[must_use]
pub fn backtest(backtest: &Backtest, as_of: AsOf) -> String {
    backtest::page(backtest, as_of)
}
