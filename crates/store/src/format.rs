//! Disk and domain: the only place where rows become records and records rows.

use incident::{Incident, IncidentId};
use recurrence::{ClassId, Decision, DecisionId, LineageEvent, LineageKind};
use rusqlite::Row;
use rusqlite::types::{Value, ValueRef};

use crate::error::{Error, Result};
use crate::record::{
    Alias, CalibrationRecord, ClassRecord, Digest, EpochRecord, RatingRecord, StoredIncident,
};
use crate::schema::tables::Table;

mod event;
mod seal;

pub(crate) use event::{continues, event_record, event_row};
use seal::integer;
pub(crate) use seal::{check_seal, sealed, sealed_from, text, unsigned};

/// How many columns of `incident` its seal covers.
const INCIDENT_SEALED: usize = 6;
/// Where the columns of `member` begin in a row of `incident` joined with it.
const MEMBER: usize = INCIDENT_SEALED + 1;

/// The columns of a `log` row: position, kind, id, seal.
pub(crate) fn log_row(position: u64, kind: &str, id: &str) -> Vec<Value> {
    sealed(vec![integer(position), text(kind), text(id)])
}

/// Reads the position of a row of `log`.
pub(crate) fn log_position(row: &Row<'_>) -> Result<u64> {
    check_seal(row, 0, 3)?;
    Ok(unsigned(row, 0)?)
}

/// The columns of an `incident` row: position, id, source, external_id, digest, body, seal.
pub(crate) fn incident_row(
    position: u64,
    incident: &Incident,
    digest: Option<&Digest>,
) -> Vec<Value> {
    let body = serde_json::to_string(incident)
        .expect("an incident is plain data with text keys, which JSON can hold");
    sealed(vec![
        integer(position),
        text(incident.id.as_str()),
        text(&incident.source),
        text(&incident.external_id),
        digest.map_or(Value::Null, |digest| Value::Blob(digest.to_vec())),
        Value::Text(body),
    ])
}

/// Reads a row of `incident` followed by its row of `member`, all NULL for a one-off.
pub(crate) fn stored_incident(row: &Row<'_>) -> Result<StoredIncident> {
    check_seal(row, 0, INCIDENT_SEALED)?;
    Ok(StoredIncident {
        position: unsigned(row, 0)?,
        incident: incident_of(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?,
        class: class_at(row, MEMBER)?,
        digest: row.get(4)?,
    })
}

/// The columns of a `member` row: id, class, seal.
pub(crate) fn member_row(id: &IncidentId, class: ClassId) -> Vec<Value> {
    sealed(vec![text(id.as_str()), Value::from(class.number())])
}

/// Reads the class in a row of `member`.
pub(crate) fn member_class(row: &Row<'_>) -> Result<ClassId> {
    check_seal(row, 0, 2)?;
    Ok(ClassId::new(row.get(1)?))
}

/// The columns of a `class` row: number, opened_at_position, merged_into, seal.
pub(crate) fn class_row(class: &ClassRecord) -> Vec<Value> {
    sealed(vec![
        Value::from(class.id.number()),
        integer(class.opened_at_position),
        class.merged_into.map_or(Value::Null, |into| Value::from(into.number())),
    ])
}

/// Reads a row of `class`.
pub(crate) fn class_record(row: &Row<'_>) -> Result<ClassRecord> {
    check_seal(row, 0, 3)?;
    Ok(ClassRecord {
        id: ClassId::new(row.get(0)?),
        opened_at_position: unsigned(row, 1)?,
        merged_into: row.get::<_, Option<u32>>(2)?.map(ClassId::new),
    })
}

/// The columns of an `alias` row: source, external_id, digest, of, seal.
pub(crate) fn alias_row(source: &str, external_id: &str, alias: &Alias) -> Vec<Value> {
    sealed(vec![
        text(source),
        text(external_id),
        Value::Blob(alias.digest.to_vec()),
        text(alias.of.as_str()),
    ])
}

/// Reads a row of `alias`.
pub(crate) fn alias(row: &Row<'_>) -> Result<Alias> {
    check_seal(row, 0, 4)?;
    Ok(Alias { digest: row.get(2)?, of: IncidentId::new(row.get::<_, String>(3)?) })
}

/// Reads the name in a row of `alias`.
pub(crate) fn alias_name(row: &Row<'_>) -> Result<(String, String)> {
    check_seal(row, 0, 4)?;
    Ok((row.get(0)?, row.get(1)?))
}

/// The columns of a `message` row: source, id, received_at, seal.
pub(crate) fn message_row(source: &str, id: &str, received_at: i64) -> Vec<Value> {
    sealed(vec![text(source), text(id), Value::Integer(received_at)])
}

/// Reads when the message of a row of `message` was received.
pub(crate) fn message_received_at(row: &Row<'_>) -> Result<i64> {
    check_seal(row, 0, 3)?;
    Ok(row.get(2)?)
}

/// The columns of a `voucher` row: name, position, digest, seal.
pub(crate) fn voucher_row(name: &str, position: u64, digest: &Digest) -> Vec<Value> {
    sealed(vec![text(name), integer(position), Value::Blob(digest.to_vec())])
}

/// Reads name, position and digest of a row of `voucher`.
pub(crate) fn voucher(row: &Row<'_>) -> Result<(String, u64, Digest)> {
    check_seal(row, 0, 3)?;
    Ok((row.get(0)?, unsigned(row, 1)?, row.get(2)?))
}

/// The columns of the `epoch` row: number, position, payload, seal.
pub(crate) fn epoch_row(epoch: &EpochRecord) -> Vec<Value> {
    sealed(vec![integer(epoch.number), integer(epoch.position), Value::Blob(epoch.payload.clone())])
}

/// Reads the row of `epoch`.
pub(crate) fn epoch_record(row: &Row<'_>) -> Result<EpochRecord> {
    check_seal(row, 0, 3)?;
    Ok(EpochRecord { number: unsigned(row, 0)?, position: unsigned(row, 1)?, payload: row.get(2)? })
}

/// Checks a row of any table, in the order of its `n_columns` columns and the seal; an incident must read back too.
pub(crate) fn check_row(table: Table, row: &Row<'_>, n_columns: usize) -> Result<()> {
    check_seal(row, table.n_unsealed, n_columns - table.n_unsealed)?;
    if table.name != "incident" {
        return Ok(());
    }
    let incident = incident_of(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?;
    let named = (row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?);
    if named == (incident.id.as_str().to_owned(), incident.source, incident.external_id) {
        return Ok(());
    }
    Err(Error::Corrupt { message: "the row and the incident in it have different names".into() })
}

/// The columns of a `rating` row: question, incident, who, asked, useful, why, at_secs, position, seal.
pub(crate) fn rating_row(position: u64, rating: &RatingRecord) -> Vec<Value> {
    sealed(vec![
        text(&rating.question),
        text(rating.incident.as_str()),
        text(&rating.who),
        rating.asked.as_ref().map_or(Value::Null, |asked| text(asked.as_str())),
        Value::from(rating.useful),
        text(&rating.why),
        Value::Integer(rating.at_secs),
        integer(position),
    ])
}

/// Reads a row of `rating`: the log position of the rating, and the rating.
pub(crate) fn rating(row: &Row<'_>) -> Result<(u64, RatingRecord)> {
    check_seal(row, 0, 8)?;
    let rating = RatingRecord {
        question: row.get(0)?,
        incident: IncidentId::new(row.get::<_, String>(1)?),
        who: row.get(2)?,
        asked: row.get::<_, Option<String>>(3)?.map(IncidentId::new),
        useful: row.get(4)?,
        why: row.get(5)?,
        at_secs: row.get(6)?,
    };
    Ok((unsigned(row, 7)?, rating))
}

/// The columns of the `calibration` row: position, payload, seal.
pub(crate) fn calibration_row(calibration: &CalibrationRecord) -> Vec<Value> {
    sealed(vec![integer(calibration.position), Value::Blob(calibration.payload.clone())])
}

/// Reads the row of `calibration`.
pub(crate) fn calibration_record(row: &Row<'_>) -> Result<CalibrationRecord> {
    check_seal(row, 0, 2)?;
    Ok(CalibrationRecord { position: unsigned(row, 0)?, payload: row.get(1)? })
}

/// The columns of a `decision` row: number, request_id, body, seal. No request id is NULL, which is never
/// twice the same.
pub(crate) fn decision_row(decision: &Decision) -> Vec<Value> {
    let body = serde_json::to_string(decision).expect("a decision is plain data");
    let request_id = match decision.request_id.as_str() {
        "" => Value::Null,
        request_id => text(request_id),
    };
    sealed(vec![Value::from(decision.id.number()), request_id, Value::Text(body)])
}

/// Reads a row of `decision`.
pub(crate) fn decision(row: &Row<'_>) -> Result<Decision> {
    check_seal(row, 0, 3)?;
    read_json(&row.get::<_, String>(2)?, "a decision")
}

/// The kinds of lineage events by their names on disk.
const LINEAGE_KINDS: [(&str, LineageKind); 5] = [
    ("opened", LineageKind::Opened),
    ("split_from", LineageKind::SplitFrom),
    ("merged_into", LineageKind::MergedInto),
    ("joined", LineageKind::Joined),
    ("left", LineageKind::Left),
];

/// The columns of a `lineage` row: kind, class, other, incidents, position, epoch, decision, seal.
pub(crate) fn lineage_row(event: &LineageEvent) -> Vec<Value> {
    let kind = LINEAGE_KINDS.iter().find(|(_, kind)| *kind == event.kind);
    let (kind, _) = kind.expect("every kind has a name");
    let incidents = serde_json::to_string(&event.incidents).expect("ids are text");
    let number = |number: Option<u32>| number.map_or(Value::Null, Value::from);
    sealed(vec![
        text(kind),
        Value::from(event.class.number()),
        number(event.other.map(ClassId::number)),
        Value::Text(incidents),
        integer(event.position),
        integer(event.epoch),
        number(event.decision.map(DecisionId::number)),
    ])
}

/// Reads a row of `lineage`.
pub(crate) fn lineage(row: &Row<'_>) -> Result<LineageEvent> {
    check_seal(row, 0, 7)?;
    let name: String = row.get(0)?;
    let kind = LINEAGE_KINDS.iter().find(|(other, _)| *other == name);
    let (_, kind) = kind.ok_or_else(|| Error::Corrupt {
        message: format!("`{name}` is no kind of lineage event"),
    })?;
    Ok(LineageEvent {
        kind: *kind,
        class: ClassId::new(row.get(1)?),
        other: row.get::<_, Option<u32>>(2)?.map(ClassId::new),
        incidents: read_json(&row.get::<_, String>(3)?, "a list of incidents")?,
        position: unsigned(row, 4)?,
        epoch: unsigned(row, 5)?,
        decision: row.get::<_, Option<u32>>(6)?.map(DecisionId::new),
    })
}

fn read_json<T: serde::de::DeserializeOwned>(json: &str, what: &str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Error::Corrupt { message: format!("{what} does not read back: {error}") })
}

/// The parser's own limit on nesting, one below which a body may have been written, is lifted: what
/// comes here was written by [`incident_row`] and carries a seal.
fn incident_of(body: &str) -> Result<Incident> {
    let mut json = serde_json::Deserializer::from_str(body);
    json.disable_recursion_limit();
    serde::Deserialize::deserialize(&mut json).map_err(|error| Error::Corrupt {
        message: format!("an incident does not read back: {error}"),
    })
}

/// Reads the row of `member` that begins at the column `first`, all NULL for a one-off.
fn class_at(row: &Row<'_>, first: usize) -> Result<Option<ClassId>> {
    if row.get_ref(first)? == ValueRef::Null {
        return Ok(None);
    }
    check_seal(row, first, 2)?;
    Ok(Some(ClassId::new(row.get(first + 1)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_nested_deeper_than_json_parsers_allow_reads_back() {
        let mut incident = Incident::new("jsonl", "deep", "Nested labels");
        let deep = (0..200)
            .fold(serde_json::Value::Null, |inner, _| serde_json::Value::Array(vec![inner]));
        incident.extra.insert("deep".into(), deep);
        let body = serde_json::to_string(&incident).expect("it serialises");
        assert_eq!(incident_of(&body).expect("it reads back"), incident);
    }

    #[test]
    fn a_body_that_is_no_incident_is_corrupt() {
        for body in ["", "{}", "[1", "{\"id\":\"a\"}"] {
            assert!(matches!(incident_of(body), Err(Error::Corrupt { .. })), "{body}");
        }
    }
}
