//! Lists of ids with a frequency each, one after another.

/// For each row a list of ids, ascending, each with a frequency of at least 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lists {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    frequencies: Vec<u16>,
}

/// Lists of known lengths that are filled in any order of rows.
#[derive(Debug)]
pub(crate) struct Filling {
    lists: Lists,
    /// By row: where its next entry goes.
    next: Vec<u32>,
}

impl Lists {
    /// Rows of these lengths, to be filled.
    pub(crate) fn of_lengths(lengths: impl Iterator<Item = u32>) -> Filling {
        let mut lists = Self { offsets: vec![0], ids: Vec::new(), frequencies: Vec::new() };
        let mut end = 0_u32;
        for length in lengths {
            end = end.checked_add(length).expect("a segment has fewer than 2^32 postings");
            lists.offsets.push(end);
        }
        lists.ids.resize(end as usize, 0);
        lists.frequencies.resize(end as usize, 0);
        Filling { next: lists.offsets.clone(), lists }
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn cells(&self, row: usize) -> impl Iterator<Item = (u32, u16)> + '_ {
        let cells = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        let frequencies = self.frequencies[cells.clone()].iter().copied();
        self.ids[cells].iter().copied().zip(frequencies)
    }
}

impl Filling {
    /// Adds an entry to `row`, behind those that it has.
    pub(crate) fn push(&mut self, row: usize, id: u32, frequency: u16) {
        let cell = self.next[row] as usize;
        self.lists.ids[cell] = id;
        self.lists.frequencies[cell] = frequency;
        self.next[row] += 1;
    }

    /// The lists, all of them full.
    pub(crate) fn finish(self) -> Lists {
        self.lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_filled_in_turns_are_those_that_were_given() {
        let mut filling = Lists::of_lengths([2, 0, 1].into_iter());
        filling.push(0, 0, 1);
        filling.push(2, 2, 1);
        filling.push(0, 2, 3);
        let lists = filling.finish();
        let rows: Vec<Vec<(u32, u16)>> =
            (0..lists.n_rows()).map(|row| lists.cells(row).collect()).collect();
        assert_eq!(rows, [vec![(0, 1), (2, 3)], vec![], vec![(2, 1)]]);
    }
}
