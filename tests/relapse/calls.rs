//! What holds for every call.

use relapse::limits::{DOCUMENT_BYTES, MESSAGE_BYTES};
use relapse::proto::FindSimilarRequest;
use tonic::{Code, Request};

use crate::samples::page;
use crate::server::Server;

#[tokio::test]
async fn a_deadline_that_says_no_time_is_refused() {
    let server = Server::start().await;
    let mut request = Request::new(FindSimilarRequest::default());
    request.metadata_mut().insert("grpc-timeout", "soon".parse().expect("a value"));
    let status = server.similarity().find_similar(request).await.expect_err("no time");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(relapse::status::violations(&status)[0].0, "grpc-timeout");
}

#[tokio::test]
async fn a_message_beyond_the_limit_is_refused_and_one_at_the_limit_is_not() {
    let server = Server::start().await;
    let filled = |bytes: usize| {
        let head = "# Disk full\n\n";
        page("pages/long", &(head.to_owned() + &"x".repeat(bytes - head.len())))
    };
    let receipts = server.ingest(vec![filled(DOCUMENT_BYTES), filled(DOCUMENT_BYTES + 1)]).await;
    assert_eq!(receipts[0].problem, None);
    let problem = receipts[1].problem.as_ref().expect("it is too long");
    assert_eq!(problem.field, "document.content");

    let stream = tokio_stream::iter([filled(2 * DOCUMENT_BYTES)]);
    let stream = server.incidents().ingest_incidents(stream).await.expect("it begins");
    let status = stream.into_inner().message().await.expect_err("larger than a message may be");
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    assert!(status.message().contains(&format!("limit is: {MESSAGE_BYTES}")), "{status:?}");
}
