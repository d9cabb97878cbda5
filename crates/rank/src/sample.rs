//! Which documents a [`crate::Model`] is fitted to.

use incident::IncidentId;

use crate::hash::number_of;

/// How many documents a model is fitted to, about: all up to here. More of them move no figure, and the time
/// to fit grows with their number.
pub const SAMPLE_MAX: u32 = 4_000;

/// A sample of a corpus, drawn by the ids: who is in it depends neither on the order of arrival nor on who
/// else is, only on how many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sample {
    /// The share that is taken, in 2^32 parts.
    share: u64,
}

impl Sample {
    /// The sample of a corpus of `n_docs` documents.
    #[must_use]
    pub fn of(n_docs: u32) -> Self {
        let share = (u64::from(SAMPLE_MAX) << 32).checked_div(u64::from(n_docs));
        Self { share: share.unwrap_or(u64::MAX) }
    }

    /// The number that `id` is drawn by; `None` where it is not in the sample.
    #[must_use]
    pub fn draw(&self, id: &IncidentId) -> Option<u64> {
        let number = number_of(id.as_str());
        // Ids that count up differ in their last bytes, which FNV spreads over its lower half first.
        let lot = (number ^ (number >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        (lot < self.share).then_some(number)
    }
}

/// What a version of a document, drawn by `number` and stored at `position` of the log, adds to the
/// fingerprint of a sample: the wrapping sum over its documents names what a model was fitted to. The last
/// steps are those of SplitMix64 (Steele, Lea and Flood, 2014).
#[must_use]
pub fn fingerprint(number: u64, position: u64) -> u64 {
    let mut bits = number ^ position.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(n_docs: u32) -> usize {
        let sample = Sample::of(n_docs);
        let ids = (0..n_docs).map(|number| IncidentId::new(format!("INC-{number:06}")));
        ids.filter(|id| sample.draw(id).is_some()).count()
    }

    #[test]
    fn a_small_corpus_is_taken_whole() {
        assert_eq!([0, 1, 100, SAMPLE_MAX].map(drawn), [0, 1, 100, SAMPLE_MAX as usize]);
    }

    #[test]
    fn another_version_has_another_fingerprint() {
        assert_ne!(fingerprint(7, 1), fingerprint(7, 2));
        assert_ne!(fingerprint(7, 1), fingerprint(8, 1));
    }

    #[test]
    fn of_a_large_one_about_the_most_is_taken() {
        for n_docs in [5_000, 20_000, 100_000] {
            let drawn = drawn(n_docs);
            assert!((3_700..=4_300).contains(&drawn), "{drawn} of {n_docs}");
        }
    }
}
