//! Character n-grams: what survives a typo, a compound and another inflection.

use std::collections::HashMap;

use vector::tf_weight;

/// The shortest and the longest gram, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=5;

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
        let mut hashes = Vec::new();
        let mut left = characters_max;
        for text in texts {
            let end = text.char_indices().nth(left).map_or(text.len(), |(at, _)| at);
            left -= text[..end].chars().count();
            text[..end].split_whitespace().for_each(|word| add_word(word, &mut hashes));
        }
        hashes.sort_unstable();
        let runs = hashes.chunk_by(|left, right| left == right);
        let frequency = |run: &[u32]| u8::try_from(run.len()).unwrap_or(u8::MAX);
        Self { cells: runs.map(|run| (run[0], frequency(run))).collect() }
    }
}

fn add_word(word: &str, hashes: &mut Vec<u32>) {
    let lower = word.chars().flat_map(char::to_lowercase);
    let padded: Vec<char> = std::iter::once(' ').chain(lower).chain([' ']).collect();
    for start in 0..padded.len() {
        let mut hash = Fnv::default();
        for (length, character) in (1..=*LENGTHS.end()).zip(&padded[start..]) {
            hash.add(*character);
            if LENGTHS.contains(&length) {
                hashes.push(hash.folded());
            }
        }
    }
}

/// FNV-1a, 64 bits: Fowler, Noll and Vo, RFC 9923.
#[derive(Debug)]
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, character: char) {
        for byte in u32::from(character).to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    }

    fn folded(&self) -> u32 {
        (self.0 ^ (self.0 >> 32)) as u32
    }
}

/// The grams of many texts, a row each, and in how many of them each gram stands.
///
/// A row takes 5 bytes per distinct gram.
#[derive(Debug)]
pub(crate) struct GramRows {
    /// By frequency.
    tf_weights: [f64; 256],
    idf: HashMap<u32, f32>,
    idf_of_unseen: f32,
    offsets: Vec<usize>,
    grams: Vec<u32>,
    frequencies: Vec<u8>,
    /// One over the norm of each row; 0 for an empty one.
    scales: Vec<f32>,
}

impl GramRows {
    /// Keeps the grams of `texts`, weighed by `(1 + ln tf) * (ln((1 + N) / (1 + df)) + 1)`.
    pub(crate) fn build(texts: impl Iterator<Item = Grams>) -> Self {
        let (mut offsets, mut grams, mut frequencies) = (vec![0], Vec::new(), Vec::new());
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for text in texts {
            for (gram, frequency) in text.cells {
                grams.push(gram);
                frequencies.push(frequency);
                *counts.entry(gram).or_default() += 1;
            }
            offsets.push(grams.len());
        }
        let n_rows = (offsets.len() - 1) as f64;
        let idf = |count: u32| (((1.0 + n_rows) / (1.0 + f64::from(count))).ln() + 1.0) as f32;
        let mut rows = Self {
            tf_weights: std::array::from_fn(|frequency| tf_weight(frequency.max(1) as u16)),
            idf: counts.into_iter().map(|(gram, count)| (gram, idf(count))).collect(),
            idf_of_unseen: idf(0),
            offsets,
            grams,
            frequencies,
            scales: Vec::new(),
        };
        rows.scales = (0..rows.offsets.len() - 1).map(|row| rows.scale(rows.cells(row))).collect();
        rows
    }

    /// A text made ready to be compared with many rows.
    pub(crate) fn query(&self, grams: &Grams) -> GramQuery {
        let scale = self.scale(grams.cells.iter().copied());
        let mut query = GramQuery::with_room_for(grams.cells.len());
        for (gram, frequency) in &grams.cells {
            let idf = self.idf(*gram);
            let weight = self.tf_weights[usize::from(*frequency)] as f32;
            query.insert(*gram, weight * idf * idf * scale);
        }
        query
    }

    /// The cosine of `query` and a row, in [0, 1].
    pub(crate) fn cosine(&self, query: &GramQuery, row: usize) -> f64 {
        let dot = self.cells(row).fold(0.0, |sum, (gram, frequency)| {
            let weight = query.weight(gram);
            if weight == 0.0 {
                sum
            } else {
                sum + f64::from(weight) * self.tf_weights[usize::from(frequency)]
            }
        });
        (dot * f64::from(self.scales[row])).min(1.0)
    }

    /// How many bytes the rows take, the document frequencies left out.
    pub(crate) fn bytes(&self) -> usize {
        self.grams.len() * 5 + self.offsets.len() * 12
    }

    fn cells(&self, row: usize) -> impl Iterator<Item = (u32, u8)> + '_ {
        let cells = self.offsets[row]..self.offsets[row + 1];
        self.grams[cells.clone()].iter().copied().zip(self.frequencies[cells].iter().copied())
    }

    fn idf(&self, gram: u32) -> f32 {
        self.idf.get(&gram).copied().unwrap_or(self.idf_of_unseen)
    }

    fn scale(&self, cells: impl Iterator<Item = (u32, u8)>) -> f32 {
        let squares = cells.fold(0.0, |sum, (gram, frequency)| {
            let weight = self.tf_weights[usize::from(frequency)] * f64::from(self.idf(gram));
            sum + weight * weight
        });
        if squares > 0.0 { (1.0 / squares.sqrt()) as f32 } else { 0.0 }
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
        let rows = GramRows::build(texts.iter().map(|text| grams(text)));
        let found = rows.cosine(&rows.query(&grams(query)), 0);
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
    fn a_slot_is_found_where_hashes_meet() {
        let mut query = GramQuery::with_room_for(2);
        query.insert(3, 0.5);
        query.insert(11, 0.25);
        assert_eq!([3, 11, 19, 0].map(|gram| query.weight(gram)), [0.5, 0.25, 0.0, 0.0]);
    }
}
