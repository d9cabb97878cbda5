//! Recurrences as they are told, and from which figures on.

use engine::{EventKind, Figures, Thresholds, Told};
use prost_types::Timestamp;
use recurrence::event_headline;

use super::capped;
use super::failure_class::wire_class;
use super::incident_out::wire_line;
use crate::proto::{self, RecurrenceThresholds, WatchRecurrencesResponse};
use crate::violations::Violations;

/// Hundredths in one.
const HUNDRED: f64 = 100.0;
/// Beyond, a double no longer tells hundredths apart.
const REVENUE_MAX: f64 = 1e13;

/// The thresholds of a request; what is absent has its default.
pub(crate) fn thresholds(
    min_occurrences: Option<u32>,
    given: Option<RecurrenceThresholds>,
    found: &mut Violations,
) -> Thresholds {
    let default = Thresholds::default();
    let given = given.unwrap_or_default();
    let RecurrenceThresholds { in_30d, in_90d, cost_minutes, users_affected, revenue, overdue } =
        given;
    let least = |field: &str, value: Option<u32>, least: u32, found: &mut Violations| {
        if let Some(value) = value.filter(|value| *value < least) {
            found.add(field, value, format_args!("{least} or more"));
        }
        value
    };
    let minutes = least("thresholds.cost_minutes", cost_minutes, 1, found);
    let users = least("thresholds.users_affected", users_affected, 1, found);
    Thresholds {
        occurrences: least("min_occurrences", min_occurrences, 2, found)
            .unwrap_or(default.occurrences),
        in_30d: least("thresholds.in_30d", in_30d, 2, found),
        in_90d: least("thresholds.in_90d", in_90d, 2, found),
        minutes: minutes.map(u64::from),
        users_affected: users.map(u64::from),
        revenue_hundredths: hundredths(revenue, found),
        overdue: least("thresholds.overdue", overdue, 1, found).or(default.overdue),
    }
}

fn hundredths(revenue: Option<f64>, found: &mut Violations) -> Option<i64> {
    let revenue = revenue?;
    if !(revenue > 0.0 && revenue <= REVENUE_MAX) {
        found.add("thresholds.revenue", revenue, format_args!("above 0, up to {REVENUE_MAX:e}"));
        return None;
    }
    Some((revenue * HUNDRED).round() as i64)
}

/// An event. Incident and class are shown as they are now, the figures as they were then.
pub(crate) fn wire_event(told: Told) -> WatchRecurrencesResponse {
    let Told { cursor, position, event, kinds, incident, class } = told;
    let token = cursor.to_string();
    let name = class.as_ref().map_or_else(|| event.class.to_string(), |class| class.name.clone());
    let gone = || proto::IncidentSummary { id: event.incident.to_string(), ..Default::default() };
    WatchRecurrencesResponse {
        headline: event_headline(&event, &name, &kinds),
        resume_token: token.clone(),
        incident: Some(incident.map_or_else(gone, wire_line)),
        failure_class: class.as_deref().map(wire_class),
        event_id: token,
        kinds: kinds.into_iter().map(|kind| wire_kind(kind).into()).collect(),
        figures: Some(wire_figures(event.after)),
        cursor: position.to_string(),
        reckoned_at: event.reckoned_at.map(|seconds| Timestamp { seconds, nanos: 0 }),
    }
}

fn wire_figures(figures: Figures) -> proto::RecurrenceFigures {
    let Figures {
        occurrences,
        in_30d,
        in_90d,
        minutes,
        users_affected,
        revenue_hundredths,
        overdue,
        failed_fixes,
    } = figures;
    proto::RecurrenceFigures {
        occurrences,
        in_30d,
        in_90d,
        cost_minutes: capped(minutes),
        users_affected: capped(users_affected),
        revenue: revenue_hundredths as f64 / HUNDRED,
        overdue,
        failed_fixes,
    }
}

fn wire_kind(kind: EventKind) -> proto::RecurrenceKind {
    use proto::RecurrenceKind as Wire;
    match kind {
        EventKind::Joined => Wire::Joined,
        EventKind::FixDidNotHold => Wire::FixDidNotHold,
        EventKind::Overdue => Wire::Overdue,
        EventKind::In30d => Wire::In30d,
        EventKind::In90d => Wire::In90d,
        EventKind::Minutes => Wire::CostMinutes,
        EventKind::UsersAffected => Wire::UsersAffected,
        EventKind::Revenue => Wire::Revenue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_has_its_default_and_what_is_wrong_is_named() {
        let mut found = Violations::new();
        assert_eq!(thresholds(None, None, &mut found), Thresholds::default());
        let given = RecurrenceThresholds {
            revenue: Some(12.345),
            in_30d: Some(3),
            overdue: Some(5),
            ..RecurrenceThresholds::default()
        };
        let asked = thresholds(Some(4), Some(given), &mut found);
        assert_eq!((asked.occurrences, asked.in_30d, asked.overdue), (4, Some(3), Some(5)));
        assert_eq!(asked.revenue_hundredths, Some(1235));
        assert!(found.is_empty());
        let wrong = RecurrenceThresholds {
            revenue: Some(f64::NAN),
            in_90d: Some(1),
            cost_minutes: Some(0),
            ..RecurrenceThresholds::default()
        };
        thresholds(Some(1), Some(wrong), &mut found);
        let status = found.finish().expect_err("all of it is wrong");
        let mut fields: Vec<String> =
            crate::status::violations(&status).into_iter().map(|(field, _)| field).collect();
        fields.sort();
        assert_eq!(
            fields,
            [
                "min_occurrences",
                "thresholds.cost_minutes",
                "thresholds.in_90d",
                "thresholds.revenue"
            ]
        );
    }
}
