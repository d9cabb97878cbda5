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
    /// Whether it had begun and was not over at the as-of.
    pub(crate) in_flight: bool,
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
            in_flight: false,
            incident: OnceLock::new(),
        }
    }

    /// The incident as it was known at `as_of`; read from the store once.
    ///
    /// # Errors
    /// Where the store cannot be read, or the incident was deleted a moment ago.
    pub(crate) fn incident(&self, engine: &Engine, as_of: AsOf) -> Result<Incident> {
        if let Some(incident) = self.incident.get() {
            return Ok(incident.clone());
        }
        let stored = engine.store.incident(&self.id)?;
        let known = stored.and_then(|stored| stored.incident.as_known_at(as_of));
        let incident = known.ok_or_else(|| Error::NoIncident { id: self.id.clone() })?;
        Ok(self.incident.get_or_init(|| incident).clone())
    }
}

/// The best candidates, best first; ties: newer first, then by id. With an explicit as-of also those
/// incidents that were going on then, by what was known of them.
pub(crate) fn candidates(
    engine: &Engine,
    snapshot: &Snapshot,
    question: &Question,
    filter: &Filter,
    request: &SimilarRequest,
) -> Result<Vec<Candidate>> {
    let n_wanted = request.k.max(LOOKED_AT_MIN);
    let mut found: Vec<Candidate> = snapshot
        .search(&question.vector, filter, n_wanted)
        .into_iter()
        .map(|hit| Candidate::of_hit(hit, &question.vector, snapshot))
        .collect();
    if request.as_of.explicit {
        found.extend(in_flight(engine, snapshot, question, filter, request.as_of)?);
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

/// The incidents that had begun and were not over at `as_of`, scored by what was known of them.
fn in_flight(
    engine: &Engine,
    snapshot: &Snapshot,
    question: &Question,
    filter: &Filter,
    as_of: AsOf,
) -> Result<Vec<Candidate>> {
    let until = Some(filter.until.map_or(as_of.secs(), |until| until.min(as_of.secs())));
    let begun = Filter { as_of: None, until, ..filter.clone() };
    let catalog = snapshot.catalog();
    let mut found = Vec::new();
    for doc in snapshot.select(&begun) {
        let entry = catalog.entry(doc);
        if entry.known_from.is_none_or(|known| known <= as_of.secs()) {
            continue;
        }
        let stored = engine.store.incident(&entry.id)?;
        let Some(known) = stored.and_then(|stored| stored.incident.as_known_at(as_of)) else {
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
            in_flight: true,
            incident: OnceLock::from(known),
        });
    }
    Ok(found)
}
