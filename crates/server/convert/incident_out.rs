//! Incidents of answers.

use engine::IncidentLine;
use incident::{ActionItem, Incident, Link, Severity, TimelineEvent};
use recurrence::ClassId;

use super::capped;
use super::extra::wire_extra;
use super::filter::wire_status;
use super::time::wire_moment;
use crate::proto;

/// The message of an incident in full.
#[must_use]
pub fn wire_incident(incident: Incident) -> proto::Incident {
    let (started_at, started_at_date_only) = wire_moment(incident.started_at);
    let (resolved_at, resolved_at_date_only) = wire_moment(incident.resolved_at);
    let (updated_at, updated_at_date_only) = wire_moment(incident.updated_at);
    let (severity, severity_level) = wire_severity(incident.severity);
    proto::Incident {
        id: incident.id.to_string(),
        source: incident.source,
        external_id: incident.external_id,
        title: incident.title,
        started_at,
        started_at_date_only,
        resolved_at,
        resolved_at_date_only,
        updated_at,
        updated_at_date_only,
        duration_minutes: incident.duration_minutes,
        severity,
        severity_level,
        status: wire_status(incident.status).into(),
        services: incident.services,
        tags: incident.tags,
        team: incident.team.unwrap_or_default(),
        summary: incident.summary.unwrap_or_default(),
        symptoms: incident.symptoms.unwrap_or_default(),
        root_cause: incident.root_cause.unwrap_or_default(),
        resolution: incident.resolution.unwrap_or_default(),
        impact: incident.impact.unwrap_or_default(),
        users_affected: incident.users_affected.map(capped),
        revenue: incident.revenue,
        text: incident.text.unwrap_or_default(),
        url: incident.url.unwrap_or_default(),
        author: incident.author.unwrap_or_default(),
        responders: incident.responders,
        labels: incident.labels,
        timeline: incident.timeline.into_iter().map(wire_event).collect(),
        action_items: incident.action_items.into_iter().map(wire_action_item).collect(),
        links: incident.links.into_iter().map(wire_link).collect(),
        extra: wire_extra(incident.extra),
    }
}

/// A severity verbatim, and its level.
pub(crate) fn wire_severity(severity: Option<Severity>) -> (String, Option<u32>) {
    match severity {
        Some(Severity { verbatim, level }) => (verbatim, level.map(u32::from)),
        None => (String::new(), None),
    }
}

/// An incident in a list.
pub(crate) fn wire_line(line: IncidentLine) -> proto::IncidentSummary {
    let (started_at, started_at_date_only) = wire_moment(line.started_at);
    let (severity, severity_level) = wire_severity(line.severity);
    proto::IncidentSummary {
        id: line.id.to_string(),
        title: line.title,
        url: line.url.unwrap_or_default(),
        started_at,
        started_at_date_only,
        services: line.services,
        severity,
        severity_level,
        status: wire_status(line.status).into(),
        time_to_resolve_minutes: line.time_to_resolve_minutes,
        class_id: wire_class_id(line.class),
        class_provisional: line.provisional,
    }
}

/// The id of a class; empty for a one-off.
pub(crate) fn wire_class_id(class: Option<ClassId>) -> String {
    class.map(|class| class.to_string()).unwrap_or_default()
}

fn wire_event(TimelineEvent { at, time, event }: TimelineEvent) -> proto::TimelineEvent {
    let (at, at_date_only) = wire_moment(at);
    proto::TimelineEvent { at, at_date_only, time, event }
}

fn wire_link(Link { target, label }: Link) -> proto::Link {
    proto::Link { target, label: label.unwrap_or_default() }
}

/// A follow-up as its incident has it.
pub(crate) fn wire_action_item(item: ActionItem) -> proto::ActionItem {
    let ActionItem { priority, action, owner, due, status, closed_at, url, told: _ } = item;
    let (closed_at, closed_at_date_only) = wire_moment(closed_at);
    proto::ActionItem {
        priority: priority.unwrap_or_default(),
        action,
        owner: owner.unwrap_or_default(),
        due: due.map(|due| due.to_string()).unwrap_or_default(),
        status: status.unwrap_or_default(),
        closed_at,
        closed_at_date_only,
        url: url.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use incident::{Moment, Status};
    use serde_json::json;

    use super::*;
    use crate::convert::incident_in::to_store;
    use crate::violations::Violations;

    fn told_in_full() -> Incident {
        let some = |text: &str| Some(text.to_owned());
        Incident {
            started_at: Moment::parse("2025-10-03T02:57:00Z").ok(),
            resolved_at: Moment::parse("2025-10-04").ok(),
            updated_at: Moment::parse("2025-10-05T09:00:00Z").ok(),
            duration_minutes: Some(137),
            severity: Some(Severity::new("SEV-1")),
            status: Some(Status::Mitigated),
            services: vec!["auth".into(), "edge".into()],
            tags: vec!["tls".into()],
            team: some("identity"),
            summary: some("handshakes failed"),
            symptoms: some("502 at the edge"),
            root_cause: some("an incomplete chain"),
            resolution: some("the chain was completed"),
            impact: some("a third of logins"),
            users_affected: Some(9_000),
            revenue: Some(28_145.5),
            text: some("all of it"),
            url: some("https://wiki.example/1"),
            author: some("on-call"),
            responders: vec!["identity".into()],
            labels: [("zone".to_owned(), "b".to_owned())].into(),
            timeline: vec![TimelineEvent {
                at: Moment::parse("2025-10-03T03:00:00Z").ok(),
                time: "03:00".into(),
                event: "paged".into(),
            }],
            action_items: vec![ActionItem {
                priority: some("P1"),
                action: "check chains in the pipeline".into(),
                owner: some("platform"),
                due: "2025-10-31".parse().ok(),
                status: some("done"),
                closed_at: Moment::parse("2025-10-30").ok(),
                url: some("https://tracker.example/7"),
                told: None,
            }],
            links: vec![Link { target: "runbook".into(), label: some("the runbook") }],
            extra: [("shift".to_owned(), json!({"nights": [1, 2]}))].into(),
            ..Incident::new("wiki", "pages/1", "TLS handshake failures")
        }
    }

    #[test]
    fn an_incident_survives_the_way_there_and_back() {
        let mut found = Violations::new();
        let back = to_store("incident", wire_incident(told_in_full()), &mut found);
        assert!(found.finish().is_ok());
        assert_eq!(back, told_in_full());
    }

    #[test]
    fn more_users_than_the_wire_counts_are_that_many_or_more() {
        let crowd = Incident { users_affected: Some(u64::MAX), ..told_in_full() };
        assert_eq!(wire_incident(crowd).users_affected, Some(u32::MAX));
    }

    #[test]
    fn a_line_has_what_a_list_shows() {
        let line = wire_line(IncidentLine::of(told_in_full(), Some(ClassId::new(12))));
        assert_eq!((line.class_id.as_str(), line.severity_level), ("FC-12", Some(1)));
        assert_eq!((line.time_to_resolve_minutes, line.started_at_date_only), (Some(137), false));
    }
}
