//! What was worked out and does not fit into memory.

use std::fs::File;
use std::iter::repeat_n;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hashbrown::HashMap;
use index::DocId;

/// How large the file becomes at most: some 400,000 documents of 60 words. What comes later is not kept.
const BYTES_MAX: u64 = 2 << 30;

/// Bytes by document, in a file without a name, which goes with the process. The system keeps in memory what of it
/// is read often. What cannot be written or read is worked out anew.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// `None` where there is no room for one.
    file: Option<File>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    places: HashMap<DocId, Place>,
    end: u64,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    at: u64,
    n_bytes: u32,
    checksum: u64,
}

impl Scratch {
    /// Nothing yet.
    pub(crate) fn new(file: std::io::Result<File>) -> Self {
        if let Err(error) = &file {
            tracing::warn!(%error, "there is no scratch file; answers take longer");
        }
        Self { file: file.ok(), kept: Mutex::default() }
    }

    /// What is kept of `doc`.
    pub(crate) fn get(&self, doc: DocId) -> Option<Arc<[u8]>> {
        let place = *self.kept().places.get(&doc)?;
        let mut bytes: Arc<[u8]> = repeat_n(0, place.n_bytes as usize).collect();
        let room = Arc::get_mut(&mut bytes).expect("nobody else has it yet");
        self.file.as_ref()?.read_exact_at(room, place.at).ok()?;
        (checksum(room) == place.checksum).then_some(bytes)
    }

    /// Whether something is kept of `doc`.
    pub(crate) fn holds(&self, doc: DocId) -> bool {
        self.kept().places.contains_key(&doc)
    }

    /// Whether nothing more is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.file.is_none() || self.kept().end >= BYTES_MAX
    }

    /// Keeps the bytes of a document, if there is room.
    pub(crate) fn put(&self, doc: DocId, bytes: &[u8]) {
        let Some(file) = self.file.as_ref().filter(|_| !self.is_full()) else {
            return;
        };
        let at = {
            let mut kept = self.kept();
            let at = kept.end;
            kept.end += bytes.len() as u64;
            at
        };
        let n_bytes = u32::try_from(bytes.len()).expect("a document is smaller than 4 GiB");
        if file.write_all_at(bytes, at).is_ok() {
            self.kept().places.insert(doc, Place { at, n_bytes, checksum: checksum(bytes) });
        }
    }

    /// Whatever a thread that panicked left here is whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Differs where a bit does: each step can be undone. Four sums side by side, since a step waits for the one before it.
fn checksum(bytes: &[u8]) -> u64 {
    let step = |sum: u64, word: [u8; 8]| {
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
    };
    let (words, rest) = bytes.as_chunks::<8>();
    let (fours, others) = words.as_chunks::<4>();
    let mut sums = [bytes.len() as u64, 1, 2, 3];
    for four in fours {
        sums.iter_mut().zip(four).for_each(|(sum, word)| *sum = step(*sum, *word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let sum = others.iter().chain([&last]).fold(sums[0], |sum, word| step(sum, *word));
    sums[1..].iter().fold(sum, |sum, other| step(sum, other.to_le_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> Scratch {
        Scratch::new(tempfile::tempfile())
    }

    #[test]
    fn what_is_kept_comes_back() {
        let scratch = scratch();
        let bytes = |number: u8| vec![number; usize::from(number)];
        (0..100).for_each(|number| scratch.put(DocId(number.into()), &bytes(number)));
        for number in 0..100 {
            assert_eq!(scratch.get(DocId(number.into())), Some(bytes(number).into()));
        }
        assert!(scratch.holds(DocId(99)) && !scratch.holds(DocId(100)));
        assert_eq!(scratch.get(DocId(100)), None);
    }

    #[test]
    fn what_the_disk_changed_is_not_believed() {
        let scratch = scratch();
        scratch.put(DocId(0), b"twelve bytes");
        let file = scratch.file.as_ref().expect("there is room");
        for at in 0..12 {
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).expect("it was written");
            file.write_all_at(&[byte[0] ^ 1], at).expect("there is room");
            assert_eq!(scratch.get(DocId(0)), None, "byte {at}");
            file.write_all_at(&byte, at).expect("there is room");
        }
        assert!(scratch.get(DocId(0)).is_some());
    }

    #[test]
    fn without_a_file_nothing_is_kept() {
        let scratch = Scratch::new(Err(std::io::ErrorKind::StorageFull.into()));
        scratch.put(DocId(0), b"bytes");
        assert!(scratch.get(DocId(0)).is_none() && scratch.is_full());
    }
}
