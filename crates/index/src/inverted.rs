//! The documents of each term.

use std::ops::Range;

use crate::lists::Lists;
use crate::packed::{Cells, PackedLists};
use crate::window::{WINDOW, Window};

mod saved;

/// A term has postings by windows where it stands in this many rows for each window after the first. One that
/// stands in fewer has one short list, which spares a place in each window, and takes longer to read.
const FREQUENT: usize = 4;

/// For each term the rows that hold it. Terms are numbered by how many rows that are, the most frequent
/// first.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inverted {
    n_frequent: usize,
    /// Of the terms that are not frequent, the first of them in row 0.
    rare: PackedLists,
    windows: Vec<Window>,
}

impl Inverted {
    /// Turns `forward` over; `counts` says by term in how many rows it stands, and descends.
    pub(crate) fn build(forward: &PackedLists, counts: &[u32]) -> Self {
        let n_windows = forward.n_rows().div_ceil(WINDOW);
        let frequent = FREQUENT * n_windows.saturating_sub(1);
        let n_frequent = counts.partition_point(|count| *count as usize >= frequent);
        let rare = rare_lists(forward, n_frequent, counts);
        let mut turner = Turner::new(forward, n_frequent);
        let windows = (0..n_windows).map(|number| {
            let rows = number * WINDOW..forward.n_rows().min((number + 1) * WINDOW);
            turner.window(rows)
        });
        Self { windows: windows.collect(), n_frequent, rare }
    }

    /// The rows of `term`, ascending, and its frequency in each; `None` for a frequent term, which has a posting of
    /// its number in every window.
    pub(crate) fn rare(&self, term: u32) -> Option<Cells<'_>> {
        let row = (term as usize).checked_sub(self.n_frequent)?;
        Some(self.rare.cells(row))
    }

    pub(crate) fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Calls `visit` for each row that holds `term`, with its frequency; each row once.
    #[inline]
    pub(crate) fn for_each(&self, term: u32, mut visit: impl FnMut(usize, u16)) {
        if let Some(cells) = self.rare(term) {
            return cells.for_each(|(row, frequency)| visit(row as usize, frequency));
        }
        for (number, window) in self.windows.iter().enumerate() {
            let first = number * WINDOW;
            window.posting(term).for_each(|row, it| visit(first + usize::from(row), it));
        }
    }

    /// What the lists of rare terms take, and what the others take.
    pub(crate) fn n_bytes(&self) -> (usize, usize) {
        (self.rare.n_bytes(), self.windows.iter().map(Window::n_bytes).sum())
    }
}

fn rare_lists(forward: &PackedLists, n_frequent: usize, counts: &[u32]) -> PackedLists {
    let mut lists = Lists::of_lengths(counts[n_frequent..].iter().copied());
    for row in 0..forward.n_rows() {
        for (term, frequency) in forward.cells(row) {
            if let Some(rare) = (term as usize).checked_sub(n_frequent) {
                lists.push(rare, row as u32, frequency);
            }
        }
    }
    let (lists, mut packed, mut cells) = (lists.finish(), PackedLists::new(), Vec::new());
    for row in 0..lists.n_rows() {
        cells.clear();
        cells.extend(lists.cells(row));
        packed.push_row(&cells);
    }
    packed.shrink();
    packed
}

/// Turns rows over, one window after another in the same room.
struct Turner<'a> {
    forward: &'a PackedLists,
    /// By term: where its list begins, and while it is filled where it goes on.
    ends: Vec<usize>,
    rows: Vec<u16>,
    frequencies: Vec<u16>,
    window: Window,
}

impl<'a> Turner<'a> {
    fn new(forward: &'a PackedLists, n_frequent: usize) -> Self {
        let (rows, frequencies) = (Vec::new(), Vec::new());
        let ends = vec![0; n_frequent + 1];
        Self { forward, ends, rows, frequencies, window: Window::default() }
    }

    fn window(&mut self, rows: Range<usize>) -> Window {
        self.sort(rows.clone());
        let start = |term: usize| if term == 0 { 0 } else { self.ends[term - 1] };
        let lists = (0..self.ends.len() - 1).map(|term| {
            let cells = start(term)..self.ends[term];
            (&self.rows[cells.clone()], &self.frequencies[cells])
        });
        self.window.fill(rows.len(), lists);
        self.window.clone()
    }

    /// Sorts the cells of `rows` by term.
    fn sort(&mut self, rows: Range<usize>) {
        let n_frequent = self.ends.len() - 1;
        let frequent = |row| {
            let cells = self.forward.cells(row).map(|(term, frequency)| (term as usize, frequency));
            // They ascend.
            cells.take_while(|(term, _)| *term < n_frequent)
        };
        self.ends.fill(0);
        for row in rows.clone() {
            frequent(row).for_each(|(term, _)| self.ends[term + 1] += 1);
        }
        for term in 0..n_frequent {
            self.ends[term + 1] += self.ends[term];
        }
        // Each end begins as the start of its list, and is one when the list is full.
        let n_cells = self.ends[n_frequent];
        self.rows.resize(n_cells, 0);
        self.frequencies.resize(n_cells, 0);
        for (at, row) in (0_u16..=u16::MAX).zip(rows) {
            for (term, frequency) in frequent(row) {
                let cell = self.ends[term];
                (self.rows[cell], self.frequencies[cell]) = (at, frequency);
                self.ends[term] += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_finds_its_rows_in_every_window() {
        let n_rows = WINDOW + 5_000;
        let held = |row: usize| -> Vec<(u32, u16)> {
            let frequency =
                |every: usize| row.is_multiple_of(every).then_some((row % 3 + 1) as u16);
            [1, 7, 50, 900, 40_000]
                .iter()
                .enumerate()
                .filter_map(|(term, every)| Some((term as u32, frequency(*every)?)))
                .collect()
        };
        let mut forward = PackedLists::new();
        let mut counts = [0; 6];
        for row in 0..n_rows {
            held(row).iter().for_each(|(term, _)| counts[*term as usize] += 1);
            forward.push_row(&held(row));
        }
        let inverted = Inverted::build(&forward, &counts);
        for term in 0..6_u32 {
            let mut found = Vec::new();
            inverted.for_each(term, |row, frequency| found.push((row, frequency)));
            found.sort_unstable();
            let expect: Vec<(usize, u16)> = (0..n_rows)
                .filter_map(|row| {
                    held(row).iter().find(|cell| cell.0 == term).map(|cell| (row, cell.1))
                })
                .collect();
            assert_eq!(found, expect, "term {term}");
        }
    }
}
