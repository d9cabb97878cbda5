//! Lists in pages.

use relapse::proto::{
    ClassOrder, DeleteIncidentRequest, Filter, ListFailureClassesRequest, ListIncidentsRequest,
};
use tonic::Code;

use crate::server::Server;

fn page(size: u32, token: &str) -> ListIncidentsRequest {
    ListIncidentsRequest { page_size: size, page_token: token.into(), ..Default::default() }
}

#[tokio::test]
async fn pages_together_are_the_whole_list() {
    let server = Server::with_samples().await;
    let list = async |request| {
        let page = server.incidents().list_incidents(request).await.expect("a page");
        page.into_inner()
    };
    let whole = list(page(1000, "")).await;
    assert!(whole.total_size >= 60 && whole.next_page_token.is_empty());
    assert_eq!(whole.incidents.len(), whole.total_size as usize);
    let mut parts = Vec::new();
    let mut token = String::new();
    loop {
        let part = list(page(7, &token)).await;
        assert_eq!(part.total_size, whole.total_size);
        parts.extend(part.incidents);
        token = part.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(parts, whole.incidents);
}

#[tokio::test]
async fn a_token_of_another_listing_or_of_another_state_is_refused() {
    let server = Server::with_samples().await;
    let mut incidents = server.incidents();
    let first = incidents.list_incidents(page(5, "")).await.expect("a page").into_inner();
    let token = first.next_page_token;
    let other = ListFailureClassesRequest { page_token: token.clone(), ..Default::default() };
    let status = server.recurrence().list_failure_classes(other).await.expect_err("another list");
    assert_eq!(status.code(), Code::InvalidArgument);
    let gone = first.incidents[0].id.clone();
    let delete = DeleteIncidentRequest { incident_id: gone, allow_missing: false };
    let deleted = incidents.delete_incident(delete.clone()).await.expect("it was there");
    assert!(deleted.into_inner().deleted);
    let status = incidents.list_incidents(page(5, &token)).await.expect_err("it has changed");
    assert_eq!(status.code(), Code::Aborted);

    let again = incidents.delete_incident(delete.clone()).await.expect_err("it is gone");
    assert_eq!(again.code(), Code::NotFound);
    let allowed = DeleteIncidentRequest { allow_missing: true, ..delete };
    let allowed = incidents.delete_incident(allowed).await.expect("it may be missing");
    assert!(!allowed.into_inner().deleted);
}

#[tokio::test]
async fn a_list_may_be_that_of_a_class() {
    let server = Server::with_samples().await;
    let of_class = |id: &str| ListIncidentsRequest {
        filter: Some(Filter { class_id: id.into(), ..Filter::default() }),
        ..ListIncidentsRequest::default()
    };
    let mut incidents = server.incidents();
    let list = incidents.list_incidents(of_class("FC-1")).await.expect("it exists").into_inner();
    assert!(list.total_size >= 2, "{}", list.total_size);
    assert!(list.incidents.iter().all(|incident| incident.class_id == "FC-1"));
    let status = incidents.list_incidents(of_class("FC-99")).await.expect_err("it does not");
    assert_eq!(status.code(), Code::NotFound);
    assert!(status.message().contains("FC-99"), "{status:?}");
}

#[tokio::test]
async fn classes_come_in_the_order_asked_for() {
    let server = Server::with_samples().await;
    let list = async |order: ClassOrder| {
        let request = ListFailureClassesRequest { order: order.into(), ..Default::default() };
        let page = server.recurrence().list_failure_classes(request).await.expect("a page");
        page.into_inner().classes
    };
    let by_count = list(ClassOrder::Unspecified).await;
    assert!(by_count.len() >= 5, "{}", by_count.len());
    let total = |class: &relapse::proto::FailureClass| class.occurrences.map(|o| o.total);
    assert!(by_count.is_sorted_by(|a, b| total(a) >= total(b)));
    assert!(by_count.iter().all(|class| total(class) >= Some(2)));
    let last = |class: &relapse::proto::FailureClass| class.last_seen.map(|at| at.seconds);
    assert!(list(ClassOrder::LastSeen).await.is_sorted_by(|a, b| last(a) >= last(b)));
    let recent = |class: &relapse::proto::FailureClass| class.occurrences.map(|o| o.in_90d);
    assert!(list(ClassOrder::In90d).await.is_sorted_by(|a, b| recent(a) >= recent(b)));
}
