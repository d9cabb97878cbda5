//! What the contract names is on the wire, under these names, and comments state the limits that hold.

use prost_reflect::MessageDescriptor;

use super::rules::{PACKAGE, prefix, wire};
use crate::json::schema::comment;
use crate::limits;

const RPCS: [(&str, &[&str]); 3] = [
    (
        "IncidentService",
        &[
            "IngestIncidents",
            "UpsertIncident",
            "GetIncident",
            "ListIncidents",
            "DeleteIncident",
            "UpdateActionItems",
            "ImportTickets",
        ],
    ),
    ("SimilarityService", &["FindSimilar", "FindSimilarStream", "RateMatch"]),
    (
        "RecurrenceService",
        &[
            "ListFailureClasses",
            "GetFailureClass",
            "GetReport",
            "WatchRecurrences",
            "RenameFailureClass",
            "PinFailureClass",
            "MergeFailureClasses",
            "SplitFailureClass",
            "ListDecisions",
            "UndoDecision",
            "LinkIncidents",
            "UnlinkIncidents",
            "Recluster",
            "Backtest",
        ],
    ),
];

/// The RPCs whose requests and responses are streams, in that order.
const STREAMS: [(&str, bool, bool); 3] = [
    ("IngestIncidents", true, true),
    ("FindSimilarStream", true, true),
    ("WatchRecurrences", false, true),
];

/// The field names the contract fixes; a message may have more.
const FIELDS: [(&str, &str); 15] = [
    (
        "FindSimilarResponse",
        "query_id verdict confidence calibration_cases headline failure_class fix_status action_items matches \
         next_steps nearest_miss warnings searched",
    ),
    (
        "FailureClass",
        "id name terms occurrences first_seen last_seen gap_days trend time_to_resolve services severities",
    ),
    ("Occurrences", "total in_30d in_90d"),
    ("GapDays", "median p25 p75"),
    ("TimeToResolve", "median p90"),
    (
        "FollowUp",
        "action owner due days_overdue state_recorded closed_at recurrences_since url incident_id",
    ),
    (
        "Match",
        "incident_id title url started_at age_days services severity status score contributions differs root_cause \
         resolution time_to_resolve_minutes responders collapsed_count",
    ),
    ("Contribution", "field term contribution"),
    ("Resolution", "text field"),
    ("NextStep", "text incident_id times_used times_held"),
    ("Searched", "incidents time_range filters cursor epoch as_of"),
    ("IngestSummary", "documents new updated unchanged identical refused skipped problems"),
    ("Problem", "file line field reason"),
    (
        "RetrievalEvaluation",
        "queries hit_at_1 hit_at_5 hit_at_10 mrr map ndcg_at_10 chance_p_at_1 seen_auc abstain_precision \
         abstain_coverage",
    ),
    (
        "ClusterEvaluation",
        "docs clusters one_offs bcubed_precision bcubed_recall bcubed_f1 ari v_measure pair_f1",
    ),
];

/// The values the contract fixes, without the prefix of their enum.
const VALUES: [(&str, &str); 4] = [
    ("Verdict", "RECURRENCE SIMILAR NEW INSUFFICIENT_TEXT"),
    ("FixStatus", "RECURRED_AFTER_FIX OVERDUE OPEN HELD NONE_FILED UNKNOWN"),
    ("Warning", "STALE_FIX FIELD_EMPTY ALL_TERMS_UNKNOWN TRUNCATED NOT_CALIBRATED"),
    ("IngestResult", "NEW UPDATED UNCHANGED IDENTICAL REFUSED SKIPPED"),
];

fn message(name: &str) -> MessageDescriptor {
    wire().get_message_by_name(&format!("{PACKAGE}.{name}")).expect(name)
}

#[test]
fn the_services_have_the_rpcs_of_the_contract_and_no_others() {
    let pool = wire();
    assert_eq!(pool.services().count(), RPCS.len());
    for (service, rpcs) in RPCS {
        let described = pool.get_service_by_name(&format!("{PACKAGE}.{service}")).expect(service);
        let names: Vec<String> = described.methods().map(|rpc| rpc.name().to_owned()).collect();
        assert_eq!(names, rpcs, "{service}");
        for rpc in described.methods() {
            let streams = STREAMS.iter().find(|(name, ..)| *name == rpc.name());
            let (_, input, output) = streams.copied().unwrap_or(("", false, false));
            assert_eq!(
                (rpc.is_client_streaming(), rpc.is_server_streaming()),
                (input, output),
                "{}",
                rpc.name()
            );
        }
    }
}

#[test]
fn the_messages_have_the_fields_of_the_contract_first_and_in_its_order() {
    for (name, fields) in FIELDS {
        let declared: Vec<String> =
            message(name).fields().map(|field| field.name().to_owned()).collect();
        let mut rest = declared.iter();
        for field in fields.split_whitespace() {
            assert!(rest.any(|other| other == field), "{name}.{field} is missing or out of order");
        }
    }
    let answer = message("FindSimilarResponse");
    assert_eq!(answer.fields().len(), FIELDS[0].1.split_whitespace().count());
}

#[test]
fn the_enums_have_the_values_of_the_contract_and_no_others() {
    for (name, values) in VALUES {
        let kind = wire().get_enum_by_name(&format!("{PACKAGE}.{name}")).expect(name);
        let expected: Vec<String> = std::iter::once("UNSPECIFIED")
            .chain(values.split_whitespace())
            .map(|value| format!("{}{value}", prefix(&kind)))
            .collect();
        let declared: Vec<String> = kind.values().map(|value| value.name().to_owned()).collect();
        assert_eq!(declared, expected);
    }
}

#[test]
fn confidence_knows_absence() {
    let confidence = message("FindSimilarResponse").get_field_by_name("confidence");
    assert!(confidence.expect("it is there").supports_presence());
}

#[test]
fn every_mark_of_a_day_stands_behind_the_time_it_belongs_to() {
    let mut marks = 0;
    for message in wire().all_messages() {
        for mark in message.fields() {
            let Some(time) = mark.name().strip_suffix("_date_only") else {
                continue;
            };
            let name = mark.full_name();
            let time = message.get_field_by_name(time).expect(name);
            assert_eq!(time.number() + 1, mark.number(), "{name}");
            let kind = time.kind();
            let kind = kind.as_message().map(|of| of.full_name().to_owned());
            assert_eq!(kind.as_deref(), Some("google.protobuf.Timestamp"));
            marks += 1;
        }
    }
    assert!(marks >= 10, "only {marks} are marked");
}

#[track_caller]
fn states(field: &str, limit: impl std::fmt::Display) {
    let (owner, name) = field.split_once('.').expect("Message.field");
    let field = message(owner).get_field_by_name(name).expect(field);
    let file = field.parent_file();
    let comment = comment(&file, field.path());
    let limit = limit.to_string();
    let stated = comment.split(|c: char| !c.is_ascii_digit()).any(|number| number == limit);
    assert!(stated, "{} does not state {limit}:{comment}", field.full_name());
}

#[test]
fn comments_state_the_limits_that_hold() {
    states("Document.source", limits::SOURCE_BYTES);
    states("Document.file", limits::FILE_BYTES);
    states("Document.path_id", limits::EXTERNAL_ID_BYTES);
    states("Document.content", limits::DOCUMENT_BYTES >> 20);
    states("Incident.source", limits::SOURCE_BYTES);
    states("Incident.external_id", limits::EXTERNAL_ID_BYTES);
    states("Incident.title", limits::TITLE_BYTES);
    states("Incident.extra", limits::EXTRA_DEPTH);
    states("ActionItem.action", limits::ACTION_BYTES);
    states("UpdateActionItemsRequest.updates", limits::UPDATES_MAX);
    states("FindSimilarRequest.text", limits::QUERY_TEXT_BYTES >> 10);
    states("FindSimilarRequest.k", limits::MATCHES_DEFAULT);
    states("FindSimilarRequest.k", limits::MATCHES_MAX);
    states("FindSimilarResponse.headline", limits::HEADLINE_CHARS);
    states("FindSimilarResponse.next_steps", limits::NEXT_STEPS_MAX);
    states("Match.differs", limits::DIFFERENCES_MAX);
    states("FailureClass.terms", limits::CLASS_TERMS_MAX);
    states("ListIncidentsRequest.page_size", limits::PAGE_SIZE_DEFAULT);
    states("ListFailureClassesRequest.page_size", limits::PAGE_SIZE_MAX);
    states("ListDecisionsRequest.page_size", limits::PAGE_SIZE_MAX);
    states("ReportScope.services", limits::FILTER_VALUES_MAX);
    states("Report.classes", limits::REPORT_CLASSES_MAX);
    states("Report.overdue", limits::REPORT_ROWS_MAX);
    states("Attribution.who", limits::WHO_BYTES);
    states("Attribution.why", limits::WHY_BYTES);
    states("RenameFailureClassRequest.name", limits::CLASS_NAME_BYTES);
    states("RenameFailureClassRequest.request_id", limits::REQUEST_ID_BYTES);
    states("MergeFailureClassesRequest.merged_class_ids", limits::MERGED_CLASSES_MAX);
    states("SplitFailureClassRequest.incident_ids", limits::SPLIT_INCIDENTS_MAX);
    states("BacktestRequest.k", limits::BACKTEST_KS_MAX);
}
