//! What comes out of real documents. They are other people's texts, read where they lie.

use std::collections::HashMap;
use std::path::PathBuf;

use incident::{ActionItem, Incident, Moment};
use parse::{
    Format, FormatChoice, InputFile, Outcome, Parsed, Record, discover, document, records,
};
use serde_json::Value;

/// The folder of the shared documents; `None`, with a word on it, where it is absent and may be.
fn shared(folder: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("RELAPSE_SHARED").map_or_else(|| default.into(), PathBuf::from);
    let path = root.join(folder);
    let required = std::env::var_os("RELAPSE_REQUIRE_SHARED").is_some_and(|switch| switch == "1");
    assert!(path.exists() || !required, "{} is required", path.display());
    if !path.exists() {
        println!("did not run: {} is absent", path.display());
        return None;
    }
    Some(path)
}

fn outcomes(file: &InputFile) -> impl Iterator<Item = Outcome> {
    let all = records(file, FormatChoice::Auto, None).expect("it can be opened");
    all.map(|record| record.map_or_else(Outcome::Refused, |record| document(&record)))
}

/// Every outcome of the documents below `path`, with the ids of their files.
fn read(path: PathBuf) -> Vec<(String, Outcome)> {
    let found = discover(&[path]).expect("it exists");
    let with_id = |file: &InputFile| {
        let id = file.path_id.clone();
        outcomes(file).map(move |outcome| (id.clone(), outcome)).collect::<Vec<_>>()
    };
    found.files.iter().flat_map(with_id).collect()
}

/// The incidents below `path` by their ids; every document that is none has to be a README.
fn incidents(path: PathBuf) -> HashMap<String, Parsed> {
    let mut all = HashMap::new();
    for (id, outcome) in read(path) {
        match outcome {
            Outcome::Parsed(parsed) => {
                all.insert(parsed.incident.external_id.clone(), *parsed);
            }
            other => assert!(id.ends_with("/README"), "{id}: {other:?}"),
        }
    }
    all
}

fn shown(moment: Option<Moment>) -> String {
    moment.map_or_else(String::new, |moment| moment.to_string())
}

fn severity(incident: &Incident) -> Option<&str> {
    incident.severity.as_ref().map(|severity| severity.verbatim.as_str())
}

fn squeezed(text: Option<&str>) -> String {
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A row of the table of what a reader must get out of the seeds.
struct Expected {
    id: &'static str,
    title: &'static str,
    start: &'static str,
    end: &'static str,
    minutes: u32,
    severity: Option<&'static str>,
    services: &'static [&'static str],
    events: usize,
    items: usize,
}

const SEEDS: [Expected; 5] = [
    Expected {
        id: "seeds/000_00083a5f7bdd9c2d",
        title: "2025-10-03 - SSL/TLS Handshake Failure in auth-service",
        start: "2025-10-03 02:57",
        end: "2025-10-03 05:14",
        minutes: 137,
        severity: Some("P2"),
        services: &["auth-service", "recommendation-engine"],
        events: 7,
        items: 4,
    },
    Expected {
        id: "seeds/001_ebc402b3e0adf282",
        title: "2025-11-07 - SSL/TLS Handshake Failure in order-service",
        start: "2025-11-07 04:59",
        end: "2025-11-07 05:31",
        minutes: 32,
        severity: Some("P2"),
        services: &["order-service", "notification-service", "billing-api"],
        events: 7,
        items: 4,
    },
    Expected {
        id: "seeds/002_b1d2cf052e017de9",
        title: "2025-12-28 - SSL/TLS Handshake Failure in recommendation-engine",
        start: "2025-12-28 07:05",
        end: "2025-12-28 08:39",
        minutes: 94,
        severity: Some("P2"),
        services: &["search-api", "user-service", "recommendation-engine"],
        events: 7,
        items: 4,
    },
    Expected {
        id: "seeds/003_36c20a68f2333126",
        title: "Postmortem Report: Service Outage on Web Stack",
        start: "2024-08-22 15:00",
        end: "2024-08-22 17:00",
        minutes: 120,
        severity: None,
        services: &[],
        events: 10,
        items: 5,
    },
    Expected {
        id: "seeds/004_b28077b4cdf32450",
        title: "Postmortem: The Great Authentication Apocalypse",
        start: "2023-03-15 14:32",
        end: "2023-03-15 17:45",
        minutes: 193,
        severity: None,
        services: &[],
        events: 11,
        items: 10,
    },
];

#[test]
fn the_seeds_are_read_field_by_field() {
    let Some(path) = shared("seeds") else { return };
    let all = incidents(path);
    assert_eq!(all.len(), SEEDS.len());
    for expected in &SEEDS {
        let (read, id) = (&all[expected.id].incident, expected.id);
        assert_eq!(all[id].warnings, [], "{id}");
        assert_eq!(read.title, expected.title);
        assert_eq!(shown(read.started_at), expected.start);
        assert_eq!(shown(read.resolved_at), expected.end);
        assert_eq!(read.duration_minutes, Some(expected.minutes));
        assert_eq!(severity(read), expected.severity);
        assert_eq!(read.services, expected.services);
        assert_eq!(read.timeline.len(), expected.events, "{id}");
        assert_eq!(shown(read.timeline[0].at), expected.start);
        assert_eq!(read.action_items.len(), expected.items, "{id}");
        // The structured ones state priority, owner and due date of each item, the others none.
        let stated = expected.severity.is_some();
        let as_stated = |item: &ActionItem| {
            [item.priority.is_some(), item.owner.is_some(), item.due.is_some()] == [stated; 3]
        };
        assert!(read.action_items.iter().all(as_stated), "{id}");
        assert!(read.root_cause.is_some() && read.resolution.is_some() && read.impact.is_some());
    }
}

#[test]
fn the_table_of_a_seed_is_read_cell_by_cell() {
    let Some(path) = shared("seeds") else { return };
    let first = &incidents(path)[SEEDS[0].id].incident;
    let last = first.action_items.last().expect("four items");
    assert_eq!(last.priority.as_deref(), Some("P3"));
    assert_eq!(last.owner.as_deref(), Some("Platform Engineering"));
    assert_eq!(last.due, Some(jiff::civil::date(2025, 11, 2)));
    assert_eq!(first.links.len(), 3);
    assert_eq!(first.links[1].target, "runbook-auth-service");
    assert_eq!((first.users_affected, first.revenue), (Some(9002), Some(28_145.0)));
}

/// What follows `prefix` on its line of a seed.
fn line_after(id: &str, prefix: &str) -> String {
    let path = shared(&format!("{id}.txt")).expect("its incident was read");
    let text = std::fs::read_to_string(path).expect("it can be read");
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(prefix));
    lines.next().expect("the seed has that line").to_owned()
}

#[test]
fn a_cause_section_wins_over_the_bullet_of_the_summary() {
    let Some(path) = shared("seeds") else { return };
    let all = incidents(path);
    let bullets = &all[SEEDS[3].id].incident;
    let told = |label: &str| Some(line_after(SEEDS[3].id, label));
    assert_eq!(bullets.root_cause, told("- **Cause:** "));
    assert_eq!(bullets.resolution, told("- **Resolution:** "));
    let plain = &all[SEEDS[4].id].incident;
    let (cause, fix) =
        (squeezed(plain.root_cause.as_deref()), squeezed(plain.resolution.as_deref()));
    assert!(cause.starts_with("The authentication service update"), "{cause}");
    assert!(cause.ends_with("with a timeout error."), "{cause}");
    assert!(fix.starts_with("The immediate fix"), "{fix}");
    assert!(fix.ends_with("before they become critical."), "{fix}");
    assert_eq!(plain.users_affected, Some(3_200_000));
}

/// The lines of a JSONL corpus by their ids.
fn lines_of(path: PathBuf) -> HashMap<String, Value> {
    let text = std::fs::read_to_string(path).expect("it can be read");
    let parse = |line: &str| serde_json::from_str::<Value>(line).expect("a line of JSON");
    let keyed = |line: Value| Some((line.get("id")?.as_str()?.to_owned(), line));
    text.lines().map(parse).filter_map(keyed).collect()
}

/// Title, date, severity, services in order and minutes agree to the letter; root cause and resolution
/// after runs of blanks are made one.
#[test]
fn structured_pages_agree_with_what_was_extracted_from_them() {
    let Some(path) = shared("corpora/rca_vault") else {
        return;
    };
    let expected = lines_of(path.join("docs.jsonl"));
    let all = incidents(path.join("md"));
    assert_eq!((all.len(), expected.len()), (111, 111));
    for (id, parsed) in &all {
        let read = &parsed.incident;
        let expected = &expected[id.strip_prefix("md/").expect("the folder is md")];
        let text = |key: &str| expected[key].as_str();
        let start = read.started_at.expect("a start");
        assert_eq!(parsed.warnings, [], "{id}");
        assert_eq!(Some(read.title.as_str()), text("title"));
        assert_eq!(
            (Some(start.date().to_string().as_str()), start.date_only),
            (text("date"), false)
        );
        assert_eq!(severity(read), text("severity"));
        assert_eq!(serde_json::json!(read.services), expected["services"], "{id}");
        assert_eq!(serde_json::json!(read.duration_minutes), expected["duration_minutes"], "{id}");
        assert_eq!(
            read.resolved_at,
            start.plus_minutes(read.duration_minutes.unwrap_or(0)),
            "{id}"
        );
        assert_eq!(squeezed(read.root_cause.as_deref()), squeezed(text("root_cause")));
        assert_eq!(squeezed(read.resolution.as_deref()), squeezed(text("resolution")));
        assert!(!read.timeline.is_empty() && !read.action_items.is_empty(), "{id}");
    }
}

#[test]
fn a_timeline_past_midnight_ends_on_the_next_day() {
    let Some(path) = shared("corpora/rca_vault/md") else {
        return;
    };
    let late = &incidents(path)["md/2025-02-24-database-connection-pool-exhaustion"].incident;
    assert_eq!(shown(late.started_at), "2025-02-24 22:03");
    assert_eq!(shown(late.resolved_at), "2025-02-25 00:11");
}

#[test]
fn of_the_jsonl_corpora_no_line_is_refused() {
    let corpora = [
        ("misc_real_postmortems", 59),
        ("icco_postmortems", 242),
        ("tickets_8k", 8500),
        ("issre22_cloud", 212),
        ("openoffice_dups", 2967),
        ("ossfuzz", 2620),
        ("danluu_list", 190),
    ];
    for (corpus, count) in corpora {
        let Some(path) = shared(&format!("corpora/{corpus}/docs.jsonl")) else {
            return;
        };
        let all = read(path);
        let others = all.iter().filter(|(_, outcome)| !matches!(outcome, Outcome::Parsed(_)));
        assert_eq!((all.len(), others.count()), (count, 0), "{corpus}");
    }
}

/// The texts of real post-mortems, read as free-form pages: many were pulled out of PDFs.
fn free_form() -> Option<HashMap<String, Incident>> {
    let path = shared("corpora/misc_real_postmortems/docs.jsonl")?;
    let mut all = HashMap::new();
    for (id, line) in lines_of(path) {
        let record = Record {
            source: "markdown".into(),
            format: Format::Markdown,
            file: format!("{id}.md"),
            line: 1,
            path_id: format!("misc/{id}"),
            content: line["text"].as_str().expect("every line has a text").into(),
        };
        let Outcome::Parsed(parsed) = document(&record) else {
            unreachable!("{id} is an incident");
        };
        all.insert(id, parsed.incident);
    }
    Some(all)
}

#[test]
fn free_form_pages_give_up_most_fields() {
    let Some(all) = free_form() else { return };
    let count = |stated: fn(&Incident) -> bool| all.values().filter(|read| stated(read)).count();
    assert_eq!(count(|read| read.started_at.is_some()), 59);
    assert!(count(|read| read.started_at.is_some_and(|start| !start.date_only)) >= 53);
    assert!(count(|read| read.resolved_at.is_some()) >= 55);
    assert!(count(|read| read.summary.is_some()) >= 58);
    assert!(count(|read| read.resolution.is_some()) >= 24);
    assert!(count(|read| !read.timeline.is_empty()) >= 53);
    assert!(count(|read| !read.action_items.is_empty()) >= 54);
}

#[test]
fn pages_out_of_a_pdf_have_title_and_times() {
    let Some(all) = free_form() else { return };
    let check = |id: &str, title: &str, start: &str, end: &str, minutes: u32, items: usize| {
        let read = &all[id];
        assert_eq!(read.title, title);
        assert_eq!(
            (shown(read.started_at).as_str(), shown(read.resolved_at).as_str()),
            (start, end)
        );
        assert_eq!(
            (read.duration_minutes, read.action_items.len()),
            (Some(minutes), items),
            "{id}"
        );
    };
    check(
        "2i2c-2022-08-30-utoronto-inaccessible",
        "UToronto JupyterHub not accessible",
        "2022-08-30 11:15",
        "2022-08-30 12:13",
        58,
        2,
    );
    check(
        "2i2c-2026-01-13-redirect-loop-leap",
        "Core node restarts on LEAP",
        "2026-01-13 20:10",
        "2026-01-14 14:02",
        1072,
        3,
    );
    check(
        "2i2c-2025-10-15-earthscope-admin-start-failure",
        "Starting Server of users with 2i2c admin emails from admin panel fails on earthscope",
        "2025-10-15 10:28",
        "2025-10-15 10:45",
        17,
        1,
    );
}
