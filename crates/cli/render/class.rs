//! The page of one failure class.

use relapse::proto::{
    Counted, FailureClass, GetFailureClassResponse, IncidentSummary, LineageEvent, LineageKind,
    ServicesTogether,
};

use super::follow_up;
use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, DAY_COLUMNS, SEVERITY_COLUMNS, Table};
use super::words::{
    cost, count, date, days, fix_status, joined, minutes, occurrences, rhythm, services,
    time_to_resolve, trend_test,
};
use crate::wire_time::moment;

/// The class: its figures, timeline, follow-ups and lineage.
pub fn class(response: &GetFailureClassResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let class = response.failure_class.clone().unwrap_or_default();
    page.tell(Tone::Strong, &format!("{}: {}", class.id, class.name));
    if !response.redirected_from.is_empty() {
        page.say(&format!("{} was merged into it.", response.redirected_from));
    }
    write_figures(&mut page, &class);
    write_sub_groups(&mut page, response);
    write_timeline(&mut page, &response.members);
    if !response.action_items.is_empty() {
        page.heading("Follow-ups");
        follow_up::table(&mut page, &response.action_items);
    }
    write_lineage(&mut page, &response.lineage, &class.id);
    page.finish()
}

fn write_figures(page: &mut Page, class: &FailureClass) {
    let (fix, tone) = fix_status(class.fix_status());
    page.item(tone, "Fix:      ", fix);
    page.item(Tone::Plain, "          ", &class.fix_summary);
    page.item(Tone::Plain, "Count:    ", &occurrences(class));
    let first = date(class.first_seen.as_ref(), class.first_seen_date_only);
    page.item(Tone::Plain, "Rhythm:   ", &format!("first {first}, {}", rhythm(class)));
    page.item(Tone::Plain, "Trend:    ", &trend_test(class));
    page.item(Tone::Plain, "Resolved: ", &time_to_resolve(class));
    page.item(Tone::Plain, "Cost:     ", &cost(class.cost.as_ref()));
    page.item(Tone::Plain, "Services: ", &counted(&class.services));
    page.item(Tone::Plain, "Together: ", &together(&class.services_together));
    page.item(Tone::Plain, "Severity: ", &counted(&class.severities));
    page.item(Tone::Plain, "Terms:    ", &class.terms.join(", "));
    if class.pinned {
        page.say("Pinned: no clustering takes a member from it.");
    }
}

/// `auth 7 x, gateway 4 x`.
fn counted(names: &[Counted]) -> String {
    let names: Vec<_> = names.iter().map(|one| format!("{} {} x", one.name, one.count)).collect();
    names.join(", ")
}

/// `api and db 3 x`.
fn together(pairs: &[ServicesTogether]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|pair| format!("{} {} x", pair.services.join(" and "), pair.count))
        .collect();
    pairs.join(", ")
}

/// A single group is the class itself.
fn write_sub_groups(page: &mut Page, response: &GetFailureClassResponse) {
    if response.sub_groups.len() < 2 {
        return;
    }
    page.heading("Titles");
    for group in &response.sub_groups {
        let number = group.incident_ids.len();
        page.item(Tone::Plain, &format!("{number:>4} x "), &group.title);
    }
}

fn write_timeline(page: &mut Page, members: &[IncidentSummary]) {
    if members.is_empty() {
        return;
    }
    page.heading(&count(members.len(), "occurrence", "occurrences"));
    let mut table = Table::new([
        Column::new("Date").labelled("").words_within(DAY_COLUMNS),
        Column::new("After"),
        Column::new("Severity").labelled("").words_within(SEVERITY_COLUMNS).dispensable(),
        Column::new("Took").dispensable(),
        Column::new("Services").labelled("on").dispensable(),
        Column::id("Incident").labelled(""),
        Column::new("Title"),
    ]);
    let mut before = None;
    for member in members {
        table.row(Tone::Plain, member_cells(member, before));
        before = day(member).or(before);
    }
    table.write(page);
}

fn member_cells(member: &IncidentSummary, before: Option<jiff::civil::Date>) -> [String; 7] {
    let gap = before.zip(day(member)).map(|(before, day)| (day - before).get_days());
    let taken = member.time_to_resolve_minutes.map(|taken| minutes(taken.into()));
    [
        date(member.started_at.as_ref(), member.started_at_date_only),
        gap.map_or_else(String::new, |gap| days(f64::from(gap))),
        member.severity.clone(),
        taken.unwrap_or_default(),
        services(&member.services),
        member.id.clone(),
        member.title.clone(),
    ]
}

fn day(member: &IncidentSummary) -> Option<jiff::civil::Date> {
    let started_at = member.started_at.as_ref()?;
    Some(moment(started_at, member.started_at_date_only)?.date())
}

fn write_lineage(page: &mut Page, lineage: &[LineageEvent], id: &str) {
    let told: Vec<_> =
        lineage.iter().filter(|event| event.kind() != LineageKind::Unspecified).collect();
    if told.is_empty() {
        return;
    }
    page.heading("Lineage");
    for event in told {
        page.item(Tone::Plain, "- ", &happened(event, id));
    }
}

/// An event in a line, on the page of the class `here`.
pub fn happened(event: &LineageEvent, here: &str) -> String {
    let other = match event.other_class_id.as_str() {
        "" => "the one-offs",
        id if id == here => "it",
        id => id,
    };
    let class = match event.class_id.as_str() {
        id if id == here => String::new(),
        id => format!("{id} "),
    };
    let number = count(event.incident_ids.len(), "incident", "incidents");
    let what = match event.kind() {
        LineageKind::Unspecified => String::new(),
        LineageKind::Opened => format!("{class}opened with {number}"),
        LineageKind::SplitFrom => format!("{class}split off from {other} with {number}"),
        LineageKind::MergedInto => format!("{class}merged into {other}"),
        LineageKind::Joined => format!("{number} joined {class}from {other}"),
        LineageKind::Left => format!("{number} left {class}for {other}"),
    };
    let decided = match event.decision_id.as_str() {
        "" => String::new(),
        id => format!("decided in {id}"),
    };
    joined([&what, &format!("epoch {}", event.epoch), &decided])
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;
    use relapse::proto::FollowUp;

    use super::super::wrap::columns;
    use super::*;

    fn member(id: &str, seconds: i64) -> IncidentSummary {
        IncidentSummary {
            id: id.into(),
            title: "Handshakes fail".into(),
            started_at: Some(Timestamp { seconds, nanos: 0 }),
            time_to_resolve_minutes: Some(95),
            ..IncidentSummary::default()
        }
    }

    fn response() -> GetFailureClassResponse {
        let mut undated = member("INC-9", 0);
        undated.started_at = None;
        GetFailureClassResponse {
            failure_class: Some(FailureClass {
                id: "FC-3".into(),
                name: "handshake failure".into(),
                services: vec![Counted { name: "auth".into(), count: 7 }],
                ..FailureClass::default()
            }),
            members: vec![member("INC-1", 1_759_460_220), member("INC-2", 1_760_497_020), undated],
            action_items: vec![FollowUp {
                action: "Renew earlier".into(),
                owner: "SRE".into(),
                days_overdue: 34,
                ..FollowUp::default()
            }],
            lineage: vec![LineageEvent {
                kind: LineageKind::Joined.into(),
                class_id: "FC-3".into(),
                incident_ids: vec!["INC-2".into()],
                epoch: 4,
                ..LineageEvent::default()
            }],
            redirected_from: "FC-1".into(),
            ..GetFailureClassResponse::default()
        }
    }

    #[test]
    fn the_timeline_shows_the_gaps_between_dated_occurrences() {
        let text = class(&response(), Look::plain(100));
        let rows: Vec<_> = text.lines().filter(|line| line.contains("INC-")).collect();
        assert_eq!(rows[0], "2025-10-03 02:57         1 h 35 min  INC-1     Handshakes fail");
        assert_eq!(rows[1], "2025-10-15 02:57  12 d   1 h 35 min  INC-2     Handshakes fail");
        assert!(rows[2].starts_with("undated "), "{}", rows[2]);
    }

    #[test]
    fn follow_ups_without_a_record_are_called_that() {
        let text = class(&response(), Look::plain(100));
        assert!(text.contains("no record that it was done"), "{text}");
        assert!(text.contains("34 d"), "{text}");
    }

    #[test]
    fn the_old_id_and_the_lineage_are_told() {
        let text = class(&response(), Look::plain(100));
        assert!(text.contains("FC-1 was merged into it."), "{text}");
        assert!(text.contains("- 1 incident joined from the one-offs, epoch 4"), "{text}");
    }

    #[test]
    fn what_happened_to_another_class_names_it() {
        let event = |kind: LineageKind, class: &str, other: &str| LineageEvent {
            kind: kind.into(),
            class_id: class.into(),
            other_class_id: other.into(),
            incident_ids: vec!["INC-2".into()],
            epoch: 4,
            decision_id: "D-7".into(),
            ..LineageEvent::default()
        };
        assert_eq!(
            happened(&event(LineageKind::SplitFrom, "FC-9", "FC-3"), "FC-3"),
            "FC-9 split off from it with 1 incident, epoch 4, decided in D-7"
        );
        assert_eq!(
            happened(&event(LineageKind::MergedInto, "FC-3", "FC-9"), "FC-3"),
            "merged into FC-9, epoch 4, decided in D-7"
        );
        assert_eq!(
            happened(&event(LineageKind::Joined, "FC-9", ""), ""),
            "1 incident joined FC-9 from the one-offs, epoch 4, decided in D-7"
        );
    }

    #[test]
    fn it_is_readable_at_forty_columns() {
        let text = class(&response(), Look::plain(40));
        assert!(text.lines().all(|line| columns(line) <= 40), "{text}");
    }
}
