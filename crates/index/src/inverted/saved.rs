//! The documents of each term to bytes and back.

use flat::{Error, Input, Output, Result};

use super::Inverted;
use crate::packed::PackedLists;
use crate::window::{WINDOW, Window};

impl Inverted {
    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        out.number(self.n_frequent as u64)?;
        self.rare.write(out)?;
        self.windows.iter().try_for_each(|window| window.write(out))
    }

    /// Reads what [`Inverted::write`] wrote of `n_rows` rows and `n_terms` terms.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize, n_terms: usize) -> Result<Self> {
        let n_frequent = usize::try_from(input.number::<u64>()?).unwrap_or(usize::MAX);
        let n_rare = n_terms.checked_sub(n_frequent);
        let n_rare = n_rare.ok_or(Error::Malformed("there are more frequent terms than terms"))?;
        let rare = PackedLists::read(input, n_rare, n_rows)?;
        let windows = (0..n_rows.div_ceil(WINDOW)).map(|number| {
            let n_rows = (n_rows - number * WINDOW).min(WINDOW);
            Window::read(input, n_rows, n_frequent)
        });
        Ok(Self { n_frequent, rare, windows: windows.collect::<Result<_>>()? })
    }
}
