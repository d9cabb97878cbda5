//! Long streams of small messages, each in a frame of its own.

use relapse::proto::find_similar_request::Query;
use relapse::proto::find_similar_stream_response::Outcome;
use relapse::proto::{FindSimilarRequest, FindSimilarStreamRequest, IngestResult};
use tokio::task::yield_now;
use tokio_stream::{Stream, StreamExt};

use crate::samples::line;
use crate::server::Server;

const MESSAGES: u32 = 20_000;

/// Messages of which none is ready together with another, so that no two share a frame.
fn one_by_one<T>(message: impl Fn(u32) -> T) -> impl Stream<Item = T> {
    tokio_stream::iter((0..MESSAGES).map(message)).then(async |message| {
        yield_now().await;
        message
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_come_faster_than_they_are_stored_and_all_are_taken() {
    let server = Server::start().await;
    let record = |number| line(number + 1, &format!(r#"{{"id": {number}, "title": "Disk full"}}"#));
    let receipts = server.incidents().ingest_incidents(one_by_one(record)).await;
    let mut receipts = receipts.expect("the stream begins").into_inner();
    for number in 0..MESSAGES {
        let receipt = receipts.message().await.expect("it goes on").expect("one per record");
        assert_eq!((receipt.index, receipt.result()), (number, IngestResult::New));
    }
    assert_eq!(receipts.message().await.expect("a clean end"), None);
    assert_eq!(server.service.n_incidents(), MESSAGES as usize);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_come_faster_than_they_are_answered_and_all_are_taken() {
    let server = Server::start().await;
    server.ingest(vec![line(1, r#"{"id": 1, "title": "Disk full"}"#)]).await;
    let query = |_| {
        let query = Some(Query::Text("disk full".into()));
        let request = FindSimilarRequest { query, k: 1, ..FindSimilarRequest::default() };
        FindSimilarStreamRequest { request: Some(request) }
    };
    let answers = server.similarity().find_similar_stream(one_by_one(query)).await;
    let mut answers = answers.expect("the stream begins").into_inner();
    for _ in 0..MESSAGES {
        let answer = answers.message().await.expect("it goes on").expect("one per query");
        assert!(matches!(answer.outcome, Some(Outcome::Response(_))), "{answer:?}");
    }
    assert_eq!(answers.message().await.expect("a clean end"), None);
}
