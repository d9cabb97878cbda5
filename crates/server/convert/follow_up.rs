//! Promised follow-ups, and whether they held.

use recurrence::{FixStatus, FollowUp};

use super::time::wire_moment;
use crate::proto;

/// A follow-up as an answer shows it.
pub(crate) fn wire_follow_up(follow_up: FollowUp) -> proto::FollowUp {
    let closed = follow_up.is_closed();
    let FollowUp {
        incident_id,
        action,
        priority,
        owner,
        due,
        days_overdue,
        state: _, // Closed or not, which is said above.
        state_recorded,
        closed_at,
        recurrences_since,
        url,
    } = follow_up;
    let (closed_at, closed_at_date_only) = wire_moment(closed_at);
    proto::FollowUp {
        action,
        owner: owner.unwrap_or_default(),
        due: due.map(|due| due.to_string()).unwrap_or_default(),
        days_overdue,
        state_recorded,
        closed_at,
        closed_at_date_only,
        recurrences_since,
        url: url.unwrap_or_default(),
        incident_id: incident_id.to_string(),
        closed,
        priority: priority.unwrap_or_default(),
    }
}

/// The wire form of whether the fix held.
pub(crate) fn wire_fix_status(status: FixStatus) -> proto::FixStatus {
    match status {
        FixStatus::RecurredAfterFix => proto::FixStatus::RecurredAfterFix,
        FixStatus::Overdue => proto::FixStatus::Overdue,
        FixStatus::Open => proto::FixStatus::Open,
        FixStatus::Held => proto::FixStatus::Held,
        FixStatus::NoneFiled => proto::FixStatus::NoneFiled,
        FixStatus::Unknown => proto::FixStatus::Unknown,
    }
}
