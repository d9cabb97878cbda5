//! Answers that go out, and how far each is.

use incident::IncidentId;
use rusqlite::types::Value;
use rusqlite::{Row, Transaction, params_from_iter};

use crate::error::{Error, Result};
use crate::format::{check_seal, sealed, text, unsigned};
use crate::read;
use crate::store::Store;

pub(crate) const NOTES: &str =
    "SELECT destination, incident, state, attempts, queued_at, due_at, reason, seal FROM note";
/// The states by their names on disk.
const STATES: [(&str, NoteState); 4] = [
    ("waiting", NoteState::Waiting),
    ("sending", NoteState::Sending),
    ("sent", NoteState::Sent),
    ("given_up", NoteState::GivenUp),
];

/// How far an answer is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteState {
    /// It did not arrive, and is to be sent.
    Waiting,
    /// It is being sent, or was when the process ended, or nobody knows whether it arrived.
    Sending,
    /// It arrived.
    Sent,
    /// It is not sent any more.
    GivenUp,
}

impl NoteState {
    /// Its name: `given_up`.
    #[must_use]
    pub fn name(self) -> &'static str {
        STATES.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }
}

/// The answer to an incident that goes to a destination. What it says is worked out when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRecord {
    /// Where it goes, by name.
    pub destination: String,
    /// The incident that it answers.
    pub incident: IncidentId,
    /// How far it is.
    pub state: NoteState,
    /// How often it was sent, or looked for in vain, so far.
    pub attempts: u32,
    /// Since when it is to go out, in milliseconds since 1970, UTC.
    pub queued_at_ms: i64,
    /// When it is to be looked at again, in the same unit.
    pub due_at_ms: i64,
    /// What was in its way the last time; empty: nothing.
    pub reason: String,
}

impl Store {
    /// The note for `destination` on `incident`.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn note(&self, destination: &str, incident: &IncidentId) -> Result<Option<NoteRecord>> {
        let sql = format!("{NOTES} WHERE destination = ?1 AND incident = ?2");
        self.readers().with(|conn| read::first(conn, &sql, [destination, incident.as_str()], note))
    }

    /// The note for `destination` that is due first of those that wait or are being sent; ties by incident.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn next_note(&self, destination: &str) -> Result<Option<NoteRecord>> {
        let sql = format!(
            "{NOTES} WHERE destination = ?1 AND state IN ('waiting', 'sending')
             ORDER BY due_at, incident LIMIT 1"
        );
        self.readers().with(|conn| read::first(conn, &sql, [destination], note))
    }

    /// How many notes of each destination are in each state, in the order of both.
    ///
    /// # Errors
    /// As [`Store::incident`].
    pub fn note_counts(&self) -> Result<Vec<(String, NoteState, u64)>> {
        let sql = "SELECT destination, state, count(*) FROM note GROUP BY destination, state
                   ORDER BY destination, state";
        self.readers().with(|conn| {
            read::all(conn, sql, [], |row| Ok((row.get(0)?, state_at(row, 1)?, unsigned(row, 2)?)))
        })
    }
}

/// Adds a note unless there is one, or the incident is gone.
pub(crate) fn queue(transaction: &Transaction<'_>, note: &NoteRecord) -> Result<()> {
    let sql = "INSERT INTO note (destination, incident, state, attempts, queued_at, due_at, reason, seal)
               SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM incident WHERE id = ?2)
               ON CONFLICT DO NOTHING";
    transaction.prepare_cached(sql)?.execute(params_from_iter(note_row(note)))?;
    Ok(())
}

/// Renews a note, unless it is gone with its incident.
pub(crate) fn renew(transaction: &Transaction<'_>, note: &NoteRecord) -> Result<()> {
    let sql = "UPDATE note SET state = ?3, attempts = ?4, queued_at = ?5, due_at = ?6, reason = ?7, seal = ?8
               WHERE destination = ?1 AND incident = ?2";
    transaction.prepare_cached(sql)?.execute(params_from_iter(note_row(note)))?;
    Ok(())
}

/// The columns of a `note` row, as in [`NOTES`].
fn note_row(note: &NoteRecord) -> Vec<Value> {
    sealed(vec![
        text(&note.destination),
        text(note.incident.as_str()),
        text(note.state.name()),
        Value::from(note.attempts),
        Value::Integer(note.queued_at_ms),
        Value::Integer(note.due_at_ms),
        text(&note.reason),
    ])
}

/// Reads a row of `note`.
pub(crate) fn note(row: &Row<'_>) -> Result<NoteRecord> {
    check_seal(row, 0, 7)?;
    Ok(NoteRecord {
        destination: row.get(0)?,
        incident: IncidentId::new(row.get::<_, String>(1)?),
        state: state_at(row, 2)?,
        attempts: row.get(3)?,
        queued_at_ms: row.get(4)?,
        due_at_ms: row.get(5)?,
        reason: row.get(6)?,
    })
}

fn state_at(row: &Row<'_>, column: usize) -> Result<NoteState> {
    let name: String = row.get(column)?;
    let state = STATES.iter().find(|(known, _)| *known == name);
    let unknown = || Error::Corrupt { message: format!("`{name}` is no state of a note") };
    state.map(|(_, state)| *state).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use incident::Incident;

    use super::*;
    use crate::record::Change;

    fn waiting(destination: &str, id: &str, due_at_ms: i64) -> NoteRecord {
        NoteRecord {
            destination: destination.into(),
            incident: IncidentId::new(id),
            state: NoteState::Waiting,
            attempts: 0,
            queued_at_ms: 1,
            due_at_ms,
            reason: String::new(),
        }
    }

    fn queue(store: &Store, note: &NoteRecord) {
        store.commit(&[Change::QueueNote(note.clone())]).expect("committed");
    }

    fn with_incidents(ids: &[&str]) -> (Store, tempfile::TempDir) {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(dir.path()).expect("a store");
        let put = |(position, id): (u64, &&str)| Change::Put {
            position,
            incident: Box::new(Incident::new("alerts", *id, "Disk full")),
            class: None,
            digest: None,
        };
        let puts: Vec<Change> = (1..).zip(ids).map(put).collect();
        store.commit(&puts).expect("committed");
        (store, dir)
    }

    #[test]
    fn a_note_is_queued_once_and_gone_with_its_incident() {
        let (store, dir) = with_incidents(&["a", "b"]);
        let id = IncidentId::new("a");
        queue(&store, &waiting("pager", "a", 5));
        let sent = NoteRecord { state: NoteState::Sent, attempts: 1, ..waiting("pager", "a", 5) };
        store.commit(&[Change::Note(sent.clone())]).expect("committed");
        queue(&store, &waiting("pager", "a", 9));
        assert_eq!(store.note("pager", &id).expect("read"), Some(sent.clone()));
        assert_eq!(store.note("chat", &id).expect("read"), None);
        drop(store);
        let store = Store::open(dir.path()).expect("again");
        assert_eq!(store.note("pager", &id).expect("read"), Some(sent.clone()));
        store.check().expect("sound");
        store.commit(&[Change::Delete { position: 3, id: id.clone() }]).expect("committed");
        assert_eq!(store.note("pager", &id).expect("read"), None);
        // What comes too late for its incident changes nothing.
        store.commit(&[Change::Note(sent.clone()), Change::QueueNote(sent)]).expect("committed");
        assert_eq!(store.note_counts().expect("read"), []);
    }

    #[test]
    fn the_one_that_is_due_first_is_next() {
        let (store, _dir) = with_incidents(&["a", "b", "c"]);
        for note in [waiting("pager", "c", 7), waiting("pager", "b", 7), waiting("pager", "a", 9)] {
            queue(&store, &note);
        }
        queue(&store, &waiting("chat", "a", 1));
        let next = || {
            store.next_note("pager").expect("read").map(|note| note.incident.as_str().to_owned())
        };
        assert_eq!(next().as_deref(), Some("b"));
        let over = |id: &str, state| {
            let note = NoteRecord { state, ..waiting("pager", id, 7) };
            store.commit(&[Change::Note(note)]).expect("committed");
        };
        over("b", NoteState::Sent);
        over("c", NoteState::GivenUp);
        assert_eq!(next().as_deref(), Some("a"));
        over("a", NoteState::Sending);
        assert_eq!(next().as_deref(), Some("a"), "what was being sent is looked at again");
        let counts = store.note_counts().expect("read");
        let counts: Vec<_> =
            counts.iter().map(|(to, state, n)| (to.as_str(), state.name(), *n)).collect();
        let expected = [
            ("chat", "waiting", 1),
            ("pager", "given_up", 1),
            ("pager", "sending", 1),
            ("pager", "sent", 1),
        ];
        assert_eq!(counts, expected);
    }
}
