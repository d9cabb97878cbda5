//! Numbers, texts and arrays to bytes and back.
//!
//! * **In**: values, one after another, into an [`Output`]; then the same bytes into an [`Input`].
//! * **Out**: the same values, asked for in the same order.
//! * **Promises**: all is little-endian; an array is a number and its elements without gaps, so that it is copied as a
//!   whole. No bytes make reading panic, or ask for more memory than they are long.
//! * **Does not know**: what the values mean, checksums, files.
//!
//! ```
//! use flat::{Input, Output};
//!
//! # fn main() -> flat::Result<()> {
//! let mut bytes = Vec::new();
//! let mut out = Output::new(&mut bytes);
//! out.text("rows")?;
//! out.array(&[3_u32, 5, 8])?;
//!
//! let mut from = bytes.as_slice();
//! let mut input = Input::new(&mut from, bytes.len() as u64);
//! assert_eq!(input.text()?, "rows");
//! assert_eq!(input.array::<u32>()?, [3, 5, 8]);
//! input.end()?;
//! # Ok(())
//! # }
//! ```

mod fixed;
mod input;
mod output;

pub use fixed::Fixed;
pub use input::Input;
pub use output::Output;

/// Why bytes are not what was written, or cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// They are not what was written.
    #[error("malformed: {0}")]
    Malformed(&'static str),
}

/// What reading gives.
pub type Result<T> = std::result::Result<T, Error>;

/// `Ok` where `is_so`.
///
/// # Errors
/// [`Error::Malformed`] with `what` is wrong.
pub fn require(is_so: bool, what: &'static str) -> Result<()> {
    if is_so { Ok(()) } else { Err(Error::Malformed(what)) }
}

/// How many bytes of an array are turned at once: they stay in the nearest cache.
const CHUNK: usize = 1 << 15;
