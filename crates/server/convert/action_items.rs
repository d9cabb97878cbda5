//! News of follow-ups.

use engine::{ItemName, Tracked};
use incident::{ActionItem, DueUpdate, ItemState, ItemUpdate, Ticket};

use super::count;
use super::time::moment;
use crate::limits::{ACTION_BYTES, INCIDENT_ID_BYTES, TICKET_TEXT_BYTES};
use crate::proto::{self, action_item_update};
use crate::violations::Violations;

/// What an update says of which item; what is wrong with it is noted.
pub(crate) fn update_of(
    path: &str,
    update: proto::ActionItemUpdate,
    found: &mut Violations,
) -> (ItemName, ItemUpdate) {
    let proto::ActionItemUpdate { item, status, closed_at, closed_at_date_only, owner, due } =
        update;
    let at = |field: &str| format!("{path}.{field}");
    let name = match item {
        Some(action_item_update::Item::Index(place)) => ItemName::Place(place as usize),
        Some(action_item_update::Item::Action(action)) => {
            found.required(&at("action"), &action, ACTION_BYTES);
            ItemName::Action(action)
        }
        Some(action_item_update::Item::Url(url)) => {
            found.required(&at("url"), &url, ACTION_BYTES);
            ItemName::Url(url)
        }
        None => {
            found.add(at("item"), "nothing", "one of index, action, url");
            ItemName::Place(0)
        }
    };
    for (field, text) in [("status", &status), ("owner", &owner)] {
        let length = text.as_ref().map_or(0, String::len);
        found.at_most(&at(field), length, TICKET_TEXT_BYTES, "bytes");
    }
    let due = due.and_then(|due| due_of(&at("due"), &due, found));
    let closed_at = moment(&at("closed_at"), (closed_at, closed_at_date_only), found);
    (name, ItemUpdate { status, closed_at, owner, due })
}

fn due_of(field: &str, due: &str, found: &mut Violations) -> Option<DueUpdate> {
    if due.is_empty() {
        return Some(DueUpdate::Cleared);
    }
    let day = due.parse().ok();
    if day.is_none() {
        found.add(field, format_args!("`{due}`"), "YYYY-MM-DD");
    }
    day.map(DueUpdate::On)
}

/// A ticket; what is wrong with it is noted.
pub(crate) fn ticket_of(path: &str, ticket: proto::Ticket, found: &mut Violations) -> Ticket {
    let proto::Ticket { id, url, status, closed_at, closed_at_date_only, owner, due } = ticket;
    let at = |field: &str| format!("{path}.{field}");
    if id.trim().is_empty() && url.trim().is_empty() {
        found.add(at("id"), "empty", "the key of a ticket, or its url");
    }
    found.at_most(&at("id"), id.len(), INCIDENT_ID_BYTES, "bytes");
    found.at_most(&at("url"), url.len(), ACTION_BYTES, "bytes");
    found.required(&at("status"), &status, TICKET_TEXT_BYTES);
    found.at_most(&at("owner"), owner.len(), TICKET_TEXT_BYTES, "bytes");
    let due = match due_of(&at("due"), &due, found) {
        Some(DueUpdate::On(day)) => Some(day),
        Some(DueUpdate::Cleared) | None => None,
    };
    let closed_at = moment(&at("closed_at"), (closed_at, closed_at_date_only), found);
    Ticket { id, url, status, closed_at, owner, due }
}

/// What a ticket did.
pub(crate) fn wire_tracked(ticket: &Ticket, tracked: &Tracked) -> proto::TicketResult {
    let items = tracked.items.iter().map(|(id, place)| proto::TrackedItem {
        incident_id: id.to_string(),
        index: count(*place),
    });
    proto::TicketResult { outcome: outcome_of(ticket, tracked).into(), items: items.collect() }
}

fn outcome_of(ticket: &Ticket, tracked: &Tracked) -> proto::TicketOutcome {
    if tracked.items.is_empty() {
        return proto::TicketOutcome::Unmatched;
    }
    if !tracked.changed {
        return proto::TicketOutcome::Unchanged;
    }
    let item = ActionItem {
        status: Some(ticket.status.clone()),
        closed_at: ticket.closed_at,
        ..ActionItem::default()
    };
    match item.state() {
        ItemState::Done => proto::TicketOutcome::Done,
        ItemState::Dropped => proto::TicketOutcome::Dropped,
        ItemState::Open => proto::TicketOutcome::Open,
    }
}

#[cfg(test)]
mod tests {
    use incident::IncidentId;

    use super::*;

    #[test]
    fn an_empty_text_clears_and_an_absent_one_leaves() {
        let update = proto::ActionItemUpdate {
            item: Some(action_item_update::Item::Index(2)),
            owner: Some(String::new()),
            due: Some(String::new()),
            ..proto::ActionItemUpdate::default()
        };
        let mut found = Violations::new();
        let (name, news) = update_of("updates[0]", update, &mut found);
        assert_eq!(name, ItemName::Place(2));
        assert_eq!((news.owner.as_deref(), news.due), (Some(""), Some(DueUpdate::Cleared)));
        assert_eq!((news.status, news.closed_at, found.is_empty()), (None, None, true));
    }

    #[test]
    fn what_is_wrong_is_noted_by_its_field() {
        let mut found = Violations::new();
        let due = Some("soon".to_owned());
        let update = proto::ActionItemUpdate { due, ..proto::ActionItemUpdate::default() };
        update_of("updates[0]", update, &mut found);
        ticket_of("tickets[1]", proto::Ticket::default(), &mut found);
        let (first, all) = found.summary().expect("mistakes");
        assert_eq!(first, "updates[0].item");
        for field in ["updates[0].due", "tickets[1].status"] {
            assert!(all.contains(field), "{all}");
        }
    }

    #[test]
    fn a_ticket_that_will_not_be_done_is_dropped() {
        let outcome = |status: &str, changed, matched| {
            let ticket = Ticket { status: status.into(), ..Ticket::default() };
            let items = if matched { vec![(IncidentId::new("a"), 0)] } else { Vec::new() };
            outcome_of(&ticket, &Tracked { items, changed })
        };
        assert_eq!(outcome("Won't do", true, true), proto::TicketOutcome::Dropped);
        assert_eq!(outcome("done", true, true), proto::TicketOutcome::Done);
        assert_eq!(outcome("in review", true, true), proto::TicketOutcome::Open);
        assert_eq!(outcome("done", false, true), proto::TicketOutcome::Unchanged);
        assert_eq!(outcome("done", false, false), proto::TicketOutcome::Unmatched);
    }
}
