//! Bytes to values.

use std::io::Read;

use crate::{CHUNK, Error, Fixed, Result, require};

/// Where values come from, in the order in which they were written.
pub struct Input<'a> {
    from: &'a mut dyn Read,
    /// How many bytes are still to come.
    left: u64,
    chunk: Vec<u8>,
}

impl<'a> Input<'a> {
    /// Values are read from the first `len` bytes of `from`.
    #[must_use]
    pub fn new(from: &'a mut dyn Read, len: u64) -> Self {
        Self { from, left: len, chunk: vec![0; CHUNK] }
    }

    /// Reads one number.
    ///
    /// # Errors
    /// [`Error::Malformed`] where there is less left, [`Error::Io`], as in all that follow.
    pub fn number<T: Fixed>(&mut self) -> Result<T> {
        self.take(T::WIDTH).map(T::read)
    }

    /// Reads an array.
    ///
    /// # Errors
    /// As [`Input::number`].
    pub fn array<T: Fixed>(&mut self) -> Result<Vec<T>> {
        let len = self.n_elements(T::WIDTH)?;
        let mut values = Vec::with_capacity(len);
        while values.len() < len {
            let n = (len - values.len()).min(CHUNK / T::WIDTH);
            values.extend(self.take(n * T::WIDTH)?.chunks_exact(T::WIDTH).map(T::read));
        }
        Ok(values)
    }

    /// Reads an array of so many elements.
    ///
    /// # Errors
    /// As [`Input::number`], and [`Error::Malformed`] where it has others.
    pub fn array_of<T: Fixed>(&mut self, len: usize) -> Result<Vec<T>> {
        let values = self.array()?;
        require(values.len() == len, "an array has another length")?;
        Ok(values)
    }

    /// Reads a text.
    ///
    /// # Errors
    /// As [`Input::number`], and [`Error::Malformed`] where it is not UTF-8.
    pub fn text(&mut self) -> Result<String> {
        String::from_utf8(self.array()?).map_err(|_| Error::Malformed("a text is not UTF-8"))
    }

    /// Reads how many elements follow, of at least `width` bytes each.
    ///
    /// # Errors
    /// As [`Input::number`], and [`Error::Malformed`] where there is no room for so many.
    pub fn n_elements(&mut self, width: usize) -> Result<usize> {
        let len = self.number::<u64>()?;
        let fits = len.checked_mul(width as u64).is_some_and(|needed| needed <= self.left);
        require(fits, "it ends too early")?;
        usize::try_from(len).map_err(|_| Error::Malformed("a length is out of range"))
    }

    /// Says that nothing more is expected.
    ///
    /// # Errors
    /// [`Error::Malformed`] where something follows.
    pub fn end(&self) -> Result<()> {
        require(self.left == 0, "something follows the end")
    }

    fn take(&mut self, len: usize) -> Result<&[u8]> {
        let left = self.left.checked_sub(len as u64);
        self.left = left.ok_or(Error::Malformed("it ends too early"))?;
        let bytes = &mut self.chunk[..len];
        self.from.read_exact(bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Output;

    /// Writes and reads a bit of everything.
    fn written(words: &[u16], numbers: &[f64], text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut out = Output::new(&mut bytes);
        let write = |out: &mut Output<'_>| {
            out.array(words)?;
            out.number(7_u64)?;
            out.array(numbers)?;
            out.text(text)
        };
        write(&mut out).expect("memory takes everything");
        bytes
    }

    fn read(mut bytes: &[u8]) -> Result<(Vec<u16>, Vec<f64>, String)> {
        let len = bytes.len() as u64;
        let mut input = Input::new(&mut bytes, len);
        let words = input.array()?;
        require(input.number::<u64>()? == 7, "no seven")?;
        let read = (words, input.array()?, input.text()?);
        input.end()?;
        Ok(read)
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_and_every_cut_is_an_error(
            words in prop::collection::vec(any::<u16>(), 0..50),
            numbers in prop::collection::vec(-1e9..1e9, 0..9),
            text in ".{0,20}",
        ) {
            let bytes = written(&words, &numbers, &text);
            prop_assert_eq!(read(&bytes).expect("whole"), (words, numbers, text));
            for len in 0..bytes.len() {
                prop_assert!(read(&bytes[..len]).is_err(), "{} bytes", len);
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn long_arrays_come_back() {
        let words: Vec<u16> = (0..100_000_u32).map(|number| number as u16).collect();
        let bytes = written(&words, &[0.1 + 0.2], "");
        assert_eq!(read(&bytes).expect("whole").0, words);
    }

    #[test]
    fn a_length_that_nobody_has_room_for_asks_for_no_memory() {
        let mut bytes = &u64::MAX.to_le_bytes()[..];
        let error = Input::new(&mut bytes, 8).array::<u32>().expect_err("too long");
        assert!(matches!(error, Error::Malformed(_)), "{error}");
    }
}
