//! What was acknowledged is there after `kill -9`.

use std::collections::BTreeSet;

use relapse::proto::find_similar_request::Query;
use relapse::proto::incident_service_client::IncidentServiceClient;
use relapse::proto::ingest_incidents_request::Record;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::proto::{
    FindSimilarRequest, Incident, IngestIncidentsRequest, IngestResult, ListIncidentsRequest,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use crate::program::Server;

const CYCLES: usize = 30;
/// How many numbers each life of the server may use up; it reads far ahead.
const STRIDE: usize = 100_000;
/// The least receipts a server lives for; the greatest is twice as many.
const RECEIPTS: usize = 12;

/// An incident that one word tells from all others.
fn record(number: usize) -> IngestIncidentsRequest {
    let incident = Incident {
        external_id: format!("KILL-{number}"),
        title: format!("{} leaked its sockets", word(number)),
        root_cause: "a retry loop opened a socket each time and closed none".to_owned(),
        ..Incident::default()
    };
    IngestIncidentsRequest { record: Some(Record::Incident(Box::new(incident))) }
}

/// A word of its own for each number, in letters alone.
fn word(number: usize) -> String {
    let digits = number.to_string();
    let letters = digits.bytes().map(|digit| char::from(b'k' + (digit - b'0')));
    format!("svc{}", letters.collect::<String>())
}

/// Streams records from `first` on until `receipts` were given, while more are under way; then kills the server.
async fn interrupted(server: Server, first: usize, receipts: usize) -> Vec<usize> {
    let mut client = IncidentServiceClient::connect(server.grpc.clone()).await.expect("it serves");
    let (sender, records) = mpsc::channel(4);
    let feeding = tokio::spawn(async move {
        let mut number = first;
        while sender.send(record(number)).await.is_ok() {
            number += 1;
        }
    });
    let mut answers = client
        .ingest_incidents(ReceiverStream::new(records))
        .await
        .expect("the stream opens")
        .into_inner();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < receipts {
        let receipt = answers.message().await.expect("the server lives").expect("a receipt");
        assert_eq!(receipt.result(), IngestResult::New);
        acknowledged.push(first + receipt.index as usize);
    }
    server.kill();
    feeding.abort();
    acknowledged
}

async fn stored(client: &mut IncidentServiceClient<Channel>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListIncidentsRequest {
            page_size: 1_000,
            page_token,
            ..ListIncidentsRequest::default()
        };
        let page = client.list_incidents(request).await.expect("it serves").into_inner();
        ids.extend(page.incidents.into_iter().map(|incident| incident.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return ids;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_kills_lose_and_double_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut acknowledged: Vec<usize> = Vec::new();
    for cycle in 0..CYCLES {
        let first = cycle * STRIDE;
        let receipts = RECEIPTS + cycle * 5 % RECEIPTS;
        acknowledged.extend(interrupted(Server::start(folder.path()), first, receipts).await);
    }
    let server = Server::start(folder.path());
    let mut incidents =
        IncidentServiceClient::connect(server.grpc.clone()).await.expect("it serves");
    let ids = stored(&mut incidents).await;
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "none is doubled");
    let mut similarity =
        SimilarityServiceClient::connect(server.grpc.clone()).await.expect("it serves");
    for number in acknowledged {
        assert!(distinct.contains(&format!("KILL-{number}")), "KILL-{number} was acknowledged");
        let query = Some(Query::Text(format!("{} sockets", word(number))));
        let request = FindSimilarRequest { query, k: 1, ..FindSimilarRequest::default() };
        let answer = similarity.find_similar(request).await.expect("it serves").into_inner();
        let found = answer.matches.first().or(answer.nearest_miss.as_ref());
        assert_eq!(found.map(|found| found.incident_id.clone()), Some(format!("KILL-{number}")));
    }
}
