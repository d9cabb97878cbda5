//! How often a failure came back, and whether its fix held.

use chat::{Message, Part};

use crate::proto::{FollowUp, GetFailureClassResponse, IncidentSummary};
use crate::words::{cost, count, date, joined, occurrences, rhythm, services, time_to_resolve};

/// The occurrences that are shown, the last ones,
const OCCURRENCES: usize = 5;
/// and the follow-ups that are not done.
const FOLLOW_UPS: usize = 5;

/// The page of a class.
pub(crate) fn class(found: &GetFailureClassResponse) -> Message {
    let Some(class) = &found.failure_class else {
        return Message::new("There is no such class.");
    };
    let mut message = Message::new(format!("{}: {}", class.id, class.name));
    if !found.redirected_from.is_empty() {
        message.line(format!("{} was merged into it.", found.redirected_from));
    }
    message.line(format!("Fix: {}", class.fix_summary));
    message.line(occurrences(class));
    message.line(rhythm(class));
    for (what, told) in [("Resolved", time_to_resolve(class)), ("Cost", cost(class.cost.as_ref()))]
    {
        if !told.is_empty() {
            message.line(format!("{what}: {told}"));
        }
    }
    tell_follow_ups(&mut message, &found.action_items);
    tell_occurrences(&mut message, &found.members);
    message
}

fn tell_follow_ups(message: &mut Message, items: &[FollowUp]) {
    let open: Vec<&FollowUp> = items.iter().filter(|item| !item.closed).collect();
    if open.is_empty() {
        return;
    }
    message.heading(format!("Follow-ups not done: {} of {}", open.len(), items.len()));
    for item in open.iter().take(FOLLOW_UPS) {
        let due = if item.due.is_empty() { String::new() } else { format!("due {}", item.due) };
        let late = match item.days_overdue {
            0 => String::new(),
            days => format!("{days} d overdue"),
        };
        let back = match item.recurrences_since {
            0 => String::new(),
            since => format!("came back {} since", count(since as usize, "time", "times")),
        };
        let detail = joined([&item.owner, &due, &late, &back, &item.incident_id]);
        let url = Some(item.url.clone());
        message.parts.push(Part::Entry { title: item.action.clone(), url, detail });
    }
}

fn tell_occurrences(message: &mut Message, members: &[IncidentSummary]) {
    let known = count(members.len(), "occurrence", "occurrences");
    message.heading(match members.len() {
        0..=OCCURRENCES => known,
        _ => format!("The last {OCCURRENCES} of {known}"),
    });
    for member in members.iter().rev().take(OCCURRENCES) {
        let detail = joined([
            &member.id,
            &date(member.started_at.as_ref(), member.started_at_date_only),
            &services(&member.services),
            &member.severity,
        ]);
        let url = Some(member.url.clone());
        message.parts.push(Part::Entry { title: member.title.clone(), url, detail });
    }
}

#[cfg(test)]
mod tests {
    use chat::plain;

    use super::*;
    use crate::proto::FailureClass;

    #[test]
    fn the_fix_comes_first_and_the_last_occurrences_last() {
        let member = |number: u32| IncidentSummary {
            id: format!("INC-{number}"),
            title: "Disk full".into(),
            ..IncidentSummary::default()
        };
        let item = |closed| FollowUp {
            action: "Rotate logs".into(),
            owner: "Ledger".into(),
            days_overdue: 34,
            closed,
            ..FollowUp::default()
        };
        let found = GetFailureClassResponse {
            failure_class: Some(FailureClass {
                id: "FC-2".into(),
                name: "Disk full".into(),
                fix_summary: "held so far".into(),
                ..FailureClass::default()
            }),
            members: (1..=6).map(member).collect(),
            action_items: vec![item(true), item(false)],
            ..GetFailureClassResponse::default()
        };
        let text = plain(&class(&found));
        assert!(text.starts_with("FC-2: Disk full\nFix: held so far\n"), "{text}");
        assert!(
            text.contains("Follow-ups not done: 1 of 2\n- Rotate logs, Ledger, 34 d overdue\n"),
            "{text}"
        );
        assert!(text.contains("The last 5 of 6 occurrences\n- Disk full, INC-6"), "{text}");
        assert!(!text.contains("INC-1,"), "{text}");
    }
}
