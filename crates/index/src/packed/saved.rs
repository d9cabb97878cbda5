//! Packed lists to bytes and back.

use flat::{Input, Output, Result, require};

use super::{Cells, PackedLists};

impl PackedLists {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.array(&self.offsets)?;
        out.array(&self.bytes)
    }

    /// Reads what [`PackedLists::write`] wrote of `n_rows` rows, whose ids are below `n_ids`.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize, n_ids: usize) -> Result<Self> {
        let lists = Self { offsets: input.array_of(n_rows + 1)?, bytes: input.array()? };
        let offsets = &lists.offsets;
        let whole = offsets.is_sorted()
            && offsets[0] == 0
            && offsets.last().is_some_and(|end| *end as usize == lists.bytes.len());
        require(whole, "a row ends where no bytes are")?;
        let sound = (0..n_rows).all(|row| is_row(lists.cells(row), n_ids));
        require(sound, "a row holds what is no id")?;
        Ok(lists)
    }
}

/// Whether the ids of a row that was not looked at before ascend and are below `n_ids`, and all of it lies between its
/// ends.
fn is_row(mut cells: Cells<'_>, n_ids: usize) -> bool {
    let n_bits = cells.back;
    // Each takes a bit or more.
    if cells.n_left > n_bits || (cells.n_left == 0) != (n_bits == 0) {
        return false;
    }
    let mut least = 0;
    for (id, frequency) in cells.by_ref() {
        if id < least || id as usize >= n_ids || frequency == 0 {
            return false;
        }
        least = id + 1;
    }
    cells.front <= cells.back && cells.back <= n_bits
}
