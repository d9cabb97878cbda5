//! Lists of ids with a frequency each, one after another.

/// For each row a list of ids, ascending, each with a frequency of at least 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lists {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    frequencies: Vec<u16>,
}

impl Lists {
    pub(crate) fn new() -> Self {
        Self { offsets: vec![0], ids: Vec::new(), frequencies: Vec::new() }
    }

    /// Adds an entry to the row under way.
    pub(crate) fn push(&mut self, id: u32, frequency: u16) {
        self.ids.push(id);
        self.frequencies.push(frequency);
    }

    /// Ends the row under way.
    pub(crate) fn end_row(&mut self) {
        let end = u32::try_from(self.ids.len()).expect("a segment has fewer than 2^32 postings");
        self.offsets.push(end);
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn row(&self, row: usize) -> (&[u32], &[u16]) {
        let cells = self.offsets[row] as usize..self.offsets[row + 1] as usize;
        (&self.ids[cells.clone()], &self.frequencies[cells])
    }

    pub(crate) fn cells(&self, row: usize) -> impl Iterator<Item = (u32, u16)> + '_ {
        let (ids, frequencies) = self.row(row);
        ids.iter().copied().zip(frequencies.iter().copied())
    }

    /// The same entries by id: `n_columns` rows, each listing the rows it stood in.
    pub(crate) fn transposed(&self, n_columns: usize) -> Self {
        let mut offsets = vec![0_u32; n_columns + 1];
        for id in &self.ids {
            offsets[*id as usize + 1] += 1;
        }
        for column in 0..n_columns {
            offsets[column + 1] += offsets[column];
        }
        let mut next = offsets.clone();
        let mut ids = vec![0; self.ids.len()];
        let mut frequencies = vec![0; self.ids.len()];
        for row in 0..self.n_rows() {
            let row_id = u32::try_from(row).expect("rows are counted in 32 bits");
            for (id, frequency) in self.cells(row) {
                let cell = &mut next[id as usize];
                ids[*cell as usize] = row_id;
                frequencies[*cell as usize] = frequency;
                *cell += 1;
            }
        }
        Self { offsets, ids, frequencies }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transposing_keeps_every_entry() {
        let mut lists = Lists::new();
        lists.push(0, 1);
        lists.push(2, 3);
        lists.end_row();
        lists.push(2, 1);
        lists.end_row();
        let by_id = lists.transposed(3);
        assert_eq!(by_id.cells(2).collect::<Vec<_>>(), [(0, 3), (1, 1)]);
        assert_eq!(by_id.cells(1).count(), 0);
        assert_eq!(by_id.transposed(2), lists);
    }
}
