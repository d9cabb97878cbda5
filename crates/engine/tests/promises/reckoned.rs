//! Follow-ups that become overdue by the calendar alone are told of, once.

use engine::{Cursor, Told, Wanted};
use incident::{ActionItem, Incident, Moment};
use jiff::civil::Date;

use crate::folder::{Folder, item, now};

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// A member of one class, with follow-ups due on these days.
fn promising(id: &str, start: &str, due: &[&str]) -> Incident {
    let mut incident = Incident::new("jsonl", id, "Ledger replica falls behind");
    incident.started_at = Moment::parse(start).ok();
    incident.root_cause = Some("a vacuum blocked the replay of the ledger".into());
    let promise = |due: &&str| ActionItem {
        action: format!("schedule the vacuum before {due}"),
        due: Some(day(due)),
        ..ActionItem::default()
    };
    incident.action_items = due.iter().map(promise).collect();
    incident
}

fn folder(due: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.take(item(&promising("INC-1", "2025-01-10", due)));
    folder.take(item(&promising("INC-2", "2025-02-10", &[])));
    folder
}

/// What is told of follow-ups that are overdue: of which incident, and how many there are then.
fn told(folder: &Folder) -> Vec<(String, u32)> {
    let happened = folder.events(Cursor::START, &Wanted::default(), now()).expect("readable");
    let overdue = |told: &Told| told.kinds.contains(&engine::EventKind::Overdue);
    let told = happened.told.into_iter().filter(overdue);
    told.map(|told| (told.event.incident.to_string(), told.event.after.overdue)).collect()
}

#[track_caller]
fn reckoned(folder: &Folder, today: &str, expected: usize) {
    assert_eq!(folder.reckon(day(today)).expect("committed"), expected, "on {today}");
}

#[test]
fn a_due_date_that_passes_is_told_once_and_not_on_its_day() {
    let folder = folder(&["2025-03-01"]);
    assert_eq!(told(&folder), []);
    reckoned(&folder, "2025-03-01", 0);
    reckoned(&folder, "2025-03-02", 1);
    let once = [("INC-1".to_owned(), 1)];
    assert_eq!(told(&folder), once);
    reckoned(&folder, "2025-03-02", 0);
    let folder = folder.reopened();
    reckoned(&folder, "2025-06-01", 0);
    assert_eq!(told(&folder), once);
}

#[test]
fn each_follow_up_has_its_day_and_one_that_was_done_has_none() {
    let folder = folder(&["2025-03-01", "2025-04-01", "2025-05-01"]);
    reckoned(&folder, "2025-03-15", 1);
    reckoned(&folder, "2025-04-15", 1);
    let mut done = promising("INC-1", "2025-01-10", &["2025-03-01", "2025-04-01", "2025-05-01"]);
    done.action_items[2].status = Some("done".into());
    folder.take(item(&done));
    reckoned(&folder, "2025-05-15", 0);
}

#[test]
fn what_a_change_told_of_is_not_told_again() {
    let folder = folder(&[]);
    // The class last occurred after the day that this is due: its arrival tells of it.
    folder.take(item(&promising("INC-3", "2025-01-20", &["2025-02-01"])));
    assert_eq!(told(&folder), [("INC-3".to_owned(), 1)]);
    reckoned(&folder, "2025-06-01", 0);
}

#[test]
fn one_offs_are_not_told_of_and_nothing_else_changes() {
    let alone = Folder::new();
    alone.take(item(&promising("INC-1", "2025-01-10", &["2025-03-01"])));
    reckoned(&alone, "2025-06-01", 0);
    let folder = folder(&["2025-03-01"]);
    let before = (folder.position(), folder.epoch(), folder.pass());
    reckoned(&folder, "2025-06-01", 1);
    assert_eq!((folder.position(), folder.epoch(), folder.pass()), before);
}
