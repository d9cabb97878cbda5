//! Columns of numbers to bytes and back.

use flat::{Error, Input, Output, Result, require};

use super::{BARE_MAX, Ints, Packed};

/// Stands for the width of a column that is not packed.
const GROWING: u8 = u8::MAX;

impl Ints {
    /// Every row.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<i64>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Writes all of it.
    pub(crate) fn write(&self, out: &mut Output<'_>) -> Result<()> {
        match self {
            Self::Growing(values) => {
                out.number(GROWING)?;
                out.array(&values.iter().map(|it| u8::from(it.is_some())).collect::<Vec<u8>>())?;
                out.array(&values.iter().map(|it| it.unwrap_or(0)).collect::<Vec<i64>>())
            }
            Self::Packed(packed) => {
                out.number(packed.width as u8)?;
                out.number(packed.base)?;
                out.number(u8::from(packed.has_none))?;
                out.array(&packed.bytes)
            }
        }
    }

    /// Reads what [`Ints::write`] wrote of `n_rows` rows.
    pub(crate) fn read(input: &mut Input<'_>, n_rows: usize) -> Result<Self> {
        let width = input.number::<u8>()?;
        if width == GROWING {
            let known: Vec<u8> = input.array_of(n_rows)?;
            let values: Vec<i64> = input.array_of(n_rows)?;
            let rows = known.into_iter().zip(values);
            return Ok(Self::Growing(rows.map(|(known, it)| (known != 0).then_some(it)).collect()));
        }
        require(matches!(width, 0 | 1 | 2 | 4 | 8), "a column has another width")?;
        require(width > 0 || n_rows <= BARE_MAX, "a column is longer than it can be")?;
        let (base, width) = (input.number()?, usize::from(width));
        let has_none = input.number::<u8>()? != 0;
        let len = n_rows.checked_mul(width).ok_or(Error::Malformed("a column is too long"))?;
        let bytes = input.array_of(len)?.into_boxed_slice();
        let packed = Packed::new(n_rows, base, has_none, width, bytes);
        packed.check()?;
        Ok(Self::Packed(packed))
    }
}

impl Packed {
    /// Whether every number is one.
    fn check(&self) -> Result<()> {
        let above = self.greatest.saturating_sub(u64::from(self.has_none));
        let last = i64::try_from(above).ok().and_then(|above| self.base.checked_add(above));
        require(last.is_some(), "a number is out of range")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(width: u8, base: i64, has_none: u8, bytes: &[u8], n_rows: usize) -> Result<Ints> {
        let mut written = Vec::new();
        let mut out = Output::new(&mut written);
        out.number(width)?;
        out.number(base)?;
        out.number(has_none)?;
        out.array(bytes)?;
        let mut read = written.as_slice();
        Ints::read(&mut Input::new(&mut read, written.len() as u64), n_rows)
    }

    #[test]
    fn a_column_claims_no_rows_that_it_has_no_bytes_for() {
        assert!(column(0, 7, 0, &[], BARE_MAX).is_ok());
        assert!(column(0, 7, 0, &[], BARE_MAX + 1).is_err());
        assert!(column(0, 0, 1, &[], 1 << 40).is_err());
        assert!(column(1, 0, 0, &[0; 3], 4).is_err());
    }

    #[test]
    fn a_number_beyond_all_is_refused_and_the_greatest_is_not() {
        let greatest = i64::MAX as u64;
        let read = |base, has_none, code: u64| column(8, base, has_none, &code.to_le_bytes(), 1);
        assert!(read(i64::MIN, 1, 1 << 63).is_ok_and(|it| it.get(0) == Some(-1)));
        assert!(read(i64::MIN, 0, 1 << 63).is_err());
        assert!(read(0, 0, greatest).is_ok_and(|it| it.get(0) == Some(i64::MAX)));
        assert!(read(1, 0, greatest).is_err());
        assert!(read(0, 1, u64::MAX).is_err());
    }
}
