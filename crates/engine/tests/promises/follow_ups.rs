//! The states of follow-ups: later knowledge wins.

use engine::{Error, ItemName, Outcome};
use incident::{ActionItem, IncidentId, ItemState, ItemUpdate, Ticket};

use crate::folder::{Folder, now, page};

const TOLD: &str = "2026-03-01T12:00:00Z";

/// A page with two follow-ups; the status of the first and when it was written are its own.
fn text(status: &str, updated_at: &str) -> String {
    let written = match updated_at {
        "" => String::new(),
        at => format!("updated_at: {at}\n"),
    };
    format!(
        "---\nid: INC-1\ndate: 2026-01-10\n{written}---\n# Checkout pool exhausted\n\n\
         ## Root Cause\nA nested transaction held two connections.\n\n## Action Items\n\n\
         | Priority | Action | Owner | Status |\n| --- | --- | --- | --- |\n\
         | P1 | Bound the pool (OPS-12) | SRE | {status} |\n| P2 | Add an alert | SRE | |\n"
    )
}

fn folder() -> Folder {
    let folder = Folder::new();
    assert_eq!(folder.take(page("INC-1", &text("", ""))).outcome, Outcome::New);
    folder
}

fn items(folder: &Folder) -> Vec<ActionItem> {
    let id = IncidentId::new("INC-1");
    folder.incident(&id, now()).expect("stored").incident.action_items
}

fn ticket(id: &str, status: &str) -> Ticket {
    Ticket { id: id.into(), status: status.into(), ..Ticket::default() }
}

#[test]
fn a_ticket_closes_and_reopens_what_names_it_and_a_page_read_again_changes_nothing() {
    let folder = folder();
    let told = TOLD.parse().expect("a time");
    let tracked =
        folder.import_tickets(&[ticket("ops-12", "Done"), ticket("OPS-99", "Done")], told);
    let tracked = tracked.expect("committed");
    assert_eq!(tracked[0].items, [(IncidentId::new("INC-1"), 0)]);
    assert!(tracked[0].changed && tracked[1].items.is_empty());
    assert_eq!(items(&folder)[0].state(), ItemState::Done);
    assert_eq!(items(&folder)[1].state(), ItemState::Open);

    for old in [text("", ""), text("open", ""), text("open", "2026-02-01")] {
        folder.take(page("INC-1", &old));
        assert_eq!(items(&folder)[0].state(), ItemState::Done, "{old}");
    }
    let position = folder.position();
    assert_eq!(folder.take(page("INC-1", &text("open", "2026-02-01"))).outcome, Outcome::Unchanged);
    assert_eq!(folder.position(), position);

    let folder = folder.reopened();
    folder.take(page("INC-1", &text("in progress", "2026-04-01")));
    assert_eq!(items(&folder)[0].state(), ItemState::Open, "it was written later");
    folder.import_tickets(&[ticket("OPS-12", "Won't do")], told).expect("committed");
    assert_eq!(items(&folder)[0].state(), ItemState::Dropped);
}

#[test]
fn what_a_ticket_said_already_moves_nothing() {
    let folder = folder();
    let told = TOLD.parse().expect("a time");
    folder.import_tickets(&[ticket("OPS-12", "Done")], told).expect("committed");
    let position = folder.position();
    let again =
        folder.import_tickets(&[ticket("OPS-12", "Done")], now().at).expect("nothing to do");
    assert_eq!((again[0].changed, folder.position()), (false, position));
}

#[test]
fn a_page_that_is_edited_updates_its_items() {
    let folder = folder();
    folder.take(page("INC-1", &text("done", "")));
    assert_eq!(items(&folder)[0].state(), ItemState::Done);
    folder.take(page("INC-1", &text("", "")));
    assert_eq!(items(&folder)[0].state(), ItemState::Open);
}

#[test]
fn updates_are_made_all_or_none() {
    let folder = folder();
    let id = IncidentId::new("INC-1");
    let done = || ItemUpdate { status: Some("done".into()), ..ItemUpdate::default() };
    let action = |text: &str| ItemName::Action(text.into());
    let news = [(ItemName::Place(1), done()), (action("Write a runbook"), done())];
    let told = TOLD.parse().expect("a time");
    let error = folder.update_action_items(&id, &news, false, told).expect_err("no such item");
    assert!(matches!(error, Error::NoItem { .. }), "{error}");
    assert_eq!(items(&folder)[1].state(), ItemState::Open);

    let after = folder.update_action_items(&id, &news, true, told).expect("committed");
    assert_eq!(after, items(&folder));
    assert_eq!(
        (after.len(), after[1].state(), after[2].state()),
        (3, ItemState::Done, ItemState::Done)
    );
    folder.take(page("INC-1", &text("", "")));
    assert_eq!(items(&folder), after, "what only was told of stays");
    let none = folder.update_action_items(&IncidentId::new("INC-9"), &news, true, told);
    assert!(matches!(none, Err(Error::NoIncident { .. })));
}
