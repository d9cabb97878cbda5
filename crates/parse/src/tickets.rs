//! States of tickets, as trackers export them: CSV with a header, or JSONL.

use incident::{ItemState, Moment, Ticket};
use serde_json::{Map, Value};

use crate::calendar::Calendar;
use crate::problem::Problem;

/// A ticket, and the line it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The line in the file, from 1.
    pub line: u32,
    /// The ticket.
    pub ticket: Ticket,
}

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Id,
    Url,
    Status,
    Reason,
    ClosedAt,
    Owner,
    Due,
}

/// The names that trackers give their columns and members: letters and digits alone, in lower case.
const NAMES: [(&str, Column); 31] = [
    ("id", Column::Id),
    ("key", Column::Id),
    ("issuekey", Column::Id),
    ("issueid", Column::Id),
    ("ticket", Column::Id),
    ("ticketid", Column::Id),
    ("identifier", Column::Id),
    ("number", Column::Id),
    ("url", Column::Url),
    ("htmlurl", Column::Url),
    ("weburl", Column::Url),
    ("link", Column::Url),
    ("permalink", Column::Url),
    ("status", Column::Status),
    ("state", Column::Status),
    ("resolution", Column::Reason),
    ("statereason", Column::Reason),
    ("closereason", Column::Reason),
    ("closedat", Column::ClosedAt),
    ("closed", Column::ClosedAt),
    ("closeddate", Column::ClosedAt),
    ("resolved", Column::ClosedAt),
    ("resolvedat", Column::ClosedAt),
    ("resolutiondate", Column::ClosedAt),
    ("completedat", Column::ClosedAt),
    ("owner", Column::Owner),
    ("assignee", Column::Owner),
    ("team", Column::Owner),
    ("due", Column::Due),
    ("duedate", Column::Due),
    ("deadline", Column::Due),
];

/// The members of an object that stand for a person.
const PERSON: [&str; 3] = ["name", "displayName", "login"];

/// The tickets of `file`, in the order of its lines; of a row that cannot be read what is wrong with it.
/// Content that begins with `{` is JSONL, other content CSV with a header.
#[must_use]
pub fn tickets(content: &[u8], file: &str) -> Vec<Result<TicketRow, Problem>> {
    let text = String::from_utf8_lossy(content);
    let text = text.trim_start_matches('\u{feff}');
    let rows = if text.trim_start().starts_with('{') { jsonl(text) } else { csv(text) };
    let placed = |(line, row): (u32, Result<Row, Refusal>)| {
        let read = row.and_then(|row| ticket(&row));
        read.map(|ticket| TicketRow { line, ticket }).map_err(|(field, reason)| Problem {
            file: file.to_owned(),
            line,
            field: field.to_owned(),
            reason,
        })
    };
    rows.into_iter().map(placed).collect()
}

/// What the columns that mean something say; of two that mean the same the first that says anything.
type Row = Vec<(Column, String)>;

/// The field that is at fault, and what was expected.
type Refusal = (&'static str, String);

fn jsonl(text: &str) -> Vec<(u32, Result<Row, Refusal>)> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(line, text): (u32, &str)| {
        let object: Result<Map<String, Value>, _> = serde_json::from_str(text);
        let row = object.map_err(|error| ("record", format!("expected a JSON object: {error}")));
        let cells = |object: Map<String, Value>| {
            object.iter().filter_map(|(name, value)| Some((column(name)?, said(value)?))).collect()
        };
        (line, row.map(cells))
    };
    lines.map(read).collect()
}

/// A value as text; of a list the first, of a person the name.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.first().and_then(said),
        Value::Object(person) => PERSON.iter().find_map(|name| said(person.get(*name)?)),
        Value::Bool(_) | Value::Null => None,
    }
}

fn csv(text: &str) -> Vec<(u32, Result<Row, Refusal>)> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<Option<Column>> = match reader.headers() {
        Ok(names) => names.iter().map(column).collect(),
        Err(error) => return vec![(1, Err(("record", error.to_string())))],
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        let row = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = header.iter().zip(&record);
                let cells = cells.filter_map(|(column, cell)| Some(((*column)?, cell.to_owned())));
                (u32::try_from(line).unwrap_or(u32::MAX), Ok(cells.collect()))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let line = u32::try_from(line).unwrap_or(u32::MAX);
                (line, Err(("record", format!("expected a row of CSV: {error}"))))
            }
        };
        rows.push(row);
    }
    rows
}

fn column(name: &str) -> Option<Column> {
    let name: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, column)| *column)
}

fn ticket(row: &Row) -> Result<Ticket, Refusal> {
    let cell = |wanted: Column| {
        let cells = row.iter().filter(|(column, _)| *column == wanted);
        let mut texts = cells.map(|(_, text)| text.trim());
        texts.find(|text| !text.is_empty()).unwrap_or_default()
    };
    let (id, url) = (cell(Column::Id).to_owned(), cell(Column::Url).to_owned());
    if id.is_empty() && url.is_empty() {
        return Err(("id", "empty; expected the key of a ticket, or its url".to_owned()));
    }
    let closed_at = time("closed_at", cell(Column::ClosedAt))?;
    let due = time("due", cell(Column::Due))?.map(Moment::date);
    // `Closed` with the resolution `Won't do` is no fix.
    let reason = cell(Column::Reason);
    let status = match (cell(Column::Status), reason, closed_at) {
        (_, reason, _) if ItemState::from_word(reason) == ItemState::Dropped => reason,
        ("", "", None) => {
            let expected = "empty; expected a state such as open, in progress, done, won't do";
            return Err(("status", expected.to_owned()));
        }
        ("", "", Some(_)) => "closed",
        ("", reason, _) => reason,
        (status, ..) => status,
    };
    let (status, owner) = (status.to_owned(), cell(Column::Owner).to_owned());
    Ok(Ticket { id, url, status, closed_at, owner, due })
}

/// The time of a cell that is not empty.
fn time(field: &'static str, text: &str) -> Result<Option<Moment>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = Moment::parse(text).ok().or_else(|| Calendar::default().moment(text));
    let expected = || (field, format!("`{text}`; expected a date or a time such as 2026-01-31"));
    read.map(Some).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(text: &str) -> Vec<TicketRow> {
        let rows: Result<Vec<_>, _> = tickets(text.as_bytes(), "t").into_iter().collect();
        rows.expect("every row can be read")
    }

    #[track_caller]
    fn check_refused(text: &str, line: u32, field: &str) {
        let problem = tickets(text.as_bytes(), "t.csv").remove(0).expect_err(text);
        assert_eq!((problem.line, problem.field.as_str()), (line, field), "{problem:?}");
        assert_eq!(problem.file, "t.csv");
    }

    #[test]
    fn the_columns_of_trackers_are_known_by_their_names() {
        let rows = read(
            "Issue key,Summary,Status,Resolution,Resolved,Assignee,Due date\n\
             OPS-1,\"Rotate,\nnightly\",Done,Done,2026-01-31T10:00:00Z,ann,2026-02-01\n\
             OPS-2,Alert,Closed,Won't Do,2026-01-30,,\n",
        );
        assert_eq!((rows[0].line, rows[1].line), (2, 4));
        let first = &rows[0].ticket;
        assert_eq!((first.id.as_str(), first.status.as_str()), ("OPS-1", "Done"));
        assert_eq!((first.owner.as_str(), first.due.is_some()), ("ann", true));
        assert_eq!(rows[1].ticket.status, "Won't Do");
        assert_eq!(rows[1].ticket.closed_at, Moment::parse("2026-01-30").ok());
    }

    #[test]
    fn lines_of_json_are_read_alike() {
        let rows = read(
            "{\"number\": 45, \"html_url\": \"https://g.example/45\", \"state\": \"closed\", \
             \"state_reason\": \"not_planned\", \"assignee\": {\"login\": \"bob\"}}\n\n\
             {\"url\": \"https://g.example/46\", \"status\": \"open\", \"closed_at\": null}",
        );
        let first = &rows[0].ticket;
        assert_eq!((first.id.as_str(), first.url.as_str()), ("45", "https://g.example/45"));
        assert_eq!((first.status.as_str(), first.owner.as_str()), ("not_planned", "bob"));
        assert_eq!((rows[1].line, rows[1].ticket.status.as_str()), (3, "open"));
    }

    #[test]
    fn a_closing_time_alone_closes() {
        assert_eq!(read("id,closed_at\nA-1,2026-01-31\n")[0].ticket.status, "closed");
    }

    #[test]
    fn a_row_that_cannot_be_read_says_what_was_expected() {
        check_refused("id,status\n,done\n", 2, "id");
        check_refused("id,status\nA-1,\n", 2, "status");
        check_refused("id,status,closed_at\nA-1,done,soon\n", 2, "closed_at");
        check_refused("{\"id\": 1", 1, "record");
    }
}
