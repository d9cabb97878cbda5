//! The documents of a classifier, their terms numbered.

use std::collections::HashMap;

use vector::{Bag, DocumentFrequencies, Matrix, tf_weight};

/// Documents by row, in the order of arrival, with the weights of the epoch.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    numbers: HashMap<Box<str>, u32>,
    terms: Vec<Box<str>>,
    /// By term.
    idf: Vec<f64>,
    /// By row: terms ascending, with their frequencies; `None` once it is removed.
    rows: Vec<Option<Vec<(u32, u16)>>>,
}

impl Documents {
    /// Adds a document; returns its row. A term that is new here weighs as `frequencies` say.
    pub(crate) fn push(&mut self, bag: &Bag, frequencies: &DocumentFrequencies) -> u32 {
        let numbered = bag.iter().map(|(term, count)| (self.number(term, frequencies), count));
        let mut terms: Vec<(u32, u16)> = numbered.collect();
        terms.sort_unstable();
        let row = u32::try_from(self.rows.len()).expect("rows are counted in 32 bits");
        self.rows.push(Some(terms));
        row
    }

    /// Takes a document out.
    pub(crate) fn remove(&mut self, row: u32) {
        self.rows[row as usize] = None;
    }

    /// How many terms are numbered.
    pub(crate) fn n_terms(&self) -> usize {
        self.terms.len()
    }

    /// The rows that are not removed, ascending.
    pub(crate) fn live_rows(&self) -> Vec<u32> {
        (0..).zip(&self.rows).filter(|(_, row)| row.is_some()).map(|(row, _)| row).collect()
    }

    /// Counts the live documents.
    pub(crate) fn count(&self) -> DocumentFrequencies {
        let mut counts = vec![0_u32; self.terms.len()];
        let mut n_docs = 0;
        for terms in self.rows.iter().flatten() {
            n_docs += 1;
            terms.iter().for_each(|(term, _)| counts[*term as usize] += 1);
        }
        let held = self.terms.iter().cloned().zip(counts).filter(|(_, count)| *count > 0);
        DocumentFrequencies::new(n_docs, held.collect())
    }

    /// Weighs every term by `frequencies` from now on.
    ///
    /// Terms are numbered anew, those of live documents alone: first those with a frequency, in the
    /// order of their bytes, then the others in the order in which they came. Sums over terms are made
    /// in this order.
    pub(crate) fn weigh(&mut self, frequencies: &DocumentFrequencies) {
        let old = std::mem::take(&mut self.terms);
        let mut held = vec![false; old.len()];
        for terms in self.rows.iter().flatten() {
            terms.iter().for_each(|(term, _)| held[*term as usize] = true);
        }
        let mut order: Vec<usize> = (0..old.len()).filter(|term| held[*term]).collect();
        order.sort_by_key(|term| {
            let is_new = frequencies.of(&old[*term]) == 0;
            (is_new, (!is_new).then(|| &*old[*term]), *term)
        });
        let mut numbers = vec![0; old.len()];
        for (number, term) in (0_u32..).zip(&order) {
            numbers[*term] = number;
        }
        for terms in self.rows.iter_mut().flatten() {
            terms.iter_mut().for_each(|(term, _)| *term = numbers[*term as usize]);
            terms.sort_unstable();
        }
        self.terms = order.iter().map(|term| old[*term].clone()).collect();
        self.numbers = self.terms.iter().cloned().zip(0..).collect();
        self.idf = self.terms.iter().map(|term| frequencies.idf(term)).collect();
    }

    /// The vector of a document that is not here, terms ascending. Its length is 1 or, where it has
    /// terms that are not numbered, less.
    pub(crate) fn embed(&self, bag: &Bag, frequencies: &DocumentFrequencies) -> Vec<(u32, f64)> {
        let weight = |(term, count): (&str, u16)| tf_weight(count) * frequencies.idf(term);
        let norm = bag.iter().map(|entry| weight(entry).powi(2)).sum::<f64>().sqrt();
        let known = bag.iter().filter_map(|entry| {
            let number = self.numbers.get(entry.0)?;
            Some((*number, weight(entry) / norm))
        });
        let mut cells: Vec<(u32, f64)> = known.collect();
        cells.sort_unstable_by_key(|(term, _)| *term);
        cells
    }

    /// The unit vector of a live row, terms ascending.
    pub(crate) fn unit(&self, row: u32) -> Vec<(u32, f64)> {
        let weigh =
            |(term, count): &(u32, u16)| (*term, tf_weight(*count) * self.idf[*term as usize]);
        let mut cells: Vec<(u32, f64)> = self.terms_of(row).iter().map(weigh).collect();
        let norm = cells.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        cells.iter_mut().for_each(|(_, weight)| *weight /= norm);
        cells
    }

    /// The unit vectors of live `rows`, terms numbered in the order of their bytes: unlike the numbers
    /// in use here these do not depend on which document came first.
    pub(crate) fn matrix(&self, rows: &[u32]) -> Matrix {
        let mut held: Vec<u32> =
            rows.iter().flat_map(|row| self.terms_of(*row).iter().map(|(term, _)| *term)).collect();
        held.sort_unstable();
        held.dedup();
        held.sort_by_key(|term| &self.terms[*term as usize]);
        let numbers: HashMap<u32, u32> = held.iter().copied().zip(0..).collect();
        let unit = |row: &u32| -> Vec<(u32, f64)> {
            let cells = self.unit(*row).into_iter();
            let mut cells: Vec<(u32, f64)> =
                cells.map(|(term, weight)| (numbers[&term], weight)).collect();
            cells.sort_unstable_by_key(|(term, _)| *term);
            cells
        };
        Matrix::from_rows(held.len(), rows.iter().map(unit))
    }

    /// The terms of a live row, with their frequencies.
    pub(crate) fn bag(&self, row: u32) -> Bag {
        let cells = self.terms_of(row).iter();
        Bag::count(cells.map(|(term, count)| (&*self.terms[*term as usize], *count)))
    }

    fn terms_of(&self, row: u32) -> &[(u32, u16)] {
        self.rows[row as usize].as_deref().expect("only live rows are asked for")
    }

    fn number(&mut self, term: &str, frequencies: &DocumentFrequencies) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = u32::try_from(self.terms.len()).expect("terms are counted in 32 bits");
        self.numbers.insert(term.into(), number);
        self.terms.push(term.into());
        self.idf.push(frequencies.idf(term));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').map(|word| (word, 1)))
    }

    #[test]
    fn a_row_of_the_matrix_is_the_unit_vector_over_sorted_terms() {
        let mut documents = Documents::default();
        let none = DocumentFrequencies::default();
        documents.push(&bag("zone tls"), &none);
        documents.push(&bag("auth tls"), &none);
        documents.weigh(&documents.count());
        let matrix = documents.matrix(&[1, 0]);
        assert_eq!((matrix.n_rows(), matrix.n_terms()), (2, 3));
        assert_eq!(matrix.row(0).0, [0, 1], "auth and tls");
        assert_eq!(matrix.row(1).0, [1, 2], "tls and zone");
        assert!((matrix.cosine(0, 0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_removed_document_counts_no_more() {
        let mut documents = Documents::default();
        let none = DocumentFrequencies::default();
        let row = documents.push(&bag("tls canary"), &none);
        documents.push(&bag("tls"), &none);
        documents.remove(row);
        assert_eq!(documents.live_rows(), [1]);
        assert_eq!((documents.count().of("canary"), documents.count().of("tls")), (0, 1));
    }
}
