//! For how many documents was each field found? Prints a Markdown table, a column per path given.
//!
//! `cargo run --release -p relapse-parse --example coverage -- ../shared/seeds ../shared/corpora/icco_postmortems/docs.jsonl`

use std::error::Error;
use std::path::PathBuf;

use incident::Incident;
use parse::{FormatChoice, Outcome, discover, document, records};

type Found = fn(&Incident) -> bool;

const FIELDS: [(&str, Found); 16] = [
    ("title of its own", |one| !one.untitled),
    ("date", |one| one.started_at.is_some()),
    ("start with an hour", |one| one.started_at.is_some_and(|at| !at.date_only)),
    ("end", |one| one.resolved_at.is_some()),
    ("time to resolve", |one| one.time_to_resolve_minutes().is_some()),
    ("severity", |one| one.severity.is_some()),
    ("status", |one| one.status.is_some()),
    ("services", |one| !one.services.is_empty()),
    ("summary", |one| one.summary.is_some()),
    ("symptoms", |one| one.symptoms.is_some()),
    ("root cause", |one| one.root_cause.is_some()),
    ("resolution", |one| one.resolution.is_some()),
    ("impact", |one| one.impact.is_some()),
    ("timeline", |one| !one.timeline.is_empty()),
    ("action items", |one| !one.action_items.is_empty()),
    ("wiki links", |one| !one.links.is_empty()),
];

/// What came out of one path.
#[derive(Default)]
struct Column {
    name: String,
    incidents: Vec<Incident>,
    skipped: usize,
    refused: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let columns: Vec<Column> =
        std::env::args().skip(1).map(|path| column(&path)).collect::<Result<_, _>>()?;
    let row = |name: &str, cell: &dyn Fn(&Column) -> String| {
        let cells: Vec<String> = columns.iter().map(cell).collect();
        println!("| {name} | {} |", cells.join(" | "));
    };
    row("", &|column| column.name.clone());
    row("---", &|_| "---:".to_owned());
    row("documents", &|column| column.incidents.len().to_string());
    for (name, found) in FIELDS {
        row(name, &|column| column.incidents.iter().filter(|one| found(one)).count().to_string());
    }
    row("skipped", &|column| column.skipped.to_string());
    row("refused", &|column| column.refused.to_string());
    Ok(())
}

fn column(path: &str) -> Result<Column, Box<dyn Error>> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut column =
        Column { name: parts[parts.len().saturating_sub(2)..].join("/"), ..Column::default() };
    for file in discover(&[PathBuf::from(path)])?.files {
        for record in records(&file, FormatChoice::Auto, None)? {
            match record.map(|record| document(&record)) {
                Ok(Outcome::Parsed(parsed)) => column.incidents.push(parsed.incident),
                Ok(Outcome::Skipped { .. }) => column.skipped += 1,
                Ok(Outcome::Refused(_)) | Err(_) => column.refused += 1,
            }
        }
    }
    Ok(column)
}
