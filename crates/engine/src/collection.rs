//! Incidents held in memory, for evaluations.

use std::collections::HashMap;

use calibration::Standing;
use cluster::{Algorithm, ClusterId, Constraints, Labels, corpus_cut, fit};
use incident::{Field, Incident, IncidentId, Moment};
use index::{DocId, Entry, Filter, Hit, Index, Snapshot};
use rank::{Blend, Document, Features, Inquirer, Parts, Ranked, Reranker};
use vector::{Bag, Matrix};

use crate::contest::CANDIDATES;
use crate::retriever::{Method, Retriever};
use crate::wordings::Wordings;
use crate::writer::SEED;

/// A whole file of incidents, indexed at once: vocabulary, weights, document frequencies and classes
/// are those of the file. Nothing is stored.
#[derive(Debug)]
pub struct Collection {
    retriever: Retriever,
    snapshot: Snapshot,
    second_stage: Option<(Reranker, Blend)>,
    docs: HashMap<IncidentId, DocId>,
}

/// What a collection answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first, with their scores in [0, 1].
    pub ranked: Vec<(IncidentId, f64)>,
    /// The greatest score that recency has no part in, in [0, 1]: recency orders, and tells nothing of
    /// whether a failure was seen before.
    pub likeness: f64,
    /// How the best stands among the others, by likeness; `None` where nothing was found.
    pub standing: Option<Standing>,
}

impl Collection {
    /// Indexes `incidents` for a search by `method`, over the `fields` named or over all.
    #[must_use]
    pub fn build(incidents: &[Incident], method: Method, fields: Option<&[Field]>) -> Self {
        let mut retriever = Retriever::new(method);
        if let Some(fields) = fields {
            retriever = retriever.restricted_to(fields);
        }
        let documents = incidents.iter().map(|one| (Entry::of(one), retriever.search_bag(one)));
        let (mut index, docs) = indexed(documents, retriever.slope());
        let matrix = class_matrix(incidents);
        let labels = class_labels(&matrix, Algorithm::AverageLink, class_cut(&matrix));
        for (doc, label) in docs.iter().copied().zip(labels) {
            index.set_class(doc, label.map(|ClusterId(number)| number + 1));
        }
        let snapshot = index.snapshot();
        let second_stage = method.blend().map(|blend| {
            let documents = docs.iter().zip(incidents);
            let documents: Vec<(DocId, Document)> =
                documents.map(|(doc, one)| (*doc, retriever.document(one))).collect();
            (Reranker::build(&documents, &snapshot, SEED), blend)
        });
        let docs = incidents.iter().map(|one| one.id.clone()).zip(docs).collect();
        Self { retriever, snapshot, second_stage, docs }
    }

    /// The `k` incidents most similar to `incident` that `filter` lets through; never the incident
    /// itself.
    #[must_use]
    pub fn similar_to(&self, incident: &Incident, mut filter: Filter, k: usize) -> Ranking {
        filter.exclude = Some(incident.id.clone());
        let snapshot = &self.snapshot;
        let query = self.retriever.query(incident, snapshot.postings());
        let hits = snapshot.search(&query, &filter, k.max(CANDIDATES));
        let ranked = self.ranked(&hits, incident);
        let id = |doc| IncidentId::new(snapshot.catalog().id(doc));
        Ranking {
            likeness: ranked.iter().map(|one| one.parts.likeness()).fold(0.0, f64::max),
            ranked: ranked.iter().take(k).map(|one| (id(one.doc), one.score)).collect(),
            standing: self.standing(&ranked),
        }
    }

    /// How the first of `ranked` stands among those that are not of its class.
    fn standing(&self, ranked: &[Ranked]) -> Option<Standing> {
        let (best, rest) = ranked.split_first()?;
        let class_of = |found: &Ranked| self.snapshot.catalog().class_of(found.doc);
        let class = class_of(best);
        let others = rest.iter().filter(|other| class.is_none() || class_of(other) != class);
        Some(Standing::among(best.parts.likeness(), others.map(|other| other.parts.likeness())))
    }

    /// All of `hits`, best first.
    fn ranked(&self, hits: &[Hit], incident: &Incident) -> Vec<Ranked> {
        let Some((reranker, blend)) = &self.second_stage else {
            return hits.iter().map(as_found).collect();
        };
        let own = self.docs.get(&incident.id).copied();
        let asked_at = incident.started_at.map(Moment::secs);
        let (model, postings) = (reranker.model(), self.snapshot.postings());
        let wordings = Wordings::new(incident, &self.retriever, model, postings, asked_at);
        let compared = |features: &Features, score| wordings.signals(features, score);
        reranker.rerank(hits, Inquirer { own, asked_at }, compared, blend, &self.snapshot)
    }

    /// How many incidents `filter` lets through, `incident` itself left out.
    #[must_use]
    pub fn candidates(&self, incident: &Incident, mut filter: Filter) -> usize {
        filter.exclude = Some(incident.id.clone());
        self.snapshot.extent(&filter).n_docs
    }
}

/// A hit as the index ranks it.
fn as_found(hit: &Hit) -> Ranked {
    let parts = Parts { words: hit.score, ..Parts::default() };
    Ranked { doc: hit.doc, score: hit.score, parts }
}

/// The unit vectors that failure classes are told apart by, one row per incident in the order given,
/// with the weights of the whole list.
#[must_use]
pub fn class_matrix(incidents: &[Incident]) -> Matrix {
    let retriever = Retriever::new(Method::Default);
    let documents = incidents.iter().map(|one| (Entry::of(one), retriever.class_bag(one)));
    let (index, docs) = indexed(documents, 1.0);
    index.postings().matrix(&docs)
}

/// The cosine from which on rows of [`class_matrix`] belong together, by their own null.
#[must_use]
pub fn class_cut(matrix: &Matrix) -> f64 {
    corpus_cut(matrix, SEED).value
}

/// The classes of the rows of [`class_matrix`], all at once, at the cosine `cut`.
///
/// # Panics
/// Where `cut` is not above 0 and at most 1.
#[must_use]
pub fn class_labels(matrix: &Matrix, algorithm: Algorithm, cut: f64) -> Labels {
    fit(matrix, algorithm, cut, &Constraints::default())
}

/// The classes of the rows of [`class_matrix`], one row after another in the order of `order`, at the
/// cosine `cut`.
#[must_use]
pub fn online_class_labels(matrix: &Matrix, order: Vec<usize>, cut: f64) -> Labels {
    cluster::online(matrix, order, cut)
}

fn indexed(documents: impl Iterator<Item = (Entry, Bag)>, slope: f64) -> (Index, Vec<DocId>) {
    let mut index = Index::new(slope);
    let docs = index.add(documents);
    index.refresh(docs.len() as u64);
    (index, docs)
}
