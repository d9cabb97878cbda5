//! `relapse actions import`: the states of tickets, batch by batch.

use std::fs;
use std::path::Path;

use parse::{TicketRow, tickets};
use prost_types::Timestamp;
use relapse::limits::TICKETS_MAX;
use relapse::proto::{
    ImportTicketsRequest, Problem, Ticket, TicketOutcome, TicketResult, TicketSummary,
};
use relapse::status::ExitCode;
use tonic::Status;

use crate::args::{Global, ImportTicketsArgs};
use crate::backend::Backend;
use crate::decide::attribution;
use crate::error::{Error, Result};
use crate::output::Output;
use crate::render;

/// A ticket, and where it was read.
struct Placed {
    file: String,
    row: TicketRow,
}

/// `relapse actions import`.
pub async fn import(arguments: ImportTicketsArgs, global: &Global) -> Result<ExitCode> {
    let mut summary = TicketSummary::default();
    let mut rows = Vec::new();
    for file in &arguments.files {
        rows.extend(read(file, &mut summary)?);
    }
    let by = attribution(arguments.who, String::new(), global);
    let mut backend = Backend::open(global).await?;
    for batch in rows.chunks(TICKETS_MAX) {
        let tickets = batch.iter().map(|placed| wire_ticket(&placed.row)).collect();
        let request = ImportTicketsRequest { tickets, attribution: Some(by.clone()) };
        let results = backend.import_tickets(request).await?.results;
        if results.len() != batch.len() {
            let message =
                format!("{} tickets were sent and {} answered", batch.len(), results.len());
            return Err(Status::internal(message).into());
        }
        batch.iter().zip(results).for_each(|(placed, result)| count(&mut summary, placed, &result));
    }
    Output::new(global).show(&summary, render::tickets)?;
    Ok(if summary.refused > 0 { ExitCode::Refused } else { ExitCode::Done })
}

/// The rows of a file that can be read; the others are counted.
fn read(path: &Path, summary: &mut TicketSummary) -> Result<Vec<Placed>> {
    let content = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let file = path.display().to_string();
    let mut rows = Vec::new();
    for row in tickets(&content, &file) {
        summary.tickets += 1;
        match row {
            Ok(row) => rows.push(Placed { file: file.clone(), row }),
            Err(parse::Problem { file, line, field, reason }) => {
                summary.refused += 1;
                summary.problems.push(Problem { file, line, field, reason });
            }
        }
    }
    Ok(rows)
}

fn wire_ticket(row: &TicketRow) -> Ticket {
    let incident::Ticket { id, url, status, closed_at, owner, due } = row.ticket.clone();
    Ticket {
        id,
        url,
        status,
        closed_at: closed_at.map(|at| Timestamp { seconds: at.at.as_second(), nanos: 0 }),
        closed_at_date_only: closed_at.is_some_and(|at| at.date_only),
        owner,
        due: due.map(|due| due.to_string()).unwrap_or_default(),
    }
}

fn count(summary: &mut TicketSummary, placed: &Placed, result: &TicketResult) {
    match result.outcome() {
        TicketOutcome::Done => summary.done += 1,
        TicketOutcome::Dropped => summary.dropped += 1,
        TicketOutcome::Open => summary.open += 1,
        TicketOutcome::Unchanged => summary.unchanged += 1,
        TicketOutcome::Unmatched | TicketOutcome::Unspecified => {
            summary.unmatched += 1;
            summary.unmatched_tickets.push(unmatched(placed));
        }
    }
}

fn unmatched(placed: &Placed) -> Problem {
    let ticket = &placed.row.ticket;
    let (field, reason) = match ticket.url.as_str() {
        "" => {
            ("id", format!("`{}`; no action item names it, in its text or its address", ticket.id))
        }
        url => ("url", format!("`{url}`; no action item has this address")),
    };
    Problem { file: placed.file.clone(), line: placed.row.line, field: field.into(), reason }
}
