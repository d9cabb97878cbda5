//! Did the fix hold?

use std::borrow::Borrow;

use incident::{AsOf, Incident, ItemState, Moment, Status};

use crate::fix_summary::fix_summary;
use crate::follow_up::{FollowUp, follow_ups};
use crate::occurrences::{Occurrences, days_between};

/// Whether what was promised was done, and whether it helped: the first that applies, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FixStatus {
    /// A follow-up was done and the class came back after that. A closure of which only the day is
    /// known counts from the end of that day, so what came back on that very day does not count.
    RecurredAfterFix,
    /// A follow-up is not closed and past its due date; due today is not overdue.
    Overdue,
    /// A follow-up is not closed.
    Open,
    /// All follow-ups are closed, one of them done, and the class has been quiet since the last of these
    /// for more days than its median gap.
    Held,
    /// No follow-up stands: no member has one, though a member is over or its story is told; or all were
    /// dropped, which fixes nothing.
    NoneFiled,
    /// Nothing to judge by: no more than a title is known; or all follow-ups are closed, but when is not
    /// known, or the class has no usual gap, or has not yet been quiet for longer than it.
    Unknown,
}

/// What was promised after the members of a class, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Aftermath {
    /// Whether the fix held.
    pub fix_status: FixStatus,
    /// The same in a sentence with its figures: `came back 34 d after a follow-up was done on 2026-10-05`.
    pub fix_summary: String,
    /// The promised follow-ups: by the start of their incidents, then as in the document.
    pub action_items: Vec<FollowUp>,
}

/// The aftermath of a class, or of a single incident. `members` are as they were known at `as_of`, in any
/// order.
#[must_use]
pub fn aftermath<I: Borrow<Incident>>(members: &[I], as_of: AsOf) -> Aftermath {
    aftermath_of(&Occurrences::of(members), as_of)
}

pub(crate) fn aftermath_of(class: &Occurrences, as_of: AsOf) -> Aftermath {
    let action_items = follow_ups(class, as_of);
    let fix_status = FixStatus::of(&action_items, class, as_of);
    let fix_summary = fix_summary(fix_status, &action_items, class, as_of);
    Aftermath { fix_status, fix_summary, action_items }
}

impl FixStatus {
    /// The status in the words of a headline.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::RecurredAfterFix => "last fix did not hold",
            Self::Overdue => "follow-up overdue",
            Self::Open => "follow-up still open",
            Self::Held => "fix held so far",
            Self::NoneFiled => "no follow-up filed",
            Self::Unknown => "not known whether a fix held",
        }
    }

    fn of(items: &[FollowUp], class: &Occurrences, as_of: AsOf) -> Self {
        if came_back_after_a_fix(items, class) {
            Self::RecurredAfterFix
        } else if items.iter().any(FollowUp::is_overdue) {
            Self::Overdue
        } else if items.iter().any(|item| !item.is_closed()) {
            Self::Open
        } else if quiet_for_longer_than_usual(items, class, as_of) {
            Self::Held
        } else if stands_on_nothing(items, class) {
            Self::NoneFiled
        } else {
            Self::Unknown
        }
    }
}

fn came_back_after_a_fix(items: &[FollowUp], class: &Occurrences) -> bool {
    let first_fix = items.iter().filter_map(FollowUp::done_by).min();
    first_fix.is_some_and(|fix| class.next_after(fix).is_some())
}

/// Whether more days than the median gap have passed since the last fix. One fix without a time is
/// enough to leave it open.
fn quiet_for_longer_than_usual(items: &[FollowUp], class: &Occurrences, as_of: AsOf) -> bool {
    match (last_fix(items), class.usual_gap_days()) {
        (Some(fix), Some(gap)) => days_between(fix.date(), as_of.date()) > gap,
        _ => false,
    }
}

/// When the last follow-up was done; `None` where none was, or one of them at no known time.
pub(crate) fn last_fix(items: &[FollowUp]) -> Option<Moment> {
    let done = items.iter().filter(|item| item.state == ItemState::Done);
    let times: Option<Vec<Moment>> = done.map(|item| item.closed_since).collect();
    times?.into_iter().max()
}

/// Whether no follow-up stands, though one would be in the record had there been one.
fn stands_on_nothing(items: &[FollowUp], class: &Occurrences) -> bool {
    let none_filed = items.is_empty() && class.members().iter().any(|member| is_told(member));
    none_filed || (!items.is_empty() && items.iter().all(|item| item.state == ItemState::Dropped))
}

/// Whether the record tells enough that a follow-up, had there been one, would stand in it.
fn is_told(incident: &Incident) -> bool {
    incident.resolved_at.is_some()
        || incident.status == Some(Status::Resolved)
        || incident.root_cause.is_some()
        || incident.resolution.is_some()
        || incident.text.is_some()
}

#[cfg(test)]
mod tests {
    use incident::ActionItem;

    use super::*;

    /// Occurrences on days 10 and 20 of October 2025: the usual gap is 10 days.
    fn class(items: Vec<ActionItem>) -> [Incident; 2] {
        let [mut first, mut second] =
            ["2025-10-10T08:00:00Z", "2025-10-20T08:00:00Z"].map(|start| {
                let mut incident = Incident::new("jsonl", start, "Cache stampede");
                incident.started_at = Moment::parse(start).ok();
                incident
            });
        first.text = Some("emptied by a deploy".into());
        first.action_items = items;
        second.status = Some(Status::Resolved);
        [first, second]
    }

    fn open(due: &str) -> ActionItem {
        ActionItem {
            action: "stagger the expiry".into(),
            due: due.parse().ok(),
            ..ActionItem::default()
        }
    }

    fn closed(at: &str) -> ActionItem {
        ActionItem { closed_at: Moment::parse(at).ok(), status: Some("done".into()), ..open("") }
    }

    #[track_caller]
    fn check(items: Vec<ActionItem>, at: &str, expected: FixStatus) {
        let as_of = AsOf::parse(at).expect("a time");
        assert_eq!(aftermath(&class(items), as_of).fix_status, expected);
    }

    #[test]
    fn what_comes_back_after_a_closure_outweighs_all_else() {
        let items = vec![open("2025-10-15"), closed("2025-10-12T10:00:00Z")];
        check(items, "2025-12-01", FixStatus::RecurredAfterFix);
    }

    #[test]
    fn a_closure_during_the_day_of_the_recurrence_is_told_by_the_hour() {
        let before = vec![closed("2025-10-20T07:59:59Z")];
        check(before, "2025-10-21", FixStatus::RecurredAfterFix);
        let at_once = vec![closed("2025-10-20T08:00:00Z")];
        check(at_once, "2025-10-21", FixStatus::Unknown);
    }

    #[test]
    fn a_closure_on_the_day_of_the_recurrence_is_not_before_it() {
        check(vec![closed("2025-10-20")], "2025-10-21", FixStatus::Unknown);
        let day_before = vec![closed("2025-10-19")];
        check(day_before, "2025-10-21", FixStatus::RecurredAfterFix);
    }

    #[test]
    fn due_today_is_open_and_due_yesterday_overdue() {
        check(vec![open("2025-11-01")], "2025-11-01", FixStatus::Open);
        check(vec![open("2025-11-01")], "2025-11-02", FixStatus::Overdue);
    }

    #[test]
    fn without_a_due_date_it_stays_open() {
        check(vec![open("")], "2030-01-01", FixStatus::Open);
    }

    #[test]
    fn one_open_item_is_enough_to_be_open() {
        let items = vec![closed("2025-10-25"), open("")];
        check(items, "2030-01-01", FixStatus::Open);
    }

    #[test]
    fn quiet_for_exactly_the_usual_gap_is_not_yet_held() {
        check(vec![closed("2025-10-25")], "2025-11-04", FixStatus::Unknown);
        check(vec![closed("2025-10-25")], "2025-11-05", FixStatus::Held);
    }

    #[test]
    fn it_is_the_last_closure_that_counts() {
        let items = vec![closed("2025-10-25"), closed("2025-11-01")];
        check(items.clone(), "2025-11-11", FixStatus::Unknown);
        check(items, "2025-11-12", FixStatus::Held);
    }

    #[test]
    fn a_single_incident_has_no_usual_gap_to_be_quiet_for() {
        let [first, _] = class(vec![closed("2025-10-25")]);
        let as_of = AsOf::parse("2030-01-01").expect("a day");
        assert_eq!(aftermath(&[first], as_of).fix_status, FixStatus::Unknown);
    }

    #[test]
    fn a_closure_of_unknown_time_leaves_it_open_whether_it_held() {
        let mut undated = Incident::new("jsonl", "u", "Cache stampede");
        undated.action_items = vec![ActionItem { status: Some("done".into()), ..open("") }];
        let [first, second] = class(vec![closed("2025-10-25")]);
        let as_of = AsOf::parse("2030-01-01").expect("a day");
        let status = aftermath(&[first, second, undated], as_of).fix_status;
        assert_eq!(status, FixStatus::Unknown);
    }

    fn dropped() -> ActionItem {
        ActionItem { status: Some("won't do".into()), ..closed("2025-10-12") }
    }

    #[test]
    fn what_was_dropped_is_no_fix() {
        check(vec![dropped()], "2025-12-01", FixStatus::NoneFiled);
        check(vec![dropped(), open("")], "2025-12-01", FixStatus::Open);
        check(vec![dropped(), closed("2025-10-25")], "2025-12-01", FixStatus::Held);
        check(vec![dropped(), closed("2025-10-12")], "2025-12-01", FixStatus::RecurredAfterFix);
    }

    #[test]
    fn a_told_incident_without_items_has_none_filed() {
        check(Vec::new(), "2025-11-01", FixStatus::NoneFiled);
    }

    #[test]
    fn a_title_alone_is_nothing_to_judge_by() {
        let bare = Incident::new("jsonl", "a", "Cache stampede");
        let as_of = AsOf::parse("2025-11-01").expect("a day");
        assert_eq!(aftermath(&[bare], as_of).fix_status, FixStatus::Unknown);
        assert_eq!(aftermath::<Incident>(&[], as_of).fix_status, FixStatus::Unknown);
    }

    #[test]
    fn every_status_has_words_of_its_own() {
        use FixStatus::{Held, NoneFiled, Open, Overdue, RecurredAfterFix, Unknown};
        let all = [RecurredAfterFix, Overdue, Open, Held, NoneFiled, Unknown];
        let words: std::collections::HashSet<&str> =
            all.into_iter().map(FixStatus::words).collect();
        assert_eq!(words.len(), all.len());
    }
}
