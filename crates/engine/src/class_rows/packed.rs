//! The cells of a row as bytes.

/// Adds the cells of a row, whose terms ascend: per term the gap to the one before and whether its frequency is above 1,
/// then such a frequency, as little-endian base-128 numbers.
pub(super) fn push_row(bytes: &mut Vec<u8>, cells: impl Iterator<Item = (u32, u16)>) {
    let mut before = 0;
    for (term, frequency) in cells {
        push_number(bytes, u64::from(term - before) << 1 | u64::from(frequency > 1));
        if frequency > 1 {
            push_number(bytes, u64::from(frequency));
        }
        before = term;
    }
}

/// The cells of a row, from its bytes. It ends early at bytes that are none.
#[derive(Debug, Clone)]
pub(crate) struct Cells<'a> {
    bytes: &'a [u8],
    term: u32,
}

impl<'a> Cells<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, term: 0 }
    }

    /// Whether all bytes were cells.
    pub(super) fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn cell(&mut self) -> Option<(u32, u16)> {
        let head = self.number()?;
        self.term = self.term.checked_add(u32::try_from(head >> 1).ok()?)?;
        let frequency = if head & 1 == 0 { 1 } else { u16::try_from(self.number()?).ok()? };
        (frequency > 0).then_some((self.term, frequency))
    }
}

impl Iterator for Cells<'_> {
    type Item = (u32, u16);

    fn next(&mut self) -> Option<(u32, u16)> {
        if self.bytes.is_empty() {
            return None;
        }
        let before = self.bytes;
        let cell = self.cell();
        if cell.is_none() {
            self.bytes = before;
        }
        cell
    }
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
