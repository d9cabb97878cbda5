//! Incidents held in memory, for evaluations.

use std::collections::HashMap;

use cluster::{Algorithm, ClusterId, Labels, corpus_cut, fit};
use incident::{Field, Incident, IncidentId};
use index::{DocId, Entry, Filter, Hit, Index, Snapshot};
use rank::{Blend, Document, Reranker};
use recurrence::{Cuts, Verdict, judge};
use vector::{Bag, Matrix};

use crate::candidate::{Candidate, LOOKED_AT_MIN};
use crate::evidence::evidence;
use crate::retriever::{Method, Retriever};
use crate::writer::SEED;

/// A whole file of incidents, indexed at once: vocabulary, weights, document frequencies and classes
/// are those of the file. Nothing is stored.
#[derive(Debug)]
pub struct Collection {
    retriever: Retriever,
    snapshot: Snapshot,
    second_stage: Option<SecondStage>,
}

/// What ranks the candidates anew.
#[derive(Debug)]
struct SecondStage {
    reranker: Reranker,
    blend: Blend,
    docs: HashMap<IncidentId, DocId>,
}

/// How many candidates are ranked anew.
const CANDIDATES: usize = 200;

/// What a collection answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Best first, with their scores in [0, 1].
    pub ranked: Vec<(IncidentId, f64)>,
    /// Whether the best is the same failure, by the documented cuts.
    pub verdict: Verdict,
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
        let labels = class_labels(&matrix, Algorithm::AverageLink);
        for (doc, label) in docs.iter().copied().zip(labels) {
            index.set_class(doc, label.map(|ClusterId(number)| number + 1));
        }
        let snapshot = index.snapshot();
        let second_stage = method.blend().map(|blend| {
            let documents: Vec<(DocId, Document)> =
                (docs.iter().copied().zip(incidents.iter().map(|one| retriever.document(one))))
                    .collect();
            SecondStage {
                reranker: Reranker::build(&documents, &snapshot, SEED),
                blend,
                docs: incidents.iter().map(|one| one.id.clone()).zip(docs).collect(),
            }
        });
        Self { retriever, snapshot, second_stage }
    }

    /// The `k` incidents most similar to `incident` that `filter` lets through; never the incident
    /// itself.
    #[must_use]
    pub fn similar_to(&self, incident: &Incident, mut filter: Filter, k: usize) -> Ranking {
        filter.exclude = Some(incident.id.clone());
        let snapshot = &self.snapshot;
        let query = snapshot.postings().embed(&self.retriever.search_bag(incident));
        let hits = snapshot.search(&query, &filter, k.max(CANDIDATES));
        let found: Vec<Candidate> = hits
            .iter()
            .take(LOOKED_AT_MIN)
            .map(|hit| Candidate::of_hit(*hit, &query, snapshot))
            .collect();
        let class = found.first().and_then(|best| best.class);
        let evidence = evidence(&query, &found, class, snapshot, &filter, false);
        let id = |doc| snapshot.catalog().entry(doc).id.clone();
        let ranked = match &self.second_stage {
            None => hits.iter().map(|hit| (hit.doc, hit.score)).collect(),
            Some(stage) => self.ranked_anew(stage, &hits, incident),
        };
        Ranking {
            ranked: ranked.into_iter().take(k).map(|(doc, score)| (id(doc), score)).collect(),
            verdict: judge(&evidence, &Cuts::DOCUMENTED),
        }
    }

    fn ranked_anew(
        &self,
        stage: &SecondStage,
        hits: &[Hit],
        incident: &Incident,
    ) -> Vec<(DocId, f64)> {
        let postings = self.snapshot.postings();
        let document = self.retriever.document(incident);
        let doc = stage.docs.get(&incident.id).copied();
        let asked_at = document.started_at;
        let question = stage.reranker.question(&document, postings, doc, asked_at);
        let ranked = stage.reranker.rerank(hits, &question, &stage.blend, &self.snapshot);
        ranked.into_iter().map(|ranked| (ranked.doc, ranked.score)).collect()
    }

    /// How many incidents `filter` lets through, `incident` itself left out.
    #[must_use]
    pub fn candidates(&self, incident: &Incident, mut filter: Filter) -> usize {
        filter.exclude = Some(incident.id.clone());
        self.snapshot.extent(&filter).n_docs
    }
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

/// The classes of the rows of [`class_matrix`], all at once, at the cut of their own null.
#[must_use]
pub fn class_labels(matrix: &Matrix, algorithm: Algorithm) -> Labels {
    fit(matrix, algorithm, corpus_cut(matrix, SEED).value)
}

/// The classes of the rows of [`class_matrix`], one row after another in the order of `order`, at the
/// cut of their own null.
#[must_use]
pub fn online_class_labels(matrix: &Matrix, order: Vec<usize>) -> Labels {
    cluster::online(matrix, order, corpus_cut(matrix, SEED).value)
}

fn indexed(documents: impl Iterator<Item = (Entry, Bag)>, slope: f64) -> (Index, Vec<DocId>) {
    let mut index = Index::new(slope);
    let docs = index.add(documents);
    index.refresh(docs.len() as u64);
    (index, docs)
}
