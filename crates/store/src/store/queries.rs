//! What is read of the record.

use incident::IncidentId;
use recurrence::{ClassId, Decision, LineageEvent};
use rusqlite::Connection;

use super::{ALIASES, LINEAGE, MESSAGES, Store};
use crate::error::{Error, Result};
use crate::format;
use crate::read;
use crate::record::{
    Alias, CalibrationRecord, ClassRecord, Digest, EpochRecord, EventRecord, RatingRecord,
    StoredIncident,
};

const RATINGS: &str =
    "SELECT question, incident, who, asked, useful, why, at_secs, position, seal FROM rating";

impl Store {
    /// The events after the one of that number, in order; `limit` of them at most.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn events(&self, after: u64, limit: u32) -> Result<Vec<EventRecord>> {
        let sql = format!("{} WHERE number > ?1 ORDER BY number LIMIT ?2", read::EVENTS);
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        self.readers.with(|conn| read::all(conn, &sql, (after, limit), format::event_record))
    }

    /// The events of the incident `id`, in order.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn events_of(&self, id: &IncidentId) -> Result<Vec<EventRecord>> {
        let sql = format!("{} WHERE id = ?1 ORDER BY number", read::EVENTS);
        self.readers.with(|conn| read::all(conn, &sql, [id.as_str()], format::event_record))
    }

    /// Whether an event tells of the incident `id` in `class`.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn has_event(&self, id: &IncidentId, class: ClassId) -> Result<bool> {
        let sql = format!("{} WHERE id = ?1 AND class = ?2 LIMIT 1", read::EVENTS);
        let of = (id.as_str(), class.number());
        let found = self.readers.with(|conn| read::first(conn, &sql, of, format::event_record))?;
        Ok(found.is_some())
    }

    /// The class that the live incident `id` is in; `None` for a one-off and for what is not stored.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn class_of(&self, id: &IncidentId) -> Result<Option<ClassId>> {
        let sql = "SELECT id, class, seal FROM member WHERE id = ?1";
        self.readers.with(|conn| read::first(conn, sql, [id.as_str()], format::member_class))
    }

    /// Hands over every live incident in the order of positions, as of one commit, without holding
    /// them all. It ends early with the first error of `visit`.
    ///
    /// # Errors
    /// That of `visit`; [`Error::Corrupt`] for a damaged row.
    pub fn for_each<E: From<Error>>(
        &self,
        visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.for_each_in("ORDER BY i.position", visit)
    }

    /// The same for those above `position`.
    ///
    /// # Errors
    /// As [`Store::for_each`].
    pub fn for_each_after<E: From<Error>>(
        &self,
        position: u64,
        visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.for_each_in(&format!("WHERE i.position > {position} ORDER BY i.position"), visit)
    }

    /// The live incident `id`.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for a damaged row, as in all reads below.
    pub fn incident(&self, id: &IncidentId) -> Result<Option<StoredIncident>> {
        self.readers.with(|conn| by_id(conn, id))
    }

    /// The live incidents among `ids`, in that order, as of one commit.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn incidents(&self, ids: &[IncidentId]) -> Result<Vec<StoredIncident>> {
        self.readers.with(|conn| {
            let snapshot = conn.unchecked_transaction()?;
            ids.iter().filter_map(|id| by_id(&snapshot, id).transpose()).collect()
        })
    }

    /// The live incident that came as `external_id` of `source`. A record received again is unchanged
    /// where it equals this one, or, for a whole file, has its digest.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn find(&self, source: &str, external_id: &str) -> Result<Option<StoredIncident>> {
        let filter = "WHERE i.source = ?1 AND i.external_id = ?2";
        self.readers.with(|conn| read::incident(conn, filter, [source, external_id]))
    }

    /// What `external_id` of `source` is a copy of; `None` where it is no alias.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn alias(&self, source: &str, external_id: &str) -> Result<Option<Alias>> {
        let sql = format!("{ALIASES} WHERE source = ?1 AND external_id = ?2");
        self.readers.with(|conn| read::first(conn, &sql, [source, external_id], format::alias))
    }

    /// The names of the copies of `id`, as source and external id, in the order of both.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn aliases_of(&self, id: &IncidentId) -> Result<Vec<(String, String)>> {
        let sql = format!("{ALIASES} WHERE of = ?1 ORDER BY source, external_id");
        self.readers.with(|conn| read::all(conn, &sql, [id.as_str()], format::alias_name))
    }

    /// The live incident whose file has this digest now; of several the one with the smallest position.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn by_digest(&self, digest: &Digest) -> Result<Option<IncidentId>> {
        let filter = "WHERE i.digest = ?1 ORDER BY i.position LIMIT 1";
        let found = self.readers.with(|conn| read::incident(conn, filter, [digest.as_slice()]))?;
        Ok(found.map(|stored| stored.incident.id))
    }

    /// The live incidents of `source` whose external ids begin with `prefix`, at most the `n` last in the order of the
    /// bytes of these ids, in that order.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn last_of(&self, source: &str, prefix: &str, n: usize) -> Result<Vec<StoredIncident>> {
        let filter = "WHERE i.source = ?1 AND i.external_id >= ?2 AND i.external_id < ?3
                      ORDER BY i.external_id DESC LIMIT ?4";
        let sql = read::select(filter);
        let beyond = format!("{prefix}{}", char::MAX);
        let limit = i64::try_from(n).unwrap_or(i64::MAX);
        let mut found = self.readers.with(|conn| {
            read::all(conn, &sql, (source, prefix, &beyond, limit), format::stored_incident)
        })?;
        found.reverse();
        Ok(found)
    }

    /// Whether a message of `source` was received and is remembered.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn has_message(&self, source: &str, id: &str) -> Result<bool> {
        let sql = format!("{MESSAGES} WHERE source = ?1 AND id = ?2");
        let found = self
            .readers
            .with(|conn| read::first(conn, &sql, [source, id], format::message_received_at))?;
        Ok(found.is_some())
    }

    /// Every failure class, in the order of numbers.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn classes(&self) -> Result<Vec<ClassRecord>> {
        let sql = "SELECT number, opened_at_position, merged_into, seal FROM class ORDER BY number";
        self.readers.with(|conn| read::all(conn, sql, [], format::class_record))
    }

    /// The live incidents of a class, in the order of positions.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn members(&self, class: ClassId) -> Result<Vec<StoredIncident>> {
        let sql = read::select("WHERE m.class = ?1 ORDER BY i.position");
        self.readers.with(|conn| read::all(conn, &sql, [class.number()], format::stored_incident))
    }

    /// The newest epoch; `None` before the first.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn epoch(&self) -> Result<Option<EpochRecord>> {
        let sql = "SELECT number, position, payload, seal FROM epoch";
        self.readers.with(|conn| read::first(conn, sql, [], format::epoch_record))
    }

    /// Every rating with its log position, by question, incident and person.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn ratings(&self) -> Result<Vec<(u64, RatingRecord)>> {
        let sql = format!("{RATINGS} ORDER BY question, incident, who");
        self.readers.with(|conn| read::all(conn, &sql, [], format::rating))
    }

    /// The newest calibration; `None` before the first.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn calibration(&self) -> Result<Option<CalibrationRecord>> {
        let sql = "SELECT position, payload, seal FROM calibration";
        self.readers.with(|conn| read::first(conn, sql, [], format::calibration_record))
    }

    /// Every decision, in the order in which they were made.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn decisions(&self) -> Result<Vec<Decision>> {
        let sql = "SELECT number, request_id, body, seal FROM decision ORDER BY number";
        self.readers.with(|conn| read::all(conn, sql, [], format::decision))
    }

    /// What happened to `class`, or to another where `class` was concerned, in the order in which it
    /// happened.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn lineage(&self, class: ClassId) -> Result<Vec<LineageEvent>> {
        let sql = format!("{LINEAGE} WHERE class = ?1 OR other = ?1 ORDER BY number");
        self.readers.with(|conn| read::all(conn, &sql, [class.number()], format::lineage))
    }

    /// The incidents that changed class after `position` of the log without being put anew, in no order; some may be
    /// gone by now.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn moved_after(&self, position: u64) -> Result<Vec<IncidentId>> {
        let sql = format!("{LINEAGE} WHERE position > {position}");
        let moves = self.readers.with(|conn| read::all(conn, &sql, [], format::lineage))?;
        Ok(moves.into_iter().flat_map(|event| event.incidents).collect())
    }

    fn for_each_in<E: From<Error>>(
        &self,
        filter: &str,
        mut visit: impl FnMut(StoredIncident) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = read::select(filter);
        self.readers
            .with(|conn| read::each(conn, &sql, [], |row| visit(format::stored_incident(row)?)))
    }
}

fn by_id(conn: &Connection, id: &IncidentId) -> Result<Option<StoredIncident>> {
    read::incident(conn, "WHERE i.id = ?1", [id.as_str()])
}
