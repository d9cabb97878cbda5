//! Promised follow-ups: which ones tell the most, and how they stand.

use std::cmp::Reverse;

use relapse::proto::{FollowUp, ItemState};

use super::page::Page;
use super::paint::Tone;
use super::table::{Column, DAY_COLUMNS, Table};
use super::words::{count, date, joined};

/// The follow-ups shown on an answer.
const SHOWN_MAX: usize = 3;
/// The columns of an owner such as `Platform team`,
const OWNER_COLUMNS: usize = 12;
/// and of a state such as `not closed`, or the beginning of one.
const STATE_COLUMNS: usize = 10;

/// Those that are not done, or did not help; overdue ones first, then by what came back since and by age.
fn telling(items: &[FollowUp]) -> Vec<&FollowUp> {
    let mut telling: Vec<_> =
        items.iter().filter(|item| !item.closed || item.recurrences_since > 0).collect();
    telling.sort_by_key(|item| {
        let weight = (item.days_overdue > 0, item.recurrences_since, item.days_overdue);
        (item.closed, Reverse(weight))
    });
    telling
}

/// The most telling ones, and how many more there are.
pub fn most_telling(page: &mut Page, items: &[FollowUp]) {
    let telling = telling(items);
    if telling.is_empty() {
        return;
    }
    let (telling_count, all) = (telling.len(), items.len());
    page.heading(&format!("Follow-ups not done, or done in vain: {telling_count} of {all}"));
    for item in telling.iter().take(SHOWN_MAX) {
        page.item(tone(item), "- ", &item.action);
        page.item(Tone::Plain, "  ", &standing(item));
    }
    let more = telling.len().saturating_sub(SHOWN_MAX);
    if more > 0 {
        page.say(&format!("and {more} more"));
    }
}

/// All of them, as a table.
pub fn table(page: &mut Page, items: &[FollowUp]) {
    let mut table = Table::new([
        Column::id("Incident").labelled(""),
        Column::new("Owner").words_within(OWNER_COLUMNS).dispensable(),
        Column::new("Due").words_within(DAY_COLUMNS).dispensable(),
        Column::new("Overdue"),
        Column::new("Came back").dispensable(),
        Column::new("State").labelled("").words_within(STATE_COLUMNS),
        Column::new("Follow-up"),
    ]);
    for item in items {
        table.row(
            tone(item),
            [
                item.incident_id.clone(),
                item.owner.clone(),
                item.due.clone(),
                some_days(item.days_overdue),
                times(item.recurrences_since),
                state(item),
                item.action.clone(),
            ],
        );
    }
    table.write(page);
}

/// Owner, due date and what happened since, in one line.
fn standing(item: &FollowUp) -> String {
    let due = match item.due.as_str() {
        "" => String::new(),
        due => format!("due {due}"),
    };
    let overdue = match item.days_overdue {
        0 => String::new(),
        days => format!("{days} d overdue"),
    };
    let from = format!("from {}", item.incident_id);
    let (state, since) = (state(item), came_back(item));
    joined([&item.owner, &due, &overdue, &state, &since, &from])
}

fn state(item: &FollowUp) -> String {
    let closed = if item.state() == ItemState::Dropped { "dropped" } else { "done" };
    match (item.closed, &item.closed_at) {
        (true, Some(at)) => format!("{closed} {}", date(Some(at), item.closed_at_date_only)),
        (true, None) => closed.into(),
        (false, _) if item.state_recorded => "not closed".into(),
        (false, _) => "no record that it was done".into(),
    }
}

fn came_back(item: &FollowUp) -> String {
    match item.recurrences_since {
        0 => String::new(),
        times => format!("came back {}", count(times as usize, "time", "times")),
    }
}

fn times(number: u32) -> String {
    match number {
        0 => String::new(),
        number => format!("{number} x"),
    }
}

fn some_days(days: u32) -> String {
    match days {
        0 => String::new(),
        days => format!("{days} d"),
    }
}

fn tone(item: &FollowUp) -> Tone {
    match (item.closed, item.days_overdue) {
        (false, 1..) => Tone::Bad,
        (false, 0) => Tone::Warning,
        (true, _) => Tone::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::super::page::Look;
    use super::*;

    fn item(action: &str, overdue: u32, since: u32) -> FollowUp {
        FollowUp {
            action: action.into(),
            owner: "SRE".into(),
            due: "2025-09-01".into(),
            days_overdue: overdue,
            recurrences_since: since,
            incident_id: "INC-4".into(),
            ..FollowUp::default()
        }
    }

    #[test]
    fn overdue_ones_with_recurrences_come_first_and_done_ones_last() {
        let mut done = item("done", 0, 5);
        done.closed = true;
        let mut forgotten = item("forgotten", 0, 0);
        forgotten.closed = true;
        let items = [done, forgotten, item("open", 0, 9), item("late", 40, 0), item("worst", 3, 2)];
        let order: Vec<_> = telling(&items).iter().map(|item| item.action.as_str()).collect();
        assert_eq!(order, ["worst", "late", "open", "done"]);
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let items: Vec<_> = (0..12).map(|n| item(&format!("step {n}"), 12 - n, 1)).collect();
        let mut page = Page::new(Look::plain(72));
        most_telling(&mut page, &items);
        let text = page.finish();
        assert!(text.ends_with("\nand 9 more\n"), "{text}");
        assert!(
            text.contains("- step 0\n  SRE, due 2025-09-01, 12 d overdue, no record"),
            "{text}"
        );
    }

    #[test]
    fn a_state_that_was_never_recorded_is_not_called_open() {
        let mut known = item("a", 0, 0);
        known.state_recorded = true;
        assert_eq!(state(&known), "not closed");
        assert_eq!(state(&item("a", 0, 0)), "no record that it was done");
    }

    #[test]
    fn the_table_has_every_item() {
        let mut page = Page::new(Look::plain(110));
        table(&mut page, &[item("Renew certificates earlier", 34, 3)]);
        let text = page.finish();
        assert!(text.contains("no record that it was done"), "{text}");
        for part in ["SRE", "2025-09-01", "34 d", "3 x", "Renew certificates"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
