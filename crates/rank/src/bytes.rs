//! Numbers one after another, as bytes.

/// Writes numbers, little-endian.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    bytes: Vec<u8>,
}

/// Reads what an [`Encoder`] wrote, where it lies.
#[derive(Debug)]
pub(crate) struct Decoder<'a> {
    bytes: &'a [u8],
}

impl Encoder {
    pub(crate) fn with_room_for(n_bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(n_bytes) }
    }

    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn put_length(&mut self, length: usize) {
        let length = u32::try_from(length).expect("a document is smaller than 4 GiB");
        self.put(&length.to_le_bytes());
    }

    /// Numbers of `N` bytes; how many, is for the caller to tell.
    pub(crate) fn put_all<const N: usize>(&mut self, numbers: impl Iterator<Item = [u8; N]>) {
        numbers.for_each(|number| self.put(&number));
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn length(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.array()?) as usize)
    }

    /// `n` numbers of `N` bytes.
    pub(crate) fn numbers<const N: usize>(&mut self, n: usize) -> Option<&'a [[u8; N]]> {
        let (numbers, _) = self.take(n.checked_mul(N)?)?.as_chunks();
        Some(numbers)
    }
}
