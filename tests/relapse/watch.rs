//! Watching for recurrences.

use relapse::limits::WATCHERS_MAX;
use relapse::proto::{
    DeleteIncidentRequest, Filter, Incident, IngestIncidentsRequest, RecurrenceKind,
    RecurrenceThresholds, WatchRecurrencesRequest, WatchRecurrencesResponse,
};
use relapse::status::hint;
use tonic::{Code, Status, Streaming};

use crate::samples::{incident, sent};
use crate::server::Server;

type Told = Streaming<WatchRecurrencesResponse>;

async fn watch(server: &Server, request: WatchRecurrencesRequest) -> Result<Told, Status> {
    server.recurrence().watch_recurrences(request).await.map(tonic::Response::into_inner)
}

/// Watches behind `token`; the first message says where that is.
async fn behind(server: &Server, token: &str) -> (Told, String) {
    let request = WatchRecurrencesRequest { resume_token: token.into(), ..Default::default() };
    begun(server, request).await
}

async fn begun(server: &Server, request: WatchRecurrencesRequest) -> (Told, String) {
    let mut told = watch(server, request).await.expect("it begins");
    let first = next(&mut told).await;
    assert_eq!((first.incident, first.event_id.as_str()), (None, ""));
    (told, first.resume_token)
}

async fn next(told: &mut Told) -> WatchRecurrencesResponse {
    told.message().await.expect("it goes on").expect("a message")
}

/// The next event: its incident and its kinds.
async fn event(told: &mut Told) -> (String, Vec<RecurrenceKind>) {
    let event = next(told).await;
    assert_eq!(event.event_id, event.resume_token);
    let kinds = event.kinds().collect();
    (event.incident.expect("an incident").id, kinds)
}

fn on(id: &str, day: &str, minutes: u32) -> IngestIncidentsRequest {
    let started: jiff::Timestamp = format!("{day}T08:00:00Z").parse().expect("a time");
    let at = prost_types::Timestamp { seconds: started.as_second(), nanos: 0 };
    let incident = incident(id, "Disk full");
    sent(Incident { started_at: Some(at), duration_minutes: Some(minutes), ..incident })
}

fn joined(id: &str) -> (String, Vec<RecurrenceKind>) {
    (id.to_owned(), vec![RecurrenceKind::Joined])
}

#[tokio::test]
async fn whoever_watches_is_told_as_it_happens_and_resumes_where_it_stopped() {
    let server = Server::start().await;
    let (mut now, token) = behind(&server, "").await;
    assert_eq!(token, "0");
    server.ingest(vec![on("INC-1", "2026-11-01", 5), on("INC-2", "2026-11-03", 5)]).await;
    let second = next(&mut now).await;
    assert_eq!(second.headline, "2nd disk full in 90 d");
    let figures = second.figures.expect("figures");
    assert_eq!((figures.occurrences, figures.in_30d, figures.cost_minutes), (2, 2, 10));
    assert_eq!(second.failure_class.expect("a class").occurrences.expect("counts").total, 2);
    server.ingest(vec![on("INC-3", "2026-11-05", 5), on("INC-4", "2026-11-06", 5)]).await;
    assert_eq!(event(&mut now).await, joined("INC-3"));
    drop(now);
    let (mut resumed, token) = behind(&server, &second.resume_token).await;
    assert_eq!(token, second.resume_token);
    assert_eq!(event(&mut resumed).await, joined("INC-3"));
    assert_eq!(event(&mut resumed).await, joined("INC-4"));
    let request = DeleteIncidentRequest { incident_id: "INC-3".into(), allow_missing: false };
    server.incidents().delete_incident(request).await.expect("it was there");
    let (mut all, _) = behind(&server, "0").await;
    for id in ["INC-2", "INC-3", "INC-4"] {
        assert_eq!(event(&mut all).await, joined(id));
    }
}

#[tokio::test]
async fn filters_and_thresholds_decide_what_is_told() {
    let server = Server::start().await;
    let at_costs = WatchRecurrencesRequest {
        min_occurrences: Some(3),
        thresholds: Some(RecurrenceThresholds { cost_minutes: Some(100), ..Default::default() }),
        ..Default::default()
    };
    let (mut costs, _) = begun(&server, at_costs).await;
    let elsewhere = Filter { services: vec!["elsewhere".into()], ..Filter::default() };
    let request = WatchRecurrencesRequest { filter: Some(elsewhere), ..Default::default() };
    let (mut filtered, _) = begun(&server, request).await;
    for (id, minutes) in [("INC-1", 10), ("INC-2", 10), ("INC-3", 10)] {
        server.ingest(vec![on(id, "2026-11-01", minutes)]).await;
    }
    assert_eq!(event(&mut costs).await, joined("INC-3"));
    server.ingest(vec![on("INC-2", "2026-11-01", 90)]).await;
    assert_eq!(event(&mut costs).await, ("INC-2".into(), vec![RecurrenceKind::CostMinutes]));
    let IngestIncidentsRequest { record } = on("INC-4", "2026-11-02", 1);
    let Some(relapse::proto::ingest_incidents_request::Record::Incident(mut other)) = record else {
        unreachable!("it is an incident");
    };
    other.services = vec!["Elsewhere".into()];
    server.ingest(vec![sent(*other)]).await;
    assert_eq!(event(&mut filtered).await, joined("INC-4"));
}

#[tokio::test]
async fn a_slow_reader_misses_nothing() {
    const INCIDENTS: usize = 300;
    let server = Server::start().await;
    let (mut told, _) = behind(&server, "").await;
    let records = (0..INCIDENTS).map(|number| on(&format!("INC-{number}"), "2026-11-01", 1));
    server.ingest(records.collect()).await;
    for number in 1..INCIDENTS {
        assert_eq!(event(&mut told).await, joined(&format!("INC-{number}")));
    }
}

#[tokio::test]
async fn a_token_of_elsewhere_is_refused_with_what_to_do() {
    let server = Server::start().await;
    server.ingest(vec![on("INC-1", "2026-11-01", 5), on("INC-2", "2026-11-03", 5)]).await;
    let refused = async |token: &str| {
        let request = WatchRecurrencesRequest { resume_token: token.into(), ..Default::default() };
        watch(&server, request).await.map(drop).expect_err("no such token")
    };
    for token in ["2-0123456789abcdef", "1-0123456789abcdef"] {
        let status = refused(token).await;
        assert_eq!(status.code(), Code::OutOfRange);
        assert!(hint(&status).is_some_and(|hint| hint.contains("without a token")), "{status}");
    }
    for token in ["x", "-", "1-", "+1-0123456789abcdef", "00"] {
        assert_eq!(refused(token).await.code(), Code::InvalidArgument, "{token}");
    }
}

#[tokio::test]
async fn watchers_beyond_the_limit_are_turned_away_until_one_leaves() {
    let server = Server::start().await;
    let mut watchers = Vec::new();
    for _ in 0..WATCHERS_MAX {
        watchers.push(behind(&server, "").await);
    }
    let refused = watch(&server, WatchRecurrencesRequest::default()).await.map(drop);
    let status = refused.expect_err("too many");
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(hint(&status).is_some());
    watchers.pop();
    while watch(&server, WatchRecurrencesRequest::default()).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_every_stream_as_one_to_resume() {
    let server = Server::start().await;
    let (mut told, _) = behind(&server, "").await;
    let ended = tokio::spawn(server.stop());
    let status = told.message().await.expect_err("the server stops");
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("resume_token"), "{status}");
    drop(told);
    ended.await.expect("it does not break down").expect("a clean end");
}
