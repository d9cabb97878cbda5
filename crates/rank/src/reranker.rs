//! Candidates in a better order.

use std::collections::HashMap;

use index::{DocId, Hit, Postings, Snapshot};
use vector::{Bag, DocumentFrequencies, Matrix, SparseVector};

use crate::blend::{Blend, Parts, Signals};
use crate::bm25f::{Bm25f, FieldsQuery};
use crate::document::Document;
use crate::grams::{GramQuery, GramRows, Grams};
use crate::hubness::Hubness;
use crate::lsa::Lsa;

/// How much of a document is read by its characters.
const CHARACTERS_MAX: usize = 2_000;
const SECS_PER_DAY: f64 = 86_400.0;

/// Everything that is known of the documents of a snapshot beyond its postings, a row each.
#[derive(Debug)]
pub struct Reranker {
    docs: Vec<DocId>,
    dates: Vec<Option<i64>>,
    norms: Vec<f64>,
    numbers: HashMap<Box<str>, u32>,
    characters: GramRows,
    titles: GramRows,
    latent: Lsa,
    fields: Bm25f,
    hubness: Hubness,
}

/// A question made ready to be compared with many candidates.
#[derive(Debug)]
pub struct Question {
    characters: GramQuery,
    title: GramQuery,
    latent: Vec<f32>,
    fields: FieldsQuery,
    row: Option<usize>,
    asked_at: Option<i64>,
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
        let numbers = numbered(documents().map(|one| &one.search));
        let frequencies = &postings.weights().frequencies;
        let matrix = matrix(&vectors, &numbers);
        Self {
            norms: vectors.iter().map(SparseVector::norm).collect(),
            characters: GramRows::build(documents().map(whole)),
            titles: GramRows::build(documents().map(title)),
            latent: Lsa::fit(&matrix, &by_id(&docs, snapshot), seed),
            fields: Bm25f::build(documents().map(|one| &one.fields), &numbers, frequencies),
            hubness: Hubness::build(postings, &docs, &vectors, &dates),
            numbers: numbers.into_iter().map(|(term, number)| (term.into(), number)).collect(),
            docs,
            dates,
        }
    }

    /// Reads a question. `doc` is its own number where it is one of the documents; `asked_at` is when it is
    /// asked, in seconds since 1970, UTC: only what began before speaks of hubness, and recency counts from
    /// then. `None`: everything speaks, and no recency counts.
    #[must_use]
    pub fn question(
        &self,
        document: &Document,
        postings: &Postings,
        doc: Option<DocId>,
        asked_at: Option<i64>,
    ) -> Question {
        let frequencies: &DocumentFrequencies = &postings.weights().frequencies;
        let number = |term: &str| self.numbers.get(term).copied();
        let vector = postings.embed(&document.search);
        let cells = vector.iter().filter_map(|(term, weight)| Some((number(term)?, weight)));
        Question {
            characters: self.characters.query(&whole(document)),
            title: self.titles.query(&title(document)),
            latent: self.latent.project(cells),
            fields: self.fields.query(&document.fields, number, frequencies),
            row: doc.and_then(|doc| self.row_of(doc)),
            asked_at,
        }
    }

    /// Orders what `snapshot` found, best first; ties: newer first, then by id.
    ///
    /// # Panics
    /// Where a candidate is none of the documents.
    #[must_use]
    pub fn rerank(
        &self,
        candidates: &[Hit],
        question: &Question,
        blend: &Blend,
        snapshot: &Snapshot,
    ) -> Vec<Ranked> {
        let mut ranked: Vec<Ranked> = candidates
            .iter()
            .map(|hit| {
                let parts = blend.parts(&self.signals(*hit, question, snapshot.postings()));
                Ranked { doc: hit.doc, score: parts.sum(), parts }
            })
            .collect();
        let entry = |ranked: &Ranked| snapshot.catalog().entry(ranked.doc);
        ranked.sort_by(|left, right| {
            let by_score = right.score.total_cmp(&left.score);
            by_score.then_with(|| entry(left).newer_first(entry(right)))
        });
        for one in &mut ranked {
            one.parts = one.parts.bounded();
            one.score = one.parts.sum();
        }
        ranked
    }

    /// What speaks for and against a candidate.
    ///
    /// # Panics
    /// Where it is none of the documents.
    #[must_use]
    pub fn signals(&self, hit: Hit, question: &Question, postings: &Postings) -> Signals {
        let row = self.row_of(hit.doc).expect("a candidate is one of the documents");
        let words = hit.score / postings.slope();
        let ages = question.asked_at.zip(self.dates[row]);
        Signals {
            words,
            words_unpivoted: (words * postings.pivoted(self.norms[row]) / self.norms[row]).min(1.0),
            characters: self.characters.cosine(&question.characters, row),
            latent: self.latent.cosine(&question.latent, row),
            title: self.titles.cosine(&question.title, row),
            fields: self.fields.score(&question.fields, row),
            hubness: self.hubness.of(row, question.asked_at, question.row),
            age_days: ages.map(|(asked, began)| (asked - began) as f64 / SECS_PER_DAY),
        }
    }

    /// How many bytes each kind of row takes in all, by name.
    #[must_use]
    pub fn bytes(&self) -> [(&'static str, usize); 6] {
        let (documents, terms) = self.latent.bytes();
        [
            ("characters", self.characters.bytes()),
            ("titles", self.titles.bytes()),
            ("latent documents", documents),
            ("latent terms", terms),
            ("fields", self.fields.bytes()),
            ("hubness", self.hubness.bytes()),
        ]
    }

    fn row_of(&self, doc: DocId) -> Option<usize> {
        self.docs.binary_search(&doc).ok()
    }
}

/// The rows in the order of their ids, in which sums do not depend on which came first.
fn by_id(docs: &[DocId], snapshot: &Snapshot) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..docs.len()).collect();
    rows.sort_by_key(|row| &snapshot.catalog().entry(docs[*row]).id);
    rows
}

/// The grams of the title, twice, and the body.
fn whole(document: &Document) -> Grams {
    let texts = [&document.title, &document.title, &document.body];
    Grams::of(texts.into_iter().map(String::as_str), CHARACTERS_MAX)
}

fn title(document: &Document) -> Grams {
    Grams::of(std::iter::once(document.title.as_str()), CHARACTERS_MAX)
}

/// The distinct terms, numbered in the order of their bytes.
fn numbered<'a>(bags: impl Iterator<Item = &'a Bag>) -> HashMap<&'a str, u32> {
    let mut terms: Vec<&str> = bags.flat_map(|bag| bag.iter().map(|(term, _)| term)).collect();
    terms.sort_unstable();
    terms.dedup();
    terms.into_iter().zip(0..).collect()
}

/// The unit vectors, a row each.
fn matrix(vectors: &[SparseVector], numbers: &HashMap<&str, u32>) -> Matrix {
    let rows = vectors
        .iter()
        .map(|vector| vector.iter().map(|(term, weight)| (numbers[term], weight / vector.norm())));
    Matrix::from_rows(numbers.len(), rows)
}
