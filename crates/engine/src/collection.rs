//! Incidents held in memory, for evaluations.

use incident::{Field, Incident, IncidentId};
use index::{DocId, Entry, Filter, Index, Snapshot};
use vector::{Matrix, SparseVector};

use crate::retriever::{Method, Retriever};

/// A whole file of incidents, indexed at once: vocabulary, weights and document frequencies are those
/// of the file. Nothing is stored.
#[derive(Debug)]
pub struct Collection {
    retriever: Retriever,
    snapshot: Snapshot,
}

impl Collection {
    /// Indexes `incidents` for a search by `method`, over the `fields` named or over all.
    #[must_use]
    pub fn build(incidents: &[Incident], method: Method, fields: Option<&[Field]>) -> Self {
        let mut retriever = Retriever::new(method);
        if let Some(fields) = fields {
            retriever = retriever.restricted_to(fields);
        }
        let bag = |incident| (Entry::of(incident), retriever.search_bag(incident));
        let snapshot = indexed(incidents.iter().map(bag), retriever.slope());
        Self { retriever, snapshot }
    }

    /// The `k` incidents most similar to `incident`, best first, with their scores in [0, 1]; never
    /// the incident itself.
    #[must_use]
    pub fn similar_to(
        &self,
        incident: &Incident,
        mut filter: Filter,
        k: usize,
    ) -> Vec<(IncidentId, f64)> {
        filter.exclude = Some(incident.id.clone());
        let hits = self.snapshot.search(&self.query(incident), &filter, k);
        let catalog = self.snapshot.catalog();
        hits.iter().map(|hit| (catalog.entry(hit.doc).id.clone(), hit.score)).collect()
    }

    /// How many incidents `filter` lets through, `incident` itself left out.
    #[must_use]
    pub fn candidates(&self, incident: &Incident, mut filter: Filter) -> usize {
        filter.exclude = Some(incident.id.clone());
        self.snapshot.extent(&filter).n_docs
    }

    fn query(&self, incident: &Incident) -> SparseVector {
        self.snapshot.postings().embed(&self.retriever.search_bag(incident))
    }
}

/// The unit vectors that failure classes are told apart by, one row per incident in the order given,
/// with the weights of the whole list.
#[must_use]
pub fn class_matrix(incidents: &[Incident]) -> Matrix {
    let retriever = Retriever::new(Method::Default);
    let bag = |incident| (Entry::of(incident), retriever.class_bag(incident));
    let snapshot = indexed(incidents.iter().map(bag), 1.0);
    let docs: Vec<DocId> = snapshot.postings().live_docs().collect();
    snapshot.postings().matrix(&docs)
}

fn indexed(documents: impl Iterator<Item = (Entry, vector::Bag)>, slope: f64) -> Snapshot {
    let mut index = Index::new(slope);
    let docs = index.add(documents);
    index.refresh(docs.len() as u64);
    index.snapshot()
}
