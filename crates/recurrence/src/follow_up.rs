//! What became of the promised follow-ups.

use incident::{ActionItem, AsOf, Incident, IncidentId, ItemState, Moment};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::occurrences::{Occurrences, days_between};

/// One promised follow-up of a class, judged at an as-of.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// The incident that promised it.
    pub incident_id: IncidentId,
    /// When that incident began; `None` where it is undated.
    pub promised_at: Option<Moment>,
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
    /// Whether it is open, was done, or was dropped.
    pub state: ItemState,
    /// Since when it counts as closed: the recorded closing time, else the last change of the incident's
    /// record, else the time from which the incident's aftermath is known; `None` where it is open, or the
    /// incident has none of these.
    pub closed_since: Option<Moment>,
    /// Whether any state was ever recorded for it. An item without one counts as open.
    pub state_recorded: bool,
    /// The recorded closing time; `None` where it is open or the time was not recorded.
    pub closed_at: Option<Moment>,
    /// The occurrences of its class that started after its incident; 0 where its incident is undated.
    pub recurrences_since: u32,
    /// The minutes that these took until they were over, where known.
    pub minutes_since: u64,
    /// The occurrences that started after it was closed; 0 where it is open or closed at no known time.
    pub recurrences_since_closed: u32,
    /// How many usual gaps of the class have passed since it was closed; `None` where it is open, where it
    /// came back since, or the usual gap is not known or 0 days.
    pub held_ratio: Option<f64>,
    /// Whether it helped.
    pub outcome: Outcome,
    /// Where it is tracked.
    pub url: Option<String>,
}

/// Whether a follow-up helped: the first that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was done, and the class came back after that.
    RecurredAfterDone,
    /// It is not closed, and the class came back after its due date.
    RecurredWhileOverdue,
    /// It is not closed, and the class came back after its incident.
    RecurredWhileOpen,
    /// It is not closed and past its due date; nothing came back since.
    Overdue,
    /// It is not closed; nothing came back since.
    Open,
    /// It was dropped: nothing was fixed by it.
    Dropped,
    /// It was done, and the class has been quiet since for more days than its median gap.
    Held,
    /// It was done, and it is too early to say, or nothing tells since when or what gap is usual.
    TooEarly,
}

impl Outcome {
    /// The outcome in words: `done, but it came back`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::RecurredAfterDone => "done, but it came back",
            Self::RecurredWhileOverdue => "overdue, and it came back",
            Self::RecurredWhileOpen => "open, and it came back",
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::Dropped => "dropped, nothing was fixed",
            Self::Held => "done, and it held so far",
            Self::TooEarly => "done, too early to say",
        }
    }
}

impl FollowUp {
    /// Whether it is done with, one way or the other.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state.is_closed()
    }

    /// Whether it is open and past its due date.
    #[must_use]
    pub fn is_overdue(&self) -> bool {
        self.days_overdue > 0
    }

    /// Its state in words: `done`, `dropped`, `open`, or `no record that it was done`.
    #[must_use]
    pub fn state_words(&self) -> &'static str {
        match (self.state, self.state_recorded) {
            (ItemState::Done, _) => "done",
            (ItemState::Dropped, _) => "dropped",
            (ItemState::Open, true) => "open",
            (ItemState::Open, false) => "no record that it was done",
        }
    }

    /// When it was done for certain; `None` where it was not, or at no known time. A closure of which only
    /// the day is known had taken effect at the end of that day.
    pub(crate) fn done_by(&self) -> Option<Timestamp> {
        let since = self.closed_since.filter(|_| self.state == ItemState::Done)?;
        Some(settled(since))
    }

    fn of(item: &ActionItem, incident: &Incident, class: &Occurrences, as_of: AsOf) -> Self {
        let item = as_known_at(item, incident, as_of);
        let closed_since = closed_since(&item, incident);
        let started = incident.started_at.map(|started| started.at);
        let mut follow_up = Self {
            incident_id: incident.id.clone(),
            promised_at: incident.started_at,
            action: item.action.clone(),
            priority: item.priority.clone(),
            owner: item.owner.clone(),
            due: item.due,
            days_overdue: item.days_overdue(as_of),
            state: item.state(),
            closed_since,
            state_recorded: item.state_recorded(),
            closed_at: item.closed_at,
            recurrences_since: started.map_or(0, |at| class.count_after(at)),
            minutes_since: started.map_or(0, |at| class.minutes_after(at)),
            recurrences_since_closed: closed_since
                .map_or(0, |since| class.count_after(settled(since))),
            held_ratio: None,
            outcome: Outcome::TooEarly,
            url: item.url,
        };
        follow_up.held_ratio = follow_up.gaps_since_closed(class, as_of);
        follow_up.outcome = follow_up.judge(class);
        follow_up
    }

    fn gaps_since_closed(&self, class: &Occurrences, as_of: AsOf) -> Option<f64> {
        let since = self.closed_since.filter(|_| self.recurrences_since_closed == 0)?;
        let gap = class.usual_gap_days().filter(|gap| *gap > 0.0)?;
        Some(days_between(since.date(), as_of.date()).max(0.0) / gap)
    }

    fn judge(&self, class: &Occurrences) -> Outcome {
        let came_back_overdue = || {
            let due = self.due.filter(|_| self.is_overdue());
            due.is_some_and(|due| class.next_after(Moment::day(due).end_of_day()).is_some())
        };
        match self.state {
            ItemState::Done if self.recurrences_since_closed > 0 => Outcome::RecurredAfterDone,
            ItemState::Done if self.held_ratio.is_some_and(|ratio| ratio > 1.0) => Outcome::Held,
            ItemState::Done => Outcome::TooEarly,
            ItemState::Dropped => Outcome::Dropped,
            ItemState::Open if came_back_overdue() => Outcome::RecurredWhileOverdue,
            ItemState::Open if self.recurrences_since > 0 => Outcome::RecurredWhileOpen,
            ItemState::Open if self.is_overdue() => Outcome::Overdue,
            ItemState::Open => Outcome::Open,
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
    if closed_since(&known, incident).is_some_and(|since| since.at > as_of.at) {
        known.closed_at = None;
        known.status = None;
    }
    known
}

/// Since when it counts as closed, with a time for a closure that has none of its own.
pub(crate) fn closed_since(item: &ActionItem, incident: &Incident) -> Option<Moment> {
    let lent = || incident.updated_at.or_else(|| incident.known_from().map(Moment::exact));
    item.state().is_closed().then(|| item.closed_at.or_else(lent)).flatten()
}

/// When a closure had taken effect for certain.
pub(crate) fn settled(closure: Moment) -> Timestamp {
    if closure.date_only { closure.end_of_day() } else { closure.at }
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
        assert_eq!((item.state, item.closed_since), (ItemState::Done, known_from));
        assert_eq!((item.closed_at, item.days_overdue), (None, 0));
    }

    #[test]
    fn a_closure_without_a_time_counts_from_the_last_change_of_the_record() {
        let mut incident = closed_without_a_time();
        incident.updated_at = Moment::parse("2025-11-20T09:00:00Z").ok();
        let item = only(&incident, "2026-01-01");
        assert_eq!(item.closed_since, incident.updated_at);
    }

    #[test]
    fn before_that_change_the_item_was_open() {
        let mut incident = closed_without_a_time();
        incident.updated_at = Moment::parse("2025-11-20T09:00:00Z").ok();
        let item = only(&incident, "2025-11-19");
        assert_eq!((item.state, item.closed_since), (ItemState::Open, None));
        assert_eq!((item.state_recorded, item.days_overdue), (false, 40));
    }

    #[test]
    fn an_undated_incident_has_no_closing_time_to_lend() {
        let mut incident = closed_without_a_time();
        incident.started_at = None;
        let item = only(&incident, "2026-01-01");
        assert_eq!((item.state, item.closed_since), (ItemState::Done, None));
        assert_eq!(item.recurrences_since, 0);
    }

    #[test]
    fn the_words_tell_open_from_never_recorded() {
        let mut incident = closed_without_a_time();
        assert_eq!(only(&incident, "2026-01-01").state_words(), "done");
        incident.action_items[0].status = Some("won't do".into());
        assert_eq!(only(&incident, "2026-01-01").state_words(), "dropped");
        incident.action_items[0].status = Some("in progress".into());
        assert_eq!(only(&incident, "2026-01-01").state_words(), "open");
        incident.action_items[0].status = None;
        let silent = only(&incident, "2026-01-01");
        assert_eq!(silent.state_words(), "no record that it was done");
        assert!(silent.is_overdue() && !silent.is_closed());
    }

    /// Occurrences of ten minutes on days 1, 11 and 21 of October 2025; the first promises `item`.
    #[track_caller]
    fn judged(item: ActionItem, at: &str) -> FollowUp {
        let mut members: Vec<Incident> = ["2025-10-01", "2025-10-11", "2025-10-21"]
            .into_iter()
            .map(|day| {
                let mut incident = Incident::new("jsonl", day, "Cache stampede");
                incident.started_at = Moment::parse(day).ok();
                incident.duration_minutes = Some(10);
                incident
            })
            .collect();
        members[0].action_items = vec![item];
        let known: Vec<Incident> =
            members.iter().filter_map(|member| member.as_known_at(as_of(at))).collect();
        let mut items = follow_ups(&Occurrences::of(&known), as_of(at));
        assert_eq!(items.len(), 1);
        items.remove(0)
    }

    fn item(status: &str, closed_at: &str, due: &str) -> ActionItem {
        ActionItem {
            action: "stagger the expiry".into(),
            status: (!status.is_empty()).then(|| status.to_owned()),
            closed_at: Moment::parse(closed_at).ok(),
            due: due.parse().ok(),
            ..ActionItem::default()
        }
    }

    #[test]
    fn what_came_back_since_is_counted_and_costs_its_minutes() {
        let open = judged(item("", "", ""), "2025-11-01");
        assert_eq!((open.recurrences_since, open.minutes_since), (2, 20));
        let done = judged(item("done", "2025-10-15", ""), "2025-11-01");
        assert_eq!((done.recurrences_since_closed, done.held_ratio), (1, None));
    }

    #[test]
    fn each_follow_up_has_its_own_outcome() {
        let outcome = |status, closed_at, due, at| judged(item(status, closed_at, due), at).outcome;
        let at = "2025-11-01";
        assert_eq!(outcome("done", "2025-10-15", "", at), Outcome::RecurredAfterDone);
        assert_eq!(outcome("done", "2025-10-22", "", at), Outcome::TooEarly);
        assert_eq!(outcome("done", "2025-10-21", "", at), Outcome::Held);
        assert_eq!(outcome("won't do", "2025-10-15", "", at), Outcome::Dropped);
        assert_eq!(outcome("", "", "2025-10-10", at), Outcome::RecurredWhileOverdue);
        assert_eq!(outcome("", "", "2025-10-25", at), Outcome::RecurredWhileOpen);
        assert_eq!(outcome("", "", "2025-10-02", "2025-10-05"), Outcome::Overdue);
        assert_eq!(outcome("", "", "", "2025-10-05"), Outcome::Open);
    }

    #[test]
    fn a_fix_holds_for_so_many_usual_gaps() {
        let held = judged(item("done", "2025-10-22", ""), "2025-11-21");
        assert_eq!((held.outcome, held.held_ratio), (Outcome::Held, Some(3.0)));
    }
}
