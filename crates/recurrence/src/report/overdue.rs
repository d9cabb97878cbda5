//! Promises past their due date.

use std::borrow::Borrow;
use std::cmp::Reverse;

use incident::{AsOf, Incident, IncidentId};

use super::History;
use crate::class_id::ClassId;
use crate::fix_status::aftermath;
use crate::follow_up::FollowUp;

/// A follow-up past its due date.
#[derive(Debug, Clone, PartialEq)]
pub struct OverdueFollowUp {
    /// The class it was promised in; `None` after a one-off.
    pub class: Option<ClassId>,
    /// The follow-up.
    pub item: FollowUp,
}

/// All overdue follow-ups of `history`, in the order of [`super::Report::overdue`].
pub(super) fn overdue<I: Borrow<Incident>>(
    history: &History<I>,
    as_of: AsOf,
) -> Vec<OverdueFollowUp> {
    let of_classes = history.classes.iter().flat_map(|recurring| {
        let class = Some(recurring.class.id);
        let items = recurring.class.action_items.iter().cloned();
        items.map(move |item| OverdueFollowUp { class, item })
    });
    let of_one_offs = history.one_offs.iter().flat_map(|incident| {
        let items = aftermath(&[incident.borrow()], as_of).action_items;
        items.into_iter().map(|item| OverdueFollowUp { class: None, item })
    });
    let mut overdue: Vec<OverdueFollowUp> =
        of_classes.chain(of_one_offs).filter(|follow_up| follow_up.item.is_overdue()).collect();
    // A stable sort: the items of one incident stay as in its document.
    overdue.sort_by(|a, b| urgency(&a.item).cmp(&urgency(&b.item)));
    overdue
}

fn urgency(item: &FollowUp) -> (Reverse<(u32, u64, u32)>, &IncidentId) {
    let cost = (item.recurrences_since, item.minutes_since, item.days_overdue);
    (Reverse(cost), &item.incident_id)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{as_of, december, due, history, incident, recurring};
    use super::super::report;

    #[test]
    fn overdue_follow_ups_stand_by_what_they_cost_then_by_days() {
        let class = vec![
            due(due(incident("2025-10-01", 5), "2025-10-08"), "2026-01-15"),
            due(incident("2025-11-01", 5), "2025-12-30"),
        ];
        let one_offs = vec![
            due(due(incident("2025-06-01", 5), "2025-12-30"), "2025-12-30"),
            due(incident("2025-05-01", 5), "2025-06-08"),
        ];
        let report = report(&history(vec![recurring(1, class)], one_offs), december(), as_of());
        let shown: Vec<(u32, u32, bool)> = report
            .overdue
            .iter()
            .map(|one| (one.item.recurrences_since, one.item.days_overdue, one.class.is_some()))
            .collect();
        let expected = [(1, 84, true), (0, 206, false), (0, 1, false), (0, 1, false), (0, 1, true)];
        assert_eq!(shown, expected);
    }
}
