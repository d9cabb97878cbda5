//! How long each class stays away, and for how long it has now.

use recurrence::FailureClass;

use super::axis::{DaysAxis, Label, row_y, rows_end};
use super::charted::RowName;
use crate::words::{days, number};

/// A line for each class: its gaps, their middle half, the median, and the quiet since the last.
#[derive(Debug)]
pub(super) struct Gaps {
    pub(super) rows: Vec<Row>,
    pub(super) labels: Vec<Label>,
    pub(super) end: i64,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: RowName,
    pub(super) gaps: Vec<i64>,
    /// Where the middle half of the gaps begins and how wide it is.
    pub(super) middle: (i64, i64),
    pub(super) median: i64,
    pub(super) quiet: i64,
    /// The row in words.
    pub(super) told: String,
}

impl Gaps {
    /// `None` where no class has come back.
    pub(super) fn of(classes: &[&FailureClass]) -> Option<Self> {
        let longest = |class: &&FailureClass| {
            let quiet = class.quiet_days.unwrap_or_default();
            class.gaps_days.iter().copied().fold(quiet, f64::max)
        };
        let recurring: Vec<&FailureClass> =
            classes.iter().copied().filter(|class| class.gap_days.is_some()).collect();
        let axis = DaysAxis::new(recurring.iter().map(longest).fold(0.0, f64::max));
        let rows = recurring.iter().enumerate();
        let rows: Vec<Row> = rows.filter_map(|(nth, class)| Row::of(nth, class, axis)).collect();
        let end = rows_end(rows.len());
        (!rows.is_empty()).then(|| Self { labels: axis.labels(), end, rows })
    }
}

impl Row {
    fn of(nth: usize, class: &FailureClass, axis: DaysAxis) -> Option<Self> {
        let (gap, quiet) = (class.gap_days?, class.quiet_days?);
        let from = axis.x(gap.p25);
        let name = RowName::new(row_y(nth), class);
        let band = format!("{} to {}", number(gap.p25.round()), number(gap.p75.round()));
        let (median, now) = (days(gap.median), days(quiet));
        Some(Self {
            told: format!("{}: usual gap {median} ({band}), quiet for {now}.", name.full),
            name,
            gaps: class.gaps_days.iter().map(|gap| axis.x(*gap)).collect(),
            middle: (from, (axis.x(gap.p75) - from).max(2)),
            median: axis.x(gap.median),
            quiet: axis.x(quiet),
        })
    }
}
