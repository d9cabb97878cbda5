//! Invented words, and the frequencies real ones have.

use crate::rng::Rng;

const CONSONANTS: &[u8; 18] = b"bcdfghjklmnprstvwz";
/// Without `e`: words such as `here` and `same` stand in lists of stop words.
const VOWELS: &[u8; 4] = b"aiou";
const SYLLABLES: usize = CONSONANTS.len() * VOWELS.len();
/// How many words have two syllables; they are the most frequent ones.
const SHORT_WORDS: usize = SYLLABLES * SYLLABLES;
const LONG_WORDS: usize = SHORT_WORDS * SYLLABLES;
/// A prime that does not divide the number of words: it scatters neighbouring ranks over all of them.
const STRIDE: usize = 3_571;

/// The word of frequency rank `rank`, from 0: two syllables for the 5,184 most frequent, three for
/// the 373,248 after them. Different ranks have different words.
///
/// # Panics
/// Where `rank` is beyond the last word.
pub(crate) fn word(rank: usize) -> String {
    if rank < SHORT_WORDS {
        return spelled(rank * STRIDE % SHORT_WORDS, 2);
    }
    let long = rank - SHORT_WORDS;
    assert!(long < LONG_WORDS, "word {rank} of {}", SHORT_WORDS + LONG_WORDS);
    spelled(long * STRIDE % LONG_WORDS, 3)
}

fn spelled(mut number: usize, syllables: usize) -> String {
    let mut word = String::with_capacity(2 * syllables);
    for _ in 0..syllables {
        let syllable = number % SYLLABLES;
        word.push(char::from(CONSONANTS[syllable / VOWELS.len()]));
        word.push(char::from(VOWELS[syllable % VOWELS.len()]));
        number /= SYLLABLES;
    }
    word
}

/// Draws ranks so that rank r (from 0) comes up in proportion to a weight that falls with r.
#[derive(Debug, Clone)]
pub(crate) struct Frequencies {
    cumulative: Vec<f64>,
}

impl Frequencies {
    /// Zipf's law: weight 1 / (r + 1). Zipf, "Human behavior and the principle of least effort", 1949.
    pub(crate) fn zipf(ranks: usize) -> Self {
        Self::weighted(ranks, |rank| 1.0 / rank)
    }

    /// A flatter law: weight 1 / sqrt(r + 1). The square root is correctly rounded everywhere, as
    /// other powers are not.
    pub(crate) fn flat_zipf(ranks: usize) -> Self {
        Self::weighted(ranks, |rank| 1.0 / rank.sqrt())
    }

    fn weighted(ranks: usize, weight: impl Fn(f64) -> f64) -> Self {
        let cumulative = (1..=ranks)
            .scan(0.0, |sum, rank| {
                *sum += weight(rank as f64);
                Some(*sum)
            })
            .collect();
        Self { cumulative }
    }

    /// One rank; `None` where there are none to draw from.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Option<usize> {
        let total = self.cumulative.last()?;
        let point = rng.unit() * total;
        let rank = self.cumulative.partition_point(|sum| *sum <= point);
        Some(rank.min(self.cumulative.len() - 1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_ranks_share_a_word() {
        let ranks = SHORT_WORDS + LONG_WORDS;
        let words: BTreeSet<String> = (0..ranks).map(word).collect();
        assert_eq!(words.len(), ranks);
    }

    #[test]
    fn frequent_words_are_short() {
        assert_eq!((word(0).len(), word(SHORT_WORDS).len()), (4, 6));
    }

    #[test]
    fn draws_follow_zipfs_law() {
        let (law, mut rng) = (Frequencies::zipf(1_000), Rng::new(5));
        let mut drawn = vec![0_u32; 1_000];
        for _ in 0..100_000 {
            drawn[law.draw(&mut rng).expect("there are ranks")] += 1;
        }
        let ratio = f64::from(drawn[0]) / f64::from(drawn[9]);
        assert!((8.0..12.0).contains(&ratio), "rank 1 : rank 10 = {ratio}");
    }

    #[test]
    fn nothing_is_drawn_from_nothing() {
        assert_eq!(Frequencies::zipf(0).draw(&mut Rng::new(1)), None);
    }
}
