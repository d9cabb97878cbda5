//! What a grouping scores that knows nothing.

use serde::Serialize;
use vector::SplitMix64;

use super::clusters::ClusterScores;

/// The scores of groupings that look at no document, beside which those of one that does are to be read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// Every document alone.
    pub one_offs: ClusterScores,
    /// All documents together.
    pub one_class: ClusterScores,
    /// As many classes of the same sizes as were predicted, dealt out at random.
    pub shuffled: ClusterScores,
}

impl Chance {
    /// The scores for the `(gold, predicted)` classes that [`ClusterScores::of`] is given; `seed` deals them out.
    #[must_use]
    pub fn of<G: Ord + Clone, P: Ord + Clone>(pairs: &[(Option<G>, Option<P>)], seed: u64) -> Self {
        let gold = || pairs.iter().map(|(gold, _)| gold.clone());
        let all_as = |class: Option<()>| gold().map(|gold| (gold, class)).collect::<Vec<_>>();
        let mut dealt: Vec<Option<P>> =
            pairs.iter().map(|(_, predicted)| predicted.clone()).collect();
        shuffle(&mut dealt, seed);
        Self {
            one_offs: ClusterScores::of(&all_as(None)),
            one_class: ClusterScores::of(&all_as(Some(()))),
            shuffled: ClusterScores::of(&gold().zip(dealt).collect::<Vec<_>>()),
        }
    }
}

/// Every order is as likely: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm P.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut rng = SplitMix64::new(seed);
    for last in (1..items.len()).rev() {
        let drawn = rng.next_u64() % (last as u64 + 1);
        items.swap(last, drawn as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty classes of five, all found.
    fn found() -> Vec<(Option<u32>, Option<u32>)> {
        (0..100).map(|at| (Some(at / 5), Some(at / 5))).collect()
    }

    #[test]
    fn what_knows_nothing_scores_as_the_definitions_say() {
        let chance = Chance::of(&found(), 1);
        let near = |found: f64, expect: f64| assert!((found - expect).abs() < 1e-12, "{found}");
        near(chance.one_offs.bcubed_precision, 1.0);
        near(chance.one_offs.bcubed_recall, 0.2);
        near(chance.one_class.bcubed_precision, 0.05);
        near(chance.one_class.bcubed_recall, 1.0);
        near(chance.one_offs.pair_f1, 0.0);
        near(chance.one_class.ari, 0.0);
    }

    #[test]
    fn dealt_out_classes_keep_their_sizes_and_lose_their_sense() {
        let Chance { shuffled, .. } = Chance::of(&found(), 1);
        assert_eq!((shuffled.clusters, shuffled.one_offs), (20, 0));
        assert!(shuffled.ari.abs() < 0.1 && shuffled.bcubed_f1 < 0.4, "{shuffled:?}");
        assert_ne!(shuffled, Chance::of(&found(), 2).shuffled);
    }
}
