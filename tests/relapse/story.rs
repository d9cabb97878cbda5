//! One story in every format: what became of four failures of the sample incidents.

use std::process::{Command, Stdio};

use prost_types::Timestamp;
use relapse::proto::{
    Attribution, ClusteringAlgorithm, GetIncidentRequest, GetReportRequest, ReclusterRequest,
    ReportFormat, ReportScope, SplitFailureClassRequest,
};

use crate::server::Server;

/// 2026-11-20, and its last second: what `examples/incidents/README.md` says is as of that day.
const DAY: &str = "2026-11-20";
const UNTIL: i64 = 1_795_219_199;

/// One failure came back after a fix, one has an overdue promise of the first priority, one was fixed and stayed away,
/// and one was split by a person and grouped anew twice since.
const STORY: [&str; 4] = [
    "came back 34 d after a follow-up was done on 2026-10-05",
    "a P1 follow-up due on 2024-12-20 is 700 d overdue; came back 5 times since",
    "held so far: all 6 follow-ups were done by 2025-10-14",
    "3 from 2; no clustering brings them together; by ann on 2026-11-20 (D-1: two causes)",
];

/// Those of the five incidents of name resolution that a person takes for another failure.
const LEAVING: [&str; 3] = [
    "incidents/postmortems/2025-07-17-negative-cache-after-dns-migration",
    "incidents/notes/2026-02-24-conntrack-dns-timeouts",
    "PM-2026-035",
];
const STAYING: [&str; 2] = ["HL-1058", "incidents/postmortems/2026-07-06-coredns-dead-upstream"];

async fn class_of(server: &Server, incident: &str) -> String {
    let request = GetIncidentRequest { incident_id: incident.into(), as_of: None };
    let found = server.incidents().get_incident(request).await.expect("it is there");
    found.into_inner().class_id
}

/// Takes `LEAVING` out of their class, and groups all incidents anew by either algorithm; both classes after it.
async fn split_and_grouped_anew(server: &Server) -> [String; 2] {
    let request = SplitFailureClassRequest {
        class_id: class_of(server, STAYING[0]).await,
        incident_ids: LEAVING.map(str::to_owned).to_vec(),
        attribution: Some(Attribution { who: "ann".into(), why: "two causes".into() }),
        request_id: String::new(),
    };
    let split = server.recurrence().split_failure_class(request).await.expect("split");
    let split = split.into_inner();
    for algorithm in [ClusteringAlgorithm::AverageLink, ClusteringAlgorithm::Dbscan] {
        let request = ReclusterRequest { algorithm: algorithm.into() };
        server.recurrence().recluster(request).await.expect("a pass");
    }
    [split.failure_class, split.new_failure_class].map(|class| class.expect("both go on").id)
}

async fn written(server: &Server, format: ReportFormat) -> String {
    let until = Some(Timestamp { seconds: UNTIL, nanos: 0 });
    let scope = Some(ReportScope { until, ..ReportScope::default() });
    let request = GetReportRequest { scope, format: format.into(), as_of: None };
    let report = server.recurrence().get_report(request.clone()).await.expect("a report");
    let content = report.into_inner().content.expect("it was asked for");
    let again = server.service.get_report(request).expect("a report").content;
    assert_eq!(again.as_ref(), Some(&content), "the same bytes again");
    content
}

/// What `relapse report` prints, its lines joined: they break where the words end.
async fn printed(server: &Server) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relapse"));
    command.args(["report", "--until", DAY, "--server", &format!("http://{}", server.bound.grpc)]);
    let ran = tokio::task::spawn_blocking(move || command.stdin(Stdio::null()).output());
    let output = ran.await.expect("it ends").expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_became_of_four_failures_is_told_alike_in_every_format() {
    let server = Server::with_samples().await;
    let [old, new] = split_and_grouped_anew(&server).await;
    for (incidents, class) in [(&STAYING[..], &old), (&LEAVING[..], &new)] {
        for incident in incidents {
            assert_eq!(&class_of(&server, incident).await, class, "{incident}");
        }
    }
    let mut reports = vec![("text", printed(&server).await)];
    for (name, format) in [
        ("HTML", ReportFormat::Html),
        ("Markdown", ReportFormat::Markdown),
        ("CSV", ReportFormat::Csv),
        ("JSON", ReportFormat::Json),
    ] {
        reports.push((name, written(&server, format).await));
    }
    for (name, report) in reports {
        for told in STORY {
            assert!(report.contains(told), "{name} does not tell: {told}");
        }
        assert!(report.contains(&old) && report.contains(&new), "{name} names both classes");
    }
}
