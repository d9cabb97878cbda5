//! Which classes the pictures show.

use std::collections::BTreeMap;

use engine::Reported;
use recurrence::{ClassId, FailureClass};

use crate::words::one_line;

/// The classes of the period that are shown,
const OF_PERIOD_MAX: usize = 16;
/// and those beside them whose fix held: their silence is worth seeing.
const HELD_MAX: usize = 4;
/// The longest name at the left of a row, in characters.
const NAME_CHARS_MAX: usize = 34;

/// The classes of the period, most frequent first, then those that held.
pub(super) fn charted(Reported { report, classes, .. }: &Reported) -> Vec<&FailureClass> {
    let known: BTreeMap<ClassId, &FailureClass> =
        classes.iter().map(|class| (class.id, class)).collect();
    let of_period = report.classes.iter().take(OF_PERIOD_MAX).map(|row| row.id);
    let mut ids: Vec<ClassId> = of_period.collect();
    let held = report.held.iter().map(|row| row.id).filter(|id| !ids.contains(id));
    let held: Vec<ClassId> = held.take(HELD_MAX).collect();
    ids.extend(held);
    ids.iter().filter_map(|id| known.get(id).copied()).collect()
}

/// A class at the left of its row.
#[derive(Debug)]
pub(super) struct RowName {
    pub(super) y: i64,
    pub(super) text: String,
    /// The whole name.
    pub(super) full: String,
}

impl RowName {
    pub(super) fn new(y: i64, class: &FailureClass) -> Self {
        let full = format!("{} ({})", one_line(&class.name, 160), class.id);
        Self { y, text: one_line(&class.name, NAME_CHARS_MAX), full }
    }
}
