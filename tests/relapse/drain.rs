//! The end of a server.

use relapse::proto::IngestResult;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::http::get;
use crate::samples::{incident, sent};
use crate::server::Server;

#[tokio::test]
async fn a_server_asked_to_stop_says_so_and_finishes_what_is_under_way() {
    let server = Server::start().await;
    let http = server.bound.http;
    assert_eq!(get(http, "/readyz").await.code, 200);
    let (send, receive) = mpsc::channel(1);
    let receipts = server.incidents().ingest_incidents(ReceiverStream::new(receive)).await;
    let mut receipts = receipts.expect("the stream begins").into_inner();
    let mut health = HealthClient::new(server.channel.clone());
    let watch = health.watch(HealthCheckRequest { service: String::new() }).await;
    let mut watch = watch.expect("it begins").into_inner();
    let mut next = async || watch.message().await.expect("it goes on").expect("a status").status();
    assert_eq!(next().await, ServingStatus::Serving);

    let ended = tokio::spawn(server.stop());
    assert_eq!(next().await, ServingStatus::NotServing);
    drop(watch);
    assert_eq!(get(http, "/readyz").await.code, 503);
    assert_eq!(get(http, "/healthz").await.code, 200);
    send.send(sent(incident("INC-1", "Disk full"))).await.expect("the stream is open");
    let receipt = receipts.message().await.expect("it is stored").expect("a receipt");
    assert_eq!(receipt.result(), IngestResult::New);
    drop(send);
    assert_eq!(receipts.message().await.expect("a clean end"), None);
    drop(receipts);
    drop(health);
    ended.await.expect("it does not break down").expect("a clean end");
}
