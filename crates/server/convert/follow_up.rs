//! Promised follow-ups, and whether they held.

use incident::ItemState;
use recurrence::{FixStatus, FollowUp, Outcome};

use super::capped;
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
        state,
        closed_since: _, // Decides outcomes; what was recorded is `closed_at`.
        promised_at: _,  // The start of its incident, which has a line of its own.
        state_recorded,
        closed_at,
        recurrences_since,
        minutes_since,
        recurrences_since_closed,
        held_ratio,
        outcome,
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
        state: wire_item_state(state).into(),
        outcome: wire_outcome(outcome).into(),
        minutes_since: capped(minutes_since),
        recurrences_since_closed,
        held_ratio,
    }
}

fn wire_item_state(state: ItemState) -> proto::ItemState {
    match state {
        ItemState::Open => proto::ItemState::Open,
        ItemState::Done => proto::ItemState::Done,
        ItemState::Dropped => proto::ItemState::Dropped,
    }
}

fn wire_outcome(outcome: Outcome) -> proto::FollowUpOutcome {
    match outcome {
        Outcome::RecurredAfterDone => proto::FollowUpOutcome::RecurredAfterDone,
        Outcome::RecurredWhileOverdue => proto::FollowUpOutcome::RecurredWhileOverdue,
        Outcome::RecurredWhileOpen => proto::FollowUpOutcome::RecurredWhileOpen,
        Outcome::Overdue => proto::FollowUpOutcome::Overdue,
        Outcome::Open => proto::FollowUpOutcome::Open,
        Outcome::Dropped => proto::FollowUpOutcome::Dropped,
        Outcome::Held => proto::FollowUpOutcome::Held,
        Outcome::TooEarly => proto::FollowUpOutcome::TooEarly,
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
