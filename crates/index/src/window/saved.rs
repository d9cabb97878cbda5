//! A window to bytes and back.

use flat::{Error, Input, Output, Result, require};

use super::{Dense, HAS_BITMAPS, WINDOW, Window};

const BROKEN: &str = "a window has a list that is none";

impl Window {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.number(self.n_rows as u64)?;
        out.array(&self.starts)?;
        out.array(&self.lists)?;
        let dense = self.dense.iter().flat_map(|dense| [dense.first_word, dense.n_layers]);
        out.array(&dense.collect::<Vec<u32>>())?;
        out.array(&self.bits)
    }

    /// Reads what [`Window::write`] wrote of `n_rows` rows and `n_frequent` terms.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize, n_frequent: usize) -> Result<Self> {
        require(input.number::<u64>()? == n_rows as u64, "a window has other rows")?;
        require(n_rows <= WINDOW, "a window is too wide")?;
        let (starts, lists) = (input.array_of(n_frequent + 1)?, input.array()?);
        let dense = input.array::<u32>()?;
        let (dense, rest) = dense.as_chunks();
        require(rest.is_empty(), BROKEN)?;
        let dense = dense.iter().map(|&[first_word, n_layers]| Dense { first_word, n_layers });
        let window = Self { n_rows, starts, lists, dense: dense.collect(), bits: input.array()? };
        window.check()?;
        Ok(window)
    }

    /// Whether every list is one, and names no row that is not here.
    fn check(&self) -> Result<()> {
        let whole = self.starts.is_sorted()
            && self.starts.first() == Some(&0)
            && self.starts.last().is_some_and(|end| *end as usize == self.lists.len());
        require(whole, BROKEN)?;
        for list in self.starts.windows(2) {
            self.check_list(&self.lists[list[0] as usize..list[1] as usize])?;
        }
        self.dense.iter().try_for_each(|dense| self.check_bitmaps(dense))
    }

    fn check_list(&self, list: &[u16]) -> Result<()> {
        let (once, often) = match list {
            [] => return Ok(()),
            [HAS_BITMAPS, place, often @ ..] => {
                require(usize::from(*place) < self.dense.len(), BROKEN)?;
                ([].as_slice(), often)
            }
            [n_once, rows @ ..] => {
                rows.split_at_checked(usize::from(*n_once)).ok_or(Error::Malformed(BROKEN))?
            }
        };
        let (often, rest) = often.as_chunks::<2>();
        let is_here = |row: &u16| usize::from(*row) < self.n_rows;
        let sound = once.iter().all(is_here)
            && once.is_sorted_by(|row, next| row < next)
            && often.iter().all(|[row, frequency]| is_here(row) && *frequency > 0)
            && often.is_sorted_by(|[row, _], [next, _]| row < next);
        require(rest.is_empty() && sound, BROKEN)
    }

    fn check_bitmaps(&self, dense: &Dense) -> Result<()> {
        require(dense.n_layers < u32::from(u16::MAX), BROKEN)?;
        let n_words = self.n_words();
        let len = (dense.n_layers as usize).checked_mul(n_words);
        let layers = len.and_then(|len| self.bits.get(dense.first_word as usize..)?.get(..len));
        let layers = layers.filter(|layers| !layers.is_empty()).ok_or(Error::Malformed(BROKEN))?;
        let beyond =
            if self.n_rows.is_multiple_of(64) { 0 } else { u64::MAX << (self.n_rows % 64) };
        let last_words = layers.iter().skip(n_words - 1).step_by(n_words);
        require(last_words.into_iter().all(|word| word & beyond == 0), BROKEN)
    }
}
