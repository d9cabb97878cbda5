//! The form of features on disk, in numbers alone.

use crate::bm25f::FieldsRow;
use crate::grams::GramRow;
use crate::model::Features;

/// Writes numbers one after another, little-endian.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    bytes: Vec<u8>,
}

/// Reads what an [`Encoder`] wrote.
#[derive(Debug)]
pub(crate) struct Decoder<'a> {
    bytes: &'a [u8],
}

impl Encoder {
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(crate) fn put_length(&mut self, length: usize) {
        let length = u32::try_from(length).expect("a document is smaller than 4 GiB");
        self.put(&length.to_le_bytes());
    }
}

impl<'a> Decoder<'a> {
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
    pub(crate) fn numbers<const N: usize, T: FromIterator<U>, U>(
        &mut self,
        n: usize,
        read: fn([u8; N]) -> U,
    ) -> Option<T> {
        let (chunks, _) = self.take(n.checked_mul(N)?)?.as_chunks::<N>();
        Some(chunks.iter().map(|chunk| read(*chunk)).collect())
    }
}

impl Features {
    /// The features as bytes: numbers and hashes, no text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Encoder { bytes: Vec::with_capacity(self.n_bytes()) };
        self.characters.encode(&mut to);
        self.title.encode(&mut to);
        self.fields.encode(&mut to);
        to.put_length(self.latent.len());
        self.latent.iter().for_each(|at| to.put(&at.to_le_bytes()));
        to.put(&self.norm.to_le_bytes());
        to.put(&[u8::from(self.started_at.is_some())]);
        to.put(&self.started_at.unwrap_or_default().to_le_bytes());
        to.bytes
    }

    /// Reads what [`Self::to_bytes`] wrote; `None` where it is something else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = Decoder { bytes };
        let features = Self {
            characters: GramRow::decode(&mut from)?,
            title: GramRow::decode(&mut from)?,
            fields: FieldsRow::decode(&mut from)?,
            latent: {
                let n = from.length()?;
                from.numbers(n, f32::from_le_bytes)?
            },
            norm: f64::from_le_bytes(from.array()?),
            started_at: {
                let is_dated = from.take(1)? == [1];
                let at = i64::from_le_bytes(from.array()?);
                is_dated.then_some(at)
            },
        };
        from.bytes.is_empty().then_some(features)
    }
}

#[cfg(test)]
mod tests {
    use index::Postings;
    use vector::{Bag, Damping};

    use super::*;
    use crate::document::Document;
    use crate::model::Model;

    fn features(started_at: Option<i64>) -> Features {
        let bag = Bag::count([("disk", 2), ("full", 1)].into_iter());
        let document = Document {
            title: "Disk full".to_owned(),
            body: "The disk of the primary is full".to_owned(),
            fields: [bag.clone(), bag.clone(), Bag::default()],
            search: bag,
            started_at,
        };
        let postings = Postings::new(0.85, Damping::Log);
        Model::fit(&[&document], &postings, 1).features(&document, &postings)
    }

    #[test]
    fn features_come_back_from_their_bytes_as_they_were() {
        for started_at in [None, Some(-5), Some(1_700_000_000)] {
            let features = features(started_at);
            let back = Features::from_bytes(&features.to_bytes()).expect("it was just written");
            assert_eq!(back, features);
        }
    }

    #[test]
    fn other_bytes_are_no_features() {
        let bytes = features(None).to_bytes();
        for length in 0..bytes.len() {
            assert!(Features::from_bytes(&bytes[..length]).is_none(), "{length} bytes");
        }
        assert!(Features::from_bytes(&[&*bytes, &[0]].concat()).is_none());
        assert!(!String::from_utf8_lossy(&bytes).contains("disk"), "they hold no text");
    }
}
