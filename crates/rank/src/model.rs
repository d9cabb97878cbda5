//! What the second stage knows of a corpus as a whole.

use std::collections::HashMap;

use index::Postings;
use serde::{Deserialize, Serialize};
use vector::{Matrix, SparseVector};

use crate::bm25f::{Bm25f, FieldsQuery};
use crate::bytes::Encoder;
use crate::document::Document;
use crate::features::{Features, Written};
use crate::grams::{GramQuery, GramWeights, Grams};
use crate::hash::number_of;
use crate::lsa::Lsa;

/// Room for the features of a text of 60 words or so.
const FEATURES_BYTES_LIKELY: usize = 8_192;

/// The statistics of a corpus that single documents are compared by: how common each gram is, how long
/// fields are, which terms stand together. It holds no text: grams and terms are kept as hashes.
#[derive(Debug, Default)]
pub struct Model {
    characters: GramWeights,
    titles: GramWeights,
    pub(crate) latent: Lsa,
    fields: Bm25f,
}

/// A question made ready to be compared with many documents.
#[derive(Debug)]
pub struct Question {
    pub(crate) characters: GramQuery,
    pub(crate) title: GramQuery,
    pub(crate) latent: Vec<f32>,
    pub(crate) fields: FieldsQuery,
    pub(crate) asked_at: Option<i64>,
}

/// The form on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    characters: (u32, Vec<(u32, u32)>),
    titles: (u32, Vec<(u32, u32)>),
    latent: Lsa,
    fields: Bm25f,
}

impl Model {
    /// Fits the statistics to `documents`, which stand in an order of their own, such as that of their ids: sums
    /// depend on it, and must not on the order of arrival. Terms are weighed by `postings`. `seed` draws
    /// the directions that the latent space is begun with.
    #[must_use]
    pub fn fit(documents: &[&Document], postings: &Postings, seed: u64) -> Self {
        let grams =
            |of: fn(&Document) -> Grams| GramWeights::count(documents.iter().map(|one| of(one)));
        let (matrix, terms) = matrix(documents, postings);
        Self {
            characters: grams(Document::grams),
            titles: grams(Document::title_grams),
            latent: Lsa::fit(&matrix, &terms, seed),
            fields: Bm25f::fit(documents.iter().map(|one| &one.fields)),
        }
    }

    /// Reads a document, weighing its terms by `postings`.
    #[must_use]
    pub fn features(&self, document: &Document, postings: &Postings) -> Features {
        let mut cells: Vec<(u64, f64)> = postings
            .weigh(&document.search)
            .map(|(term, weight)| (number_of(term), weight))
            .collect();
        let norm = cells.iter().fold(0.0, |squares, (_, weight)| squares + weight * weight).sqrt();
        cells.iter_mut().for_each(|(_, weight)| *weight /= norm);
        let mut rows = Encoder::with_room_for(FEATURES_BYTES_LIKELY);
        self.characters.put_row(&document.grams(), &mut rows);
        self.titles.put_row(&document.title_grams(), &mut rows);
        self.fields.put_row(&document.fields, |term| postings.idf(term), &mut rows);
        let latent = self.latent.project(&cells);
        Written { rows, latent, norm, started_at: document.started_at }.finish()
    }

    /// Reads a question. `asked_at` is when it is asked, in seconds since 1970, UTC: recency counts from
    /// then; `None`: none does.
    #[must_use]
    pub fn question(
        &self,
        document: &Document,
        postings: &Postings,
        asked_at: Option<i64>,
    ) -> Question {
        Question {
            characters: self.characters.query(&document.grams()),
            title: self.titles.query(&document.title_grams()),
            latent: self.latent.project(&cells(&postings.embed(&document.search))),
            fields: self.fields.query(&document.fields, |term| postings.idf(term)),
            asked_at,
        }
    }

    /// The model as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let kept = Kept {
            characters: self.characters.to_counts(),
            titles: self.titles.to_counts(),
            latent: self.latent.clone(),
            fields: self.fields,
        };
        postcard::to_stdvec(&kept).expect("numbers have a form as bytes")
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let kept: Kept = postcard::from_bytes(bytes).ok()?;
        let grams = |(n_texts, counts)| GramWeights::from_counts(n_texts, counts);
        kept.latent.is_sound().then_some(())?;
        Some(Self {
            characters: grams(kept.characters)?,
            titles: grams(kept.titles)?,
            latent: kept.latent,
            fields: kept.fields,
        })
    }
}

/// The numbers of the terms with their weights on the unit vector, in the order of the terms' bytes.
pub(crate) fn cells(vector: &SparseVector) -> Vec<(u64, f64)> {
    vector.iter().map(|(term, weight)| (number_of(term), weight / vector.norm())).collect()
}

/// The unit vectors, a row each, and the numbers of their terms, in the order of the terms' bytes.
fn matrix(documents: &[&Document], postings: &Postings) -> (Matrix, Vec<u64>) {
    let mut terms: Vec<&str> =
        documents.iter().flat_map(|one| one.search.iter().map(|(term, _)| term)).collect();
    terms.sort_unstable();
    terms.dedup();
    let columns: HashMap<&str, u32> = terms.iter().copied().zip(0..).collect();
    let rows = documents.iter().map(|one| {
        let vector = postings.embed(&one.search);
        let cell = |(term, weight): (&str, f64)| (columns[term], weight / vector.norm());
        vector.iter().map(cell).collect::<Vec<_>>()
    });
    let matrix = Matrix::from_rows(terms.len(), rows);
    (matrix, terms.into_iter().map(number_of).collect())
}

#[cfg(test)]
mod tests {
    use incident::Incident;
    use index::{Entry, Index};
    use vector::Bag;

    use super::*;

    fn document(title: &str) -> Document {
        let bag = Bag::count(title.split(' ').map(|word| (word, 1)));
        let fields = [bag.clone(), Bag::default(), Bag::default()];
        Document { title: title.to_owned(), fields, search: bag, ..Document::default() }
    }

    fn fitted(titles: &[&str]) -> (Model, index::Snapshot) {
        let documents: Vec<Document> = titles.iter().map(|title| document(title)).collect();
        let mut index = Index::new(0.85);
        let entry = |one: &Document| Entry::of(&Incident::new("jsonl", one.title.as_str(), ""));
        index.add(documents.iter().map(|one| (entry(one), one.search.clone())));
        index.refresh(1);
        let snapshot = index.snapshot();
        let documents: Vec<&Document> = documents.iter().collect();
        (Model::fit(&documents, snapshot.postings(), 1), snapshot)
    }

    #[test]
    fn a_model_comes_back_from_its_bytes_as_it_was() {
        let (model, snapshot) = fitted(&["tls handshake", "disk full", "disk handshake"]);
        let bytes = model.to_bytes();
        let back = Model::from_bytes(&bytes).expect("it was just written");
        assert_eq!(back.to_bytes(), bytes);
        let (asked, found) = (document("tls disk"), document("disk handshake"));
        let signals = |model: &Model| {
            let question = model.question(&asked, snapshot.postings(), None);
            model.features(&found, snapshot.postings()).signals(0.3, &question, snapshot.postings())
        };
        assert_eq!(signals(&model), signals(&back));
        assert!(!String::from_utf8_lossy(&bytes).contains("disk"), "it holds no text");
    }

    #[test]
    fn other_bytes_are_no_model() {
        let bytes = fitted(&["tls handshake", "disk full"]).0.to_bytes();
        assert!(Model::from_bytes(&bytes[..bytes.len() / 2]).is_none());
        assert!(Model::from_bytes(b"").is_none());
    }

    #[test]
    fn a_model_of_nothing_answers_all_the_same() {
        let (model, snapshot) = fitted(&[]);
        let (asked, found) = (document("tls disk"), document("tls disk"));
        let question = model.question(&asked, snapshot.postings(), None);
        let features = model.features(&found, snapshot.postings());
        let signals = features.signals(0.85, &question, snapshot.postings());
        assert!((signals.characters - 1.0).abs() < 1e-6 && signals.latent == 0.0, "{signals:?}");
    }
}
