//! Histories to report on.

use incident::{ActionItem, AsOf, Incident, Moment};

use super::{History, Recurring};
use crate::class::{ClassLabel, describe};
use crate::class_id::ClassId;
use crate::period::Period;

const AS_OF: &str = "2025-12-31";

pub(super) fn as_of() -> AsOf {
    AsOf::parse(AS_OF).expect("a day")
}

/// December 2025.
pub(super) fn december() -> Period {
    Period { since: "2025-12-01T00:00:00Z".parse().ok(), until: as_of().at }
}

pub(super) fn incident(day: &str, minutes: u32) -> Incident {
    let mut incident = Incident::new("jsonl", format!("i-{day}"), "Cache stampede");
    incident.started_at = Moment::parse(day).ok();
    incident.duration_minutes = Some(minutes);
    incident
}

pub(super) fn recurring(number: u32, members: Vec<Incident>) -> Recurring<Incident> {
    let label = ClassLabel {
        id: ClassId::new(number),
        name: format!("class {number}"),
        terms: Vec::new(),
        pinned: false,
    };
    Recurring { class: describe(label, &members, as_of()), members }
}

pub(super) fn on(days: &[&str]) -> Vec<Incident> {
    days.iter().map(|day| incident(day, 10)).collect()
}

pub(super) fn closed(mut member: Incident, day: &str) -> Incident {
    member.action_items.push(ActionItem {
        action: "mend it".into(),
        closed_at: Moment::parse(day).ok(),
        ..ActionItem::default()
    });
    member
}

pub(super) fn due(mut member: Incident, day: &str) -> Incident {
    member.action_items.push(ActionItem {
        action: format!("mend it by {day}"),
        due: day.parse().ok(),
        ..ActionItem::default()
    });
    member
}

pub(super) fn history(
    classes: Vec<Recurring<Incident>>,
    one_offs: Vec<Incident>,
) -> History<Incident> {
    History { classes, one_offs }
}
