//! A small deterministic source of random numbers.

/// What the state grows by: 2^64 divided by the golden ratio, made odd.
const INCREMENT: u64 = 0x9E37_79B9_7F4A_7C15;

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (OOPSLA
/// 2014), with the constants of Vigna's public-domain `splitmix64.c`. Not for secrets.
#[derive(Debug, Clone)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    /// A generator whose whole sequence follows from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.skip(1);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Passes over the next `n` draws of 64 bits.
    pub fn skip(&mut self, n: usize) {
        self.state = self.state.wrapping_add(INCREMENT.wrapping_mul(n as u64));
    }

    /// A number below `limit`, of one draw, by Lemire's multiply and shift (2019); its bias is at most
    /// `limit / 2^64`. 0 where `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let scaled = (u128::from(self.next_u64()) * limit as u128) >> 64;
        usize::try_from(scaled).expect("a number below a usize is a usize")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_sequence_comes_out() {
        let mut rng = SplitMix64::new(1_234_567);
        let first: Vec<u64> = (0..3).map(|_| rng.next_u64()).collect();
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, published);
    }

    #[test]
    fn what_is_skipped_is_what_would_have_been_drawn() {
        let (mut drawn, mut skipped) = (SplitMix64::new(9), SplitMix64::new(9));
        let draws: Vec<usize> = (0..6).map(|_| drawn.below(1_000)).collect();
        skipped.skip(5);
        assert_eq!(skipped.below(1_000), draws[5]);
    }

    #[test]
    fn every_number_below_the_limit_comes_up_about_as_often() {
        let mut rng = SplitMix64::new(1);
        let mut counts = [0_u32; 5];
        for _ in 0..10_000 {
            counts[rng.below(5)] += 1;
        }
        assert!(counts.iter().all(|n| (1_850..2_150).contains(n)), "{counts:?}");
    }
}
