//! Answers that go out on their own.

use std::fs;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::http::{get, send};
use crate::server::Server;
use crate::stand_in;

/// A message of PagerDuty: `id` was triggered.
fn triggered(id: &str, message: &str) -> String {
    json!({"event": {"id": message, "event_type": "incident.triggered", "occurred_at": "2026-11-20T03:00:01Z",
        "data": {"id": id, "type": "incident", "title": "Disk full on ledger-db", "status": "triggered",
            "created_at": "2026-11-20T03:00:00Z", "service": {"summary": "ledger-db"}}}})
    .to_string()
}

async fn alert(server: &Server, body: &str) -> Value {
    let http = server.bound.http;
    let reply = send(http, "POST", "/webhooks/pagerduty", &format!("host: {http}\r\n"), body).await;
    assert_eq!(reply.code, 200, "{}", reply.body);
    serde_json::from_str(&reply.body).expect("JSON")
}

#[tokio::test]
async fn an_alert_is_answered_in_pagerduty_once_and_nobody_waits_for_a_destination_that_is_silent()
{
    let (tell, mut told) = mpsc::unbounded_channel();
    let take = async move |Path(id): Path<String>, headers: HeaderMap, body: String| {
        let body: Value = serde_json::from_str(&body).expect("JSON");
        tell.send((id, headers, body)).expect("somebody listens");
        (StatusCode::CREATED, r#"{"note": {"id": "P1"}}"#)
    };
    let pagerduty = Router::new().route("/incidents/{id}/notes", post(take));
    let never = post(async || std::future::pending::<()>().await);
    let vendor = stand_in::serve(pagerduty.route("/never", never)).await;
    let dir = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let token = file("token", "t0ken\n");
    let url = file("url", &format!("http://{vendor}/never"));
    let destinations = format!(
        "[notes]\nkind = 'pagerduty'\napi = 'http://{vendor}'\ntoken_file = '{}'\nfrom = 'r@example.com'\n\
         [silent]\nkind = 'webhook'\nurl_file = '{}'\n",
        token.display(),
        url.display()
    );
    let destinations = file("destinations.toml", &destinations);
    let server = Server::start_at(Timestamp::now, |config| {
        config.destinations = Some(destinations);
        config.outgoing_hosts = vec!["127.0.0.1".into()];
    })
    .await;
    server.ingest(crate::samples::records()).await;

    for (id, message) in [("PX1", "m1"), ("PX1", "m1"), ("PX1", "m2"), ("PX2", "m3")] {
        alert(&server, &triggered(id, message)).await;
    }
    let mut came = Vec::new();
    for _ in 0..2 {
        let (id, headers, body) = told.recv().await.expect("it comes");
        let header = |name: &str| headers[name].to_str().expect("text").to_owned();
        assert_eq!(header("authorization"), "Token token=t0ken");
        assert_eq!(header("from"), "r@example.com");
        assert_eq!(header("accept"), "application/vnd.pagerduty+json;version=2");
        let content = body["note"]["content"].as_str().expect("a text").to_owned();
        assert!(content.starts_with("RECURRENCE: "), "{content}");
        assert!(content.contains("What was done before"), "{content}");
        came.push(id);
    }
    assert_eq!(came, ["PX1", "PX2"], "one each, however often it is told");
    let metrics = get(server.bound.http, "/metrics").await.body;
    assert!(
        metrics.contains("relapse_notes{destination=\"silent\",state=\"sending\"} 1"),
        "{metrics}"
    );
    assert!(
        metrics.contains("relapse_notes{destination=\"silent\",state=\"waiting\"} 1"),
        "{metrics}"
    );
    assert!(metrics.contains("relapse_notes{destination=\"notes\",state="), "{metrics}");
    assert!(told.try_recv().is_err(), "and no more");
}
