//! Sums over a period.

use std::borrow::Borrow;

use incident::Incident;

use super::History;
use super::class_in_period::within;
use crate::cost::Cost;
use crate::period::Period;
use crate::statistics::count;

/// Sums over the incidents of a period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Totals {
    /// All incidents.
    pub incidents: u32,
    /// The classes they belong to.
    pub classes: u32,
    /// The incidents that belong to a class.
    pub recurring_incidents: u32,
    /// What all of them cost.
    pub cost: Cost,
    /// What those of a class cost.
    pub recurring_cost: Cost,
}

impl Totals {
    pub(super) fn of<I: Borrow<Incident>>(history: &History<I>, period: Period) -> Self {
        let members = |members: &[I]| {
            members.iter().any(|member| period.contains(member.borrow().started_at))
        };
        let seen = history.classes.iter().filter(|recurring| members(&recurring.members));
        let recurring: Vec<&Incident> = history
            .classes
            .iter()
            .flat_map(|recurring| recurring.members.iter().map(Borrow::borrow))
            .collect();
        let one_offs = history.one_offs.iter().map(Borrow::borrow);
        let all: Vec<&Incident> = recurring.iter().copied().chain(one_offs).collect();
        let (all, recurring) = (within(&all, period), within(&recurring, period));
        Self {
            incidents: count(all.len()),
            classes: count(seen.count()),
            recurring_incidents: count(recurring.len()),
            cost: Cost::of(&all),
            recurring_cost: Cost::of(&recurring),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{as_of, december, history, incident, on, recurring};
    use super::super::report;
    use super::*;
    use crate::cost::Stated;

    #[test]
    fn totals_are_those_of_the_period_where_stated() {
        let mut costly = incident("2025-12-05", 30);
        costly.users_affected = Some(9_000);
        costly.revenue = Some(28_145.5);
        let silent = Incident { duration_minutes: None, ..incident("2025-12-07", 0) };
        let classes = vec![
            recurring(1, vec![incident("2025-11-05", 500), costly]),
            recurring(2, on(&["2025-10-01", "2025-10-02"])),
        ];
        let report = report(&history(classes, vec![silent]), december(), as_of());
        let previous = report.previous_totals.expect("it has a beginning");
        assert_eq!((previous.incidents, previous.cost.minutes.sum), (1, 500));
        let totals = report.totals;
        assert_eq!((totals.incidents, totals.classes, totals.recurring_incidents), (2, 1, 1));
        assert_eq!(totals.cost, totals.recurring_cost);
        let minutes = Stated { sum: 30, incidents: 1 };
        assert_eq!((totals.cost.minutes, totals.cost.users.sum), (minutes, 9_000));
        assert!((totals.cost.revenue.sum - 28_145.5).abs() < 1e-9);
    }

    #[test]
    fn the_whole_history_has_nothing_before_it() {
        let whole = Period { since: None, ..december() };
        let report = report(&history(Vec::new(), on(&["2025-12-03"])), whole, as_of());
        assert_eq!((report.totals.incidents, report.previous_totals), (1, None));
    }
}
