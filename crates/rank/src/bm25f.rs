//! BM25F: each field's frequencies saturate together.

use serde::{Deserialize, Serialize};
use vector::Bag;

use crate::bytes::{Decoder, Encoder};
use crate::hash::number_of;

/// How much one occurrence in the title, the body and the services counts.
const FIELD_WEIGHTS: [f64; 3] = [3.0, 1.0, 1.0];
/// How soon a term that is repeated counts no more (Robertson and Zaragoza, 2009, section 3.5).
const K1: f64 = 1.2;
/// How much a long field counts less.
const B: f64 = 0.75;

/// The impact of a term in a document: `idf * tf / (k1 + tf)`, where `tf` is the weighted sum of the
/// fields' frequencies, each divided by `1 - b + b * length / mean length` (Robertson and Zaragoza, "The
/// probabilistic relevance framework: BM25 and beyond", 2009, section 3.6). The impact does not depend on
/// the question, so a score is a sum over shared terms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bm25f {
    mean_lengths: [f64; 3],
}

/// The terms of a document with their impacts where they lie, ascending by the numbers of the terms; 12 bytes each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FieldsRow<'a> {
    terms: &'a [[u8; 8]],
    impacts: &'a [[u8; 4]],
}

/// The terms of a question, ascending by their numbers.
#[derive(Debug)]
pub(crate) struct FieldsQuery {
    terms: Vec<u64>,
    own_score: f64,
}

impl Bm25f {
    /// Measures the fields of `documents`.
    pub(crate) fn fit<'a>(documents: impl Iterator<Item = &'a [Bag; 3]>) -> Self {
        Self { mean_lengths: mean_lengths(documents) }
    }

    /// Writes a [`FieldsRow`]: the impacts of a document.
    pub(crate) fn put_row(&self, fields: &[Bag; 3], idf: impl Fn(&str) -> f64, to: &mut Encoder) {
        let impacts = self.impacts(fields, idf).into_iter();
        let mut impacts: Vec<(u64, f32)> =
            impacts.map(|(term, impact)| (number_of(term), impact as f32)).collect();
        impacts.sort_unstable_by_key(|(term, _)| *term);
        to.put_length(impacts.len());
        to.put_all(impacts.iter().map(|(term, _)| term.to_le_bytes()));
        to.put_all(impacts.iter().map(|(_, impact)| impact.to_le_bytes()));
    }

    /// A question made ready to be compared with many documents.
    pub(crate) fn query(&self, fields: &[Bag; 3], idf: impl Fn(&str) -> f64) -> FieldsQuery {
        let impacts = self.impacts(fields, idf);
        let mut terms: Vec<u64> = impacts.iter().map(|(term, _)| number_of(term)).collect();
        terms.sort_unstable();
        FieldsQuery { own_score: impacts.iter().map(|(_, impact)| impact).sum(), terms }
    }

    /// Each term with its impact, in the order of the terms' bytes.
    fn impacts<'a>(&self, fields: &'a [Bag; 3], idf: impl Fn(&str) -> f64) -> Vec<(&'a str, f64)> {
        let n_cells = fields.iter().map(Bag::len).sum();
        let mut cells: Vec<(&str, f64)> = Vec::with_capacity(n_cells);
        for (at, field) in fields.iter().enumerate() {
            let mean = self.mean_lengths[at];
            let relative = if mean > 0.0 { length(field) / mean } else { 1.0 };
            let scale = FIELD_WEIGHTS[at] / (1.0 - B + B * relative);
            cells.extend(field.iter().map(|(term, count)| (term, f64::from(count) * scale)));
        }
        // Stable, so that the fields of a term stay in their order.
        cells.sort_by_key(|(term, _)| *term);
        let runs = cells.chunk_by(|(left, _), (right, _)| left == right);
        runs.map(|run| {
            let frequency: f64 = run.iter().map(|(_, frequency)| frequency).sum();
            (run[0].0, idf(run[0].0) * frequency / (K1 + frequency))
        })
        .collect()
    }
}

impl<'a> FieldsRow<'a> {
    pub(crate) fn decode(from: &mut Decoder<'a>) -> Option<Self> {
        let n = from.length()?;
        Some(Self { terms: from.numbers(n)?, impacts: from.numbers(n)? })
    }

    /// The score of the document in relation to that of the question itself, in [0, 1].
    pub(crate) fn score(&self, query: &FieldsQuery) -> f64 {
        let mut held = self.terms.iter().map(|term| u64::from_le_bytes(*term)).zip(0..).peekable();
        let mut sum = 0.0;
        for term in &query.terms {
            while held.next_if(|(other, _)| other < term).is_some() {}
            sum += held.next_if(|(other, _)| other == term).map_or(0.0, |(_, at)| self.impact(at));
        }
        if query.own_score > 0.0 { (sum / query.own_score).min(1.0) } else { 0.0 }
    }

    /// What a term of the question brings to the score, before that is cut off at 1.
    pub(crate) fn part(&self, term: u64, query: &FieldsQuery) -> f64 {
        match self.place(term) {
            Some(at) if query.own_score > 0.0 => self.impact(at) / query.own_score,
            _ => 0.0,
        }
    }

    /// Whether the document has a term in one of its fields.
    pub(crate) fn holds(&self, term: u64) -> bool {
        self.place(term).is_some()
    }

    fn place(&self, term: u64) -> Option<usize> {
        self.terms.binary_search_by_key(&term, |other| u64::from_le_bytes(*other)).ok()
    }

    fn impact(&self, at: usize) -> f64 {
        f32::from_le_bytes(self.impacts[at]).into()
    }
}

fn length(field: &Bag) -> f64 {
    field.iter().map(|(_, count)| f64::from(count)).sum()
}

/// The mean length of each field over the documents that have it.
fn mean_lengths<'a>(documents: impl Iterator<Item = &'a [Bag; 3]>) -> [f64; 3] {
    let (mut sums, mut counts) = ([0.0; 3], [0.0_f64; 3]);
    for fields in documents {
        for (at, field) in fields.iter().enumerate().filter(|(_, field)| !field.is_empty()) {
            sums[at] += length(field);
            counts[at] += 1.0;
        }
    }
    std::array::from_fn(|at| sums[at] / counts[at].max(1.0))
}

#[cfg(test)]
mod tests {
    use vector::DocumentFrequencies;

    use super::*;

    fn fields(title: &str, body: &str) -> [Bag; 3] {
        let bag = |text: &str| Bag::count(text.split_whitespace().map(|word| (word, 1)));
        [bag(title), bag(body), Bag::default()]
    }

    /// The score of each document for the first.
    fn scores(documents: &[[Bag; 3]]) -> Vec<f64> {
        let mut frequencies = DocumentFrequencies::default();
        documents.iter().flatten().for_each(|field| frequencies.add(field));
        let bm25f = Bm25f::fit(documents.iter());
        let idf = |term: &str| frequencies.idf(term);
        let query = bm25f.query(&documents[0], idf);
        let score = |one| {
            let mut row = Encoder::default();
            bm25f.put_row(one, idf, &mut row);
            let row = row.finish();
            let row = FieldsRow::decode(&mut Decoder::new(&row)).expect("it was just written");
            row.score(&query)
        };
        documents.iter().map(score).collect()
    }

    #[test]
    fn a_document_is_as_near_to_itself_as_can_be() {
        let found = scores(&[fields("disk full", "on primary"), fields("tls", "expired chain")]);
        assert!((found[0] - 1.0).abs() < 1e-6 && found[1] == 0.0, "{found:?}");
    }

    #[test]
    fn a_word_of_the_title_counts_more_and_a_repeated_one_less_and_less() {
        let found = scores(&[
            fields("disk", "node"),
            fields("disk", "tls"),
            fields("tls", "disk"),
            fields("tls", "disk disk"),
        ]);
        assert!(found[1] > found[3] && found[3] > found[2], "{found:?}");
        assert!(found[3] < 2.0 * found[2], "{found:?}");
    }

    #[test]
    fn a_question_without_terms_scores_0() {
        assert_eq!(scores(&[fields("", ""), fields("disk", "")]), [0.0, 0.0]);
    }
}
