//! The documents of a classifier, their terms numbered.

use vector::{Bag, DocumentFrequencies, Matrix, tf_weight};

use crate::groups::Total;
use crate::tiers::tier;

/// Documents by row, in the order of arrival, with the weights of the epoch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Documents {
    numbers: hashbrown::HashMap<Box<str>, u32>,
    /// By number.
    terms: Vec<Term>,
    tiers: Vec<u8>,
    /// By row: terms ascending, with their frequencies; `None` once it is removed.
    rows: Vec<Option<Vec<(u32, u16)>>>,
    n_live: u32,
    /// Terms that no live document held at some time since they were counted.
    left: Vec<Box<str>>,
}

/// What rows are added up in; all zero, and empty, in between.
#[derive(Debug, Default)]
pub(crate) struct Adder {
    /// By term.
    sums: Vec<f64>,
    /// The terms with a sum.
    terms: Vec<u32>,
    row: Vec<(u32, f64)>,
}

/// The rows of several groups added up.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    cells: Vec<(u32, f64)>,
    /// By group: where its cells end, and how many rows it has.
    ends: Vec<(usize, u32)>,
}

impl Totals {
    /// By group: its cells, terms ascending, and the number of its rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[(u32, f64)], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |(end, rows)| {
            let cells = &self.cells[start..*end];
            start = *end;
            (cells, *rows)
        })
    }
}

#[derive(Debug, Clone, Default)]
struct Term {
    text: Box<str>,
    /// How many live documents have it.
    held_by: u32,
    /// Whether the weights of the epoch have a frequency of it.
    is_known: bool,
    tier: u8,
    idf: f64,
}

impl Term {
    /// Weighs it as one that stands in `frequency` of the documents that `frequencies` counts.
    fn weigh(&mut self, frequency: u32, frequencies: &DocumentFrequencies) {
        self.is_known = frequency > 0;
        self.tier = tier(frequency, frequencies.n_docs());
        self.idf = frequencies.idf_of(frequency);
    }
}

impl Documents {
    /// Adds a document; returns its row. A term that is new here weighs as `frequencies` say.
    pub(crate) fn push(&mut self, bag: &Bag, frequencies: &DocumentFrequencies) -> u32 {
        let numbered = bag.iter().map(|(term, count)| (self.number(term, frequencies), count));
        let mut terms: Vec<(u32, u16)> = numbered.collect();
        terms.sort_unstable();
        terms.iter().for_each(|(term, _)| self.terms[*term as usize].held_by += 1);
        let row = u32::try_from(self.rows.len()).expect("rows are counted in 32 bits");
        self.rows.push(Some(terms));
        self.n_live += 1;
        row
    }

    /// Numbers `terms` in their order, where none has a number yet.
    pub(crate) fn number_all<'t>(
        &mut self,
        terms: impl Iterator<Item = &'t str>,
        frequencies: &DocumentFrequencies,
    ) {
        terms.for_each(|term| {
            let _ = self.number(term, frequencies);
        });
    }

    /// Adds a document of numbered terms, ascending, or one that is removed already; returns its row.
    pub(crate) fn push_cells(&mut self, cells: Option<impl Iterator<Item = (u32, u16)>>) -> u32 {
        let row = u32::try_from(self.rows.len()).expect("rows are counted in 32 bits");
        let cells: Option<Vec<(u32, u16)>> = cells.map(Iterator::collect);
        for (term, _) in cells.iter().flatten() {
            self.terms[*term as usize].held_by += 1;
        }
        self.n_live += u32::from(cells.is_some());
        self.rows.push(cells);
        row
    }

    /// Takes a document out; taking it out again changes nothing.
    pub(crate) fn remove(&mut self, row: u32) {
        let Some(terms) = self.rows[row as usize].take() else {
            return;
        };
        self.n_live -= 1;
        for (number, _) in terms {
            let term = &mut self.terms[number as usize];
            term.held_by -= 1;
            if term.held_by == 0 {
                self.left.push(term.text.clone());
            }
        }
    }

    /// Takes out of `frequencies` every term that no live document holds any more.
    pub(crate) fn forget_left(&mut self, frequencies: &mut DocumentFrequencies) {
        for text in std::mem::take(&mut self.left) {
            let number = self.numbers.get(&text);
            let mut term = number.map(|number| &mut self.terms[*number as usize]);
            if term.as_ref().is_none_or(|term| term.held_by == 0) {
                frequencies.forget(&text);
                term.iter_mut().for_each(|term| term.idf = frequencies.idf_of(0));
            }
        }
    }

    /// The tier of each numbered term.
    pub(crate) fn tiers(&self) -> &[u8] {
        &self.tiers
    }

    /// The rows that are not removed, ascending.
    pub(crate) fn live_rows(&self) -> Vec<u32> {
        (0..).zip(&self.rows).filter(|(_, row)| row.is_some()).map(|(row, _)| row).collect()
    }

    /// Counts the live documents, and weighs every term by that from now on, as [`Documents::weigh`] says.
    pub(crate) fn weigh_anew(&mut self) -> DocumentFrequencies {
        let held = self.terms.iter().filter(|term| term.held_by > 0);
        let counts = held.map(|term| (term.text.clone(), term.held_by));
        let frequencies = DocumentFrequencies::new(self.n_live, counts);
        self.terms.iter_mut().for_each(|term| term.weigh(term.held_by, &frequencies));
        self.settle(&frequencies);
        frequencies
    }

    /// Weighs every term by `frequencies` from now on.
    ///
    /// Terms are numbered anew, those of live documents alone: first those with a frequency, in the
    /// order of their bytes, then the others in the order in which they came. Sums over terms are made
    /// in this order.
    pub(crate) fn weigh(&mut self, frequencies: &DocumentFrequencies) {
        for term in &mut self.terms {
            term.weigh(frequencies.of(&term.text), frequencies);
        }
        self.settle(frequencies);
    }

    /// Numbers the terms by the weights that they have now, which are those of `frequencies`.
    fn settle(&mut self, frequencies: &DocumentFrequencies) {
        self.renumber();
        self.tiers = self.terms.iter().map(|term| term.tier).collect();
        let n_known = self.terms.partition_point(|term| term.is_known);
        self.left.clear();
        if frequencies.n_terms() > n_known {
            let known = frequencies.sorted().into_iter().map(|(term, _)| term);
            let left = known.filter(|term| !self.numbers.contains_key(*term));
            self.left = left.map(Box::from).collect();
        }
    }

    fn renumber(&mut self) {
        let terms = &self.terms;
        let mut order: Vec<usize> =
            (0..terms.len()).filter(|number| terms[*number].held_by > 0).collect();
        // Mostly in order already, which this sort makes use of; equal ones stay in order.
        order.sort_by(|left, right| {
            let (left, right) = (&terms[*left], &terms[*right]);
            match (left.is_known, right.is_known) {
                (true, true) => left.text.cmp(&right.text),
                (left, right) => right.cmp(&left),
            }
        });
        if order.iter().copied().eq(0..terms.len()) {
            return;
        }
        let mut numbers = vec![None; terms.len()];
        for (number, old) in (0_u32..).zip(&order) {
            numbers[*old] = Some(number);
        }
        for terms in self.rows.iter_mut().flatten() {
            for (term, _) in terms.iter_mut() {
                *term = numbers[*term as usize].expect("a live document's terms are numbered");
            }
            if !terms.is_sorted() {
                terms.sort_unstable();
            }
        }
        self.numbers.retain(|_, number| {
            let new = numbers[*number as usize];
            *number = new.unwrap_or_default();
            new.is_some()
        });
        let take = |old: &usize| std::mem::take(&mut self.terms[*old]);
        self.terms = order.iter().map(take).collect();
    }

    /// The vector of a document that is not here, terms ascending. Its length is 1 or, where it has
    /// terms that are not numbered, less.
    pub(crate) fn embed(&self, bag: &Bag, frequencies: &DocumentFrequencies) -> Vec<(u32, f64)> {
        let mut cells: Vec<(u32, f64)> = Vec::with_capacity(bag.len());
        let mut squares = 0.0;
        for (term, count) in bag.iter() {
            let number = self.numbers.get(term);
            let idf = match number {
                Some(number) => self.terms[*number as usize].idf,
                None => frequencies.idf(term),
            };
            let weight = tf_weight(count) * idf;
            squares += weight * weight;
            cells.extend(number.map(|number| (*number, weight)));
        }
        let norm = f64::sqrt(squares);
        cells.iter_mut().for_each(|(_, weight)| *weight /= norm);
        cells.sort_unstable_by_key(|(term, _)| *term);
        cells
    }

    /// The unit vector of a live row, terms ascending.
    pub(crate) fn unit(&self, row: u32) -> Vec<(u32, f64)> {
        let mut cells = Vec::with_capacity(self.terms_of(row).len());
        self.append_unit(row, &mut cells);
        cells
    }

    /// The same behind what `cells` has.
    fn append_unit(&self, row: u32, cells: &mut Vec<(u32, f64)>) {
        let weigh = |(term, count): &(u32, u16)| {
            (*term, tf_weight(*count) * self.terms[*term as usize].idf)
        };
        let n_before = cells.len();
        cells.extend(self.terms_of(row).iter().map(weigh));
        let own = &mut cells[n_before..];
        let norm = own.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        own.iter_mut().for_each(|(_, weight)| *weight /= norm);
    }

    /// The unit vectors of live `rows` added up in their order, terms ascending.
    pub(crate) fn total(&self, rows: &[u32]) -> Total {
        let mut cells = Vec::new();
        self.append_total(rows, &mut Adder::default(), &mut cells);
        Total { cells, rows: number(rows.len()) }
    }

    /// The same of each of `groups`, one behind the other, with where each ends.
    pub(crate) fn totals(&self, groups: &[Vec<u32>], adder: &mut Adder) -> Totals {
        let mut totals = Totals::default();
        for rows in groups {
            self.append_total(rows, adder, &mut totals.cells);
            totals.ends.push((totals.cells.len(), number(rows.len())));
        }
        totals
    }

    fn append_total(&self, rows: &[u32], adder: &mut Adder, cells: &mut Vec<(u32, f64)>) {
        if let [row] = rows {
            return self.append_unit(*row, cells);
        }
        let Adder { sums, terms, row: one } = adder;
        sums.resize(sums.len().max(self.terms.len()), 0.0);
        for row in rows {
            self.append_unit(*row, one);
            for (term, weight) in one.drain(..) {
                let sum = &mut sums[term as usize];
                if *sum == 0.0 {
                    terms.push(term);
                }
                *sum += weight;
            }
        }
        terms.sort_unstable();
        let take = |term: u32| (term, std::mem::take(&mut sums[term as usize]));
        cells.extend(terms.drain(..).map(take));
    }

    /// The unit vectors of live `rows`, terms numbered in the order of their bytes: unlike the numbers
    /// in use here these do not depend on which document came first.
    pub(crate) fn matrix(&self, rows: &[u32]) -> Matrix {
        let mut is_held = vec![false; self.terms.len()];
        for (term, _) in rows.iter().flat_map(|row| self.terms_of(*row)) {
            is_held[*term as usize] = true;
        }
        let mut held: Vec<usize> = (0..is_held.len()).filter(|term| is_held[*term]).collect();
        held.sort_unstable_by_key(|term| &self.terms[*term].text);
        let mut numbers: Vec<u32> = vec![0; is_held.len()];
        held.iter().zip(0..).for_each(|(term, number)| numbers[*term] = number);
        let unit = |row: &u32| -> Vec<(u32, f64)> {
            let mut cells = self.unit(*row);
            cells.iter_mut().for_each(|(term, _)| *term = numbers[*term as usize]);
            cells.sort_unstable_by_key(|(term, _)| *term);
            cells
        };
        Matrix::from_rows(held.len(), rows.iter().map(unit))
    }

    /// The terms by their numbers.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| &*term.text)
    }

    /// By row: its terms, ascending, with their frequencies; none of a row that was removed.
    pub(crate) fn rows(&self) -> impl Iterator<Item = impl Iterator<Item = (u32, u16)>> {
        self.rows.iter().map(|row| row.iter().flatten().copied())
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
        let mut new = Term { text: term.into(), ..Term::default() };
        new.weigh(frequencies.of(term), frequencies);
        self.tiers.push(new.tier);
        self.terms.push(new);
        number
    }
}

fn number(n_rows: usize) -> u32 {
    u32::try_from(n_rows).expect("rows are counted in 32 bits")
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
        documents.weigh_anew();
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
        let counted = documents.weigh_anew();
        assert_eq!((counted.of("canary"), counted.of("tls")), (0, 1));
    }
}
