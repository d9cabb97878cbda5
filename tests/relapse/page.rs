//! The page, and the routes it speaks to.

use relapse::guard::tokens::issue;
use relapse::json::to_json;
use relapse::proto::{
    BacktestRequest, GetReportRequest, ListDecisionsRequest, ListIncidentsRequest, ReportFormat,
    ReportScope,
};
use serde_json::{Value, json};

use crate::http::{Reply, get, send};
use crate::server::Server;

/// The address of the script that the page begins with.
fn main_script(index: &Reply) -> &str {
    let (_, rest) = index.body.split_once("<script type=\"module\" src=\"").expect("a script");
    rest.split_once('"').expect("it ends").0
}

async fn post(server: &Server, path: &str, more: &str, body: &Value) -> Reply {
    let http = server.bound.http;
    let headers = format!("host: {http}\r\n{more}");
    send(http, "POST", path, &headers, &body.to_string()).await
}

const JSON: &str = "content-type: application/json\r\n";

fn parsed(reply: &Reply) -> Value {
    serde_json::from_str(&reply.body).expect("it is JSON")
}

#[tokio::test]
async fn the_page_leads_to_its_files_and_they_may_be_kept_for_good() {
    let server = Server::start().await;
    let http = server.bound.http;
    let index = get(http, "/").await;
    assert_eq!(index.code, 200);
    assert!(index.headers.contains("content-type: text/html; charset=utf-8"), "{}", index.headers);
    assert!(index.headers.contains("cache-control: no-cache"), "{}", index.headers);
    let addresses: Vec<&str> =
        index.body.split('"').filter(|part| part.starts_with("/page/")).collect();
    assert!(addresses.len() > 30, "{addresses:?}");
    for address in addresses {
        let file = get(http, address).await;
        assert_eq!(file.code, 200, "{address}");
        assert!(file.headers.contains("immutable"), "{}", file.headers);
        let kind = match address.rsplit_once('.').expect("an ending").1 {
            "js" => "text/javascript",
            "css" => "text/css",
            _ => "image/svg+xml",
        };
        assert!(file.headers.contains(&format!("content-type: {kind}")), "{}", file.headers);
        assert!(!file.body.is_empty(), "{address}");
    }
}

#[tokio::test]
async fn only_what_the_server_sends_may_run() {
    let server = Server::start().await;
    let index = get(server.bound.http, "/").await;
    let (_, policy) =
        index.headers.split_once("content-security-policy: ").expect("the page has a policy");
    let policy = policy.lines().next().unwrap_or_default();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    for tag in index.body.split('<').filter(|tag| tag.starts_with("script")) {
        assert!(tag.contains("src=\"/page/"), "{tag} is inline");
    }
    assert!(!index.body.contains("<style") && !index.body.contains("onclick"), "nor is anything");
}

#[tokio::test]
async fn every_response_says_how_a_browser_is_to_take_it() {
    let server = Server::start().await;
    let http = server.bound.http;
    let elsewhere = "host: localhost\r\norigin: http://example.com\r\n";
    let replies = [
        get(http, "/").await,
        get(http, "/v1/classes").await,
        get(http, "/nowhere").await,
        get(http, "/healthz").await,
        send(http, "GET", "/", elsewhere, "").await,
        send(http, "DELETE", "/", &format!("host: {http}\r\n"), "").await,
    ];
    for reply in &replies {
        for header in [
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "frame-ancestors 'none'",
            "cross-origin-resource-policy: same-origin",
            "cache-control: no-",
        ] {
            assert!(reply.headers.contains(header), "{header}: {}", reply.headers);
        }
    }
    let codes: Vec<u16> = replies.iter().map(|reply| reply.code).collect();
    assert_eq!(codes, [200, 200, 404, 200, 403, 405]);
}

#[tokio::test]
async fn a_file_of_another_version_or_of_no_page_is_not_there() {
    let server = Server::start().await;
    let http = server.bound.http;
    let index = get(http, "/").await;
    let script = main_script(&index);
    for wrong in [
        "/page/0000000000000000/main.js".to_owned(),
        script.replace("main.js", "index.html"),
        script.replace("main.js", "..%2Fpage.rs"),
    ] {
        let reply = get(http, &wrong).await;
        assert_eq!((reply.code, &parsed(&reply)["code"]), (404, &"NOT_FOUND".into()), "{wrong}");
    }
}

#[tokio::test]
async fn what_is_asked_over_http_is_what_grpc_answers() {
    let server = Server::with_samples().await;
    let http = server.bound.http;
    let listed = ListIncidentsRequest { page_size: 3, ..ListIncidentsRequest::default() };
    let listed = server.incidents().list_incidents(listed).await.expect("a list").into_inner();
    let got = get(http, "/v1/incidents?page_size=3").await;
    assert_eq!(got.body, to_json(&listed).expect("it is written"));

    let mut recurrence = server.recurrence();
    let until = relapse::json::from_json::<ReportScope>(r#"{"until": "2026-11-20T23:59:59Z"}"#);
    let report = GetReportRequest {
        scope: Some(until.expect("a scope")),
        format: ReportFormat::Html.into(),
        ..GetReportRequest::default()
    };
    let report = recurrence.get_report(report).await.expect("a report").into_inner();
    assert!(report.content().starts_with("<!doctype html>"), "it is written out");
    let got = get(http, "/v1/report?until=2026-11-20&format=html").await;
    assert_eq!(got.body, to_json(&report).expect("it is written"));

    let asked = BacktestRequest { k: vec![1, 2], ..BacktestRequest::default() };
    let backtest = recurrence.backtest(asked).await.expect("a replay").into_inner();
    let got = get(http, "/v1/backtest?k=1&k=2").await;
    assert_eq!(got.body, to_json(&backtest).expect("it is written"));
    let wrong = get(http, "/v1/backtest?format=pdf&k=x").await;
    assert_eq!(parsed(&wrong)["violations"].as_array().map(Vec::len), Some(2), "{}", wrong.body);
}

#[tokio::test]
async fn a_decision_made_over_http_stands_until_it_is_undone() {
    let server = Server::with_samples().await;
    let http = server.bound.http;
    let name = || async {
        let class = parsed(&get(http, "/v1/classes/FC-1").await);
        class["failure_class"]["name"].as_str().expect("a name").to_owned()
    };
    let before = name().await;
    let asked = json!({"class_id": "FC-1", "name": "Backlog again", "request_id": "r1",
        "attribution": {"who": "ann", "why": "that is what we call it"}});
    let renamed = post(&server, "/v1/classes/rename", JSON, &asked).await;
    assert_eq!(renamed.code, 200, "{}", renamed.body);
    assert_eq!(name().await, "Backlog again");
    let again = post(&server, "/v1/classes/rename", JSON, &asked).await;
    assert_eq!(again.body, renamed.body, "the same request is the same decision");

    let mut recurrence = server.recurrence();
    let decisions = recurrence.list_decisions(ListDecisionsRequest::default()).await;
    let decisions = decisions.expect("a list").into_inner();
    let got = get(http, "/v1/decisions").await;
    assert_eq!(got.body, to_json(&decisions).expect("it is written"));
    assert_eq!(parsed(&got)["decisions"][0]["attribution"]["who"], "ann");

    let undo = json!({"decision_id": parsed(&renamed)["decision"]["id"]});
    let undone = post(&server, "/v1/decisions/undo", JSON, &undo).await;
    assert_eq!(undone.code, 200, "{}", undone.body);
    assert_eq!(name().await, before);
    let twice = post(&server, "/v1/decisions/undo", JSON, &undo).await;
    assert_eq!(parsed(&twice)["code"], "FAILED_PRECONDITION");
}

#[tokio::test]
async fn every_decision_and_rating_has_a_route_that_tells_what_is_wrong() {
    let server = Server::with_samples().await;
    for path in [
        "/v1/useful",
        "/v1/link",
        "/v1/unlink",
        "/v1/classes/rename",
        "/v1/classes/pin",
        "/v1/classes/merge",
        "/v1/classes/split",
        "/v1/decisions/undo",
    ] {
        let empty = post(&server, path, JSON, &json!({})).await;
        assert_eq!((empty.code, &parsed(&empty)["code"]), (400, &"INVALID_ARGUMENT".into()));
        assert_ne!(parsed(&empty)["violations"], json!([]), "{path}");
        let unknown = post(&server, path, JSON, &json!({"colour": "red"})).await;
        assert_eq!(parsed(&unknown)["violations"][0]["field"], "body", "{path}");
        let got = get(server.bound.http, path).await;
        assert_eq!(got.code, 405, "{path}");
    }
    let asked = json!({"text": "TLS handshake failures on auth-gateway", "k": 1});
    let answer = parsed(&post(&server, "/v1/similar", JSON, &asked).await);
    let best = &answer["matches"][0]["incident_id"];
    let rating = json!({"query_id": answer["query_id"], "incident_id": best, "useful": true,
        "attribution": {"who": "ann"}});
    assert_eq!(post(&server, "/v1/useful", JSON, &rating).await.code, 200);
    let answer = parsed(&post(&server, "/v1/similar", JSON, &asked).await);
    assert_eq!(answer["matches"][0]["ratings"][0]["who"], "ann");
}

#[tokio::test]
async fn no_form_and_no_page_from_elsewhere_decides_anything() {
    let server = Server::with_samples().await;
    let asked = json!({"class_id": "FC-1", "pinned": true});
    for of_a_form in ["", "content-type: text/plain\r\n", "content-type: multipart/form-data\r\n"] {
        let refused = post(&server, "/v1/classes/pin", of_a_form, &asked).await;
        assert_eq!(refused.code, 415, "{of_a_form}: {}", refused.body);
    }
    for elsewhere in ["http://example.com", "null", "http://localhost:1"] {
        let headers = format!("{JSON}origin: {elsewhere}\r\n");
        let refused = post(&server, "/v1/classes/pin", &headers, &asked).await;
        assert_eq!(refused.code, 403, "{elsewhere}: {}", refused.body);
    }
    let decisions = parsed(&get(server.bound.http, "/v1/decisions").await);
    assert_eq!(decisions["total_size"], 0, "nothing was decided");
    let same = format!("{JSON}origin: http://{}\r\n", server.bound.http);
    assert_eq!(post(&server, "/v1/classes/pin", &same, &asked).await.code, 200);
}

#[tokio::test]
async fn with_tokens_a_decision_carries_the_name_of_its_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let (token, line) = issue("pager", [9; 32]).expect("a good name");
    let file = folder.path().join("tokens");
    std::fs::write(&file, line).expect("it is written");
    let server = Server::start_with(|config| config.tokens = Some(file)).await;
    server.service.ingest(crate::samples::records()).expect("they are stored");
    assert_eq!(get(server.bound.http, "/").await.code, 200, "the page itself holds no secret");
    let right = format!("{JSON}authorization: Bearer {token}\r\n");
    let asked =
        |who: &str| json!({"class_id": "FC-1", "pinned": true, "attribution": {"who": who}});
    let pinned = post(&server, "/v1/classes/pin", &right, &asked("")).await;
    assert_eq!(parsed(&pinned)["decision"]["attribution"]["who"], "pager", "{}", pinned.body);
    let other = post(&server, "/v1/classes/pin", &right, &asked("ann")).await;
    assert_eq!((other.code, &parsed(&other)["code"]), (403, &"PERMISSION_DENIED".into()));
    assert_eq!(post(&server, "/v1/classes/pin", JSON, &asked("")).await.code, 401);
}
