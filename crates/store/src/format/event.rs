//! Events: rows in a chain, each of which carries a checksum over itself and all before it.

use incident::IncidentId;
use recurrence::{ClassId, Event, Figures};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};
use serde::{Deserialize, Serialize};

use super::seal::{check_seal, integer, seal, sealed, text, unsigned};
use crate::error::{Error, Result};
use crate::record::EventRecord;

/// How many columns of `event` its chain covers.
const EVENT_CHAINED: usize = 5;

/// The body of an event.
#[derive(Debug, Serialize, Deserialize)]
struct EventBody {
    joined: bool,
    before: Figures,
    after: Figures,
    /// Left out where it is not told: older rows have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reckoned_at: Option<i64>,
}

/// The columns of an `event` row: number, position, id, class, body, chain, seal. The event before has the chain
/// `before`, the first one 0.
pub(crate) fn event_row(number: u64, position: u64, event: &Event, before: u64) -> Vec<Value> {
    let Event { joined, before: stood, after, reckoned_at, .. } = *event;
    let body = EventBody { joined, before: stood, after, reckoned_at };
    let body = serde_json::to_string(&body).expect("figures have a JSON form");
    let mut columns = vec![
        integer(number),
        integer(position),
        text(event.incident.as_str()),
        Value::from(event.class.number()),
        Value::Text(body),
    ];
    let link = chain(columns.iter().map(ValueRef::from), before);
    columns.push(integer(link));
    sealed(columns)
}

/// Reads a row of `event`.
pub(crate) fn event_record(row: &Row<'_>) -> Result<EventRecord> {
    check_seal(row, 0, EVENT_CHAINED + 1)?;
    let body: EventBody = serde_json::from_str(
        row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?,
    )
    .map_err(|error| Error::Corrupt { message: format!("an event does not read back: {error}") })?;
    Ok(EventRecord {
        number: unsigned(row, 0)?,
        position: unsigned(row, 1)?,
        event: Event {
            incident: IncidentId::new(row.get::<_, String>(2)?),
            class: ClassId::new(row.get(3)?),
            joined: body.joined,
            before: body.before,
            after: body.after,
            reckoned_at: body.reckoned_at,
        },
        chain: unsigned(row, EVENT_CHAINED)?,
    })
}

/// Whether a row of `event` continues the chain of the one before; and its own.
pub(crate) fn continues(row: &Row<'_>, before: u64) -> Result<(bool, u64)> {
    let columns = (0..EVENT_CHAINED)
        .map(|column| row.get_ref(column))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let kept = unsigned(row, EVENT_CHAINED)?;
    Ok((kept == chain(columns.into_iter(), before), kept))
}

fn chain<'a>(columns: impl Iterator<Item = ValueRef<'a>>, before: u64) -> u64 {
    let before = ValueRef::Integer(before.cast_signed());
    seal(std::iter::once(before).chain(columns)).cast_unsigned()
}
