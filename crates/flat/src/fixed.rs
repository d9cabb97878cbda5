//! Values of a fixed width.

/// A number that has the same width wherever it stands.
pub trait Fixed: Copy {
    /// How many bytes it takes.
    const WIDTH: usize;

    /// Writes it to the first [`Fixed::WIDTH`] bytes.
    ///
    /// # Panics
    /// Where there are other than [`Fixed::WIDTH`].
    fn write(self, bytes: &mut [u8]);

    /// Reads it from [`Fixed::WIDTH`] bytes.
    ///
    /// # Panics
    /// Where there are other than [`Fixed::WIDTH`].
    fn read(bytes: &[u8]) -> Self;
}

macro_rules! fixed {
    ($($number:ty),*) => {$(
        impl Fixed for $number {
            const WIDTH: usize = size_of::<$number>();

            #[inline]
            fn write(self, bytes: &mut [u8]) {
                bytes.copy_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().expect("as many bytes as it is wide"))
            }
        }
    )*};
}

fixed!(u8, u16, u32, u64, i64, f64);
