//! Packed lists to bytes and back.

use flat::{Input, Output, Result, require};

use super::PackedLists;

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
        let rows = offsets.windows(2);
        let sound = rows
            .map(|row| &lists.bytes[row[0] as usize..row[1] as usize])
            .all(|row| is_row(row, n_ids as u64));
        require(sound, "a row holds what is no id")?;
        Ok(lists)
    }
}

/// Whether `bytes` are the cells of a row whose ids ascend and are below `n_ids`.
fn is_row(mut bytes: &[u8], n_ids: u64) -> bool {
    let mut last = None;
    while !bytes.is_empty() {
        let Some(head) = number(&mut bytes) else {
            return false;
        };
        let id = last.unwrap_or(0) + (head >> 1);
        let frequency = if head & 1 == 0 { Some(1) } else { number(&mut bytes) };
        let fits = frequency.is_some_and(|it| it > 0 && it <= u64::from(u16::MAX));
        if !fits || id >= n_ids || last.is_some_and(|last| last == id) {
            return false;
        }
        last = Some(id);
    }
    true
}

/// A number of up to 32 bits.
#[inline(always)]
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return (number <= u64::from(u32::MAX)).then_some(number);
        }
    }
    None
}
