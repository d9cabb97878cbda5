//! How the file begins.

use std::fs::File;

use sha2::{Digest as _, Sha256};
use store::Digest;

use super::part::{Bytes, Part};

/// Its number is to be raised whenever the form of either part changes, in whichever crate.
const MAGIC: &[u8; 16] = b"relapse index 2\n";
const DIGEST_LEN: usize = size_of::<Digest>();

/// What the first bytes say of the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Stands for the way in which incidents are read, and the file is written.
    pub(super) fingerprint: Digest,
    /// The length and the digest of each part.
    pub(super) parts: [(u64, Digest); 2],
}

impl Head {
    /// How many bytes it takes.
    pub(super) const LEN: usize = MAGIC.len() + DIGEST_LEN + 2 * (8 + DIGEST_LEN);

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.fingerprint);
        for (len, digest) in &self.parts {
            bytes.extend(len.to_le_bytes());
            bytes.extend(digest);
        }
        bytes
    }

    /// Reads what [`Head::to_bytes`] wrote; `None` where it is not that.
    pub(super) fn from_bytes(bytes: &[u8; Self::LEN]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk()?;
        let (fingerprint, rest) = rest.split_first_chunk()?;
        let part = |rest: &[u8]| {
            let (len, digest) = rest.split_first_chunk()?;
            Some((u64::from_le_bytes(*len), *digest.first_chunk()?))
        };
        let parts = [part(rest)?, part(rest.get(8 + DIGEST_LEN..)?)?];
        let head = Self { fingerprint: *fingerprint, parts };
        (magic == MAGIC && head.file_len_checked().is_some()).then_some(head)
    }

    /// Stands for the whole file.
    pub(super) fn digest(&self) -> Digest {
        Sha256::digest(self.to_bytes()).into()
    }

    pub(super) fn digest_of(&self, part: Part) -> Digest {
        self.parts[part as usize].1
    }

    pub(super) fn len(&self, part: Part) -> u64 {
        self.parts[part as usize].0
    }

    /// How long the file is.
    pub(super) fn file_len(&self) -> u64 {
        self.file_len_checked().expect("it was checked when it was read")
    }

    /// The bytes of `part` in `file`.
    pub(super) fn bytes_of<'f>(&self, part: Part, file: &'f File) -> Bytes<'f> {
        let before = if part == Part::Answers { 0 } else { self.len(Part::Answers) };
        let at = Self::LEN as u64 + before;
        Bytes { file, at, end: at + self.len(part) }
    }

    fn file_len_checked(&self) -> Option<u64> {
        let parts = self.len(Part::Answers).checked_add(self.len(Part::Rows))?;
        parts.checked_add(Self::LEN as u64)
    }
}
