//! Values to bytes.

use std::io::Write;

use crate::{CHUNK, Fixed, Result};

/// Where values go, one after another.
pub struct Output<'a> {
    out: &'a mut dyn Write,
    chunk: Vec<u8>,
}

impl<'a> Output<'a> {
    /// Values are written to `out`.
    #[must_use]
    pub fn new(out: &'a mut dyn Write) -> Self {
        Self { out, chunk: vec![0; CHUNK] }
    }

    /// Writes one number.
    ///
    /// # Errors
    /// [`crate::Error::Io`], as in all that follow.
    pub fn number<T: Fixed>(&mut self, number: T) -> Result<()> {
        self.run(&[number])
    }

    /// Writes an array after its length.
    ///
    /// # Errors
    /// As [`Output::number`].
    pub fn array<T: Fixed>(&mut self, values: &[T]) -> Result<()> {
        self.number(values.len() as u64)?;
        self.run(values)
    }

    /// Writes a text after its length.
    ///
    /// # Errors
    /// As [`Output::number`].
    pub fn text(&mut self, text: &str) -> Result<()> {
        self.number(text.len() as u64)?;
        Ok(self.out.write_all(text.as_bytes())?)
    }

    fn run<T: Fixed>(&mut self, values: &[T]) -> Result<()> {
        for values in values.chunks(CHUNK / T::WIDTH) {
            let bytes = &mut self.chunk[..values.len() * T::WIDTH];
            for (bytes, value) in bytes.chunks_exact_mut(T::WIDTH).zip(values) {
                value.write(bytes);
            }
            self.out.write_all(bytes)?;
        }
        Ok(())
    }
}
