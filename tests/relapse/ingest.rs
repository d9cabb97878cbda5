//! Streams of records and their receipts.

use std::time::Duration;

use relapse::proto::find_similar_request::Query;
use relapse::proto::{
    FindSimilarRequest, GetIncidentRequest, IngestIncidentsRequest, IngestResult,
    UpsertIncidentRequest, Verdict, upsert_incident_request,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Code;

use crate::samples::{incident, line, page, records, sent};
use crate::server::Server;

const NIGHT: &str = "# Disk full on the ledger\n\n## Root cause\nThe log was never rotated.\n";

#[tokio::test]
async fn receipts_come_in_order_and_a_bad_record_does_not_end_the_stream() {
    let server = Server::start().await;
    let mut without_title = incident("A-2", "");
    without_title.tags = vec!["x".into(); 1001];
    let receipts = server
        .ingest(vec![
            page("pages/night", NIGHT),
            line(1, r#"{"id": "L-1", "title": "Login answers 502"}"#),
            line(2, r#"{"title": "no id"}"#),
            sent(incident("A-1", "Checkout times out")),
            sent(without_title),
            IngestIncidentsRequest::default(),
            line(1, r#"{"id": "L-1", "title": "Login answers 502"}"#),
            line(1, r#"{"id": "L-1", "title": "Login answers 503"}"#),
            page("copies/night", NIGHT),
            page("pages/empty", " \n"),
            page("", "# A page without a name\n\n## Root cause\nUnknown.\n"),
        ])
        .await;
    let told: Vec<(IngestResult, &str)> =
        receipts.iter().map(|receipt| (receipt.result(), receipt.incident_id.as_str())).collect();
    let expected = [
        (IngestResult::New, "pages/night"),
        (IngestResult::New, "L-1"),
        (IngestResult::Refused, ""),
        (IngestResult::New, "A-1"),
        (IngestResult::Refused, ""),
        (IngestResult::Refused, ""),
        (IngestResult::Unchanged, "L-1"),
        (IngestResult::Updated, "L-1"),
        (IngestResult::Identical, "pages/night"),
        (IngestResult::Skipped, ""),
        (IngestResult::Refused, ""),
    ];
    assert_eq!(told, expected);
    assert!(receipts.iter().map(|receipt| receipt.index).eq(0..11));
    let fields: Vec<(u32, String)> = receipts
        .iter()
        .filter_map(|receipt| receipt.problem.clone())
        .map(|problem| (problem.line, problem.field))
        .collect();
    let named = |line: u32, field: &str| (line, field.to_owned());
    assert_eq!(
        fields,
        [
            named(2, "id"),
            named(0, "incident.tags"),
            named(0, "record"),
            named(0, ""),
            named(1, "id")
        ]
    );
    let both = receipts[4].problem.as_ref().expect("why it was refused");
    assert!(both.reason.contains("at most 1000"), "{}", both.reason);
    assert!(both.reason.contains("incident.title"), "{}", both.reason);
    assert!(receipts.iter().all(|one| one.cursor.is_empty() == one.incident_id.is_empty()));
    let request = GetIncidentRequest { incident_id: "pages/night".into(), as_of: None };
    let night = server.incidents().get_incident(request).await.expect("it is stored").into_inner();
    assert_eq!(night.aliases, ["markdown/copies/night"]);
}

#[tokio::test]
async fn what_a_receipt_was_given_for_is_found_at_once() {
    let server = Server::start().await;
    let (send, receive) = mpsc::channel(1);
    let receipts = server.incidents().ingest_incidents(ReceiverStream::new(receive)).await;
    let mut receipts = receipts.expect("the stream begins").into_inner();
    for number in 0..3 {
        let title = format!("Payment bridge {number} refuses cards after a cipher change");
        let record = sent(incident(&format!("INC-{number}"), &title));
        send.send(record).await.expect("the stream is open");
        let receipt = receipts.message().await.expect("it is stored").expect("a receipt");
        assert_eq!((receipt.index, receipt.result()), (number, IngestResult::New));
        let request = FindSimilarRequest {
            query: Some(Query::Text(title)),
            min_cursor: receipt.cursor,
            ..FindSimilarRequest::default()
        };
        let answer = server.similarity().find_similar(request).await.expect("an answer");
        let answer = answer.into_inner();
        assert_eq!(answer.verdict(), Verdict::Recurrence);
        let ids: Vec<&str> = answer.matches.iter().map(|one| one.incident_id.as_str()).collect();
        assert!(ids.contains(&receipt.incident_id.as_str()), "{ids:?}");
    }
    drop(send);
    assert_eq!(receipts.message().await.expect("a clean end"), None);
}

#[tokio::test]
async fn a_long_stream_has_a_receipt_for_each_record() {
    let server = Server::start().await;
    let samples = records();
    let many: Vec<_> = (0..3_000)
        .map(|number| {
            let line_of = format!(r#"{{"id": "N-{number}", "title": "Queue {number} is stuck"}}"#);
            line(number + 1, &line_of)
        })
        .chain(samples.iter().cloned())
        .collect();
    let receipts = server.ingest(many).await;
    assert_eq!(receipts.len(), 3_000 + samples.len());
    assert!(receipts.iter().enumerate().all(|(at, one)| one.index as usize == at));
    let new = receipts.iter().filter(|one| one.result() == IngestResult::New).count();
    assert!(new >= 3_060, "{new}");
    assert_eq!(server.service.n_incidents(), new);
}

#[tokio::test]
async fn a_stream_that_outlives_its_time_ends_with_deadline_exceeded() {
    let server = Server::start_with(|config| config.stream_max = Duration::from_millis(200)).await;
    let (send, receive) = mpsc::channel(1);
    let receipts = server.incidents().ingest_incidents(ReceiverStream::new(receive)).await;
    let mut receipts = receipts.expect("the stream begins").into_inner();
    send.send(sent(incident("INC-1", "Disk full"))).await.expect("the stream is open");
    let receipt = receipts.message().await.expect("it is stored").expect("a receipt");
    assert_eq!(receipt.result(), IngestResult::New);
    let end = receipts.message().await.expect_err("its time is over");
    assert_eq!(end.code(), Code::DeadlineExceeded);
    drop(send);
}

#[tokio::test]
async fn an_upsert_stores_or_says_what_is_wrong() {
    let server = Server::start().await;
    let upsert = |record| UpsertIncidentRequest { record: Some(record) };
    let good = upsert_incident_request::Record::Incident(Box::new(incident("A-1", "Disk full")));
    let stored = server.incidents().upsert_incident(upsert(good)).await.expect("it is stored");
    let stored = stored.into_inner();
    assert_eq!((stored.result(), stored.incident_id.as_str()), (IngestResult::New, "A-1"));

    let bad = upsert_incident_request::Record::Incident(Box::default());
    let status = server.incidents().upsert_incident(upsert(bad)).await.expect_err("no id");
    assert_eq!(status.code(), Code::InvalidArgument);
    let fields: Vec<String> =
        relapse::status::violations(&status).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["incident.external_id", "incident.title"]);

    let IngestIncidentsRequest { record } = line(7, "{");
    let Some(relapse::proto::ingest_incidents_request::Record::Document(document)) = record else {
        unreachable!("a line is a document");
    };
    let bad = upsert_incident_request::Record::Document(document);
    let status = server.incidents().upsert_incident(upsert(bad)).await.expect_err("no JSON");
    assert_eq!(relapse::status::violations(&status)[0].0, "document");
}
