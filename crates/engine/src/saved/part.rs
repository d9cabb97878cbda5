//! A run of bytes of a file.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;

use sha2::{Digest as _, Sha256};
use store::Digest;

/// How many bytes are hashed at once.
const HASHED: usize = 1 << 18;

/// The parts of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What answers rest on.
    Answers = 0,
    /// What only the writer needs.
    Rows = 1,
}

/// The bytes of a part; several of one file can be read at the same time.
#[derive(Debug)]
pub(super) struct Bytes<'f> {
    pub(super) file: &'f File,
    pub(super) at: u64,
    pub(super) end: u64,
}

impl<'f> Bytes<'f> {
    pub(super) fn buffered(self) -> BufReader<Self> {
        BufReader::with_capacity(1 << 16, self)
    }

    /// The SHA-256 of all that is left.
    ///
    /// # Errors
    /// Where it cannot be read, or the file ends early.
    pub(super) fn digest(mut self) -> io::Result<Digest> {
        let mut hash = Sha256::new();
        let mut chunk = vec![0; HASHED];
        loop {
            match self.read(&mut chunk)? {
                0 if self.at < self.end => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => return Ok(hash.finalize().into()),
                n => hash.update(&chunk[..n]),
            }
        }
    }
}

impl Read for Bytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let wanted = into.len().min(left);
        let n = self.file.read_at(&mut into[..wanted], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}
