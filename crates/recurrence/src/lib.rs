//! What keeps coming back: failure classes, their statistics, whether the fix held, verdicts.
//!
//! * **In**: the incidents of a class as they were known at an [`incident::AsOf`] (see
//!   [`incident::Incident::as_known_at`]), and for a verdict the [`Evidence`] of a search.
//! * **Out**: [`FailureClass`], [`Verdict`], a headline of one line, the steps taken before, and the [`Report`] over a period.
//! * **Promises**: pure functions; no result depends on the order of the members given; every list has
//!   a stated order; linear in the members but for sorting them.
//! * **Does not know**: how classes are found, where anything is stored, text analysis, the wire, or
//!   what time it is now.
//!
//! ```
//! use incident::{AsOf, Incident, Moment};
//! use recurrence::{ClassId, ClassLabel, FixStatus, describe};
//!
//! let members: Vec<Incident> = ["2025-10-03", "2025-11-07", "2025-12-28"]
//!     .into_iter()
//!     .map(|day| {
//!         let mut incident = Incident::new("jsonl", day, format!("{day} - Cache stampede"));
//!         incident.started_at = Some(Moment::parse(day).expect("a valid day"));
//!         incident.text = Some("the cache was emptied by a deploy".into());
//!         incident
//!     })
//!     .collect();
//! let label = ClassLabel {
//!     id: ClassId::new(7),
//!     name: recurrence::name(&members).expect("the titles agree"),
//!     terms: vec!["cache".into(), "stampede".into()],
//!     pinned: false,
//! };
//! let class = describe(label, &members, AsOf::parse("2026-02-26").expect("a valid day"));
//! assert_eq!(class.name, "Cache stampede");
//! assert_eq!(class.gaps_days, [35.0, 51.0]);
//! assert_eq!(class.fix_status, FixStatus::NoneFiled);
//! ```

mod burst;
mod class;
mod class_id;
mod cost;
mod decision;
mod error;
mod event;
mod fix_status;
mod fix_summary;
mod follow_up;
mod headline;
mod lineage;
mod naming;
mod next_steps;
mod occurrences;
mod period;
mod report;
mod standing;
mod statistics;
mod sub_group;
mod tally;
mod title;
mod trend;
mod trend_test;
mod verdict;

pub use burst::{BURST_WINDOW_DAYS, Burst};
pub use class::{ClassLabel, Counts, FailureClass, describe};
pub use class_id::ClassId;
pub use cost::{Cost, Stated};
pub use decision::{Attribution, Decision, DecisionId, Ruling, Wish};
pub use error::{Error, Result};
pub use event::{Event, EventKind, Thresholds};
pub use fix_status::{Aftermath, FixStatus, aftermath};
pub use follow_up::{FollowUp, Outcome};
pub use headline::{Finding, HEADLINE_CHARS_MAX, event_headline, headline};
pub use lineage::{Heir, Inheritance, LineageEvent, LineageKind, Moves, Occasion, inherit};
pub use naming::name;
pub use next_steps::{NEXT_STEPS_MAX, NextStep, next_steps};
pub use period::Period;
pub use report::{
    ClassInPeriod, DecidedClass, History, OneOff, OverdueFollowUp, OwnerRecord, Recurring, Report,
    ServiceRecord, Totals, decided, report,
};
pub use standing::{Standing, undone};
pub use statistics::{Counted, Spread, TimeToResolve, Together};
pub use sub_group::SubGroup;
pub use tally::{Facts, Figures, Tally};
pub use title::bare_title;
pub use trend::Trend;
pub use trend_test::{TREND_CASES_MIN, TrendTest};
pub use verdict::{Cuts, Evidence, Verdict, judge};
