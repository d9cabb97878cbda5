//! Reports to write out.

use engine::Reported;
use incident::{ActionItem, AsOf, Incident, Moment};
use recurrence::{ClassId, ClassLabel, History, Period, Recurring, describe, report};

pub(crate) fn as_of() -> AsOf {
    AsOf::parse("2026-02-26").expect("a day")
}

pub(crate) fn incident(day: &str, minutes: u32) -> Incident {
    Incident {
        started_at: Moment::parse(day).ok(),
        duration_minutes: Some(minutes),
        root_cause: Some("the cache was emptied by a deploy".into()),
        services: vec!["edge".into()],
        ..Incident::new("jsonl", day, format!("Cache stampede on {day}"))
    }
}

pub(crate) fn promising(mut incident: Incident, action: &str, due: &str) -> Incident {
    incident.action_items.push(ActionItem {
        action: action.into(),
        owner: Some("platform".into()),
        due: due.parse().ok(),
        ..ActionItem::default()
    });
    incident
}

/// One class with a name that tries to be markup, and incidents of none.
pub(crate) fn reported(
    members: Vec<Incident>,
    one_offs: Vec<Incident>,
    since: Option<&str>,
) -> Reported {
    named("Cache | stampede", members, one_offs, since)
}

pub(crate) fn named(
    name: &str,
    members: Vec<Incident>,
    one_offs: Vec<Incident>,
    since: Option<&str>,
) -> Reported {
    let label = ClassLabel { id: ClassId::new(3), name: name.into(), terms: vec![], pinned: false };
    let class = describe(label, &members, as_of());
    let since = since.map(|since| since.parse().expect("a time"));
    let classes = match members.len() {
        0 => Vec::new(),
        _ => vec![Recurring { class: class.clone(), members }],
    };
    let known = classes.iter().map(|recurring| recurring.class.clone()).collect();
    let period = Period { since, until: as_of().at };
    Reported {
        report: report(&History { classes, one_offs }, period, as_of()),
        classes: known,
        one_offs: Vec::new(),
        decided: Vec::new(),
    }
}

pub(crate) fn sample() -> Reported {
    let members = vec![
        promising(incident("2025-12-03", 35), "stagger the `expiry` | all of it", "2026-01-15"),
        incident("2026-01-07", 20),
        incident("2026-02-10", 265),
    ];
    let mut one_off = incident("2026-02-01", 90);
    one_off.title = "<script>alert(1)</script>\n# Fibre cut".into();
    reported(members, vec![one_off], Some("2026-01-01T00:00:00Z"))
}

/// Every text of it is `payload`: a person, a tracker or an attacker may write anything.
pub(crate) fn hostile(payload: &str) -> Reported {
    let poisoned = |day: &str| {
        let mut incident = promising(incident(day, 35), payload, "2026-01-15");
        incident.title = payload.into();
        incident.services = vec![payload.into(), format!("{payload} 2")];
        incident.action_items[0].owner = Some(payload.into());
        incident.action_items[0].priority = Some(payload.into());
        incident.action_items[0].url = Some(payload.into());
        incident
    };
    let mut one_off = poisoned("2026-02-01");
    one_off.id = incident::IncidentId::new(payload);
    let members = vec![poisoned("2026-01-07"), poisoned("2026-02-10")];
    named(payload, members, vec![one_off], Some("2026-01-01T00:00:00Z"))
}
