//! All documents of a snapshot, read up front: for evaluations, which ask about each of them.

use std::sync::Arc;

use index::{DocId, Hit, Snapshot};
use vector::SparseVector;

use crate::blend::{Blend, Parts, Signals};
use crate::document::Document;
use crate::features::Features;
use crate::hubness::Hubness;
use crate::model::Model;

/// A model of a whole snapshot with the features of all its documents.
#[derive(Debug)]
pub struct Reranker {
    model: Arc<Model>,
    docs: Vec<DocId>,
    features: Vec<Features>,
    hubness: Hubness,
}

/// Who asks, and when.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inquirer {
    /// The document that asks, where it is one of them.
    pub own: Option<DocId>,
    /// In seconds since 1970, UTC: only what began before speaks of hubness. `None`: everything does.
    pub asked_at: Option<i64>,
}

/// A candidate with its score and the reasons for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Which.
    pub doc: DocId,
    /// In [0, 1].
    pub score: f64,
    /// They sum to the score.
    pub parts: Parts,
}

impl Reranker {
    /// Reads `documents`, ascending, by the weights of `snapshot`. `seed` draws the directions that the
    /// latent space is begun with. No score depends on the order of arrival.
    ///
    /// # Panics
    /// Where the documents do not ascend, or are not of the snapshot.
    #[must_use]
    pub fn build(documents: &[(DocId, Document)], snapshot: &Snapshot, seed: u64) -> Self {
        assert!(documents.is_sorted_by(|left, right| left.0 < right.0), "documents ascend");
        let postings = snapshot.postings();
        let docs: Vec<DocId> = documents.iter().map(|(doc, _)| *doc).collect();
        let documents = || documents.iter().map(|(_, document)| document);
        let dates: Vec<Option<i64>> = documents().map(|one| one.started_at).collect();
        let vectors: Vec<SparseVector> =
            documents().map(|one| postings.embed(&one.search)).collect();
        let mut by_id: Vec<(DocId, &Document)> = docs.iter().copied().zip(documents()).collect();
        by_id.sort_by_key(|(doc, _)| snapshot.catalog().id(*doc));
        let by_id: Vec<&Document> = by_id.into_iter().map(|(_, document)| document).collect();
        let model = Arc::new(Model::fit(&by_id, postings, seed));
        Self {
            features: documents().map(|one| model.features(one, postings)).collect(),
            hubness: Hubness::build(postings, &docs, &vectors, &dates),
            model,
            docs,
        }
    }

    /// The model that questions are read by.
    #[must_use]
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Orders what `snapshot` found, best first; ties: newer first, then by id. `compared` tells the signals of a
    /// document that the index found with a score, hubness left out.
    ///
    /// # Panics
    /// Where a candidate is none of the documents.
    #[must_use]
    pub fn rerank(
        &self,
        candidates: &[Hit],
        inquirer: Inquirer,
        compared: impl Fn(&Features, f64) -> Signals,
        blend: &Blend,
        snapshot: &Snapshot,
    ) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = candidates
            .iter()
            .map(|hit| {
                let parts = blend.parts(&self.signals(*hit, inquirer, &compared));
                Ranked { doc: hit.doc, score: parts.sum(), parts }
            })
            .collect();
        let catalog = snapshot.catalog();
        ranked.sort_by(|left, right| {
            let by_score = right.score.total_cmp(&left.score);
            by_score.then_with(|| catalog.newer_first(left.doc, right.doc))
        });
        for one in &mut ranked {
            one.parts = one.parts.bounded();
            one.score = one.parts.sum();
        }
        ranked
    }

    /// What speaks for and against a candidate, hubness among it.
    ///
    /// # Panics
    /// Where it is none of the documents.
    #[must_use]
    pub fn signals(
        &self,
        hit: Hit,
        inquirer: Inquirer,
        compared: impl Fn(&Features, f64) -> Signals,
    ) -> Signals {
        let row = self.row_of(hit.doc).expect("a candidate is one of the documents");
        let own = inquirer.own.and_then(|doc| self.row_of(doc));
        let hubness = self.hubness.of(row, inquirer.asked_at, own);
        Signals { hubness, ..compared(&self.features[row], hit.score) }
    }

    fn row_of(&self, doc: DocId) -> Option<usize> {
        self.docs.binary_search(&doc).ok()
    }
}
