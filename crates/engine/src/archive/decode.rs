//! Bytes to what was read of an incident. Nothing here panics, whatever the bytes are.

use std::ops::Range;

use index::Entry;
use vector::Bag;

use super::encode::Facts;
use super::{Analysed, Archive};
use crate::retriever::Bags;

/// Bytes under way.
#[derive(Debug)]
pub(super) struct Reading<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(taken)
    }

    /// A little-endian base-128 number.
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Passes over bytes that their number precedes; says where they are.
    pub(super) fn range(&mut self) -> Option<Range<usize>> {
        let len = usize::try_from(self.number()?).ok()?;
        let from = self.at;
        self.take(len)?;
        Some(from..self.at)
    }

    pub(super) fn analysed(&mut self, archive: &Archive) -> Option<Analysed> {
        let facts = self.range()?;
        let entry: Entry = serde_json::from_slice::<Facts>(&self.bytes[facts]).ok()?.into();
        let (search, classes) = (self.bag(archive)?, self.bag(archive)?);
        self.is_at_end().then_some(Analysed { entry, bags: Bags { search, classes } })
    }

    fn bag(&mut self, archive: &Archive) -> Option<Bag> {
        let n_cells = self.number()?;
        let mut term = 0_u64;
        let mut bag = Bag::default();
        for _ in 0..n_cells {
            let head = self.number()?;
            term = term.checked_add(head >> 1)?;
            let frequency = if head & 1 == 0 { 1 } else { self.number()? };
            bag.push(archive.term(term)?, u16::try_from(frequency).ok()?)?;
        }
        Some(bag)
    }
}
