//! Whether the fix held, in a sentence.

use std::cmp::Reverse;

use incident::{AsOf, ItemState, Moment};

use crate::fix_status::{FixStatus, last_fix};
use crate::follow_up::FollowUp;
use crate::occurrences::{Occurrences, days_between};

/// `fix_status` with the figures it rests on, without a capital and without a full stop.
pub(crate) fn fix_summary(
    fix_status: FixStatus,
    items: &[FollowUp],
    class: &Occurrences,
    as_of: AsOf,
) -> String {
    match fix_status {
        FixStatus::RecurredAfterFix => came_back(items, class),
        FixStatus::Overdue => overdue(items),
        FixStatus::Open => open(items),
        FixStatus::Held => held(items, class, as_of),
        FixStatus::NoneFiled if items.is_empty() => "no follow-up was ever filed".to_owned(),
        FixStatus::NoneFiled => match items.len() {
            1 => "the only follow-up was dropped".to_owned(),
            several => format!("all {several} follow-ups were dropped"),
        },
        FixStatus::Unknown => too_early(items, class, as_of),
    }
}

/// Tells of the last fix that something came back after, and of the first occurrence after it.
fn came_back(items: &[FollowUp], class: &Occurrences) -> String {
    let fixes = items.iter().filter_map(|item| item.closed_since.zip(item.done_by()));
    let failed = fixes.filter_map(|(closed, by)| Some((closed, class.next_after(by)?)));
    let Some((closed, back)) = failed.max_by_key(|(closed, back)| (back.at, closed.at)) else {
        return FixStatus::RecurredAfterFix.words().to_owned();
    };
    let (done_on, days) = (closed.date(), days_between(closed.date(), back.date()));
    format!("came back {days} d after a follow-up was done on {done_on}")
}

/// Tells of the worst one: the most that came back since, then the longest overdue.
fn overdue(items: &[FollowUp]) -> String {
    let late: Vec<&FollowUp> = items.iter().filter(|item| item.is_overdue()).collect();
    let Some(worst) =
        late.iter().min_by_key(|item| Reverse((item.recurrences_since, item.days_overdue)))
    else {
        return FixStatus::Overdue.words().to_owned();
    };
    let priority = worst.priority.as_deref().map_or_else(String::new, |it| format!(" {it}"));
    let due = worst.due.map_or_else(String::new, |due| format!(" due on {due}"));
    let back = match worst.recurrences_since {
        0 => String::new(),
        times => format!("; came back {} since", counted(times as usize, "time", "times")),
    };
    let more = match late.len() - 1 {
        0 => String::new(),
        1 => "; 1 more is overdue".to_owned(),
        more => format!("; {more} more are overdue"),
    };
    format!("a{priority} follow-up{due} is {} d overdue{back}{more}", worst.days_overdue)
}

fn open(items: &[FollowUp]) -> String {
    let open = items.iter().filter(|item| !item.is_closed());
    let number = open.clone().count();
    let verb = if number == 1 { "is" } else { "are" };
    let next = open.filter_map(|item| item.due).min();
    let next = next.map_or_else(String::new, |due| format!(", the next due on {due}"));
    format!("{} {verb} open{next}", counted(number, "follow-up", "follow-ups"))
}

fn held(items: &[FollowUp], class: &Occurrences, as_of: AsOf) -> String {
    let Some((fix, days, gaps)) = since_last_fix(items, class, as_of) else {
        return FixStatus::Held.words().to_owned();
    };
    let done = items.iter().filter(|item| item.state == ItemState::Done).count();
    let done = match done {
        1 => "the follow-up was".to_owned(),
        2 => "both follow-ups were".to_owned(),
        several => format!("all {several} follow-ups were"),
    };
    format!("held so far: {done} done by {}, quiet since for {days} d{gaps}", fix.date())
}

fn too_early(items: &[FollowUp], class: &Occurrences, as_of: AsOf) -> String {
    match since_last_fix(items, class, as_of) {
        Some((fix, days, gaps)) => {
            format!("too early to say: last follow-up done on {}, {days} d ago{gaps}", fix.date())
        }
        None if items.is_empty() => "nothing to judge by".to_owned(),
        None => "all follow-ups are closed, but not when".to_owned(),
    }
}

/// The last fix, the days since, and how many usual gaps that is, in words.
fn since_last_fix(
    items: &[FollowUp],
    class: &Occurrences,
    as_of: AsOf,
) -> Option<(Moment, f64, String)> {
    let fix = last_fix(items)?;
    let days = days_between(fix.date(), as_of.date()).max(0.0);
    let gap = class.usual_gap_days().filter(|gap| *gap > 0.0);
    let gaps = gap.map_or_else(String::new, |gap| format!(", {:.1} x its usual gap", days / gap));
    Some((fix, days, gaps))
}

fn counted(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{number} {noun}")
}

#[cfg(test)]
mod tests {
    use incident::{ActionItem, Incident};

    use crate::fix_status::aftermath;

    use super::*;

    /// Occurrences ten days apart, on days 1, 11 and 21 of October 2025; the first promises `items`.
    #[track_caller]
    fn check(items: &[(&str, &str, &str)], at: &str, expected: &str) {
        let mut members = ["2025-10-01", "2025-10-11", "2025-10-21"].map(|day| {
            let mut incident = Incident::new("jsonl", day, "Cache stampede");
            incident.started_at = Moment::parse(day).ok();
            incident.text = Some("emptied by a deploy".into());
            incident
        });
        members[0].action_items = items
            .iter()
            .map(|(status, closed_at, due)| ActionItem {
                priority: Some("P1".into()),
                action: "stagger the expiry".into(),
                status: (!status.is_empty()).then(|| (*status).to_owned()),
                closed_at: Moment::parse(closed_at).ok(),
                due: due.parse().ok(),
                ..ActionItem::default()
            })
            .collect();
        let as_of = AsOf::parse(at).expect("a day");
        assert_eq!(aftermath(&members, as_of).fix_summary, expected);
    }

    #[test]
    fn what_came_back_is_told_by_the_last_fix_that_failed() {
        let items = [("done", "2025-10-02", ""), ("done", "2025-10-12", "")];
        check(&items, "2025-11-01", "came back 9 d after a follow-up was done on 2025-10-12");
    }

    #[test]
    fn the_worst_overdue_one_is_told_and_the_others_counted() {
        let one = [("", "", "2025-10-30")];
        let told = "a P1 follow-up due on 2025-10-30 is 2 d overdue; came back 2 times since";
        check(&one, "2025-11-01", told);
        let items = [("", "", "2025-10-30"), ("", "", "2025-10-02"), ("", "", "2025-12-01")];
        let told = "a P1 follow-up due on 2025-10-02 is 30 d overdue; came back 2 times since; 1 more is overdue";
        check(&items, "2025-11-01", told);
    }

    #[test]
    fn open_ones_are_counted_with_the_next_due_date() {
        check(
            &[("", "", "2025-12-01")],
            "2025-11-01",
            "1 follow-up is open, the next due on 2025-12-01",
        );
        check(&[("", "", ""), ("open", "", "")], "2025-11-01", "2 follow-ups are open");
    }

    #[test]
    fn a_fix_that_held_is_told_in_usual_gaps() {
        let items = [("done", "2025-10-22", ""), ("fixed", "2025-10-25", "")];
        let told = "held so far: both follow-ups were done by 2025-10-25, quiet since for 31 d, 3.1 x its usual gap";
        check(&items, "2025-11-25", told);
        let told =
            "too early to say: last follow-up done on 2025-10-25, 7 d ago, 0.7 x its usual gap";
        check(&items, "2025-11-01", told);
    }

    #[test]
    fn nothing_filed_and_all_dropped_are_told_apart() {
        check(&[], "2025-11-01", "no follow-up was ever filed");
        check(&[("won't do", "", "")], "2025-11-01", "the only follow-up was dropped");
        let two = [("won't do", "", ""), ("duplicate", "", "")];
        check(&two, "2025-11-01", "all 2 follow-ups were dropped");
    }
}
