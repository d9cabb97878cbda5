//! What people decide, over the wire.

use relapse::proto::decision::Change;
use relapse::proto::{
    Attribution, ClusteringAlgorithm, GetFailureClassRequest, LineageKind, LinkIncidentsRequest,
    ListDecisionsRequest, ListFailureClassesRequest, MergeFailureClassesRequest,
    PinFailureClassRequest, ReclusterRequest, RenameFailureClassRequest, SplitFailureClassRequest,
    UndoDecisionRequest, UnlinkIncidentsRequest,
};
use tonic::Code;

use crate::server::Server;

fn ann() -> Option<Attribution> {
    Some(Attribution { who: "ann".into(), why: "seen in the review".into() })
}

/// The ids of the members of a class, oldest first.
async fn members(server: &Server, class_id: &str) -> Vec<String> {
    let request = GetFailureClassRequest { class_id: class_id.into(), as_of: None };
    let response = server.recurrence().get_failure_class(request).await.expect("it is there");
    response.into_inner().members.into_iter().map(|member| member.id).collect()
}

/// The class that occurred most often.
async fn largest(server: &Server) -> String {
    let request = ListFailureClassesRequest::default();
    let listed = server.recurrence().list_failure_classes(request).await.expect("a list");
    listed.into_inner().classes.remove(0).id
}

async fn recluster(server: &Server, algorithm: ClusteringAlgorithm) -> u32 {
    let request = ReclusterRequest { algorithm: algorithm.into() };
    server.recurrence().recluster(request).await.expect("a pass").into_inner().pass
}

/// The story of a class that somebody split: two passes do not bring it together again.
#[tokio::test]
async fn a_split_class_stays_split_and_an_undo_brings_it_together() {
    let server = Server::with_samples().await;
    let class_id = largest(&server).await;
    let before = members(&server, &class_id).await;
    let leaving = before[..3].to_vec();
    let request = SplitFailureClassRequest {
        class_id: class_id.clone(),
        incident_ids: leaving.clone(),
        attribution: ann(),
        request_id: "split-1".into(),
    };
    let split = server.recurrence().split_failure_class(request.clone()).await.expect("split");
    let split = split.into_inner();
    let decision = split.decision.clone().expect("it is kept");
    let new = split.new_failure_class.clone().expect("a class of their own").id;
    let first = recluster(&server, ClusteringAlgorithm::AverageLink).await;
    assert_eq!(recluster(&server, ClusteringAlgorithm::Dbscan).await, first + 1);
    assert_eq!(members(&server, &new).await, leaving);
    assert_eq!(members(&server, &class_id).await, before[3..]);

    let again = server.recurrence().split_failure_class(request).await.expect("a retry");
    assert_eq!(again.into_inner().decision.expect("the first").id, decision.id);
    let merge = MergeFailureClassesRequest {
        class_id: class_id.clone(),
        merged_class_ids: vec![new.clone()],
        ..MergeFailureClassesRequest::default()
    };
    let status = server.recurrence().merge_failure_classes(merge).await.expect_err("kept apart");
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().contains(&decision.id), "{}", status.message());
    assert!(relapse::status::hint(&status).is_some_and(|hint| hint.contains("class undo")));

    let undo = UndoDecisionRequest {
        decision_id: decision.id.clone(),
        attribution: ann(),
        request_id: String::new(),
    };
    let undone = server.recurrence().undo_decision(undo).await.expect("undone").into_inner();
    assert_eq!(undone.undone.expect("it").undone_by, undone.decision.expect("kept").id);
    assert_eq!(members(&server, &new).await, before, "the id of the part leads back");
    let request = GetFailureClassRequest { class_id: new.clone(), as_of: None };
    let page = server.recurrence().get_failure_class(request).await.expect("there").into_inner();
    assert_eq!(page.redirected_from, new);
    let kinds: Vec<_> = page.lineage.iter().map(|event| event.kind()).collect();
    assert!(kinds.ends_with(&[LineageKind::SplitFrom, LineageKind::MergedInto]), "{kinds:?}");
}

#[tokio::test]
async fn names_and_pins_are_shown_and_listed() {
    let server = Server::with_samples().await;
    let class_id = largest(&server).await;
    let rename = RenameFailureClassRequest {
        class_id: class_id.clone(),
        name: " Leaky pods ".into(),
        attribution: None,
        request_id: String::new(),
    };
    let renamed = server.recurrence().rename_failure_class(rename).await.expect("named");
    assert_eq!(renamed.into_inner().failure_class.expect("it").name, "Leaky pods");
    let pin = PinFailureClassRequest {
        class_id: class_id.clone(),
        pinned: true,
        attribution: ann(),
        request_id: String::new(),
    };
    let pinned = server.recurrence().pin_failure_class(pin).await.expect("pinned").into_inner();
    assert!(pinned.failure_class.expect("it").pinned);

    let request =
        ListDecisionsRequest { class_id, page_size: 1, ..ListDecisionsRequest::default() };
    let page = server.recurrence().list_decisions(request.clone()).await.expect("a page");
    let page = page.into_inner();
    assert_eq!((page.total_size, page.decisions.len()), (2, 1));
    let request = ListDecisionsRequest { page_token: page.next_page_token, ..request };
    let page = server.recurrence().list_decisions(request).await.expect("a page").into_inner();
    let first = &page.decisions[0];
    assert_eq!((first.id.as_str(), page.next_page_token.as_str()), ("D-1", ""));
    let who = first.attribution.as_ref().expect("always there").who.as_str();
    assert_eq!(who, "unknown");
    assert!(matches!(&first.change, Some(Change::Renamed(it)) if it.name == "Leaky pods"));
}

#[tokio::test]
async fn links_and_unlinks_are_answered_with_the_classes() {
    let server = Server::with_samples().await;
    let class_id = largest(&server).await;
    let ids = members(&server, &class_id).await;
    let unlink = UnlinkIncidentsRequest {
        incident_id: ids[0].clone(),
        other_incident_id: ids[1].clone(),
        attribution: ann(),
        request_id: String::new(),
    };
    let parted = server.recurrence().unlink_incidents(unlink.clone()).await.expect("parted");
    let parted = parted.into_inner();
    assert_ne!(parted.class_id, parted.other_class_id);
    let link = LinkIncidentsRequest {
        incident_id: ids[0].clone(),
        other_incident_id: ids[1].clone(),
        attribution: ann(),
        request_id: "r-1".into(),
    };
    let status = server.recurrence().link_incidents(link.clone()).await.expect_err("it was said");
    assert_eq!(status.code(), Code::FailedPrecondition);
    assert!(status.message().contains("by ann on 2026-11-20 (D-1)"), "{}", status.message());
    let other = LinkIncidentsRequest { other_incident_id: ids[2].clone(), ..link };
    let linked = server.recurrence().link_incidents(other.clone()).await.expect("linked");
    assert!(linked.into_inner().failure_class.is_some());
    let taken = LinkIncidentsRequest { other_incident_id: ids[3].clone(), ..other };
    let status = server.recurrence().link_incidents(taken).await.expect_err("another request");
    assert_eq!(status.code(), Code::AlreadyExists);
}

#[tokio::test]
async fn a_wrong_decision_names_every_field() {
    let server = Server::start().await;
    let request = SplitFailureClassRequest {
        class_id: "12".into(),
        incident_ids: vec![String::new()],
        attribution: None,
        request_id: "r".repeat(65),
    };
    let status = server.recurrence().split_failure_class(request).await.expect_err("wrong");
    let fields: Vec<_> =
        relapse::status::violations(&status).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["class_id", "incident_ids[0]", "request_id"]);
    let undo = UndoDecisionRequest { decision_id: "D-9".into(), ..UndoDecisionRequest::default() };
    let status = server.recurrence().undo_decision(undo).await.expect_err("there is none");
    assert_eq!(status.code(), Code::NotFound);
}
