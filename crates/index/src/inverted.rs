//! The documents of each term.

use std::ops::Range;

use crate::footprint::n_bytes;
use crate::forward::Forward;
use crate::lists::Lists;
use crate::window::{Posting, WINDOW, Window};

/// A term that stands in this many rows of a segment has postings by windows; one that stands in fewer
/// has one short list, which spares a place in each window.
const FREQUENT: u32 = 64;
const NO_RANK: u32 = u32::MAX;

/// For each term the rows that hold it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Inverted {
    /// By term; empty for a frequent one.
    rare: Lists,
    /// By term: how many frequent ones come before it; [`NO_RANK`] for a rare one.
    ranks: Vec<u32>,
    windows: Vec<Window>,
}

/// Where the postings of a term are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// In one list of rows, ascending, and their frequencies.
    Rare(&'a [u32], &'a [u16]),
    /// In every window, under this rank.
    Frequent(u32),
}

impl Inverted {
    /// Turns `forward` over; its terms are below `n_terms`.
    pub(crate) fn build(forward: &Forward, n_terms: usize) -> Self {
        let mut counts = vec![0_u32; n_terms];
        for row in 0..forward.n_rows() {
            forward.cells(row).for_each(|(term, _)| counts[term as usize] += 1);
        }
        let mut n_frequent = 0;
        let ranks = counts.iter().map(|count| {
            if *count < FREQUENT {
                return NO_RANK;
            }
            n_frequent += 1;
            n_frequent - 1
        });
        let ranks: Vec<u32> = ranks.collect();
        let rare = rare_lists(forward, &counts);
        let mut turner = Turner::new(forward, &ranks, n_frequent as usize);
        let windows = (0..forward.n_rows().div_ceil(WINDOW)).map(|number| {
            let rows = number * WINDOW..forward.n_rows().min((number + 1) * WINDOW);
            turner.window(rows)
        });
        Self { windows: windows.collect(), rare, ranks }
    }

    /// Where the postings of `term` are.
    pub(crate) fn place(&self, term: u32) -> Place<'_> {
        match self.ranks[term as usize] {
            NO_RANK => {
                let (rows, frequencies) = self.rare.row(term as usize);
                Place::Rare(rows, frequencies)
            }
            rank => Place::Frequent(rank),
        }
    }

    /// What the lists of rare terms take, and what the others take.
    pub(crate) fn n_bytes(&self) -> (usize, usize) {
        let frequent = self.windows.iter().map(Window::n_bytes).sum::<usize>();
        (self.rare.n_bytes(), frequent + n_bytes(&self.ranks))
    }

    pub(crate) fn windows(&self) -> &[Window] {
        &self.windows
    }
}

impl<'a> Place<'a> {
    /// The part of a rare term's list that lies in window `number`.
    fn rare_in(rows: &'a [u32], frequencies: &'a [u16], number: usize) -> (&'a [u32], &'a [u16]) {
        let from = rows.partition_point(|row| (*row as usize) < number * WINDOW);
        let to = rows.partition_point(|row| (*row as usize) < (number + 1) * WINDOW);
        (&rows[from..to], &frequencies[from..to])
    }

    /// Calls `visit` for each row of window `number`, counted from the window's first, with its
    /// frequency; each row once.
    #[inline]
    pub(crate) fn for_each_in(
        &self,
        inverted: &Inverted,
        number: usize,
        mut visit: impl FnMut(u16, u16),
    ) {
        match *self {
            Self::Frequent(rank) => inverted.windows[number].posting(rank).for_each(visit),
            Self::Rare(rows, frequencies) => {
                let (rows, frequencies) = Self::rare_in(rows, frequencies, number);
                for (row, frequency) in rows.iter().zip(frequencies) {
                    // The low 16 bits are the row's place in its window.
                    visit(*row as u16, *frequency);
                }
            }
        }
    }

    /// The posting in window `number` of a frequent term; `None` for a rare one.
    pub(crate) fn posting<'i>(&self, inverted: &'i Inverted, number: usize) -> Option<Posting<'i>> {
        match *self {
            Self::Frequent(rank) => Some(inverted.windows[number].posting(rank)),
            Self::Rare(..) => None,
        }
    }
}

fn rare_lists(forward: &Forward, counts: &[u32]) -> Lists {
    let kept = counts.iter().map(|count| if *count < FREQUENT { *count } else { 0 });
    let mut lists = Lists::of_lengths(kept);
    for row in 0..forward.n_rows() {
        for (term, frequency) in forward.cells(row) {
            if counts[term as usize] < FREQUENT {
                lists.push(term as usize, row as u32, frequency);
            }
        }
    }
    lists.finish()
}

/// Turns rows over, one window after another in the same room.
struct Turner<'a> {
    forward: &'a Forward,
    ranks: &'a [u32],
    /// By rank: where its list begins, and while it is filled where it goes on.
    ends: Vec<usize>,
    rows: Vec<u16>,
    frequencies: Vec<u16>,
    window: Window,
}

impl<'a> Turner<'a> {
    fn new(forward: &'a Forward, ranks: &'a [u32], n_frequent: usize) -> Self {
        Self {
            forward,
            ranks,
            ends: vec![0; n_frequent + 1],
            rows: Vec::new(),
            frequencies: Vec::new(),
            window: Window::default(),
        }
    }

    fn window(&mut self, rows: Range<usize>) -> Window {
        self.sort(rows.clone());
        let start = |rank: usize| if rank == 0 { 0 } else { self.ends[rank - 1] };
        let lists = (0..self.ends.len() - 1).map(|rank| {
            let cells = start(rank)..self.ends[rank];
            (&self.rows[cells.clone()], &self.frequencies[cells])
        });
        self.window.fill(rows.len(), lists);
        self.window.clone()
    }

    /// Sorts the cells of `rows` by rank.
    fn sort(&mut self, rows: Range<usize>) {
        let ranked = |row| {
            let cells = self.forward.cells(row);
            let ranked = cells.map(|(term, frequency)| (self.ranks[term as usize], frequency));
            ranked.filter(|(rank, _)| *rank != NO_RANK).map(|(rank, it)| (rank as usize, it))
        };
        self.ends.fill(0);
        for row in rows.clone() {
            ranked(row).for_each(|(rank, _)| self.ends[rank + 1] += 1);
        }
        for rank in 1..self.ends.len() {
            self.ends[rank] += self.ends[rank - 1];
        }
        // Each end begins as the start of its list, and is one when the list is full.
        let n_cells = self.ends.last().copied().unwrap_or(0);
        self.rows.resize(n_cells, 0);
        self.frequencies.resize(n_cells, 0);
        for (at, row) in (0_u16..=u16::MAX).zip(rows) {
            for (rank, frequency) in ranked(row) {
                let cell = self.ends[rank];
                (self.rows[cell], self.frequencies[cell]) = (at, frequency);
                self.ends[rank] += 1;
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
        let mut forward = Forward::new();
        (0..n_rows).for_each(|row| forward.push_row(held(row).into_iter()));
        let inverted = Inverted::build(&forward, 6);
        for term in 0..6_u32 {
            let mut found = Vec::new();
            for number in 0..inverted.windows().len() {
                inverted.place(term).for_each_in(&inverted, number, |row, frequency| {
                    found.push((number * WINDOW + usize::from(row), frequency));
                });
            }
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
