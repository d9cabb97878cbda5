//! Who promised what did not help, and which services fail again and again.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use incident::{Incident, ItemState};
use jiff::Timestamp;

use super::class_in_period::within;
use super::{History, Recurring};
use crate::fix_status::FixStatus;
use crate::follow_up::{FollowUp, Outcome};
use crate::occurrences::Occurrences;
use crate::period::Period;

/// The incidents of a class that make a service a repeat offender.
const INCIDENTS_MIN: u32 = 2;

/// The follow-ups of one owner in all classes, and what came back in spite of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnerRecord {
    /// The owner as written; of several spellings that differ in case, the first in the order of bytes.
    pub owner: String,
    /// All follow-ups promised, dropped ones too.
    pub promised: u32,
    /// Those that are past their due date.
    pub overdue: u32,
    /// Those that were done, and the class came back after that.
    pub in_vain: u32,
    /// The occurrences, each counted once, that started after the incident of a follow-up that was not
    /// done, or after a follow-up was done.
    pub recurrences: u32,
    /// The minutes that these took, where known.
    pub minutes: u64,
}

/// What recurs on one service in the period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceRecord {
    /// The service, verbatim.
    pub service: String,
    /// The incidents of classes on it.
    pub incidents: u32,
    /// The classes they belong to.
    pub classes: u32,
    /// Those of these classes that came back after a fix.
    pub in_vain: u32,
    /// The minutes that the incidents took, where known.
    pub minutes: u64,
}

/// In the order of [`super::Report::owners`].
pub(super) fn owners<I: Borrow<Incident>>(history: &History<I>) -> Vec<OwnerRecord> {
    let mut by_owner: BTreeMap<String, OwnerRecord> = BTreeMap::new();
    for recurring in &history.classes {
        add_owners(&mut by_owner, recurring);
    }
    let mut owners: Vec<OwnerRecord> =
        by_owner.into_values().filter(|record| record.recurrences > 0).collect();
    owners.sort_by_key(|record| (Reverse(record.recurrences), Reverse(record.minutes)));
    owners
}

fn add_owners<I: Borrow<Incident>>(
    by_owner: &mut BTreeMap<String, OwnerRecord>,
    recurring: &Recurring<I>,
) {
    let mut in_vain_since: BTreeMap<String, Timestamp> = BTreeMap::new();
    for item in &recurring.class.action_items {
        let Some(owner) = item.owner.as_deref().map(str::trim).filter(|owner| !owner.is_empty())
        else {
            continue;
        };
        let key = owner.to_lowercase();
        let record = by_owner.entry(key.clone()).or_default();
        record.add(owner, item);
        if let Some(since) = should_have_helped_from(item) {
            let earliest = in_vain_since.entry(key).or_insert(since);
            *earliest = since.min(*earliest);
        }
    }
    let class = Occurrences::of(&recurring.members);
    for (key, since) in in_vain_since {
        let record = by_owner.entry(key).or_default();
        record.recurrences += class.count_after(since);
        record.minutes = record.minutes.saturating_add(class.minutes_after(since));
    }
}

impl OwnerRecord {
    fn add(&mut self, owner: &str, item: &FollowUp) {
        if self.owner.is_empty() || owner < self.owner.as_str() {
            owner.clone_into(&mut self.owner);
        }
        self.promised += 1;
        self.overdue += u32::from(item.is_overdue());
        self.in_vain += u32::from(item.outcome == Outcome::RecurredAfterDone);
    }
}

/// From when on an occurrence speaks against the follow-up; `None` where nothing says.
fn should_have_helped_from(item: &FollowUp) -> Option<Timestamp> {
    match item.state {
        ItemState::Done => item.done_by(),
        ItemState::Open | ItemState::Dropped => item.promised_at.map(|at| at.at),
    }
}

/// In the order of [`super::Report::services`].
pub(super) fn services<I: Borrow<Incident>>(
    history: &History<I>,
    period: Period,
) -> Vec<ServiceRecord> {
    let mut by_service: BTreeMap<&str, ServiceRecord> = BTreeMap::new();
    for recurring in &history.classes {
        let in_vain = recurring.class.fix_status == FixStatus::RecurredAfterFix;
        for (service, (incidents, minutes)) in on_services(recurring, period) {
            let record = by_service.entry(service).or_default();
            record.incidents += incidents;
            record.minutes = record.minutes.saturating_add(minutes);
            record.classes += 1;
            record.in_vain += u32::from(in_vain);
        }
    }
    let mut services: Vec<ServiceRecord> = by_service
        .into_iter()
        .filter(|(_, record)| record.incidents >= INCIDENTS_MIN)
        .map(|(service, record)| ServiceRecord { service: service.to_owned(), ..record })
        .collect();
    services.sort_by_key(|record| (Reverse(record.incidents), Reverse(record.minutes)));
    services
}

/// The incidents of the period on each service, and their minutes.
fn on_services<I: Borrow<Incident>>(
    recurring: &Recurring<I>,
    period: Period,
) -> BTreeMap<&str, (u32, u64)> {
    let mut on: BTreeMap<&str, (u32, u64)> = BTreeMap::new();
    for incident in within(&recurring.members, period) {
        for service in &incident.services {
            let (incidents, minutes) = on.entry(service).or_default();
            *incidents += 1;
            *minutes += incident.time_to_resolve_minutes().map_or(0, u64::from);
        }
    }
    on
}

#[cfg(test)]
mod tests {
    use incident::ActionItem;

    use super::super::fixtures::{as_of, closed, december, history, incident, recurring};
    use super::super::report;
    use super::*;

    fn promised(mut member: Incident, owner: &str, status: &str) -> Incident {
        member.action_items.push(ActionItem {
            action: "mend it".into(),
            owner: Some(owner.into()),
            status: Some(status.into()),
            due: "2025-11-20".parse().ok(),
            ..ActionItem::default()
        });
        member
    }

    #[test]
    fn an_owner_answers_once_for_each_occurrence_after_the_first_promise() {
        let first = promised(promised(incident("2025-11-01", 5), "Edge", "open"), "edge ", "open");
        let mut members = vec![first, incident("2025-12-03", 30), incident("2025-12-09", 12)];
        members[1] = promised(members[1].clone(), "Storage", "won't do");
        members[2] = promised(members[2].clone(), "Nobody hurt", "open");
        let report = report(&history(vec![recurring(1, members)], Vec::new()), december(), as_of());
        let edge = OwnerRecord {
            owner: "Edge".into(),
            promised: 2,
            overdue: 2,
            in_vain: 0,
            recurrences: 2,
            minutes: 42,
        };
        let storage = OwnerRecord {
            owner: "Storage".into(),
            promised: 1,
            recurrences: 1,
            minutes: 12,
            ..OwnerRecord::default()
        };
        assert_eq!(report.owners, [edge, storage]);
    }

    #[test]
    fn what_was_done_in_time_counts_from_then_on() {
        let mut first = closed(incident("2025-10-01", 5), "2025-11-15");
        first.action_items[0].owner = Some("Edge".into());
        let members = vec![first, incident("2025-11-01", 7), incident("2025-12-03", 30)];
        let report = report(&history(vec![recurring(1, members)], Vec::new()), december(), as_of());
        let edge = &report.owners[0];
        assert_eq!((edge.in_vain, edge.recurrences, edge.minutes), (1, 1, 30));
    }

    #[test]
    fn services_are_counted_over_all_classes_of_the_period() {
        let on = |day: &str, service: &str| Incident {
            services: vec![service.into()],
            ..incident(day, 10)
        };
        let failed = closed(on("2025-11-01", "web"), "2025-11-05");
        let classes = vec![
            recurring(1, vec![failed, on("2025-12-02", "web"), on("2025-12-03", "db")]),
            recurring(2, vec![on("2025-12-04", "web"), on("2025-12-05", "web")]),
        ];
        let report = report(&history(classes, Vec::new()), december(), as_of());
        let web = ServiceRecord {
            service: "web".into(),
            incidents: 3,
            classes: 2,
            in_vain: 1,
            minutes: 30,
        };
        assert_eq!(report.services, [web]);
    }
}
