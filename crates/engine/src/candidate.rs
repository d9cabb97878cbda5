//! Past incidents that may answer.

use std::sync::{Arc, OnceLock};

use incident::{AsOf, Incident};
use index::DocId;
use rank::Parts;
use recurrence::ClassId;
use vector::{Bag, SparseVector};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::records::known_at;
use crate::state::State;

/// A past incident that shares a term with the question, ranked.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) doc: DocId,
    pub(crate) class: Option<ClassId>,
    /// What is shown, in [0, 1]; the parts sum to it.
    pub(crate) score: f64,
    /// The score without recency: what the verdict goes by, in [0, 1].
    pub(crate) likeness: f64,
    pub(crate) parts: Parts,
    /// The terms it shares with the question.
    pub(crate) shared: Vec<String>,
    incident: OnceLock<Arc<Incident>>,
}

impl Candidate {
    /// A candidate of these `parts`. `known` is what was known of it, where that is not all of it.
    pub(crate) fn new(
        doc: DocId,
        class: Option<ClassId>,
        parts: Parts,
        shared: Vec<String>,
        known: Option<Arc<Incident>>,
    ) -> Self {
        let parts = parts.bounded();
        Self {
            doc,
            class,
            score: parts.sum(),
            likeness: parts.likeness(),
            parts,
            shared,
            incident: known.map_or_else(OnceLock::new, OnceLock::from),
        }
    }

    /// The incident as it was known at `as_of`; read once.
    ///
    /// # Errors
    /// Where the store cannot be read; [`Error::Overtaken`] where it has changed since `state`.
    pub(crate) fn incident(
        &self,
        engine: &Engine,
        state: &State,
        as_of: AsOf,
    ) -> Result<Arc<Incident>> {
        if let Some(incident) = self.incident.get() {
            return Ok(Arc::clone(incident));
        }
        let record = state.records.one(self.doc, engine, state)?;
        let incident = known_at(record, as_of).ok_or(Error::Overtaken)?;
        Ok(Arc::clone(self.incident.get_or_init(|| incident)))
    }
}

/// The terms of `query` that stand in `bag`, in the order of the terms' bytes.
pub(crate) fn shared_terms(query: &SparseVector, bag: &Bag) -> Vec<String> {
    let mut held = bag.iter().map(|(term, _)| term).peekable();
    let stands = |term: &&str| {
        while held.next_if(|other| other < term).is_some() {}
        held.peek() == Some(term)
    };
    query.iter().map(|(term, _)| term).filter(stands).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use vector::DocumentFrequencies;

    use super::*;

    #[test]
    fn shared_terms_are_those_of_both() {
        let bag = |words: &str| Bag::count(words.split(' ').map(|word| (word, 1)));
        let query = SparseVector::embed(&bag("c a x e"), &DocumentFrequencies::default());
        assert_eq!(shared_terms(&query, &bag("b c d e f")), ["c", "e"]);
        assert!(shared_terms(&query, &bag("b")).is_empty());
    }
}
