//! Columns of numbers to bytes and back.

use flat::{Error, Input, Output, Result, require};

use super::{Ints, Packed};

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
        let reach = if self.width == 8 { u64::MAX } else { (1 << (8 * self.width)) - 1 };
        let is_number = |code: u64| i64::try_from(i128::from(self.base) + i128::from(code)).is_ok();
        if is_number(reach) {
            return Ok(());
        }
        let (codes, _) = self.bytes.as_chunks();
        let sound = self.width == 8
            && codes.iter().all(|code| {
                let code = u64::from_le_bytes(*code);
                i64::try_from(code).is_ok() && is_number(code)
            });
        if sound { Ok(()) } else { Err(Error::Malformed("a number is out of range")) }
    }
}
