//! Character n-grams: what survives a typo, a compound and another inflection.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use vector::tf_weight;

use crate::bytes::{Decoder, Encoder};
use crate::hash::Fnv;

/// The shortest and the longest gram, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;
/// Room for the grams of a text of 60 words or so.
const GRAMS_LIKELY: usize = 2_048;

/// The grams of a text, each once with its frequency, ascending by hash.
///
/// Cut as scikit-learn's `char_wb` analyser cuts: lower case, a space on both sides of each word, no
/// gram across words. A gram is kept as 32 bits of its hash: of a million grams some hundred share
/// one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grams {
    cells: Vec<(u32, u8)>,
}

impl Grams {
    /// The grams of the first `characters_max` characters of `texts`, read one after another.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>, characters_max: usize) -> Self {
        let mut hashes = Vec::with_capacity(GRAMS_LIKELY);
        let mut padded = Vec::new();
        let mut left = characters_max;
        for text in texts {
            let end = text.char_indices().nth(left).map_or(text.len(), |(at, _)| at);
            left -= text[..end].chars().count();
            for word in text[..end].split_whitespace() {
                add_grams(word, &mut padded, |gram| hashes.push(gram));
            }
        }
        hashes.sort_unstable();
        let runs = hashes.chunk_by(|left, right| left == right);
        let frequency = |run: &[u32]| u8::try_from(run.len()).unwrap_or(u8::MAX);
        Self { cells: runs.map(|run| (run[0], frequency(run))).collect() }
    }
}

/// Calls `visit` with the hash of every gram of a word, as often as it stands there.
pub(crate) fn for_each_gram(word: &str, visit: impl FnMut(u32)) {
    add_grams(word, &mut Vec::new(), visit);
}

/// The same; `padded` is room to work in.
fn add_grams(word: &str, padded: &mut Vec<char>, mut visit: impl FnMut(u32)) {
    padded.clear();
    padded.push(' ');
    padded.extend(word.chars().flat_map(char::to_lowercase));
    padded.push(' ');
    for start in 0..padded.len() {
        let mut hash = Fnv::default();
        for (length, character) in (1..=*LENGTHS.end()).zip(&padded[start..]) {
            hash.add_char(*character);
            if LENGTHS.contains(&length) {
                visit(hash.folded());
            }
        }
    }
}

/// In how many texts each gram stands, and what it weighs because of that:
/// `(1 + ln tf) * (ln((1 + N) / (1 + df)) + 1)`.
#[derive(Debug)]
pub(crate) struct GramWeights {
    counts: HashMap<u32, u32, BuildHasherDefault<Spread>>,
    /// By count.
    idf: Vec<f32>,
}

/// The grams of a text, weighed, where they lie; 5 bytes per distinct gram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GramRow<'a> {
    grams: &'a [[u8; 4]],
    frequencies: &'a [u8],
    /// One over the norm; 0 for an empty text.
    scale: f32,
}

impl Default for GramWeights {
    fn default() -> Self {
        Self { counts: HashMap::default(), idf: idf_by_count(0) }
    }
}

impl GramWeights {
    /// Counts the grams of `texts`.
    pub(crate) fn count(texts: impl Iterator<Item = Grams>) -> Self {
        let mut weights = Self::default();
        let mut n_texts = 0;
        for text in texts {
            n_texts += 1;
            for (gram, _) in text.cells {
                *weights.counts.entry(gram).or_default() += 1;
            }
        }
        weights.idf = idf_by_count(n_texts);
        weights
    }

    /// The number of texts, and the count of each gram, ascending.
    pub(crate) fn to_counts(&self) -> (u32, Vec<(u32, u32)>) {
        let mut counts: Vec<(u32, u32)> = self.counts.iter().map(|(g, n)| (*g, *n)).collect();
        counts.sort_unstable();
        (u32::try_from(self.idf.len() - 1).expect("a sample is small"), counts)
    }

    /// Takes back what [`Self::to_counts`] gave; `None` where a gram is counted more often than there
    /// are texts.
    pub(crate) fn from_counts(n_texts: u32, counts: Vec<(u32, u32)>) -> Option<Self> {
        let sound = counts.iter().all(|(_, count)| *count <= n_texts);
        sound.then(|| Self { counts: counts.into_iter().collect(), idf: idf_by_count(n_texts) })
    }

    /// Writes a [`GramRow`]: the grams of a text, weighed.
    pub(crate) fn put_row(&self, text: &Grams, to: &mut Encoder) {
        to.put_length(text.cells.len());
        to.put_all(text.cells.iter().map(|(gram, _)| gram.to_le_bytes()));
        to.put_all(text.cells.iter().map(|(_, frequency)| [*frequency]));
        to.put(&self.scale(text).to_le_bytes());
    }

    /// A text made ready to be compared with many rows.
    pub(crate) fn query(&self, text: &Grams) -> GramQuery {
        let scale = self.scale(text);
        let mut query = GramQuery::with_room_for(text.cells.len());
        for (gram, frequency) in &text.cells {
            let idf = self.idf(*gram);
            query.insert(*gram, tf(*frequency) as f32 * idf * idf * scale);
        }
        query
    }

    fn idf(&self, gram: u32) -> f32 {
        self.idf[self.counts.get(&gram).map_or(0, |count| *count as usize)]
    }

    fn scale(&self, text: &Grams) -> f32 {
        let squares = text.cells.iter().fold(0.0, |sum, (gram, frequency)| {
            let weight = tf(*frequency) * f64::from(self.idf(*gram));
            sum + weight * weight
        });
        if squares > 0.0 { (1.0 / squares.sqrt()) as f32 } else { 0.0 }
    }
}

fn idf_by_count(n_texts: u32) -> Vec<f32> {
    let idf = |count| ((1.0 + f64::from(n_texts)) / (1.0 + f64::from(count))).ln() + 1.0;
    (0..=n_texts).map(|count| idf(count) as f32).collect()
}

impl<'a> GramRow<'a> {
    pub(crate) fn decode(from: &mut Decoder<'a>) -> Option<Self> {
        let n = from.length()?;
        Some(Self {
            grams: from.numbers(n)?,
            frequencies: from.take(n)?,
            scale: f32::from_le_bytes(from.array()?),
        })
    }

    /// What each gram that `query` has too brings to the cosine, ascending by hash.
    pub(crate) fn products<'q>(
        &self,
        query: &'q GramQuery,
    ) -> impl Iterator<Item = (u32, f64)> + use<'a, 'q> {
        let scale = f64::from(self.scale);
        self.grams.iter().zip(self.frequencies).filter_map(move |(gram, frequency)| {
            let gram = u32::from_le_bytes(*gram);
            let weight = query.weight(gram);
            (weight != 0.0).then(|| (gram, f64::from(weight) * tf(*frequency) * scale))
        })
    }

    /// The cosine of the row and `query`, in [0, 1] but for rounding.
    pub(crate) fn cosine(&self, query: &GramQuery) -> f64 {
        self.products(query).fold(0.0, |sum, (_, product)| sum + product)
    }
}

fn tf(frequency: u8) -> f64 {
    tf_weight(u16::from(frequency))
}

/// Spreads a gram, which is a hash already, over all bits.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// The weights of a text's grams by hash. Most grams of most documents are not among them, so a bit for the
/// upper half of each hash is looked at first: a row ascends by hash, which makes that a walk through
/// 8 KiB. Then open addressing, at most half full; an empty slot weighs 0.
#[derive(Debug)]
pub(crate) struct GramQuery {
    seen: Box<[u64; 1024]>,
    slots: Vec<(u32, f32)>,
}

impl GramQuery {
    fn with_room_for(n_grams: usize) -> Self {
        let n_slots = (2 * n_grams.max(1)).next_power_of_two();
        Self { seen: Box::new([0; 1024]), slots: vec![(0, 0.0); n_slots] }
    }

    fn insert(&mut self, gram: u32, weight: f32) {
        let slot = self.slot(gram);
        self.slots[slot] = (gram, weight);
        self.seen[(gram >> 22) as usize] |= 1 << (gram >> 16 & 63);
    }

    fn weight(&self, gram: u32) -> f32 {
        if self.seen[(gram >> 22) as usize] >> (gram >> 16 & 63) & 1 == 0 {
            return 0.0;
        }
        self.slots[self.slot(gram)].1
    }

    /// The slot of `gram`, or the empty one it would go to.
    fn slot(&self, gram: u32) -> usize {
        let last = self.slots.len() - 1;
        let mut at = gram as usize & last;
        while self.slots[at].0 != gram && self.slots[at].1 != 0.0 {
            at = (at + 1) & last;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Grams {
        Grams::of(std::iter::once(text), 2_000)
    }

    #[track_caller]
    fn check(texts: &[&str], query: &str, expect: f64) {
        let texts: Vec<Grams> = texts.iter().map(|text| grams(text)).collect();
        let weights = GramWeights::count(texts.iter().cloned());
        let mut row = Encoder::default();
        weights.put_row(&texts[0], &mut row);
        let row = row.finish();
        let row = GramRow::decode(&mut Decoder::new(&row)).expect("it was just written");
        let found = row.cosine(&weights.query(&grams(query)));
        assert!((found - expect).abs() < 1e-6, "{query}: {found} not {expect}");
    }

    #[test]
    fn a_word_is_cut_as_scikit_learn_cuts_it() {
        // " disk ": four of three characters, three of four, two of five.
        assert_eq!(grams("disk").cells.len(), 9);
        assert_eq!(grams("a").cells.len(), 1);
        assert_eq!(grams(" \n").cells.len(), 0);
    }

    #[test]
    fn equal_texts_have_cosine_1_and_strangers_0() {
        check(&["disk full", "tls"], "Disk  FULL", 1.0);
        check(&["disk full", "tls"], "tls", 0.0);
        check(&["disk full", "tls"], "", 0.0);
    }

    #[test]
    fn the_cosine_is_that_of_the_weights() {
        // Texts of one gram each: " a " and " b ".
        let (rare, common) = ((3.0_f64 / 2.0).ln() + 1.0, 1.0);
        check(&["a b", "a"], "a", common / (rare * rare + common * common).sqrt());
    }

    #[test]
    fn the_text_is_read_up_to_its_limit() {
        let parts = ["disk", "full"].into_iter();
        assert_eq!(Grams::of(parts.clone(), 4), grams("disk"));
        assert_eq!(Grams::of(parts, 7), grams("disk ful"));
    }

    #[test]
    fn weights_come_back_as_they_were() {
        let texts = [grams("disk full"), grams("disk")];
        let weights = GramWeights::count(texts.into_iter());
        let (n_texts, counts) = weights.to_counts();
        assert_eq!((n_texts, counts.iter().filter(|(_, count)| *count == 2).count()), (2, 9));
        let back = GramWeights::from_counts(n_texts, counts.clone()).expect("it is sound");
        assert_eq!(back.to_counts(), (n_texts, counts));
        assert!(GramWeights::from_counts(2, vec![(7, 3)]).is_none());
    }

    #[test]
    fn a_slot_is_found_where_hashes_meet() {
        let mut query = GramQuery::with_room_for(2);
        query.insert(3, 0.5);
        query.insert(11, 0.25);
        assert_eq!([3, 11, 19, 0].map(|gram| query.weight(gram)), [0.5, 0.25, 0.0, 0.0]);
    }
}
