//! How well similar incidents are found.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use calibration::{Page, held_out};
use engine::{Collection, Filter, Method, Ranking};
use incident::{Field, Incident};
use parse::Problem;

use crate::documents::read_documents;
use crate::error::{Error, Result};
use crate::labels::{Query, read_queries, write_run};
use crate::metrics::{Judged, RankedQuery, RetrievalScores};

/// How many documents are ranked per query.
const RANKED: usize = 100;

/// What to evaluate.
#[derive(Debug, Clone)]
pub struct RetrievalTask {
    /// JSONL incidents.
    pub docs: PathBuf,
    /// `{"query_id", "relevant_ids"}` per line; a query is the document of that id.
    pub queries: PathBuf,
    /// Where to write `{"query_id", "ranked"}` per line; `None`: nowhere.
    pub run: Option<PathBuf>,
    /// How to rank.
    pub method: Method,
    /// The fields to look at; `None`: all that the method looks at.
    pub fields: Option<Vec<Field>>,
    /// The fields that a query has, as a page has no cause and no resolution yet; `None`: all. The documents keep
    /// all of theirs.
    pub query_fields: Option<Vec<Field>>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrievalOutcome {
    /// How many documents took part.
    pub docs: usize,
    /// The figures.
    pub scores: RetrievalScores,
    /// The lines of the documents that were refused.
    pub problems: Vec<Problem>,
}

/// Ranks for every query the documents that are strictly older; for an undated one all others.
///
/// `seen_auc` and abstention look at every document, as if each were a page: a document that no query
/// line names is taken as one whose failure was not seen before. The score behind `seen_auc` is the
/// greatest without recency; what is shown is decided as [`held_out`] says, pages in the order of their start, ties by id. `progress` is told how many
/// documents are done, of how many.
///
/// # Errors
/// Where a file cannot be read, written or understood, or a query is no document.
pub fn retrieval(
    task: &RetrievalTask,
    mut progress: impl FnMut(usize, usize),
) -> Result<RetrievalOutcome> {
    let (incidents, problems) = read_documents(&task.docs)?;
    let queries = read_queries(&task.queries)?;
    let places: HashMap<&str, usize> =
        (0..).zip(&incidents).map(|(place, one)| (one.external_id.as_str(), place)).collect();
    let collection = Collection::build(&incidents, task.method, task.fields.as_deref());
    let mut rankings = Vec::with_capacity(incidents.len());
    for (done, incident) in incidents.iter().enumerate() {
        let asked = asked(incident, task.query_fields.as_deref());
        rankings.push(collection.similar_to(&asked, older_than(incident), RANKED));
        progress(done + 1, incidents.len());
    }
    let mut ranked = Vec::with_capacity(queries.len());
    for query in &queries {
        let place = places.get(query.id.as_str()).ok_or_else(|| Error::UnknownQuery {
            path: task.queries.clone(),
            query_id: query.id.clone(),
            docs: task.docs.clone(),
        })?;
        ranked.push(ranked_query(
            query,
            &incidents[*place],
            &rankings[*place],
            &collection,
            |id| places.get(id).map(|place| &incidents[*place]),
        ));
    }
    if let Some(path) = &task.run {
        write_run(path, &ranked)?;
    }
    let scores = RetrievalScores::of(&ranked);
    let scores = with_decisions(scores, &queries, &incidents, &rankings);
    Ok(RetrievalOutcome { docs: incidents.len(), scores, problems })
}

/// The incident as a query of the `fields` named. Who asks, and when, stays.
fn asked<'a>(incident: &'a Incident, fields: Option<&[Field]>) -> Cow<'a, Incident> {
    let Some(fields) = fields else {
        return Cow::Borrowed(incident);
    };
    let mut asked = incident.clone();
    for field in Field::ALL.into_iter().filter(|field| !fields.contains(field)) {
        asked.forget(field);
    }
    Cow::Owned(asked)
}

/// The candidates of a query: for a dated one the strictly older dated documents, else all.
fn older_than(incident: &Incident) -> Filter {
    Filter { before: incident.started_at.map(incident::Moment::secs), ..Filter::default() }
}

fn ranked_query<'a>(
    query: &Query,
    incident: &Incident,
    ranking: &Ranking,
    collection: &Collection,
    document: impl Fn(&str) -> Option<&'a Incident>,
) -> RankedQuery {
    let is_older = |other: &Incident| match incident.started_at {
        Some(at) => other.started_at.is_some_and(|before| before.at < at.at),
        None => true,
    };
    let is_candidate = |id: &&String| **id != query.id && document(id).is_some_and(is_older);
    RankedQuery {
        query_id: query.id.clone(),
        ranked: ranking.ranked.iter().map(|(id, _)| id.to_string()).collect(),
        relevant: query.relevant.clone(),
        candidates: collection.candidates(incident, older_than(incident)),
        relevant_candidates: query.relevant.iter().filter(is_candidate).count(),
    }
}

/// Adds what every document, being a page, would have been told.
fn with_decisions(
    scores: RetrievalScores,
    queries: &[Query],
    incidents: &[Incident],
    rankings: &[Ranking],
) -> RetrievalScores {
    let relevant: HashMap<&str, &BTreeSet<String>> =
        queries.iter().map(|query| (query.id.as_str(), &query.relevant)).collect();
    let (mut seen, mut pages) = (Vec::new(), Vec::new());
    for (incident, ranking) in incidents.iter().zip(rankings) {
        let wanted = relevant.get(incident.external_id.as_str());
        let best = ranking.ranked.first();
        let right = wanted.zip(best).is_some_and(|(wanted, (id, _))| wanted.contains(id.as_str()));
        seen.push(Judged { score: ranking.likeness, holds: wanted.is_some() });
        if let Some(began) = incident.started_at {
            let page = Page { standing: ranking.standing, seen: wanted.is_some(), right };
            pages.push((began.secs(), incident.external_id.as_str(), page));
        }
    }
    pages.sort_by_key(|(began, id, _)| (*began, *id));
    let pages: Vec<Page> = pages.into_iter().map(|(_, _, page)| page).collect();
    scores.with_seen(&seen).with_abstention(held_out(&pages))
}
