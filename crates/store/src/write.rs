//! Writing: one list of changes, one transaction.

use incident::{Incident, IncidentId};
use recurrence::{ClassId, Decision, Event, LineageEvent};
use rusqlite::{Connection, Transaction, TransactionBehavior, params_from_iter};

use crate::error::{Error, Result};
use crate::format;
use crate::note;
use crate::read;
use crate::record::{
    Alias, CalibrationRecord, Change, ClassRecord, Digest, EpochRecord, MESSAGES_KEPT_SECS,
    RatingRecord,
};

/// Applies `changes` and what `and_then` says in order, all or none, and returns the last position of the log
/// afterwards; before it is `last`.
pub(crate) fn commit(
    conn: &mut Connection,
    changes: &[Change],
    and_then: impl FnOnce() -> Result<Option<Change>>,
    last: u64,
) -> Result<u64> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut log = Log { transaction: &transaction, last };
    for change in changes {
        log.apply(change)?;
    }
    if let Some(change) = and_then()? {
        log.apply(&change)?;
    }
    let last = log.last;
    transaction.commit()?;
    Ok(last)
}

/// The log and the record that follows from it, within a transaction.
struct Log<'a> {
    transaction: &'a Transaction<'a>,
    last: u64,
}

impl Log<'_> {
    fn apply(&mut self, change: &Change) -> Result<()> {
        match change {
            Change::Put { position, incident, class, digest } => {
                self.append(*position, "put", incident.id.as_str())?;
                self.put(*position, incident, digest.as_ref())?;
                self.assign(&incident.id, *class)
            }
            Change::Delete { position, id } => {
                self.append(*position, "delete", id.as_str())?;
                self.delete(id)
            }
            Change::Alias { position, source, external_id, digest, of } => {
                self.append(*position, "alias", of.as_str())?;
                let (digest, of) = (*digest, of.clone());
                self.alias(source, external_id, &Alias { of, digest })
            }
            Change::DropAlias { source, external_id } => self.drop_alias(source, external_id),
            Change::Class(class) => self.class(class),
            Change::Assign { id, class } => self.assign(id, *class),
            Change::Rate { position, rating } => {
                self.append(*position, "rate", rating.incident.as_str())?;
                self.rate(*position, rating)
            }
            Change::Calibrate(calibration) => {
                self.append(calibration.position, "calibrate", "")?;
                self.calibrate(calibration)
            }
            Change::Decide { position, decision } => {
                self.append(*position, "decide", &decision.id.to_string())?;
                self.decide(decision)
            }
            Change::Regroup { position, algorithm } => self.append(*position, "regroup", algorithm),
            Change::Lineage(event) => self.lineage(event),
            Change::Epoch(epoch) => self.epoch(epoch),
            Change::Message { source, id, received_at } => self.message(source, id, *received_at),
            Change::QueueNote(queued) => note::queue(self.transaction, queued),
            Change::Note(renewed) => note::renew(self.transaction, renewed),
            Change::Event(event) => self.event(event),
        }
    }

    fn append(&mut self, position: u64, kind: &str, id: &str) -> Result<()> {
        if position <= self.last || i64::try_from(position).is_err() {
            return Err(Error::Position { given: position, last: self.last });
        }
        self.last = position;
        self.execute(
            "INSERT INTO log (position, kind, id, seal) VALUES (?1, ?2, ?3, ?4)",
            params_from_iter(format::log_row(position, kind, id)),
        )?;
        Ok(())
    }

    fn put(&self, position: u64, incident: &Incident, digest: Option<&Digest>) -> Result<()> {
        self.execute(
            "INSERT INTO incident (position, id, source, external_id, digest, body, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET
                 position = excluded.position, source = excluded.source,
                 external_id = excluded.external_id, digest = excluded.digest,
                 body = excluded.body, seal = excluded.seal",
            params_from_iter(format::incident_row(position, incident, digest)),
        )?;
        Ok(())
    }

    /// Aliases and the place in a class go with the incident, by the schema.
    fn delete(&self, id: &IncidentId) -> Result<()> {
        // What was made of the record before may hold its words.
        self.execute("DELETE FROM voucher", [])?;
        match self.execute("DELETE FROM incident WHERE id = ?1", [id.as_str()])? {
            0 => Err(Error::unknown("incident", id.as_str())),
            _ => Ok(()),
        }
    }

    fn alias(&self, source: &str, external_id: &str, alias: &Alias) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO alias (source, external_id, digest, of, seal)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params_from_iter(format::alias_row(source, external_id, alias)),
        )?;
        Ok(())
    }

    fn drop_alias(&self, source: &str, external_id: &str) -> Result<()> {
        let dropped = self.execute(
            "DELETE FROM alias WHERE source = ?1 AND external_id = ?2",
            [source, external_id],
        )?;
        match dropped {
            0 => Err(Error::unknown("alias", &format!("{source}/{external_id}"))),
            _ => Ok(()),
        }
    }

    fn message(&self, source: &str, id: &str, received_at: i64) -> Result<()> {
        let oldest = received_at.saturating_sub(MESSAGES_KEPT_SECS);
        self.execute("DELETE FROM message WHERE received_at < ?1", [oldest])?;
        self.execute(
            "INSERT OR REPLACE INTO message (source, id, received_at, seal) VALUES (?1, ?2, ?3, ?4)",
            params_from_iter(format::message_row(source, id, received_at)),
        )?;
        Ok(())
    }

    fn class(&self, class: &ClassRecord) -> Result<()> {
        self.execute(
            "INSERT INTO class (number, opened_at_position, merged_into, seal)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (number) DO UPDATE SET
                 opened_at_position = excluded.opened_at_position,
                 merged_into = excluded.merged_into, seal = excluded.seal",
            params_from_iter(format::class_row(class)),
        )?;
        Ok(())
    }

    fn assign(&self, id: &IncidentId, class: Option<ClassId>) -> Result<()> {
        match class {
            Some(class) => self.execute(
                "INSERT INTO member (id, class, seal) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET class = excluded.class, seal = excluded.seal",
                params_from_iter(format::member_row(id, class)),
            ),
            None => self.execute("DELETE FROM member WHERE id = ?1", [id.as_str()]),
        }?;
        Ok(())
    }

    fn rate(&self, position: u64, rating: &RatingRecord) -> Result<()> {
        self.execute(
            "INSERT OR REPLACE INTO rating
                 (question, incident, who, asked, useful, why, at_secs, position, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params_from_iter(format::rating_row(position, rating)),
        )?;
        Ok(())
    }

    fn decide(&self, decision: &Decision) -> Result<()> {
        self.execute(
            "INSERT INTO decision (number, request_id, body, seal) VALUES (?1, ?2, ?3, ?4)",
            params_from_iter(format::decision_row(decision)),
        )?;
        Ok(())
    }

    fn calibrate(&self, calibration: &CalibrationRecord) -> Result<()> {
        self.execute("DELETE FROM calibration", [])?;
        self.execute(
            "INSERT INTO calibration (position, payload, seal) VALUES (?1, ?2, ?3)",
            params_from_iter(format::calibration_row(calibration)),
        )?;
        Ok(())
    }

    fn lineage(&self, event: &LineageEvent) -> Result<()> {
        self.execute(
            "INSERT INTO lineage (kind, class, other, incidents, position, epoch, decision, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params_from_iter(format::lineage_row(event)),
        )?;
        Ok(())
    }

    fn epoch(&self, epoch: &EpochRecord) -> Result<()> {
        self.execute("DELETE FROM epoch", [])?;
        self.execute(
            "INSERT INTO epoch (number, position, payload, seal) VALUES (?1, ?2, ?3, ?4)",
            params_from_iter(format::epoch_row(epoch)),
        )?;
        Ok(())
    }

    fn event(&self, event: &Event) -> Result<()> {
        let (number, chain) = read::last_event(self.transaction)?;
        self.execute(
            "INSERT INTO event (number, position, id, class, body, chain, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params_from_iter(format::event_row(number + 1, self.last, event, chain)),
        )?;
        Ok(())
    }

    fn execute(&self, sql: &str, params: impl rusqlite::Params) -> Result<usize> {
        Ok(self.transaction.prepare_cached(sql)?.execute(params)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    fn put(position: u64, id: &str) -> Change {
        let mut incident = Incident::new("jsonl", id, "Queue backs up");
        incident.text = Some("consumers stopped after a deploy. ".repeat(100));
        Change::Put { position, incident: Box::new(incident), class: None, digest: None }
    }

    fn none() -> Result<Option<Change>> {
        Ok(None)
    }

    #[test]
    fn a_last_change_that_cannot_be_worked_out_keeps_the_others_out_too() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut conn = schema::open(&dir.path().join("r.db")).expect("created");
        let failed = || Err(Error::Unavailable { message: "nobody works it out".to_owned() });
        assert!(commit(&mut conn, &[put(1, "a")], failed, 0).is_err());
        let later = || Ok(Some(put(2, "b")));
        assert_eq!(commit(&mut conn, &[put(1, "a")], later, 0).expect("committed"), 2);
    }

    #[test]
    fn on_a_full_disk_a_commit_is_refused_whole_and_works_again_when_there_is_space() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut conn = schema::open(&dir.path().join("r.db")).expect("created");
        let full: u32 =
            conn.pragma_query_value(None, "page_count", |row| row.get(0)).expect("a count");
        let limit = |conn: &Connection, pages: u32| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            conn.execute_batch(&sql).expect("a limit");
        };
        let changes: Vec<Change> = (1..=20).map(|n| put(n, &n.to_string())).collect();

        limit(&conn, full + 2);
        let error = commit(&mut conn, &changes, none, 0).expect_err("no space");
        assert!(matches!(error, Error::Full { .. }), "{error}");
        let count = |conn: &Connection| -> u32 {
            let sql = "SELECT (SELECT count(*) FROM log) + (SELECT count(*) FROM incident)";
            conn.query_row(sql, [], |row| row.get(0)).expect("a count")
        };
        assert_eq!(count(&conn), 0);

        limit(&conn, full + 1000);
        assert_eq!(commit(&mut conn, &changes, none, 0).expect("space"), 20);
        assert_eq!(count(&conn), 40);
    }

    #[test]
    fn a_position_that_sqlite_cannot_count_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut conn = schema::open(&dir.path().join("r.db")).expect("created");
        let last = i64::MAX.cast_unsigned();
        let beyond = commit(&mut conn, &[put(last, "a"), put(last + 1, "b")], none, 0);
        assert!(matches!(beyond, Err(Error::Position { given, .. }) if given == last + 1));
        assert_eq!(commit(&mut conn, &[put(last, "a")], none, 0).expect("in range"), last);
    }
}
