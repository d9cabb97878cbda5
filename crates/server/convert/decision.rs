//! Decisions, and what happened to classes.

use engine::{Petition, Ruled};
use incident::IncidentId;
use recurrence::{ClassId, Decision, DecisionId, LineageEvent, LineageKind, Ruling, Wish};

use super::capped;
use super::time::wire;
use crate::limits::{INCIDENT_ID_BYTES, REQUEST_ID_BYTES, WHO_BYTES, WHY_BYTES};
use crate::proto;
use crate::violations::Violations;

/// Who decides where nobody says.
const NOBODY: &str = "unknown";

/// The petition of a request; what is wrong with it is noted.
pub(crate) fn petition(
    wish: Wish,
    attribution: Option<proto::Attribution>,
    request_id: String,
    found: &mut Violations,
) -> Petition {
    found.at_most("request_id", request_id.len(), REQUEST_ID_BYTES, "bytes");
    Petition { wish, by: attributed(attribution, found), request_id }
}

/// Who says so, and why; what is wrong with it is noted.
pub(crate) fn attributed(
    attribution: Option<proto::Attribution>,
    found: &mut Violations,
) -> recurrence::Attribution {
    let proto::Attribution { who, why } = attribution.unwrap_or_default();
    found.at_most("attribution.who", who.len(), WHO_BYTES, "bytes");
    found.printable("attribution.who", &who);
    found.at_most("attribution.why", why.len(), WHY_BYTES, "bytes");
    let who = if who.trim().is_empty() { NOBODY.to_owned() } else { who };
    recurrence::Attribution { who, why }
}

/// The class of a field that must name one; class 0, which there never is, where it names none.
pub(crate) fn required_class(field: &str, id: &str, found: &mut Violations) -> ClassId {
    id.parse().unwrap_or_else(|_| {
        found.add(field, format_args!("`{id}`"), "an id such as FC-12");
        ClassId::new(0)
    })
}

/// The decision of a field; decision 0, which there never is, where it names none.
pub(crate) fn required_decision(field: &str, id: &str, found: &mut Violations) -> DecisionId {
    id.parse().unwrap_or_else(|_| {
        found.add(field, format_args!("`{id}`"), "an id such as D-7");
        DecisionId::new(0)
    })
}

/// The incident of a field that must name one.
pub(crate) fn required_incident(field: &str, id: String, found: &mut Violations) -> IncidentId {
    found.required(field, &id, INCIDENT_ID_BYTES);
    IncidentId::new(id)
}

/// A decision and whether it stands.
pub(crate) fn wire_ruled(ruled: Ruled) -> proto::Decision {
    let Ruled { decision, undone_by } = ruled;
    let Decision { id, by, decided_at, request_id, wish: _, ruling } = decision;
    proto::Decision {
        id: id.to_string(),
        attribution: Some(proto::Attribution { who: by.who, why: by.why }),
        decided_at: Some(wire(decided_at)),
        request_id,
        undone_by: undone_by.map(|id| id.to_string()).unwrap_or_default(),
        change: Some(wire_ruling(ruling)),
    }
}

fn wire_ruling(ruling: Ruling) -> proto::decision::Change {
    use proto::decision::Change;
    let ids = |ids: Vec<IncidentId>| ids.iter().map(ToString::to_string).collect();
    match ruling {
        Ruling::Renamed { class, name, previous_name } => {
            Change::Renamed(proto::Renamed { class_id: class.to_string(), name, previous_name })
        }
        Ruling::Pinned { class, pinned, name: _ } => {
            Change::Pinned(proto::Pinned { class_id: class.to_string(), pinned })
        }
        Ruling::Merged { class, members: _, merged } => Change::Merged(proto::Merged {
            class_id: class.to_string(),
            merged_class_ids: merged.iter().map(|(class, _)| class.to_string()).collect(),
        }),
        Ruling::Divided { class, stayed: _, new_class, left } => Change::Divided(proto::Divided {
            class_id: class.to_string(),
            new_class_id: new_class.to_string(),
            incident_ids: ids(left),
        }),
        Ruling::Linked { one, other } => Change::Linked(proto::Linked {
            incident_id: one.to_string(),
            other_incident_id: other.to_string(),
        }),
        Ruling::Unlinked { one, other } => Change::Unlinked(proto::Unlinked {
            incident_id: one.to_string(),
            other_incident_id: other.to_string(),
        }),
        Ruling::Undone { decision } => {
            Change::Undone(proto::Undone { decision_id: decision.to_string() })
        }
    }
}

/// Something that happened to a class.
pub(crate) fn wire_event(event: LineageEvent) -> proto::LineageEvent {
    let LineageEvent { kind, class, other, incidents, position, epoch, decision } = event;
    proto::LineageEvent {
        kind: wire_kind(kind).into(),
        class_id: class.to_string(),
        other_class_id: other.map(|other| other.to_string()).unwrap_or_default(),
        incident_ids: incidents.iter().map(ToString::to_string).collect(),
        cursor: position.to_string(),
        epoch: capped(epoch),
        decision_id: decision.map(|decision| decision.to_string()).unwrap_or_default(),
    }
}

fn wire_kind(kind: LineageKind) -> proto::LineageKind {
    match kind {
        LineageKind::Opened => proto::LineageKind::Opened,
        LineageKind::SplitFrom => proto::LineageKind::SplitFrom,
        LineageKind::MergedInto => proto::LineageKind::MergedInto,
        LineageKind::Joined => proto::LineageKind::Joined,
        LineageKind::Left => proto::LineageKind::Left,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_unknown() {
        let mut found = Violations::new();
        let by = attributed(None, &mut found);
        assert_eq!((by.who.as_str(), found.is_empty()), ("unknown", true));
    }

    #[test]
    fn what_is_too_long_or_no_id_is_noted_by_its_field() {
        let mut found = Violations::new();
        let long = proto::Attribution { who: "x".repeat(WHO_BYTES + 1), why: String::new() };
        let wish = Wish::Undo { decision: required_decision("decision_id", "7", &mut found) };
        petition(wish, Some(long), "r".repeat(REQUEST_ID_BYTES + 1), &mut found);
        required_class("class_id", "", &mut found);
        let (first, all) = found.summary().expect("four mistakes");
        assert_eq!(first, "decision_id");
        for field in ["attribution.who", "request_id", "class_id"] {
            assert!(all.contains(field), "{all}");
        }
    }
}
