//! What became of the promised follow-ups.

use incident::{ActionItem, ActionState, AsOf, Incident, IncidentId, Moment};
use jiff::civil::Date;

use crate::occurrences::Occurrences;

/// One promised follow-up of a class, judged at an as-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    /// The incident that promised it.
    pub incident_id: IncidentId,
    /// What was promised.
    pub action: String,
    /// Verbatim: `P1`, `high`; `None` where none is stated.
    pub priority: Option<String>,
    /// The team or role that promised it.
    pub owner: Option<String>,
    /// The day it was promised for.
    pub due: Option<Date>,
    /// Days past the due date; 0 where it is closed, has no due date, or is due today or later.
    pub days_overdue: u32,
    /// Open, or closed since when it counts as closed: the recorded closing time, else the last change of
    /// the incident's record, else the time from which the incident's aftermath is known; closed without
    /// a time where the incident has none of these.
    pub state: ActionState,
    /// Whether any state was ever recorded for it. An item without one counts as open.
    pub state_recorded: bool,
    /// The recorded closing time; `None` where it is open or the time was not recorded.
    pub closed_at: Option<Moment>,
    /// The occurrences of its class that started after its incident; 0 where its incident is undated.
    pub recurrences_since: u32,
    /// Where it is tracked.
    pub url: Option<String>,
}

impl FollowUp {
    /// Whether it is done with.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state != ActionState::Open
    }

    /// Whether it is open and past its due date.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.days_overdue > 0
    }

    /// Its state in words: `closed`, `open`, or `no record that it was done`.
    #[must_use]
    pub fn state_words(&self) -> &'static str {
        match (self.is_closed(), self.state_recorded) {
            (true, _) => "closed",
            (false, true) => "open",
            (false, false) => "no record that it was done",
        }
    }

    fn of(item: &ActionItem, incident: &Incident, class: &Occurrences, as_of: AsOf) -> Self {
        let item = as_known_at(item, incident, as_of);
        Self {
            incident_id: incident.id.clone(),
            action: item.action.clone(),
            priority: item.priority.clone(),
            owner: item.owner.clone(),
            due: item.due,
            days_overdue: item.days_overdue(as_of),
            state: dated(item.state(), incident),
            state_recorded: item.state_recorded(),
            closed_at: item.closed_at,
            recurrences_since: incident.started_at.map_or(0, |started| class.count_after(started)),
            url: item.url,
        }
    }
}

/// The follow-ups of all members: the members in the order of time, the items of each in the order of its
/// document.
pub(crate) fn follow_ups(class: &Occurrences, as_of: AsOf) -> Vec<FollowUp> {
    let of_member = |member: &&Incident| -> Vec<FollowUp> {
        let items = member.action_items.iter();
        items.map(|item| FollowUp::of(item, member, class, as_of)).collect()
    };
    class.members().iter().flat_map(of_member).collect()
}

/// The item as it was known at `as_of`: a closure without a time of its own is known from the change of
/// the record that must have brought it.
fn as_known_at(item: &ActionItem, incident: &Incident, as_of: AsOf) -> ActionItem {
    let mut known = item.as_known_at(as_of);
    if let ActionState::Closed(Some(since)) = dated(known.state(), incident)
        && since.at > as_of.at
    {
        known.closed_at = None;
        known.status = None;
    }
    known
}

/// The state, with a time for a closure that has none of its own.
pub(crate) fn dated(state: ActionState, incident: &Incident) -> ActionState {
    match state {
        ActionState::Closed(None) => ActionState::Closed(
            incident.updated_at.or_else(|| incident.known_from().map(Moment::exact)),
        ),
        stated => stated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_of(text: &str) -> AsOf {
        AsOf::parse(text).expect("a time")
    }

    fn closed_without_a_time() -> Incident {
        let mut incident = Incident::new("jsonl", "a", "Cache stampede");
        incident.started_at = Moment::parse("2025-10-03").ok();
        incident.action_items = vec![ActionItem {
            action: "stagger the expiry".into(),
            due: "2025-10-10".parse().ok(),
            status: Some("done".into()),
            ..ActionItem::default()
        }];
        incident
    }

    fn only(incident: &Incident, at: &str) -> FollowUp {
        let members = [incident];
        let mut items = follow_ups(&Occurrences::of(&members), as_of(at));
        assert_eq!(items.len(), 1);
        items.remove(0)
    }

    #[test]
    fn a_closure_without_a_time_counts_from_when_its_incident_was_known() {
        let item = only(&closed_without_a_time(), "2026-01-01");
        let known_from = Moment::parse("2025-10-03T23:59:59Z").ok();
        assert_eq!(item.state, ActionState::Closed(known_from));
        assert_eq!((item.closed_at, item.days_overdue), (None, 0));
    }

    #[test]
    fn a_closure_without_a_time_counts_from_the_last_change_of_the_record() {
        let mut incident = closed_without_a_time();
        incident.updated_at = Moment::parse("2025-11-20T09:00:00Z").ok();
        let item = only(&incident, "2026-01-01");
        assert_eq!(item.state, ActionState::Closed(incident.updated_at));
    }

    #[test]
    fn before_that_change_the_item_was_open() {
        let mut incident = closed_without_a_time();
        incident.updated_at = Moment::parse("2025-11-20T09:00:00Z").ok();
        let item = only(&incident, "2025-11-19");
        assert_eq!(item.state, ActionState::Open);
        assert_eq!((item.state_recorded, item.days_overdue), (false, 40));
    }

    #[test]
    fn an_undated_incident_has_no_closing_time_to_lend() {
        let mut incident = closed_without_a_time();
        incident.started_at = None;
        let item = only(&incident, "2026-01-01");
        assert_eq!(item.state, ActionState::Closed(None));
        assert_eq!(item.recurrences_since, 0);
    }

    #[test]
    fn the_words_tell_open_from_never_recorded() {
        let mut incident = closed_without_a_time();
        assert_eq!(only(&incident, "2026-01-01").state_words(), "closed");
        incident.action_items[0].status = Some("in progress".into());
        assert_eq!(only(&incident, "2026-01-01").state_words(), "open");
        incident.action_items[0].status = None;
        let silent = only(&incident, "2026-01-01");
        assert_eq!(silent.state_words(), "no record that it was done");
        assert!(silent.is_overdue() && !silent.is_closed());
    }
}
