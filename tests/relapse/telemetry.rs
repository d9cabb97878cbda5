//! What a server tells about itself, and what the documents, the dashboard and the alarms say it tells.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use relapse::proto::{
    FindSimilarRequest, Incident, UpsertIncidentRequest, upsert_incident_request,
};
use serde_json::{Value, json};

use crate::http::{Reply, send};
use crate::server::Server;

/// A metric: its type and what it says.
type Described = BTreeMap<String, (String, String)>;

fn document(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| unreachable!("{}: {error}", path.display()))
}

async fn get(server: &Server, path: &str, headers: &str) -> Reply {
    let headers = format!("host: {}\r\n{headers}", server.bound.http);
    send(server.bound.http, "GET", path, &headers, "").await
}

/// A server that has done a little of everything. The answer to its alert waits for a destination that is not there.
async fn busy(folder: &Path) -> Server {
    let url = folder.join("url");
    fs::write(&url, "http://127.0.0.1:9/").expect("written");
    let destinations = folder.join("destinations.toml");
    let destination = format!("[nobody]\nkind = 'webhook'\nurl_file = '{}'\n", url.display());
    fs::write(&destinations, destination).expect("written");
    let server = Server::with_samples_and(|config| {
        config.destinations = Some(destinations);
        config.outgoing_hosts = vec!["127.0.0.1".into()];
    })
    .await;
    let alert = json!({"event": {"id": "m1", "event_type": "incident.triggered",
        "occurred_at": "2026-11-20T11:59:00Z", "data": {"id": "PX1", "type": "incident", "title": "Disk full on ledger-db",
        "status": "triggered", "created_at": "2026-11-20T11:59:00Z", "service": {"summary": "ledger-db"}}}});
    let host = format!("host: {}\r\n", server.bound.http);
    let path = "/webhooks/pagerduty";
    let reply = send(server.bound.http, "POST", path, &host, &alert.to_string()).await;
    assert_eq!(reply.code, 200, "{}", reply.body);
    let incident = Incident {
        external_id: "INC-1".into(),
        title: "Deploy failed".into(),
        text: "curl -H 'Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345' failed"
            .into(),
        ..Incident::default()
    };
    let record = Some(upsert_incident_request::Record::Incident(Box::new(incident)));
    server.incidents().upsert_incident(UpsertIncidentRequest { record }).await.expect("stored");
    let asked = FindSimilarRequest {
        query: Some(relapse::proto::find_similar_request::Query::Text("disk full".into())),
        ..FindSimilarRequest::default()
    };
    server.similarity().find_similar(asked).await.expect("answered");
    server
}

/// The metrics of a scrape, by the names their samples have.
fn told(scrape: &str) -> Described {
    let mut described = Described::new();
    let mut types = BTreeMap::new();
    for line in scrape.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("TYPE"), Some(name), Some(kind)) => {
                types.insert(name.to_owned(), kind.to_owned());
            }
            (Some("#"), Some("HELP"), Some(name), Some(help)) => {
                described.insert(
                    name.to_owned(),
                    (String::new(), help.trim_end_matches('.').to_owned()),
                );
            }
            _ => {}
        }
    }
    let sampled = |(name, (_, help)): (String, (String, String))| {
        let kind = types.get(&name).cloned().unwrap_or_default();
        let end = match kind.as_str() {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        (format!("{name}{end}"), (kind, help))
    };
    described.into_iter().map(sampled).collect()
}

/// The table of the metrics in the document.
fn documented() -> Described {
    let page = document("operations.md");
    let rows = page.lines().filter(|line| line.starts_with("| `relapse_"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, kind, .., help] = cells.as_slice() else {
            unreachable!("a row has four cells: {line}");
        };
        let help = help.trim_start_matches("| ").to_owned();
        (name.trim_matches('`').to_owned(), ((*kind).to_owned(), help))
    };
    rows.map(row).collect()
}

/// The metrics of ours that an expression asks for, as they are documented.
fn asked_for(expression: &str) -> BTreeSet<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = words.filter(|word| word.starts_with("relapse_"));
    ours.map(|word| word.strip_suffix("_bucket").unwrap_or(word).to_owned()).collect()
}

#[tokio::test]
async fn the_documented_metrics_are_those_that_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = busy(folder.path()).await;
    let reply = get(&server, "/metrics", "").await;
    assert!(reply.headers.contains("application/openmetrics-text"), "{}", reply.headers);
    assert!(reply.body.ends_with("# EOF\n"));
    assert_eq!(told(&reply.body), documented());
    for counted in ["relapse_incidents 62", "relapse_masked_secrets_total{kind=\"github-token\"} 1"]
    {
        assert!(reply.body.contains(counted), "{counted}\n{}", reply.body);
    }
}

#[test]
fn the_dashboard_and_the_alarms_ask_for_metrics_that_exist() {
    let known: BTreeSet<String> = documented().into_keys().collect();
    let dashboard: Value = serde_json::from_str(&document("deploy/grafana.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let shown: Vec<&str> = targets.map(|target| target["expr"].as_str().expect("a text")).collect();
    let rules: Value = serde_saphyr::from_str(&document("deploy/alerts.yml")).expect("YAML");
    let rules = rules["groups"][0]["rules"].as_array().expect("rules").clone();
    let alarms = rules.iter().map(|rule| rule["expr"].as_str().expect("a text"));
    let mut on_dashboard = BTreeSet::new();
    for expression in shown.iter().copied() {
        let asked = asked_for(expression);
        assert!(!asked.is_empty() && asked.is_subset(&known), "{expression}");
        on_dashboard.extend(asked);
    }
    assert_eq!(on_dashboard, known, "the dashboard shows all of them");
    for expression in alarms {
        assert!(asked_for(expression).is_subset(&known), "{expression}");
        assert!(expression.contains("relapse"), "{expression}");
    }
    assert!(rules.len() >= 8);
}

#[tokio::test]
async fn a_request_keeps_the_name_it_came_with_and_gets_one_without() {
    let server = Server::start().await;
    let named = get(&server, "/healthz", "x-request-id: page-7\r\n").await;
    assert!(named.headers.contains("x-request-id: page-7"), "{}", named.headers);
    for headers in ["", "x-request-id: a b\r\n", "x-request-id: {\"level\":1}\r\n"] {
        let reply = get(&server, "/nothing/here", headers).await;
        let id = reply.headers.lines().find_map(|line| line.strip_prefix("x-request-id: "));
        assert!(
            id.is_some_and(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit())),
            "{id:?}"
        );
    }
    let mut asked = tonic::Request::new(relapse::proto::ListFailureClassesRequest::default());
    asked.metadata_mut().insert("x-request-id", "grpc-1".parse().expect("a value"));
    let reply = server.recurrence().list_failure_classes(asked).await.expect("answered");
    assert_eq!(reply.metadata().get("x-request-id").expect("a name"), "grpc-1");
}
