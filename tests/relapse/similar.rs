//! Have we seen this before? Asked from outside.

use relapse::proto::find_similar_request::Query;
use relapse::proto::find_similar_stream_response::Outcome;
use relapse::proto::{
    Filter, FindSimilarRequest, FindSimilarStreamRequest, GetFailureClassRequest, GetReportRequest,
    ReportFormat, Verdict,
};
use relapse::status::{retry_delay, violations};
use tonic::Code;

use crate::server::Server;

fn text(text: &str) -> FindSimilarRequest {
    FindSimilarRequest { query: Some(Query::Text(text.into())), ..FindSimilarRequest::default() }
}

#[tokio::test]
async fn a_failure_that_came_before_is_recognised_with_its_class_and_its_reasons() {
    let server = Server::with_samples().await;
    let request = text("product-cache flushed, cache stampede on the catalogue database");
    let response = server.similarity().find_similar(request.clone()).await.expect("an answer");
    assert!(response.metadata().contains_key("relapse-elapsed-ms"));
    let answer = response.into_inner();
    assert_eq!(answer.verdict(), Verdict::Recurrence);
    let class = answer.failure_class.as_ref().expect("it came more than once");
    let total = class.occurrences.expect("always there").total;
    assert!(total >= 2, "{total}");
    for found in &answer.matches {
        let sum: f64 = found.contributions.iter().map(|part| part.contribution).sum();
        assert!((sum - found.score).abs() < 1e-9, "{sum} {}", found.score);
    }
    assert_eq!(answer, server.service.find_similar(request).expect("an answer"));

    let request = GetFailureClassRequest { class_id: class.id.clone(), as_of: None };
    let page = server.recurrence().get_failure_class(request).await.expect("it exists");
    let page = page.into_inner();
    assert_eq!(page.failure_class.as_ref(), Some(class));
    assert_eq!(page.members.len(), total as usize);
    let begun = |at: &relapse::proto::IncidentSummary| at.started_at.map(|at| at.seconds);
    assert!(page.members.iter().map(begun).is_sorted_by_key(|at| (at.is_none(), at)));
}

#[tokio::test]
async fn everything_wrong_with_a_query_is_told_at_once() {
    let server = Server::start().await;
    let request = FindSimilarRequest {
        k: 101,
        filter: Some(Filter { class_id: "12".into(), statuses: vec![0], ..Filter::default() }),
        ..text(" ")
    };
    let status = server.similarity().find_similar(request).await.expect_err("four mistakes");
    assert_eq!(status.code(), Code::InvalidArgument);
    let told = violations(&status);
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["text", "k", "filter.class_id", "filter.statuses"]);
    assert!(told[1].1.contains("101; expected 1 to 100"), "{told:?}");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    let by_id = |id: &str| FindSimilarRequest {
        query: Some(Query::IncidentId(id.into())),
        ..FindSimilarRequest::default()
    };
    let of_class = FindSimilarRequest {
        filter: Some(Filter { class_id: "FC-99".into(), ..Filter::default() }),
        ..text("disk full")
    };
    for request in [by_id("INC-404"), of_class] {
        let status = server.similarity().find_similar(request).await.expect_err("unknown");
        assert_eq!(status.code(), Code::NotFound, "{status:?}");
    }
}

#[tokio::test]
async fn a_cursor_that_is_not_reached_is_unavailable() {
    let server = Server::start().await;
    let behind = |cursor: &str| FindSimilarRequest { min_cursor: cursor.into(), ..text("disk") };
    let ask = async |cursor| server.similarity().find_similar(behind(cursor)).await;
    let status = ask("7").await.expect_err("nothing is stored");
    assert_eq!(status.code(), Code::Unavailable);
    assert!(retry_delay(&status).is_some());
    assert_eq!(ask("soon").await.expect_err("no cursor").code(), Code::InvalidArgument);
    assert!(ask("0").await.is_ok());
}

#[tokio::test]
async fn a_stream_of_queries_is_answered_in_order_and_goes_on_after_a_refusal() {
    let server = Server::with_samples().await;
    let titles = ["disk full", "TLS handshake failures", "", "queue backlog", "robots.txt"];
    let queries: Vec<FindSimilarStreamRequest> = titles
        .iter()
        .cycle()
        .take(150)
        .map(|title| FindSimilarStreamRequest { request: Some(text(title)) })
        .collect();
    let stream = tokio_stream::iter(queries.clone());
    let stream = server.similarity().find_similar_stream(stream).await.expect("it begins");
    let mut stream = stream.into_inner();
    for query in queries {
        let request = query.request.expect("it was set");
        let answer = stream.message().await.expect("it goes on").expect("one per query");
        match (answer.outcome.expect("always set"), server.service.find_similar(request)) {
            (Outcome::Response(answer), Ok(expected)) => assert_eq!(*answer, expected),
            (Outcome::Refusal(refusal), Err(status)) => {
                assert_eq!(refusal.code, 3);
                assert_eq!(refusal.message, status.message());
                assert_eq!(refusal.violations[0].field, "text");
            }
            other => unreachable!("the doors differ: {other:?}"),
        }
    }
    assert_eq!(stream.message().await.expect("a clean end"), None);
}

#[tokio::test]
async fn a_report_is_the_same_at_every_door_and_written_out_on_demand() {
    let server = Server::with_samples().await;
    let request = |format: ReportFormat| GetReportRequest {
        format: format.into(),
        ..GetReportRequest::default()
    };
    let markdown = request(ReportFormat::Markdown);
    let report = server.recurrence().get_report(markdown.clone()).await.expect("a report");
    let report = report.into_inner();
    assert_eq!(report, server.service.get_report(markdown).expect("a report"));
    assert_eq!(report.media_type, "text/markdown; charset=utf-8");
    let content = report.content.expect("it was asked for");
    assert!(content.starts_with("# What keeps coming back\n"), "{content}");
    let full = report.report.expect("always there");
    let named = full.classes.iter().filter_map(|row| row.failure_class.as_ref());
    assert!(full.classes.len() >= 5 && named.clone().count() == full.classes.len());
    for class in named {
        assert!(content.contains(&format!("({})", class.id)), "{} is missing", class.id);
    }
    assert!(!full.overdue.is_empty() && content.contains("## Overdue follow-ups"));

    let json = request(ReportFormat::Json);
    let json = server.service.get_report(json).expect("a report").content.expect("asked for");
    let read: relapse::proto::Report = relapse::json::from_json(&json).expect("it is a report");
    assert_eq!(read, full);
}
