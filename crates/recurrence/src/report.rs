//! What kept coming back in a period, at what cost, and which promises are still due.

mod class_in_period;
mod decided;
#[cfg(test)]
mod fixtures;
mod overdue;
mod repeats;
mod totals;

use std::borrow::Borrow;
use std::cmp::Reverse;

use incident::{AsOf, Incident, IncidentId, Moment};

use crate::class::FailureClass;
use crate::fix_status::FixStatus;
use crate::period::Period;
pub use class_in_period::ClassInPeriod;
use class_in_period::{getting_worse, held, is_new, only, rows, within};
pub use decided::{DecidedClass, decided};
pub use overdue::OverdueFollowUp;
use overdue::overdue;
pub use repeats::{OwnerRecord, ServiceRecord};
use repeats::{owners, services};
pub use totals::Totals;

/// A class with its members, as known at the as-of of the report.
#[derive(Debug, Clone)]
pub struct Recurring<I> {
    /// The class.
    pub class: FailureClass,
    /// Its members, in any order.
    pub members: Vec<I>,
}

/// All that a report is made from. `I` is an [`Incident`] or a reference to one.
#[derive(Debug, Clone)]
pub struct History<I> {
    /// The recurring classes, in any order.
    pub classes: Vec<Recurring<I>>,
    /// The incidents of no class, in any order, as known at the as-of of the report.
    pub one_offs: Vec<I>,
}

/// The report over a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The period it covers.
    pub period: Period,
    /// The moment it looks from.
    pub as_of: AsOf,
    /// The sums over the period.
    pub totals: Totals,
    /// The sums over the equally long period before; `None` where the period has no beginning.
    pub previous_totals: Option<Totals>,
    /// The classes seen in the period: the most occurrences in it first, then last seen latest, then by id.
    pub classes: Vec<ClassInPeriod>,
    /// Those of them first seen in the period, in the same order; empty where it has no beginning.
    pub new_classes: Vec<ClassInPeriod>,
    /// Those of them that came back after a fix, in the same order.
    pub came_back_after_fix: Vec<ClassInPeriod>,
    /// Those of them that occurred at least twice as often as in the equally long period before, and at
    /// least three times; or come closer together by the trend test; or are in a burst. The largest increase first,
    /// then in the same order.
    pub getting_worse: Vec<ClassInPeriod>,
    /// All classes whose fix held, seen in the period or not: quiet for the most of their usual gaps first, then
    /// by id.
    pub held: Vec<ClassInPeriod>,
    /// All overdue follow-ups, of whatever age: the most recurrences since first, then the most minutes
    /// these took, then the most days overdue, then by incident and as in its document.
    pub overdue: Vec<OverdueFollowUp>,
    /// The owners of follow-ups after which a class came back: the most recurrences first, then the most
    /// minutes, then by name.
    pub owners: Vec<OwnerRecord>,
    /// The services with at least two incidents of classes in the period: the most incidents first, then
    /// the most minutes, then by name.
    pub services: Vec<ServiceRecord>,
    /// The incidents of the period that belong to no class: newest first, undated last, equals by id.
    pub one_offs: Vec<OneOff>,
}

/// An incident of no class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOff {
    /// Its id.
    pub incident_id: IncidentId,
    /// Its title.
    pub title: String,
    /// When it began.
    pub started_at: Option<Moment>,
    /// Minutes until it was over.
    pub time_to_resolve_minutes: Option<u32>,
}

/// The report on `history` over `period`, looking from `as_of`.
#[must_use]
pub fn report<I: Borrow<Incident>>(history: &History<I>, period: Period, as_of: AsOf) -> Report {
    let all = rows(history, period);
    let seen: Vec<ClassInPeriod> = all.iter().filter(|row| row.in_period > 0).cloned().collect();
    Report {
        period,
        as_of,
        totals: Totals::of(history, period),
        previous_totals: period.previous().map(|previous| Totals::of(history, previous)),
        new_classes: only(&seen, |row| is_new(row, period)),
        came_back_after_fix: only(&seen, |row| row.fix_status == FixStatus::RecurredAfterFix),
        getting_worse: getting_worse(&seen),
        held: held(&all),
        overdue: overdue(history, as_of),
        owners: owners(history),
        services: services(history, period),
        one_offs: one_offs(history, period),
        classes: seen,
    }
}

fn one_offs<I: Borrow<Incident>>(history: &History<I>, period: Period) -> Vec<OneOff> {
    let mut inside = within(&history.one_offs, period);
    inside.sort_by_key(|incident| {
        let start = incident.started_at.map(|started| started.at);
        (Reverse(start), &incident.id)
    });
    inside
        .into_iter()
        .map(|incident| OneOff {
            incident_id: incident.id.clone(),
            title: incident.title.clone(),
            started_at: incident.started_at,
            time_to_resolve_minutes: incident.time_to_resolve_minutes(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::fixtures::{as_of, december, history, incident, on, recurring};
    use super::*;

    #[test]
    fn one_offs_of_the_period_stand_newest_first() {
        let mut days = on(&["2025-12-03", "2025-12-09", "2025-11-30"]);
        days.push(Incident::new("jsonl", "undated", "Cache stampede"));
        let history = history(Vec::new(), days);
        let shown = |period| {
            let report = report(&history, period, as_of());
            let titles: Vec<String> =
                report.one_offs.iter().map(|one| one.incident_id.to_string()).collect();
            titles.join(" ")
        };
        assert_eq!(shown(december()), "i-2025-12-09 i-2025-12-03");
        let whole = Period { since: None, ..december() };
        assert_eq!(shown(whole), "i-2025-12-09 i-2025-12-03 i-2025-11-30 undated");
    }

    #[test]
    fn the_order_of_the_history_does_not_matter() {
        let revenue =
            |day: &str, revenue: f64| Incident { revenue: Some(revenue), ..incident(day, 1) };
        let first = recurring(1, vec![revenue("2025-12-01", 0.1), revenue("2025-12-02", 0.2)]);
        let second = recurring(2, vec![revenue("2025-12-03", 0.3), revenue("2025-12-04", 1e9)]);
        let mut reversed = vec![second.clone(), first.clone()];
        for recurring in &mut reversed {
            recurring.members.reverse();
        }
        let one = report(&history(vec![first, second], Vec::new()), december(), as_of());
        let other = report(&history(reversed, Vec::new()), december(), as_of());
        assert_eq!(one, other);
    }
}
