//! Classes as a period saw them, and the lists a report makes of them.

use std::borrow::Borrow;
use std::cmp::Reverse;

use incident::{Incident, Moment};

use super::{History, Recurring};
use crate::burst::Burst;
use crate::class_id::ClassId;
use crate::cost::Cost;
use crate::fix_status::FixStatus;
use crate::occurrences::Occurrences;
use crate::period::Period;
use crate::statistics::count;
use crate::trend::Trend;
use crate::trend_test::TrendTest;

/// The fewest occurrences that can be more than usual.
const OCCURRENCES_MIN: u32 = 3;

/// A class as the period saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassInPeriod {
    /// Its stable id.
    pub id: ClassId,
    /// Its name.
    pub name: String,
    /// Its occurrences in the period.
    pub in_period: u32,
    /// Its occurrences in the equally long period before; `None` where the period has no beginning.
    pub in_previous: Option<u32>,
    /// All its occurrences.
    pub total: u32,
    /// The first dated start of all.
    pub first_seen: Option<Moment>,
    /// The last dated start of all.
    pub last_seen: Option<Moment>,
    /// The median gap, in days.
    pub usual_gap_days: Option<f64>,
    /// How many usual gaps it has been quiet for.
    pub quiet_ratio: Option<f64>,
    /// Whether it comes closer together over its whole history.
    pub trend_test: Option<TrendTest>,
    /// The last 30 days against all days before.
    pub burst: Option<Burst>,
    /// Whether the fix held.
    pub fix_status: FixStatus,
    /// The same in a sentence with its figures.
    pub fix_summary: String,
    /// What its occurrences in the period cost.
    pub cost: Cost,
}

impl ClassInPeriod {
    fn of<I: Borrow<Incident>>(recurring: &Recurring<I>, period: Period) -> Self {
        let inside = within(&recurring.members, period);
        let class = &recurring.class;
        Self {
            id: class.id,
            name: class.name.clone(),
            in_period: count(inside.len()),
            in_previous: period
                .previous()
                .map(|previous| count(within(&recurring.members, previous).len())),
            total: class.occurrences.total,
            first_seen: class.first_seen,
            last_seen: class.last_seen,
            usual_gap_days: class.gap_days.map(|gap| gap.median),
            quiet_ratio: class.quiet_ratio,
            trend_test: class.trend_test,
            burst: class.burst,
            fix_status: class.fix_status,
            fix_summary: class.fix_summary.clone(),
            cost: Cost::of(&inside),
        }
    }

    /// Whether the trend test finds that it comes closer together.
    #[must_use]
    pub fn is_rising(&self) -> bool {
        self.trend_test.is_some_and(|test| test.direction == Trend::Rising)
    }

    /// Whether it occurs far more often just now than it did before.
    #[must_use]
    pub fn is_in_burst(&self) -> bool {
        self.burst.is_some_and(|burst| burst.is_burst)
    }

    /// How many more occurrences than in the period before; 0 unless there are at least three and at least
    /// twice as many as then: three after two are no news.
    #[must_use]
    pub fn increase(&self) -> u32 {
        match self.in_previous {
            Some(before) if self.in_period >= OCCURRENCES_MIN.max(before.saturating_mul(2)) => {
                self.in_period - before
            }
            _ => 0,
        }
    }
}

/// The incidents of the period in the order of time.
pub(super) fn within<I: Borrow<Incident>>(incidents: &[I], period: Period) -> Vec<&Incident> {
    let ordered = Occurrences::of(incidents);
    let inside = ordered.members().iter().copied();
    inside.filter(|incident| period.contains(incident.started_at)).collect()
}

/// A row for each class, in the order of [`super::Report::classes`].
pub(super) fn rows<I: Borrow<Incident>>(
    history: &History<I>,
    period: Period,
) -> Vec<ClassInPeriod> {
    let mut rows: Vec<ClassInPeriod> =
        history.classes.iter().map(|recurring| ClassInPeriod::of(recurring, period)).collect();
    rows.sort_by_key(|row| {
        let last_seen = row.last_seen.map(|last| last.at);
        (Reverse(row.in_period), Reverse(last_seen), row.id)
    });
    rows
}

pub(super) fn only(
    rows: &[ClassInPeriod],
    keep: impl Fn(&ClassInPeriod) -> bool,
) -> Vec<ClassInPeriod> {
    rows.iter().filter(|row| keep(row)).cloned().collect()
}

pub(super) fn is_new(row: &ClassInPeriod, period: Period) -> bool {
    period.since.is_some() && row.first_seen.is_some() && period.contains(row.first_seen)
}

pub(super) fn getting_worse(seen: &[ClassInPeriod]) -> Vec<ClassInPeriod> {
    let worse = |row: &ClassInPeriod| row.increase() > 0 || row.is_rising() || row.is_in_burst();
    let mut rows = only(seen, worse);
    rows.sort_by_key(|row| Reverse(row.increase()));
    rows
}

pub(super) fn held(rows: &[ClassInPeriod]) -> Vec<ClassInPeriod> {
    let mut held = only(rows, |row| row.fix_status == FixStatus::Held);
    let quiet = |row: &ClassInPeriod| row.quiet_ratio.unwrap_or(0.0);
    held.sort_by(|a, b| quiet(b).total_cmp(&quiet(a)).then(a.id.cmp(&b.id)));
    held
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{as_of, closed, december, history, incident, on, recurring};
    use super::super::report;
    use super::*;

    fn ids(rows: &[ClassInPeriod]) -> Vec<u32> {
        rows.iter().map(|row| row.id.number()).collect()
    }

    #[test]
    fn the_classes_of_the_period_stand_by_their_occurrences_in_it() {
        let classes = vec![
            recurring(1, on(&["2025-12-02", "2025-12-03"])),
            recurring(2, on(&["2025-12-01", "2025-12-09"])),
            recurring(3, on(&["2025-12-01", "2025-12-02", "2025-12-03"])),
            recurring(4, on(&["2025-11-01", "2025-11-29"])),
        ];
        let report = report(&history(classes, Vec::new()), december(), as_of());
        assert_eq!(ids(&report.classes), [3, 2, 1]);
        assert_eq!(report.classes[0].cost.minutes.sum, 30);
    }

    #[test]
    fn a_class_is_new_where_it_was_first_seen_in_the_period() {
        let classes = vec![
            recurring(1, on(&["2025-11-30", "2025-12-03"])),
            recurring(2, on(&["2025-12-01", "2025-12-09"])),
        ];
        let history = history(classes, Vec::new());
        assert_eq!(ids(&report(&history, december(), as_of()).new_classes), [2]);
        let whole = Period { since: None, ..december() };
        assert!(report(&history, whole, as_of()).new_classes.is_empty());
    }

    #[test]
    fn a_class_gets_worse_from_three_on_and_at_twice_the_period_before() {
        let classes = vec![
            recurring(1, on(&["2025-12-01", "2025-12-02"])),
            recurring(2, on(&["2025-11-20", "2025-12-01", "2025-12-02", "2025-12-03"])),
            recurring(3, on(&["2025-12-01", "2025-12-02", "2025-12-03"])),
            recurring(
                4,
                on(&["2025-11-21", "2025-11-22", "2025-12-01", "2025-12-02", "2025-12-03"]),
            ),
        ];
        let report = report(&history(classes, Vec::new()), december(), as_of());
        assert_eq!(ids(&report.getting_worse), [3, 2]);
        assert_eq!(report.getting_worse[1].in_previous, Some(1));
    }

    #[test]
    fn a_class_that_comes_closer_together_gets_worse_whatever_the_period_before() {
        let days = ["2025-01-01", "2025-10-01", "2025-11-10", "2025-12-10", "2025-12-20"];
        let history = history(vec![recurring(1, on(&days))], Vec::new());
        let whole = Period { since: None, ..december() };
        let report = report(&history, whole, as_of());
        assert_eq!((ids(&report.getting_worse), report.getting_worse[0].increase()), (vec![1], 0));
        assert!(report.getting_worse[0].is_rising());
    }

    #[test]
    fn fixes_that_failed_and_fixes_that_held_are_told_apart() {
        let failed =
            vec![closed(incident("2025-10-01", 5), "2025-10-05"), incident("2025-12-03", 5)];
        let long_ago =
            vec![closed(incident("2025-01-01", 5), "2025-01-05"), incident("2025-02-01", 5)];
        let held = |first: &str, second: &str| {
            vec![incident(first, 5), closed(incident(second, 5), "2025-10-05")]
        };
        let classes = vec![
            recurring(1, failed),
            recurring(2, long_ago),
            recurring(3, held("2025-09-01", "2025-10-01")),
            recurring(4, held("2025-09-20", "2025-10-01")),
        ];
        let report = report(&history(classes, Vec::new()), december(), as_of());
        assert_eq!(ids(&report.came_back_after_fix), [1]);
        assert_eq!(ids(&report.held), [4, 3]);
    }
}
