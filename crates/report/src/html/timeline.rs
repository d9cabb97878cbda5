//! When each class occurred, and when its follow-ups were done or due.

use incident::Moment;
use jiff::Timestamp;
use recurrence::{FailureClass, Report};

use super::axis::{Label, TimeAxis, row_y, rows_end};
use super::charted::RowName;

/// A line for each class, a dot for each occurrence.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) rows: Vec<Row>,
    pub(super) labels: Vec<Label>,
    /// Where the period of the report begins and how wide it is.
    pub(super) period: (i64, i64),
    pub(super) end: i64,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: RowName,
    pub(super) occurrences: Vec<Mark>,
    pub(super) done: Vec<Mark>,
    pub(super) overdue: Vec<Mark>,
    /// The row in words.
    pub(super) told: String,
}

/// Something on a line, and what it is.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) x: i64,
    pub(super) what: String,
}

impl Timeline {
    /// `None` where nothing is dated.
    pub(super) fn of(classes: &[&FailureClass], report: &Report) -> Option<Self> {
        let first =
            classes.iter().filter_map(|class| class.first_seen).map(|seen| seen.at).min()?;
        let from = report.period.since.map_or(first, |since| since.min(first));
        let axis = TimeAxis::new(from, report.as_of.at)?;
        let begin = axis.x(report.period.since.unwrap_or(from));
        let rows: Vec<Row> =
            classes.iter().enumerate().map(|(nth, class)| Row::of(nth, class, &axis)).collect();
        Some(Self {
            labels: axis.labels(),
            period: (begin, axis.x(report.period.until) - begin),
            end: rows_end(rows.len()),
            rows,
        })
    }
}

impl Row {
    fn of(nth: usize, class: &FailureClass, axis: &TimeAxis) -> Self {
        let mark = |at: Timestamp, what: String| Mark { x: axis.x(at), what };
        let occurred = |start: &Moment| mark(start.at, start.to_string());
        let done = class.action_items.iter().filter(|item| item.state == incident::ItemState::Done);
        let done = done.filter_map(|item| {
            let since = item.closed_since?;
            Some(mark(since.at, format!("done on {}: {}", since.date(), item.action)))
        });
        let overdue = class.action_items.iter().filter(|item| item.is_overdue());
        let overdue = overdue.filter_map(|item| {
            let due = item.due?;
            Some(mark(Moment::day(due).at, format!("due on {due}, overdue: {}", item.action)))
        });
        let days: Vec<String> = class.starts.iter().map(|start| start.date().to_string()).collect();
        let name = RowName::new(row_y(nth), class);
        Self {
            told: format!("{}: {}; {}.", name.full, days.join(", "), class.fix_summary),
            name,
            occurrences: class.starts.iter().map(occurred).collect(),
            done: done.collect(),
            overdue: overdue.collect(),
        }
    }
}
