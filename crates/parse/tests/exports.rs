//! What comes out of the exports of trackers: the examples of the project.

use std::path::{Path, PathBuf};

use incident::{Incident, Status};
use parse::{
    Format, FormatChoice, InputFile, Mapped, Outcome, Parsed, RecordMap, discover, document,
    mapped, records,
};

fn path(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/exports")).join(name)
}

fn file(name: &str) -> InputFile {
    discover(&[path(name)]).expect("it is there").files.remove(0)
}

/// What becomes of each record, and the format that was found out.
fn outcomes(name: &str) -> Vec<(Format, Outcome)> {
    let records = records(&file(name), FormatChoice::Auto, None).expect("its format is known");
    let record = records.map(|record| record.expect("no record is too long"));
    record.map(|record| (record.format, document(&record))).collect()
}

#[track_caller]
fn parsed(name: &str, format: Format) -> Vec<Parsed> {
    let read = |(found, outcome)| match outcome {
        Outcome::Parsed(parsed) if found == format => *parsed,
        other => unreachable!("{name}: {other:?}"),
    };
    outcomes(name).into_iter().map(read).collect()
}

fn only<const N: usize>(parsed: Vec<Parsed>) -> [Incident; N] {
    let incidents: Vec<Incident> = parsed.into_iter().map(|parsed| parsed.incident).collect();
    incidents.try_into().expect("as many as the example has")
}

/// Its id, why it happened and what ended it.
fn told(incident: &Incident) -> [&str; 3] {
    [
        incident.external_id.as_str(),
        incident.root_cause.as_deref().unwrap_or_default(),
        incident.resolution.as_deref().unwrap_or_default(),
    ]
}

fn lasted(incident: &Incident) -> (String, String) {
    let at = |moment: Option<incident::Moment>| {
        moment.map(|moment| moment.to_string()).unwrap_or_default()
    };
    (at(incident.started_at), at(incident.resolved_at))
}

#[track_caller]
fn check_lasted(incident: &Incident, from: &str, to: &str) {
    assert_eq!(lasted(incident), (from.to_owned(), to.to_owned()), "{}", incident.external_id);
}

#[test]
fn pagerduty_tells_notes_as_text_and_its_log_as_events() {
    let [pool, slots] = only(parsed("pagerduty.json", Format::PagerDuty));
    assert_eq!(
        told(&pool),
        [
            "Q2HL7KXW0LOPA1",
            "the voucher release holds a database connection while it calls partner-api.",
            "switched the voucher release off; the pool drained within two minutes."
        ]
    );
    check_lasted(&pool, "2026-09-02 17:41", "2026-09-02 18:20");
    assert_eq!(
        (pool.services.as_slice(), pool.team.as_deref()),
        (&["checkout-api".to_owned()][..], Some("Checkout"))
    );
    assert_eq!(pool.severity.as_ref().and_then(|severity| severity.level), Some(2));
    let events: Vec<&str> = pool.timeline.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(events.len(), 5, "{events:?}");
    assert!(!events.iter().any(|event| event.contains("was notified")), "{events:?}");
    assert!(pool.text.as_deref().is_some_and(|text| !text.contains("Triggered through")));
    assert!(pool.symptoms.as_deref().is_some_and(|seen| seen.contains("60 of 60 in use")));
    assert_eq!((slots.status, slots.resolved_at), (Some(Status::Open), None));
    assert_eq!(slots.responders, ["Delivery on-call"]);
}

#[test]
fn pagerduty_reports_are_read() {
    let [labels, search] = only(parsed("pagerduty.csv", Format::PagerDuty));
    check_lasted(&labels, "2026-08-19 05:12", "2026-08-19 06:01");
    assert_eq!(
        (labels.responders.as_slice(), labels.status),
        (&["Depots on-call".to_owned()][..], Some(Status::Resolved))
    );
    assert_eq!(search.services, ["search-api"]);
}

#[test]
fn servicenow_tells_names_and_the_times_of_its_database() {
    let read = parsed("servicenow.json", Format::ServiceNow);
    let warnings: Vec<_> = read.iter().flat_map(|parsed| &parsed.warnings).collect();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].field == "cmdb_ci" && warnings[0].message.contains("sysparm_display_value")
    );
    let [handhelds, labels] = only(read);
    check_lasted(&handhelds, "2026-09-15 05:10", "2026-09-15 06:31");
    assert_eq!(
        told(&handhelds),
        [
            "INC0040117",
            "the chain file was overwritten by the nightly sync.",
            "Put the missing intermediate into the chain of the depot listener and reloaded it."
        ]
    );
    assert_eq!(
        (handhelds.services.as_slice(), handhelds.team.as_deref()),
        (&["picker-app".to_owned()][..], Some("Edge"))
    );
    assert_eq!(handhelds.impact.as_deref(), Some("42 handhelds, picking by paper from 05:10."));
    let first = handhelds.timeline[0].at.map(|at| at.to_string());
    assert_eq!(first.as_deref(), Some("2026-09-15 05:31"), "the journal is two hours ahead");
    assert_eq!((labels.status, labels.services.len()), (Some(Status::Open), 0));
}

#[test]
fn lists_of_servicenow_are_read_by_their_labels() {
    let [prices, cards] = only(parsed("servicenow.csv", Format::ServiceNow));
    check_lasted(&prices, "2026-07-11 02:14", "2026-07-11 04:02");
    assert!(told(&prices)[1].starts_with("the import before it was killed"));
    assert!(told(&prices)[2].starts_with("Removed the lock file"));
    assert_eq!(
        (cards.status, cards.title.as_str()),
        (Some(Status::Open), "Gift card balance shows zero")
    );
}

#[test]
fn jira_tells_documents_own_fields_and_sub_tasks() {
    let [late, depot] = only(parsed("jira.json", Format::Jira));
    assert!(told(&late)[1].starts_with("One message with an address of 300 KB"));
    assert_eq!(told(&late)[2], "Moved the message aside by hand and restarted all workers.");
    check_lasted(&late, "2026-08-06 08:02", "2026-08-06 12:31");
    assert_eq!(late.severity.as_ref().map(|severity| severity.verbatim.as_str()), Some("SEV-2"));
    let items: Vec<_> = late
        .action_items
        .iter()
        .map(|item| (item.action.as_str(), item.status.as_deref()))
        .collect();
    assert_eq!(
        items,
        [
            ("Refuse addresses longer than 1 KB", Some("done")),
            ("Dead-letter queue after three deliveries", Some("To Do"))
        ]
    );
    assert_eq!(late.timeline.len(), 3);
    assert_eq!(late.url.as_deref(), Some("https://harbourlane.atlassian.example/browse/OPS-812"));
    assert_eq!(
        (depot.status, depot.services),
        (Some(Status::Open), vec!["depot-gateway".to_owned()])
    );
}

#[test]
fn searches_of_jira_saved_as_csv_are_read() {
    let [hours, voucher] = only(parsed("jira.csv", Format::Jira));
    assert_eq!(
        told(&hours),
        ["OPS-701", "The cache has no expiry for opening hours.", "Purged the cache by hand."]
    );
    check_lasted(&hours, "2026-03-05 09:05", "2026-03-05 11:47");
    assert_eq!(hours.services, ["store-locator", "product-cache"]);
    assert_eq!(hours.action_items[0].owner.as_deref(), Some("Storefront"));
    assert_eq!(hours.timeline.len(), 2);
    assert_eq!(voucher.status, Some(Status::Open));
}

#[test]
fn github_tells_issues_and_passes_over_pull_requests() {
    let mut outcomes = outcomes("github.json").into_iter();
    let Some((Format::GitHub, Outcome::Parsed(parsed))) = outcomes.next() else {
        unreachable!("an issue comes first");
    };
    let dns = parsed.incident;
    assert_eq!(dns.external_id, "harbourlane/incidents#218");
    assert!(told(&dns)[1].starts_with("The new node image has a conntrack table"));
    assert_eq!(dns.severity.as_ref().and_then(|severity| severity.level), Some(2));
    assert_eq!(
        (dns.services.as_slice(), dns.action_items.len()),
        (&["cluster-dns".to_owned()][..], 2)
    );
    check_lasted(&dns, "2026-05-19 10:05", "2026-05-19 11:20");
    assert_eq!(dns.timeline.len(), 1);
    let Some((_, Outcome::Skipped { reason })) = outcomes.next() else {
        unreachable!("a pull request comes next");
    };
    assert_eq!(reason, "#219 is a pull request, no issue");
    let [recs] = only(self::parsed("github-cli.json", Format::GitHub));
    assert_eq!(
        (recs.external_id.as_str(), recs.author.as_deref()),
        ("harbourlane/incidents#231", Some("hl-recs"))
    );
}

#[test]
fn a_page_of_confluence_is_read_as_markdown_is() {
    let [handles] = only(parsed("confluence.html", Format::Html));
    assert_eq!(handles.title, "Post-mortem: basket-api out of file handles");
    assert_eq!(handles.services, ["basket-api", "edge-lb"]);
    check_lasted(&handles, "2026-10-27 17:02", "2026-10-27 17:40");
    assert!(told(&handles)[1].starts_with("The HTTP client was upgraded"));
    let states: Vec<_> = handles.action_items.iter().map(|item| item.status.as_deref()).collect();
    assert_eq!(states, [Some("done"), Some("open")]);
    assert!(handles.text.as_deref().is_some_and(|text| !text.contains("dataLayer")));
    assert!(handles.url.as_deref().is_some_and(|url| url.ends_with("basket-api-file-handles")));
}

#[test]
fn a_table_is_read_by_its_header_and_says_in_which_column_it_is_wrong() {
    let read = parsed("incidents.csv", Format::Csv);
    let warnings: Vec<_> = read.iter().flat_map(|parsed| &parsed.warnings).collect();
    assert_eq!(warnings.len(), 1);
    assert_eq!((warnings[0].line, warnings[0].field.as_str()), (4, "started_at"));
    assert!(warnings[0].message.ends_with("(column 3, `Opened at`)"), "{:?}", warnings[0]);
    let [sensor, orders, slow] = only(read);
    assert_eq!(sensor.action_items[0].owner.as_deref(), Some("Cold chain"));
    assert_eq!(orders.services, ["orders-api", "checkout-api"]);
    assert_eq!(
        told(&orders),
        ["HL-OLD-18", "The retry sent the order again under a new key.", "Switched the retry off."]
    );
    assert_eq!((slow.started_at, slow.extra["started_at"].as_str()), (None, Some("last spring")));
}

#[track_caller]
fn by_map(name: &str) -> (Vec<Incident>, Vec<String>) {
    let map =
        std::fs::read_to_string(path(&format!("../mapped/{name}.toml"))).expect("it is there");
    let map = RecordMap::read(&map).expect("it is a map");
    let file = file(&format!("../mapped/{name}.json"));
    let (mut incidents, mut ignored) = (Vec::new(), Vec::new());
    for one in mapped(&file, FormatChoice::Auto, &map, None).expect("it is there") {
        match one {
            Mapped::Ignored(problem) => ignored.push(problem.reason),
            Mapped::Record(record) => match document(&record) {
                Outcome::Parsed(parsed) if parsed.warnings.is_empty() => {
                    incidents.push(parsed.incident)
                }
                other => unreachable!("{name}: {other:?}"),
            },
            Mapped::Refused(problem) => unreachable!("{name}: {problem:?}"),
        }
    }
    (incidents, ignored)
}

#[test]
fn programs_without_a_reader_are_read_by_a_map() {
    let (opsgenie, ignored) = by_map("opsgenie");
    assert_eq!(
        (opsgenie[0].source.as_str(), opsgenie[0].external_id.as_str()),
        ("opsgenie", "1791")
    );
    assert_eq!(
        (opsgenie[0].status, opsgenie[0].services.as_slice()),
        (Some(Status::Resolved), &["event-bus".to_owned()][..])
    );
    assert_eq!(ignored, ["status test is passed over, as the map says"]);
    let (incident_io, _) = by_map("incident-io");
    check_lasted(&incident_io[0], "2026-02-17 18:20", "2026-02-17 21:45");
    assert_eq!(incident_io[0].services, ["loyalty-api"]);
    let (rootly, _) = by_map("rootly");
    assert_eq!(told(&rootly[0])[2], "Rolled the deployment back.");
}

#[test]
fn a_time_that_may_be_two_days_is_a_warning_with_its_column_in_every_export() {
    for (format, content, field, place) in [
        (
            Format::ServiceNow,
            "Number,Short description,Opened\nINC1,Disk full,03/04/2026 10:00:00\n",
            "started_at",
            "(column 3, `Opened`)",
        ),
        (
            Format::Jira,
            "Summary,Issue key,Created\nDisk full,A-1,03/04/2026 10:00\n",
            "Created",
            "(column 3, `Created`)",
        ),
        (
            Format::PagerDuty,
            "id,description,created_on\nQ1,Disk full,03/04/2026 10:00\n",
            "started_at",
            "(column 3, `created_on`)",
        ),
        (
            Format::GitHub,
            "{\"number\": 7, \"title\": \"Disk full\", \"created_at\": \"soon\"}",
            "created_at",
            "",
        ),
    ] {
        let record = parse::Record {
            source: "x".into(),
            format,
            file: "x".into(),
            line: 2,
            path_id: String::new(),
            content: content.into(),
        };
        let Outcome::Parsed(parsed) = document(&record) else {
            unreachable!("{content}");
        };
        let [warning] = parsed.warnings.as_slice() else {
            unreachable!("one: {:?}", parsed.warnings);
        };
        assert_eq!((warning.line, warning.field.as_str()), (2, field));
        assert!(
            warning.message.contains("expected a date") && warning.message.ends_with(place),
            "{warning:?}"
        );
        assert_eq!(parsed.incident.started_at, None);
    }
}
