//! What would have been shown, and what people say of what was.

use std::ops::ControlFlow;

use relapse::proto::find_similar_request::Query;
use relapse::proto::{
    Attribution, BacktestRequest, Filter, FindSimilarRequest, FindSimilarResponse,
    RateMatchRequest, ReportFormat,
};
use relapse::status::violations;
use tonic::Code;

use crate::server::Server;

async fn ask(server: &Server) -> FindSimilarResponse {
    let text = "product-cache flushed, cache stampede on the catalogue database";
    let request = FindSimilarRequest {
        query: Some(Query::Text(text.into())),
        ..FindSimilarRequest::default()
    };
    server.similarity().find_similar(request).await.expect("an answer").into_inner()
}

#[tokio::test]
async fn the_samples_are_replayed_with_figures_curve_and_groups() {
    let server = Server::with_samples().await;
    let request = BacktestRequest::default();
    let told = server.recurrence().backtest(request.clone()).await.expect("figures").into_inner();
    assert_eq!((told.cases, told.undated, told.older), (59, 1, 0));
    assert!(told.recurrences > 20, "{}", told.recurrences);
    assert_eq!(told.hit_at_k.iter().map(|hit| hit.k).collect::<Vec<_>>(), [1, 3, 5]);
    assert!(told.mrr.expect("there are recurrences") > 0.6, "{:?}", told.mrr);
    assert_eq!(told.threshold_curve.len(), 101);
    assert!(told.threshold_curve.is_sorted_by(|low, high| low.shown >= high.shown));
    assert!(
        told.by_class.iter().all(|class| class.key.starts_with("FC-") && !class.name.is_empty())
    );
    assert!(!told.by_service.is_empty() && !told.calibrated && told.content.is_none());
    let local = server.service.backtest(request, |_, _| ControlFlow::Continue(()));
    assert_eq!(local.expect("figures"), told);
}

#[tokio::test]
async fn it_is_written_out_as_a_page_and_as_json() {
    let server = Server::with_samples().await;
    for (format, begins, media_type) in [
        (ReportFormat::Html, "<!doctype html>", "text/html; charset=utf-8"),
        (ReportFormat::Json, "{", "application/json"),
    ] {
        let request = BacktestRequest { format: format.into(), ..BacktestRequest::default() };
        let told = server.recurrence().backtest(request).await.expect("figures").into_inner();
        assert!(told.content.expect("it was asked for").starts_with(begins));
        assert_eq!(told.media_type, media_type);
    }
    let request =
        BacktestRequest { format: ReportFormat::Csv.into(), ..BacktestRequest::default() };
    let status = server.recurrence().backtest(request).await.expect_err("not written");
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn everything_wrong_with_a_backtest_is_told_at_once() {
    let server = Server::start().await;
    let filter = Some(Filter { tags: vec![" ".into()], ..Filter::default() });
    let request = BacktestRequest { filter, k: vec![0], format: 99, ..BacktestRequest::default() };
    let status = server.recurrence().backtest(request).await.expect_err("three mistakes");
    let fields: Vec<String> = violations(&status).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["k", "filter.tags", "format"]);
}

#[tokio::test]
async fn what_was_learnt_is_told_as_confidence() {
    let server = Server::with_samples().await;
    assert!(server.service.is_outgrown());
    let before = ask(&server).await;
    assert_eq!((before.confidence, before.calibration_cases), (None, 0));
    let cases = server.service.calibrate(|_, _| ControlFlow::Continue(())).expect("learnt");
    let after = ask(&server).await;
    assert_eq!(after.calibration_cases, cases);
    assert_eq!(after.confidence.is_some(), cases > 0);
    assert!(!server.service.is_outgrown());
}

#[tokio::test]
async fn a_rating_comes_back_with_the_same_question() {
    let server = Server::with_samples().await;
    let answer = ask(&server).await;
    let rated = answer.matches[0].incident_id.clone();
    let request = RateMatchRequest {
        query_id: answer.query_id.clone(),
        incident_id: rated,
        useful: false,
        attribution: Some(Attribution { who: "ann".into(), why: "another cause".into() }),
    };
    let mut similarity = server.similarity();
    let first = similarity.rate_match(request.clone()).await.expect("kept").into_inner();
    let again = similarity.rate_match(request.clone()).await.expect("kept").into_inner();
    assert_eq!(first, again);
    let shown = ask(&server).await;
    let rating = &shown.matches[0].ratings[0];
    assert_eq!(
        (rating.useful, rating.who.as_str(), rating.why.as_str()),
        (false, "ann", "another cause")
    );
    assert_eq!(rating.rated_at.map(|at| at.seconds), Some(crate::server::today().as_second()));
    let told = server.recurrence().backtest(BacktestRequest::default()).await.expect("figures");
    let told = told.into_inner();
    assert_eq!((told.ratings_useful, told.ratings_not_useful), (0, 1));

    let missing = RateMatchRequest { incident_id: "NOPE".into(), ..request };
    let status = similarity.rate_match(missing).await.expect_err("there is none");
    assert_eq!(status.code(), Code::NotFound);
    let status =
        similarity.rate_match(RateMatchRequest::default()).await.expect_err("two mistakes");
    let fields: Vec<String> = violations(&status).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["query_id", "incident_id"]);
}
