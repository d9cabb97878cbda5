//! Past incidents that may answer.

use std::sync::OnceLock;

use incident::{AsOf, Incident, IncidentId};
use index::{Filter, Hit, Snapshot};
use recurrence::ClassId;
use vector::SparseVector;

use crate::answer::SimilarRequest;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::question::Question;
use crate::state::State;

/// How many candidates the verdict looks at, more than are shown.
pub(crate) const LOOKED_AT_MIN: usize = 50;

/// A past incident that shares a term with the question.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) id: IncidentId,
    pub(crate) started_at: Option<i64>,
    pub(crate) class: Option<ClassId>,
    pub(crate) score: f64,
    /// The terms it shares with the question.
    pub(crate) shared: Vec<String>,
    incident: OnceLock<Incident>,
}

impl Candidate {
    /// What a search by `query` found.
    pub(crate) fn of_hit(hit: Hit, query: &SparseVector, snapshot: &Snapshot) -> Self {
        let entry = snapshot.catalog().entry(hit.doc);
        let shared = snapshot.postings().shared_terms(query, hit.doc);
        Self {
            id: entry.id.clone(),
            started_at: entry.started_at,
            class: snapshot.catalog().class_of(hit.doc).map(ClassId::new),
            score: hit.score,
            shared: shared.into_iter().map(|(term, _)| term.to_owned()).collect(),
            incident: OnceLock::new(),
        }
    }

    /// The incident as it was known at `as_of`; read from the store once.
    ///
    /// # Errors
    /// Where the store cannot be read; [`Error::Overtaken`] where it has changed since `state`.
    pub(crate) fn incident(&self, engine: &Engine, state: &State, as_of: AsOf) -> Result<Incident> {
        if let Some(incident) = self.incident.get() {
            return Ok(incident.clone());
        }
        let incident = engine.stored(&self.id, state)?.as_known_at(as_of);
        let incident = incident.ok_or(Error::Overtaken)?;
        Ok(self.incident.get_or_init(|| incident).clone())
    }
}

/// The best candidates, best first; ties: newer first, then by id. With an explicit as-of also those
/// incidents that were going on then, by what was known of them.
pub(crate) fn candidates(
    engine: &Engine,
    state: &State,
    question: &Question,
    filter: &Filter,
    request: &SimilarRequest,
) -> Result<Vec<Candidate>> {
    let snapshot = &state.snapshot;
    let n_wanted = request.k.max(LOOKED_AT_MIN);
    let mut found: Vec<Candidate> = snapshot
        .search(&question.vector, filter, n_wanted)
        .into_iter()
        .map(|hit| Candidate::of_hit(hit, &question.vector, snapshot))
        .collect();
    if request.as_of.explicit {
        found.extend(in_flight(engine, state, question, filter, request.as_of)?);
        found.sort_by(|left, right| {
            right
                .score
                .total_cmp(&left.score)
                .then_with(|| right.started_at.cmp(&left.started_at))
                .then_with(|| left.id.cmp(&right.id))
        });
        found.truncate(n_wanted);
    }
    Ok(found)
}

/// What `filter` lets through and had begun at `as_of`, whether or not it was over.
pub(crate) fn begun(filter: &Filter, as_of: AsOf) -> Filter {
    let until = Some(filter.until.map_or(as_of.secs(), |until| until.min(as_of.secs())));
    Filter { as_of: None, until, ..filter.clone() }
}

/// The incidents that had begun and were not over at `as_of`, scored by what was known of them.
fn in_flight(
    engine: &Engine,
    state: &State,
    question: &Question,
    filter: &Filter,
    as_of: AsOf,
) -> Result<Vec<Candidate>> {
    let snapshot = &state.snapshot;
    let catalog = snapshot.catalog();
    let mut found = Vec::new();
    for doc in snapshot.select(&begun(filter, as_of)) {
        let entry = catalog.entry(doc);
        if entry.known_from.is_none_or(|known| known <= as_of.secs()) {
            continue;
        }
        let Some(known) = engine.stored(&entry.id, state)?.as_known_at(as_of) else {
            continue;
        };
        let bag = engine.retriever.search_bag(&known);
        let parts = snapshot.postings().parts(&question.vector, &bag);
        if parts.is_empty() {
            continue;
        }
        found.push(Candidate {
            id: entry.id.clone(),
            started_at: entry.started_at,
            class: catalog.class_of(doc).map(ClassId::new),
            score: parts.iter().map(|(_, part)| part).sum(),
            shared: parts.iter().map(|(term, _)| (*term).to_owned()).collect(),
            incident: OnceLock::from(known),
        });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Query;
    use crate::prepare::Item;

    fn incident(title: &str) -> Item {
        let mut incident = Incident::new("jsonl", "1", title);
        incident.started_at = incident::Moment::parse("2025-05-01T10:00:00Z").ok();
        Item::Incident(Box::new(incident))
    }

    fn found(engine: &Engine, state: &State, as_of: AsOf) -> Vec<Candidate> {
        let query = Query::Text("disk full".to_owned());
        let question = Question::read(engine, state, &query, as_of).expect("a question");
        let filter = Filter { as_of: as_of.explicit.then_some(as_of), ..Filter::default() };
        let request = SimilarRequest { query, k: 1, filter: filter.clone(), as_of };
        candidates(engine, state, &question, &filter, &request).expect("readable")
    }

    #[test]
    fn an_incident_that_changed_since_the_search_is_not_mixed_with_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        engine.ingest(vec![incident("disk full")]).expect("committed");
        let before = engine.state();
        engine.ingest(vec![incident("disk full again")]).expect("committed");

        let stale = found(&engine, &before, now);
        let read = stale[0].incident(&engine, &before, now);
        assert!(matches!(read, Err(Error::Overtaken)), "{read:?}");
        let after = engine.state();
        let fresh = found(&engine, &after, now);
        let read = fresh[0].incident(&engine, &after, now).expect("it is as it was found");
        assert_eq!(read.title, "disk full again");
    }

    #[test]
    fn an_incident_is_a_candidate_once_whether_it_is_going_on_or_over() {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        engine.ingest(vec![incident("disk full")]).expect("committed");
        let count =
            |as_of| found(&engine, &engine.state(), AsOf::parse(as_of).expect("a time")).len();
        assert_eq!(count("2025-05-01T09:59:59Z"), 0);
        assert_eq!(count("2025-05-01T10:00:00Z"), 1);
        assert_eq!(count("2025-05-01"), 1);
    }
}
