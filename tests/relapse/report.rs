//! The report on the sample incidents, for a period and as of a past day.

use prost_types::Timestamp;
use relapse::proto::{GetReportRequest, ReportFormat, ReportScope};

use crate::server::Server;

/// The last second of 2026-11-20: what `examples/incidents/README.md` says is as of that day.
const UNTIL: i64 = 1_795_219_199;

/// What is told of a failure that came back after a fix.
const CAME_BACK: &str = "came back 34 d after a follow-up was done on 2026-10-05";

fn request(since: Option<i64>, until: i64, format: ReportFormat) -> GetReportRequest {
    let at = |seconds| Timestamp { seconds, nanos: 0 };
    GetReportRequest {
        scope: Some(ReportScope {
            since: since.map(at),
            until: Some(at(until)),
            ..ReportScope::default()
        }),
        format: format.into(),
        ..GetReportRequest::default()
    }
}

#[tokio::test]
async fn a_report_on_the_past_knows_nothing_of_what_was_done_later() {
    let server = Server::with_samples().await;
    // 2026-10-04: a day before the follow-up was done that the failure came back after.
    let before = server.service.get_report(request(None, 1_791_158_399, ReportFormat::Html));
    let before = before.expect("a report").content.expect("it was asked for");
    assert!(!before.contains(CAME_BACK) && !before.contains("2026-10-05"));
    // 2026-11-07: it was done, and the failure was not back yet.
    let done = server.service.get_report(request(None, 1_794_095_999, ReportFormat::Csv));
    let done = done.expect("a report").content.expect("it was asked for");
    assert!(!done.contains(CAME_BACK) && !done.contains("2026-11-08"), "{done}");
    // 2025-10-13: the last of the six was done a day later.
    let open = server.service.get_report(request(None, 1_760_399_999, ReportFormat::Markdown));
    let open = open.expect("a report").content.expect("it was asked for");
    assert!(!open.contains("Fixed, and held so far"), "{open}");
}

#[tokio::test]
async fn a_period_is_compared_with_the_one_before() {
    let server = Server::with_samples().await;
    // From 2026-08-01 on.
    let asked = request(Some(1_785_542_400), UNTIL, ReportFormat::Unspecified);
    let report = server.service.get_report(asked).expect("a report").report.expect("always there");
    let (now, before) = (report.totals.expect("sums"), report.previous_totals.expect("sums"));
    assert!(now.incidents > 0 && before.incidents > 0, "{now:?} {before:?}");
    assert!(report.summary[0].contains("in the 112 days before"), "{:?}", report.summary);
    assert!((1..=5).contains(&report.summary.len()));
    let counts = report.counts.expect("always there");
    assert_eq!(counts.classes as usize, report.classes.len());
    assert_eq!(counts.overdue as usize, report.overdue.len());
    let whole = server.service.get_report(request(None, UNTIL, ReportFormat::Unspecified));
    assert_eq!(whole.expect("a report").report.expect("always there").previous_totals, None);
}

#[tokio::test]
async fn owners_and_services_that_repeat_are_named() {
    let server = Server::with_samples().await;
    let asked = request(None, UNTIL, ReportFormat::Unspecified);
    let report = server.service.get_report(asked).expect("a report").report.expect("always there");
    let worst = report.owners.first().expect("promises were broken");
    assert!(worst.recurrences > 0 && worst.promised > 0, "{worst:?}");
    assert!(report.owners.is_sorted_by_key(|owner| std::cmp::Reverse(owner.recurrences)));
    let ledger = report.services.iter().find(|service| service.service == "ledger-db");
    assert!(ledger.expect("six pools ran dry on it").incidents >= 6);
}
