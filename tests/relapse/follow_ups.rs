//! The states of follow-ups, over the wire.

use relapse::proto::action_item_update::Item;
use relapse::proto::{
    ActionItem, ActionItemUpdate, ImportTicketsRequest, Incident, Ticket, TicketOutcome,
    TrackedItem, UpdateActionItemsRequest,
};
use tonic::Code;

use crate::samples::{incident, sent};
use crate::server::Server;

async fn with_items() -> Server {
    let server = Server::start().await;
    let item = |action: &str| ActionItem { action: action.into(), ..ActionItem::default() };
    let action_items = vec![item("Bound the pool (OPS-12)"), item("Add an alert")];
    let record = Incident { action_items, ..incident("INC-1", "Checkout pool exhausted") };
    server.ingest(vec![sent(record)]).await;
    server
}

fn done(item: Item) -> ActionItemUpdate {
    ActionItemUpdate {
        item: Some(item),
        status: Some("done".into()),
        ..ActionItemUpdate::default()
    }
}

fn asked(updates: Vec<ActionItemUpdate>) -> UpdateActionItemsRequest {
    UpdateActionItemsRequest {
        incident_id: "INC-1".into(),
        updates,
        ..UpdateActionItemsRequest::default()
    }
}

#[tokio::test]
async fn updates_name_their_items_and_are_made_all_or_none() {
    let server = with_items().await;
    let both = asked(vec![done(Item::Index(1)), done(Item::Action("Write a runbook".into()))]);
    let status = server.incidents().update_action_items(both.clone()).await.expect_err("no item");
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().contains("Write a runbook"), "{}", status.message());
    let added = UpdateActionItemsRequest { allow_missing: true, ..both };
    let response = server.incidents().update_action_items(added).await.expect("stored");
    let states: Vec<_> =
        response.into_inner().action_items.into_iter().map(|item| item.status).collect();
    assert_eq!(states, ["", "done", "done"]);

    let nothing = asked(vec![ActionItemUpdate::default()]);
    let status = server.incidents().update_action_items(nothing).await.expect_err("no name");
    assert_eq!(relapse::status::violations(&status)[0].0, "updates[0].item");
}

#[tokio::test]
async fn tickets_close_what_they_track() {
    let server = with_items().await;
    let ticket = |id: &str, status: &str| Ticket {
        id: id.into(),
        status: status.into(),
        ..Ticket::default()
    };
    let tickets = vec![ticket("OPS-12", "Won't do"), ticket("OPS-99", "done")];
    let request = ImportTicketsRequest { tickets, attribution: None };
    let response = server.incidents().import_tickets(request).await.expect("stored").into_inner();
    let outcomes: Vec<_> = response.results.iter().map(|result| result.outcome()).collect();
    assert_eq!(outcomes, [TicketOutcome::Dropped, TicketOutcome::Unmatched]);
    let tracked = TrackedItem { incident_id: "INC-1".into(), index: 0 };
    assert_eq!(response.results[0].items, [tracked]);
    let request = ImportTicketsRequest { tickets: vec![ticket("OPS-12", "")], attribution: None };
    let status = server.incidents().import_tickets(request).await.expect_err("no status");
    assert_eq!(relapse::status::violations(&status)[0].0, "tickets[0].status");
}
