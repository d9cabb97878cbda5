//! Seeded randomness.

use std::ops::Range;

/// The Weyl increment of SplitMix64: 2^64 divided by the golden ratio, made odd.
const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
/// 2^53, one more than the largest whole number below which an `f64` skips none.
const TWO_POW_53: f64 = 9_007_199_254_740_992.0;

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
/// Good enough to draw test data; not for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The stream of `seed`; the same seed gives the same numbers on every machine.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number in `[0, 1)`, uniform over the multiples of 2^-53.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / TWO_POW_53
    }

    /// A number in `0..bound`, by multiplication: Lemire, "Fast random integer generation in an
    /// interval", 2019, without its rejection step; the bias is below `bound` / 2^64.
    ///
    /// # Panics
    /// Where `bound` is 0: no number lies below it.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "no number lies below 0");
        let product = u128::from(self.next_u64()) * bound as u128;
        usize::try_from(product >> 64).expect("the high half lies below the bound")
    }

    /// A number in `range`.
    ///
    /// # Panics
    /// Where `range` is empty.
    pub fn between(&mut self, range: Range<usize>) -> usize {
        range.start + self.below(range.len())
    }

    /// True with probability `share`, in `[0, 1]`.
    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// Puts `items` into a random order (Fisher and Yates, as in Knuth, TAOCP 2, algorithm P).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_the_published_numbers_of_splitmix64() {
        let mut rng = Rng::new(1_234_567);
        let drawn: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        assert_eq!(
            drawn,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn every_number_below_a_bound_is_drawn_about_as_often() {
        let mut rng = Rng::new(1);
        let mut drawn = [0_u32; 7];
        for _ in 0..70_000 {
            drawn[rng.below(7)] += 1;
        }
        assert!(drawn.iter().all(|count| (9_600..10_400).contains(count)), "{drawn:?}");
    }

    #[test]
    fn a_range_has_its_start_and_not_its_end() {
        let mut rng = Rng::new(4);
        let drawn: std::collections::BTreeSet<usize> =
            (0..200).map(|_| rng.between(5..9)).collect();
        assert_eq!(drawn, (5..9).collect());
    }

    #[test]
    fn units_lie_in_their_range_around_a_half() {
        let mut rng = Rng::new(2);
        let drawn: Vec<f64> = (0..10_000).map(|_| rng.unit()).collect();
        let mean = drawn.iter().sum::<f64>() / 10_000.0;
        assert!(drawn.iter().all(|unit| (0.0..1.0).contains(unit)));
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn a_shuffle_moves_items_and_loses_none() {
        let mut items: Vec<usize> = (0..100).collect();
        Rng::new(3).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
