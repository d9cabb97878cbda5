//! The candidates of a collection, ranked anew.

use std::collections::HashMap;

use incident::{Incident, IncidentId};
use index::{DocId, Hit, Snapshot};
use rank::{Blend, Document, Ranked, Reranker};

use crate::retriever::Retriever;
use crate::writer::SEED;

/// How many candidates are ranked anew: what is relevant and shares a word is nearly always among them.
pub(crate) const CANDIDATES: usize = 200;

/// What is known of a collection beyond its index.
#[derive(Debug)]
pub(crate) struct SecondStage {
    reranker: Reranker,
    blend: Blend,
    docs: HashMap<IncidentId, DocId>,
}

impl SecondStage {
    /// Reads `incidents`, which are the documents `docs` of `snapshot`, in that order.
    pub(crate) fn build(
        incidents: &[Incident],
        docs: &[DocId],
        retriever: &Retriever,
        snapshot: &Snapshot,
        blend: Blend,
    ) -> Self {
        let pairs = || docs.iter().copied().zip(incidents);
        let documents: Vec<(DocId, Document)> =
            pairs().map(|(doc, one)| (doc, retriever.document(one))).collect();
        Self {
            reranker: Reranker::build(&documents, snapshot, SEED),
            blend,
            docs: pairs().map(|(doc, one)| (one.id.clone(), doc)).collect(),
        }
    }

    /// The candidates in their new order, as of when `incident` began.
    pub(crate) fn rank(
        &self,
        candidates: &[Hit],
        incident: &Incident,
        retriever: &Retriever,
        snapshot: &Snapshot,
    ) -> Vec<Ranked> {
        let document = retriever.document(incident);
        let doc = self.docs.get(&incident.id).copied();
        let asked_at = document.started_at;
        let question = self.reranker.question(&document, snapshot.postings(), doc, asked_at);
        self.reranker.rerank(candidates, &question, &self.blend, snapshot)
    }
}
