//! BM25F: each field's frequencies saturate together.

use std::collections::HashMap;

use vector::{Bag, DocumentFrequencies};

/// How much one occurrence in the title, the body and the services counts.
const FIELD_WEIGHTS: [f64; 3] = [3.0, 1.0, 1.0];
/// How soon a term that is repeated counts no more (Robertson and Zaragoza, 2009, section 3.5).
const K1: f64 = 1.2;
/// How much a long field counts less.
const B: f64 = 0.75;

/// The impact of every term in every document: `idf * tf / (k1 + tf)`, where `tf` is the weighted sum of
/// the fields' frequencies, each divided by `1 - b + b * length / mean length` (Robertson and Zaragoza,
/// "The probabilistic relevance framework: BM25 and beyond", 2009, section 3.6). The impact does not depend
/// on the question, so a score is a sum over shared terms.
///
/// A document takes 8 bytes per distinct term.
#[derive(Debug)]
pub(crate) struct Bm25f {
    mean_lengths: [f64; 3],
    offsets: Vec<usize>,
    /// By document: the numbers of its terms, ascending, with their impacts.
    impacts: Vec<(u32, f32)>,
}

/// The impacts of a question's own terms.
#[derive(Debug)]
pub(crate) struct FieldsQuery {
    terms: Vec<u32>,
    own_score: f64,
}

impl Bm25f {
    /// Computes every impact. `number` gives the terms of the documents their numbers, in the order of
    /// the terms' bytes.
    pub(crate) fn build<'a>(
        documents: impl Iterator<Item = &'a [Bag; 3]> + Clone,
        number: &HashMap<&str, u32>,
        frequencies: &DocumentFrequencies,
    ) -> Self {
        let mut bm25f = Self {
            mean_lengths: mean_lengths(documents.clone()),
            offsets: vec![0],
            impacts: Vec::new(),
        };
        for fields in documents {
            for (term, impact) in bm25f.impacts_of(fields, frequencies) {
                let number = number.get(term).expect("the terms of documents are numbered");
                bm25f.impacts.push((*number, impact as f32));
            }
            bm25f.offsets.push(bm25f.impacts.len());
        }
        bm25f
    }

    /// A question made ready to be compared with many documents.
    pub(crate) fn query(
        &self,
        fields: &[Bag; 3],
        number: impl Fn(&str) -> Option<u32>,
        frequencies: &DocumentFrequencies,
    ) -> FieldsQuery {
        let impacts = self.impacts_of(fields, frequencies);
        FieldsQuery {
            own_score: impacts.iter().map(|(_, impact)| impact).sum(),
            terms: impacts.iter().filter_map(|(term, _)| number(term)).collect(),
        }
    }

    /// The score of a document in relation to that of the question itself, in [0, 1].
    pub(crate) fn score(&self, query: &FieldsQuery, row: usize) -> f64 {
        let mut held = self.impacts[self.offsets[row]..self.offsets[row + 1]].iter().peekable();
        let mut sum = 0.0;
        for term in &query.terms {
            while held.next_if(|(other, _)| other < term).is_some() {}
            sum += held.next_if(|(other, _)| other == term).map_or(0.0, |(_, it)| f64::from(*it));
        }
        if query.own_score > 0.0 { (sum / query.own_score).min(1.0) } else { 0.0 }
    }

    /// How many bytes the documents take.
    pub(crate) fn bytes(&self) -> usize {
        self.impacts.len() * 8 + self.offsets.len() * 8
    }

    /// Each term with its impact, in the order of the terms' bytes.
    fn impacts_of<'a>(
        &self,
        fields: &'a [Bag; 3],
        frequencies: &DocumentFrequencies,
    ) -> Vec<(&'a str, f64)> {
        let mut cells: Vec<(&str, f64)> = Vec::new();
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
            (run[0].0, frequencies.idf(run[0].0) * frequency / (K1 + frequency))
        })
        .collect()
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
    use super::*;

    fn fields(title: &str, body: &str) -> [Bag; 3] {
        let bag = |text: &str| Bag::count(text.split_whitespace().map(|word| (word, 1)));
        [bag(title), bag(body), Bag::default()]
    }

    /// The score of each document for the first.
    fn scores(documents: &[[Bag; 3]]) -> Vec<f64> {
        let mut terms: Vec<&str> = Vec::new();
        let mut frequencies = DocumentFrequencies::default();
        for field in documents.iter().flatten() {
            terms.extend(field.iter().map(|(term, _)| term));
            frequencies.add(field);
        }
        terms.sort_unstable();
        terms.dedup();
        let number: HashMap<&str, u32> = terms.iter().copied().zip(0..).collect();
        let bm25f = Bm25f::build(documents.iter(), &number, &frequencies);
        let query = bm25f.query(&documents[0], |term| number.get(term).copied(), &frequencies);
        (0..documents.len()).map(|row| bm25f.score(&query, row)).collect()
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
