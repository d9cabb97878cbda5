//! Postings of a run of rows.

use crate::footprint::n_bytes;

mod saved;

/// How many rows a window spans at most: a row's place in it fits 16 bits.
pub(crate) const WINDOW: usize = 1 << 16;
/// A bitmap is the quicker one where it spares entries for more than this share of the rows. It is the smaller one
/// from twice that share on: an entry of frequency 1 takes 16 bits, another 32.
const SHARE_ONCE: usize = 32;
const SHARE_OFTEN: usize = 64;
/// More rows than a list has that is no bitmap.
const HAS_BITMAPS: u16 = u16::MAX;

/// Which rows of a window hold which of the frequent terms, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Window {
    n_rows: usize,
    /// By rank of a term: where its list begins; one more at the end.
    starts: Vec<u32>,
    /// Per list: how many rows hold the term once; these rows; then the others in pairs of row and
    /// frequency. A list with bitmaps begins with [`HAS_BITMAPS`] and its place in `dense`, and has only
    /// the pairs that the bitmaps do not tell.
    lists: Vec<u16>,
    dense: Vec<Dense>,
    /// Bitmaps one after another, a bit per row.
    bits: Vec<u64>,
}

/// The bitmaps of a term: the first has the rows that hold it once or more, the second twice or more,
/// and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Dense {
    first_word: u32,
    n_layers: u32,
}

/// The rows of a window that hold one term.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Posting<'a> {
    /// A bit per row in each: rows that hold the term at least 1, 2, 3 ... times.
    layers: &'a [u64],
    n_layers: usize,
    /// Rows that hold it once; empty where there are bitmaps.
    pub(crate) once: &'a [u16],
    /// `[row, frequency]` of the rows that hold it more often than once, and more often than the
    /// bitmaps tell.
    pub(crate) often: &'a [[u16; 2]],
}

impl Window {
    #[cfg(test)]
    pub(crate) fn build<'a>(
        n_rows: usize,
        postings: impl Iterator<Item = (&'a [u16], &'a [u16])>,
    ) -> Self {
        let mut window = Self::default();
        window.fill(n_rows, postings);
        window
    }

    /// Takes for each rank the rows that hold the term, ascending, with their frequencies, in place of what it
    /// has. Windows are built one after another in the same room; a clone takes no more than it needs.
    pub(crate) fn fill<'a>(
        &mut self,
        n_rows: usize,
        postings: impl Iterator<Item = (&'a [u16], &'a [u16])>,
    ) {
        self.n_rows = n_rows;
        self.starts.clear();
        self.starts.push(0);
        self.lists.clear();
        self.dense.clear();
        self.bits.clear();
        for (rows, frequencies) in postings {
            self.push(rows, frequencies);
        }
    }

    pub(crate) fn n_bytes(&self) -> usize {
        n_bytes(&self.starts) + n_bytes(&self.lists) + n_bytes(&self.dense) + n_bytes(&self.bits)
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The postings of the term of rank `rank`.
    pub(crate) fn posting(&self, rank: u32) -> Posting<'_> {
        let rank = rank as usize;
        let list = &self.lists[self.starts[rank] as usize..self.starts[rank + 1] as usize];
        match list {
            [] => Posting::default(),
            [HAS_BITMAPS, place, often @ ..] => {
                let Dense { first_word, n_layers } = self.dense[usize::from(*place)];
                let n_layers = n_layers as usize;
                let layers = &self.bits[first_word as usize..][..n_layers * self.n_words()];
                Posting { layers, n_layers, once: &[], often: often.as_chunks().0 }
            }
            [n_once, rows @ ..] => {
                let (once, often) = rows.split_at(usize::from(*n_once));
                Posting { once, often: often.as_chunks().0, ..Posting::default() }
            }
        }
    }

    fn n_words(&self) -> usize {
        self.n_rows.div_ceil(64)
    }

    fn push(&mut self, rows: &[u16], frequencies: &[u16]) {
        let n_layers = self.push_bitmaps(rows, frequencies);
        let cells = rows.iter().copied().zip(frequencies.iter().copied());
        let left = cells.filter(|(_, frequency)| *frequency > n_layers);
        if n_layers > 0 {
            let place = u16::try_from(self.dense.len() - 1).expect("there was room");
            self.lists.extend([HAS_BITMAPS, place]);
        } else if !rows.is_empty() {
            let once = left.clone().filter(|(_, frequency)| *frequency == 1).map(|(row, _)| row);
            let at = self.lists.len();
            self.lists.push(0);
            self.lists.extend(once);
            self.lists[at] = (self.lists.len() - at - 1) as u16;
        }
        let often = left.filter(|(_, frequency)| *frequency > 1);
        self.lists.extend(often.flat_map(|(row, frequency)| [row, frequency]));
        self.starts.push(u32::try_from(self.lists.len()).expect("a window has few postings"));
    }

    /// Adds a bitmap per frequency that is worth one, as long as places of bitmaps fit 16 bits; returns how many.
    fn push_bitmaps(&mut self, rows: &[u16], frequencies: &[u16]) -> u16 {
        let n_words = self.n_words();
        let first_word = u32::try_from(self.bits.len()).expect("a window has few bitmaps");
        let mut n_layers = 0;
        let has_room = self.dense.len() <= usize::from(u16::MAX);
        while has_room && is_worth_a_bitmap(frequencies, n_layers + 1, self.n_rows) {
            n_layers += 1;
            let at = self.bits.len();
            self.bits.resize(at + n_words, 0);
            for (row, frequency) in rows.iter().zip(frequencies) {
                if *frequency >= n_layers {
                    self.bits[at + usize::from(*row) / 64] |= 1 << (row % 64);
                }
            }
        }
        if n_layers > 0 {
            self.dense.push(Dense { first_word, n_layers: u32::from(n_layers) });
        }
        n_layers
    }
}

impl<'a> Posting<'a> {
    /// The bitmaps, that of frequency 1 first.
    pub(crate) fn layers(&self) -> impl ExactSizeIterator<Item = &'a [u64]> {
        let n_words = self.layers.len().checked_div(self.n_layers).unwrap_or(1);
        self.layers.chunks_exact(n_words.max(1))
    }

    /// About how many listed rows are added up in the time that it takes.
    pub(crate) fn cost(&self) -> usize {
        self.layers.len() * 3 / 2 + self.once.len() + self.often.len()
    }

    /// Calls `visit` for each row with its frequency; each row once.
    pub(crate) fn for_each(&self, mut visit: impl FnMut(u16, u16)) {
        self.once.iter().for_each(|row| visit(*row, 1));
        let mut often = self.often.iter().peekable();
        let mut layers = self.layers();
        let Some(first) = layers.next() else {
            often.for_each(|[row, frequency]| visit(*row, *frequency));
            return;
        };
        let higher: Vec<&[u64]> = layers.collect();
        for (at, word) in first.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let row = (at * 64) as u16 + bit as u16;
                let told =
                    higher.iter().filter(|layer| layer[at] >> bit & 1 == 1).count() as u16 + 1;
                let listed = often.next_if(|[listed, _]| *listed == row);
                visit(row, listed.map_or(told, |[_, frequency]| *frequency));
            }
        }
    }
}

/// Whether a bitmap of the rows with this `frequency` or more is smaller than listing those with it.
fn is_worth_a_bitmap(frequencies: &[u16], frequency: u16, n_rows: usize) -> bool {
    let share = if frequency == 1 { SHARE_ONCE } else { SHARE_OFTEN };
    // Most lists are too short whatever is in them.
    let worth = |n_spared: usize| n_spared * share > n_rows;
    worth(frequencies.len()) && worth(frequencies.iter().filter(|it| **it == frequency).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(n_rows: usize, cells: &[(u16, u16)]) -> usize {
        let (rows, frequencies): (Vec<u16>, Vec<u16>) = cells.iter().copied().unzip();
        let other = ([3_u16].as_slice(), [9_u16].as_slice());
        let window = Window::build(n_rows, [other, (&rows, &frequencies), other].into_iter());
        let mut found = Vec::new();
        window.posting(1).for_each(|row, frequency| found.push((row, frequency)));
        found.sort_unstable();
        assert_eq!(found, cells);
        let mut after = Vec::new();
        window.posting(2).for_each(|row, frequency| after.push((row, frequency)));
        assert_eq!(after, [(3, 9)]);
        window.posting(1).layers().len()
    }

    #[test]
    fn short_lists_come_back() {
        assert_eq!(check(1_000, &[]), 0);
        assert_eq!(check(1_000, &[(5, 1), (70, 3), (999, 1)]), 0);
        assert_eq!(check(WINDOW, &[(0, u16::MAX), (u16::MAX, 1)]), 0);
    }

    #[test]
    fn of_more_terms_than_places_of_bitmaps_the_last_are_listed() {
        let posting = || ([1_u16].as_slice(), [1_u16].as_slice());
        let window = Window::build(3, (0..70_000).map(|_| posting()));
        let n_layers = |rank| window.posting(rank).layers().len();
        assert_eq!((n_layers(0), n_layers(65_535), n_layers(65_536)), (1, 1, 0));
        for rank in [0, 65_535, 65_536, 69_999] {
            let mut found = Vec::new();
            window.posting(rank).for_each(|row, frequency| found.push((row, frequency)));
            assert_eq!(found, [(1, 1)]);
        }
    }

    #[test]
    fn long_lists_become_bitmaps_a_layer_per_frequency() {
        let once: Vec<(u16, u16)> = (0..40).map(|row| (row * 3, 1)).collect();
        assert_eq!(check(130, &once), 1);
        let mixed: Vec<(u16, u16)> =
            (0..130).map(|row| (row, [1, 1, 2, 7, 400][usize::from(row % 5)])).collect();
        assert_eq!(check(130, &mixed), 2);
        let few: Vec<(u16, u16)> =
            (0..130).map(|row| (row, if row % 20 == 0 { 9 } else { 2 })).collect();
        assert_eq!(check(130, &few), 0);
    }
}
