//! The terms that failure classes are told apart by, packed.

use std::collections::HashMap;

use cluster::Classifier;
use flat::{Error, Input, Output, require};
use vector::Bag;

pub(crate) use self::packed::Cells;

mod packed;

/// The class bags of documents in the order of their numbers: what the classifier is made of, in a tenth of its size.
/// Terms are numbered in the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClassRows {
    /// By number.
    terms: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
    /// By row: where its bytes end.
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl ClassRows {
    /// The rows of `classifier`; one that was removed is empty.
    pub(crate) fn of(classifier: &Classifier) -> Self {
        let mut rows = Self::default();
        for term in classifier.terms() {
            rows.number(term);
        }
        classifier.rows().for_each(|cells| rows.push_cells(cells));
        rows
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, bag: &Bag) {
        let mut cells: Vec<(u32, u16)> =
            bag.iter().map(|(term, count)| (self.number(term), count)).collect();
        cells.sort_unstable();
        self.push_cells(cells.into_iter());
    }

    /// Adds the rows of `later`.
    pub(crate) fn append(&mut self, later: &Self) {
        let numbers: Vec<u32> = later.terms.iter().map(|term| self.number(term)).collect();
        for row in 0..later.len() {
            let cells = later.cells(row);
            let mut cells: Vec<(u32, u16)> =
                cells.map(|(term, count)| (numbers[term as usize], count)).collect();
            cells.sort_unstable();
            self.push_cells(cells.into_iter());
        }
    }

    /// The same rows less those that `keeps` does not let through, without the terms that only they hold.
    pub(crate) fn retained(&self, keeps: impl Fn(usize) -> bool) -> Self {
        let rows = || (0..self.len()).filter(|row| keeps(*row)).map(|row| self.cells(row));
        let mut is_held = vec![false; self.terms.len()];
        rows().flatten().for_each(|(term, _)| is_held[term as usize] = true);
        let mut retained = Self::default();
        let terms = self.terms.iter().zip(is_held);
        let numbers: Vec<u32> =
            terms.map(|(term, held)| if held { retained.number(term) } else { 0 }).collect();
        for cells in rows() {
            retained.push_cells(cells.map(|(term, count)| (numbers[term as usize], count)));
        }
        retained
    }

    /// The terms by their numbers.
    pub(crate) fn terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| &**term)
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn write(&self, out: &mut Output<'_>) -> flat::Result<()> {
        out.text(&self.terms.concat())?;
        let ends = self.terms.iter().scan(0, |end, term| {
            *end += term.len() as u64;
            Some(*end)
        });
        out.array(&ends.collect::<Vec<u64>>())?;
        out.array(&self.ends)?;
        out.array(&self.bytes)
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// [`Error::Malformed`] where it is not that; [`Error::Io`].
    pub(crate) fn read(input: &mut Input<'_>) -> flat::Result<Self> {
        let text = input.text()?;
        let (text, mut from) = (text.as_str(), 0);
        let mut terms = Vec::new();
        for end in input.array::<u64>()? {
            let end = usize::try_from(end).map_err(|_| Error::Malformed("a term ends nowhere"))?;
            let term = text.get(from..end).ok_or(Error::Malformed("a term ends nowhere"))?;
            terms.push(Box::from(term));
            from = end;
        }
        let numbers: HashMap<Box<str>, u32> = terms.iter().cloned().zip(0..).collect();
        require(numbers.len() == terms.len(), "a term stands twice")?;
        let rows = Self { terms, numbers, ends: input.array()?, bytes: input.array()? };
        rows.check()?;
        Ok(rows)
    }

    /// Whether every row is one, of terms there are.
    fn check(&self) -> flat::Result<()> {
        let last = self.ends.last().copied().unwrap_or(0);
        let fits = self.ends.is_sorted() && last == self.bytes.len() as u64;
        require(fits, "rows end where no bytes are")?;
        for row in 0..self.len() {
            let mut cells = self.cells(row);
            let known = cells.by_ref().all(|(term, _)| (term as usize) < self.terms.len());
            require(known && cells.is_at_end(), "a row holds what is no term")?;
        }
        Ok(())
    }

    /// The terms of a row as numbers, ascending, with their frequencies.
    pub(crate) fn cells(&self, row: usize) -> Cells<'_> {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        Cells::of(&self.bytes[from as usize..self.ends[row] as usize])
    }

    fn push_cells(&mut self, cells: impl Iterator<Item = (u32, u16)>) {
        packed::push_row(&mut self.bytes, cells);
        self.ends.push(self.bytes.len() as u64);
    }

    fn number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = u32::try_from(self.terms.len()).expect("fewer than 2^32 terms");
        self.terms.push(term.into());
        self.numbers.insert(term.into(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(words: &str) -> Bag {
        Bag::count(words.split_whitespace().map(|word| (word, 1)))
    }

    fn rows(of: &[&str]) -> ClassRows {
        let mut rows = ClassRows::default();
        of.iter().for_each(|words| rows.push(&bag(words)));
        rows
    }

    fn bag_of(rows: &ClassRows, row: usize) -> Bag {
        let texts: Vec<&str> = rows.terms().collect();
        Bag::count(rows.cells(row).map(|(term, count)| (texts[term as usize], count)))
    }

    const ROWS: [&str; 4] = ["zone tls tls tls", "", "auth tls", "disk full zone"];

    fn written(rows: &ClassRows) -> Vec<u8> {
        let mut bytes = Vec::new();
        rows.write(&mut Output::new(&mut bytes)).expect("memory takes everything");
        bytes
    }

    fn read(mut bytes: &[u8]) -> flat::Result<ClassRows> {
        let len = bytes.len() as u64;
        let mut input = Input::new(&mut bytes, len);
        let rows = ClassRows::read(&mut input)?;
        input.end()?;
        Ok(rows)
    }

    #[test]
    fn bags_come_back_as_they_went_in_also_from_bytes() {
        let rows = rows(&ROWS);
        let read = read(&written(&rows)).expect("it was just written");
        assert_eq!(read, rows);
        for (row, words) in ROWS.iter().enumerate() {
            assert_eq!(bag_of(&read, row), bag(words));
        }
    }

    #[test]
    fn rows_after_one_another_are_those_pushed_one_by_one() {
        let mut first = rows(&ROWS[..2]);
        first.append(&rows(&ROWS[2..]));
        assert_eq!(first, rows(&ROWS));
    }

    #[test]
    fn what_is_not_kept_leaves_no_word() {
        let kept = rows(&ROWS).retained(|row| row != 3);
        assert_eq!(kept, rows(&ROWS[..3]));
        let bytes = written(&kept);
        assert!(!bytes.windows(4).any(|word| word == b"disk"));
    }

    #[test]
    fn bytes_that_are_no_rows_are_an_error_or_other_rows_and_never_a_panic() {
        let bytes = written(&rows(&ROWS));
        for len in 0..bytes.len() {
            assert!(read(&bytes[..len]).is_err(), "{len} bytes of it");
        }
        for place in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            if let Ok(rows) = read(&flipped) {
                (0..rows.len()).for_each(|row| drop(bag_of(&rows, row)));
            }
        }
    }
}
