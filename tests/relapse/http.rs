//! The HTTP door.

use std::net::SocketAddr;

use relapse::json::{from_json, to_json};
use relapse::limits::MESSAGE_BYTES;
use relapse::proto::{
    FindSimilarRequest, GetFailureClassRequest, GetIncidentRequest, GetReportRequest,
    ListFailureClassesRequest,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::Server;

/// A response.
#[derive(Debug)]
pub struct Reply {
    pub code: u16,
    pub headers: String,
    pub body: String,
}

impl Reply {
    #[track_caller]
    fn json(&self) -> Value {
        assert!(self.headers.contains("content-type: application/json"), "{}", self.headers);
        serde_json::from_str(&self.body).expect("it is JSON")
    }
}

/// Sends bytes as they are, and reads until the server closes.
async fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let answer = whole_reply(address, request).await;
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let (status, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let code = status.split(' ').nth(1).expect("a code").parse().expect("a number");
    Reply { code, headers: headers.to_lowercase(), body: body.to_owned() }
}

async fn whole_reply(address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let (mut reader, mut writer) = stream.split();
    let mut answer = Vec::new();
    // A server that has seen enough may close while the rest is being sent.
    let (_, read) = tokio::join!(writer.write_all(request), reader.read_to_end(&mut answer));
    assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
    answer
}

pub async fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Reply {
    let request = format!(
        "{method} {path} HTTP/1.1\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(address, request.as_bytes()).await
}

/// Posts `body` as it is; the whole response.
pub async fn send_bytes(address: SocketAddr, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    whole_reply(address, &[head.as_bytes(), body].concat()).await
}

/// Asks as this machine does.
pub async fn get(address: SocketAddr, path: &str) -> Reply {
    send(address, "GET", path, &format!("host: {address}\r\n"), "").await
}

async fn post(address: SocketAddr, path: &str, body: &str) -> Reply {
    send(address, "POST", path, &format!("host: {address}\r\n"), body).await
}

#[tokio::test]
async fn the_json_is_that_of_the_messages_of_grpc() {
    let server = Server::with_samples().await;
    let http = server.bound.http;
    let asked = r#"{"text": "disk full", "k": 3, "as_of": "2026-06-30T23:59:59Z"}"#;
    let request: FindSimilarRequest = from_json(asked).expect("a request");
    let answer = server.similarity().find_similar(request).await.expect("an answer").into_inner();
    let expected = to_json(&answer).expect("it is written");
    let posted = post(http, "/v1/similar", asked).await;
    assert_eq!((posted.code, posted.body.as_str()), (200, expected.as_str()));
    assert!(posted.headers.contains("relapse-elapsed-ms: "), "{}", posted.headers);
    let got = get(http, "/v1/similar?text=disk%20full&k=3&as_of=2026-06-30").await;
    assert_eq!((got.code, got.body), (200, expected));

    let mut recurrence = server.recurrence();
    let list = recurrence.list_failure_classes(ListFailureClassesRequest::default()).await;
    let list = list.expect("a list").into_inner();
    assert_eq!(get(http, "/v1/classes").await.body, to_json(&list).expect("it is written"));
    let id = &list.classes[0].id;
    let class = GetFailureClassRequest { class_id: id.clone(), as_of: None };
    let class = recurrence.get_failure_class(class).await.expect("it exists").into_inner();
    let got = get(http, &format!("/v1/classes/{id}")).await;
    assert_eq!(got.body, to_json(&class).expect("it is written"));
    let report = recurrence.get_report(GetReportRequest::default()).await;
    let report = report.expect("a report").into_inner();
    assert_eq!(get(http, "/v1/report").await.body, to_json(&report).expect("it is written"));
    let member = class.members.iter().find(|member| member.id.contains('/'));
    let member = member.expect("some ids are paths");
    let incident = GetIncidentRequest { incident_id: member.id.clone(), as_of: None };
    let incident = server.incidents().get_incident(incident).await.expect("it exists");
    let got = get(http, &format!("/v1/incidents/{}", member.id)).await;
    assert_eq!(got.body, to_json(&incident.into_inner()).expect("it is written"));
}

#[tokio::test]
async fn mistakes_are_json_with_their_fields() {
    let server = Server::start().await;
    let http = server.bound.http;
    let wrong = get(http, "/v1/similar?k=101&text=").await;
    assert_eq!(wrong.code, 400);
    let told = wrong.json();
    assert_eq!(told["code"], "INVALID_ARGUMENT");
    let fields: Vec<&Value> =
        told["violations"].as_array().expect("a list").iter().map(|one| &one["field"]).collect();
    assert_eq!(fields, ["text", "k"]);
    assert_eq!(get(http, "/v1/similar?txt=x").await.json()["violations"][0]["field"], "txt");
    let wrong = post(http, "/v1/similar", r#"{"txt": "x"}"#).await;
    assert_eq!((wrong.code, &wrong.json()["violations"][0]["field"]), (400, &"body".into()));
    assert_eq!(post(http, "/v1/similar", "{").await.code, 400);
    for (path, code, name) in [
        ("/v1/classes/FC-99", 404, "NOT_FOUND"),
        ("/v1/classes/banana", 400, "INVALID_ARGUMENT"),
        ("/v1/incidents/a/b", 404, "NOT_FOUND"),
        ("/v1/report?since=2026-02-01&until=2026-01-01", 400, "INVALID_ARGUMENT"),
        ("/v2", 404, "NOT_FOUND"),
    ] {
        let reply = get(http, path).await;
        assert_eq!((reply.code, &reply.json()["code"]), (code, &name.into()), "{path}");
    }
    let reply = post(http, "/v1/classes", "").await;
    assert_eq!((reply.code, &reply.json()["code"]), (405, &"UNIMPLEMENTED".into()));
}

#[tokio::test]
async fn a_page_from_elsewhere_cannot_reach_the_server() {
    let server = Server::start().await;
    let http = server.bound.http;
    let port = http.port();
    let code = async |headers: &str| send(http, "GET", "/v1/classes", headers, "").await.code;
    assert_eq!(code(&format!("host: localhost:{port}\r\n")).await, 200);
    assert_eq!(code("host: [::1]\r\n").await, 200);
    assert_eq!(code("host: example.com\r\n").await, 403);
    assert_eq!(
        code(&format!("host: localhost:{port}\r\norigin: http://example.com\r\n")).await,
        403
    );
    let same = format!("host: localhost:{port}\r\norigin: http://localhost:{port}\r\n");
    assert_eq!(code(&same).await, 200);
    let refused = send(http, "GET", "/metrics", "host: example.com\r\n", "").await;
    assert_eq!(refused.json()["code"], "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let server = Server::start().await;
    let http = server.bound.http;
    let head = format!(
        "POST /v1/similar HTTP/1.1\r\nhost: {http}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        MESSAGE_BYTES + 1
    );
    let refused = exchange(http, head.as_bytes()).await;
    assert_eq!(refused.code, 413);
    assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("5242880")));
}

#[tokio::test]
async fn prometheus_is_told_what_happened() {
    let server = Server::with_samples().await;
    let http = server.bound.http;
    let asked = get(http, "/v1/similar?text=disk+full+on+ledger-db").await;
    let verdict = asked.json()["verdict"].as_str().expect("a verdict").to_lowercase();
    let verdict = verdict.trim_start_matches("verdict_");
    get(http, "/nowhere").await;
    let metrics = get(http, "/metrics").await;
    assert!(metrics.headers.contains("application/openmetrics-text"), "{}", metrics.headers);
    let stored = server.service.n_incidents();
    for expected in [
        format!("relapse_incidents {stored}"),
        format!("relapse_log_position {}", server.service.position()),
        format!("relapse_ingested_total{{outcome=\"new\"}} {stored}"),
        format!("relapse_verdicts_total{{verdict=\"{verdict}\"}} 1"),
        "relapse_requests_total{door=\"http\",method=\"/v1/similar\",code=\"OK\"} 1".into(),
        "relapse_requests_total{door=\"http\",method=\"other\",code=\"NOT_FOUND\"} 1".into(),
    ] {
        assert!(metrics.body.lines().any(|line| line == expected), "{expected}\n{}", metrics.body);
    }
    assert!(metrics.body.contains("relapse_request_seconds_bucket{le=\"0.01\""));
    assert!(metrics.body.ends_with("# EOF\n"));
}
