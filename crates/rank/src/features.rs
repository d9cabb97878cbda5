//! What questions are compared with of a document.

use std::sync::Arc;

use index::Postings;

use crate::blend::Signals;
use crate::bm25f::FieldsRow;
use crate::bytes::{Decoder, Encoder};
use crate::grams::GramRow;
use crate::hash::number_of;
use crate::lsa::cosine;
use crate::model::Question;

const SECS_PER_DAY: f64 = 86_400.0;

/// All of a document that questions are compared with: some kilobytes of numbers and hashes in one piece, which are read
/// where they lie. It holds no text. A copy shares them.
#[derive(Debug, Clone)]
pub struct Features {
    bytes: Arc<[u8]>,
}

/// The parts of the features of a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Parts<'a> {
    pub(crate) characters: GramRow<'a>,
    pub(crate) title: GramRow<'a>,
    pub(crate) fields: FieldsRow<'a>,
    latent: &'a [[u8; 4]],
    /// Of its vector in the index.
    norm: f64,
    started_at: Option<i64>,
}

/// The same where each is still to be written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) rows: Encoder,
    pub(crate) latent: Vec<f32>,
    pub(crate) norm: f64,
    pub(crate) started_at: Option<i64>,
}

impl Written {
    pub(crate) fn finish(self) -> Features {
        let mut to = self.rows;
        to.put_length(self.latent.len());
        to.put_all(self.latent.iter().map(|at| at.to_le_bytes()));
        to.put(&self.norm.to_le_bytes());
        to.put(&[u8::from(self.started_at.is_some())]);
        to.put(&self.started_at.unwrap_or_default().to_le_bytes());
        Features { bytes: to.finish().into() }
    }
}

impl Features {
    /// Takes back [`Self::bytes`], behind which anything may stand; `None` where they are something else.
    #[must_use]
    pub fn from_bytes(bytes: Arc<[u8]>) -> Option<Self> {
        Parts::decode(&mut Decoder::new(&bytes))?;
        Some(Self { bytes })
    }

    /// All of it, and what stands behind it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts::decode(&mut Decoder::new(&self.bytes)).expect("they were looked at before")
    }

    /// What speaks for and against a document that the index found with `score`, hubness left out.
    #[must_use]
    pub fn signals(&self, score: f64, question: &Question, postings: &Postings) -> Signals {
        let parts = self.parts();
        let Parts { characters, title, fields, norm, started_at, .. } = parts;
        let words = score / postings.slope();
        let ages = question.asked_at.zip(started_at);
        let cosine_of_words = words * postings.pivoted(norm) / norm;
        Signals {
            words,
            words_unpivoted: cosine_of_words.min(1.0),
            characters: characters.cosine(&question.characters).min(1.0),
            latent: cosine(&question.latent, parts.latent()),
            title: title.cosine(&question.title).min(1.0),
            fields: fields.score(&question.fields),
            hubness: 0.0,
            age_days: ages.map(|(asked, began)| (asked - began) as f64 / SECS_PER_DAY),
        }
    }

    /// Whether the document has `term` in one of its fields.
    #[must_use]
    pub fn holds(&self, term: &str) -> bool {
        self.parts().fields.holds(number_of(term))
    }
}

impl PartialEq for Features {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl<'a> Parts<'a> {
    fn decode(from: &mut Decoder<'a>) -> Option<Self> {
        Some(Self {
            characters: GramRow::decode(from)?,
            title: GramRow::decode(from)?,
            fields: FieldsRow::decode(from)?,
            latent: {
                let n = from.length()?;
                from.numbers(n)?
            },
            norm: f64::from_le_bytes(from.array()?),
            started_at: {
                let is_dated = from.take(1)? == [1];
                let at = i64::from_le_bytes(from.array()?);
                is_dated.then_some(at)
            },
        })
    }

    /// Its direction in the latent space.
    pub(crate) fn latent(&self) -> impl Iterator<Item = f32> + use<'a> {
        self.latent.iter().map(|at| f32::from_le_bytes(*at))
    }
}

#[cfg(test)]
mod tests {
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
    fn features_come_back_from_their_bytes_whatever_stands_behind_them() {
        for started_at in [None, Some(-5), Some(1_700_000_000)] {
            let features = features(started_at);
            let bytes = [features.bytes(), b"more"].concat();
            let back = Features::from_bytes(bytes.into()).expect("it was just written");
            assert_eq!(back, features);
            assert_eq!(back.parts().started_at, started_at);
        }
        assert_ne!(features(None), features(Some(0)));
    }

    #[test]
    fn other_bytes_are_no_features() {
        let features = features(None);
        for length in 0..features.bytes().len() {
            let cut = features.bytes()[..length].into();
            assert!(Features::from_bytes(cut).is_none(), "{length} bytes");
        }
        let text = String::from_utf8_lossy(features.bytes());
        assert!(!text.contains("disk"), "they hold no text");
    }
}
