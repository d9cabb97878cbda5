//! Scores of predicted classes against gold classes.

use std::collections::BTreeMap;

use serde::Serialize;

/// Agreement of two groupings of the same documents; of no documents every score is 1. Unrounded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterScores {
    /// How many documents take part.
    pub docs: usize,
    /// How many predicted classes have two or more of them.
    pub clusters: usize,
    /// How many predicted classes have exactly one of them.
    pub one_offs: usize,
    /// How many gold classes there are, one-offs counted.
    pub gold_classes: usize,
    /// The mean share of a document's predicted class that is of its gold class, itself included, in
    /// `(0, 1]`: Amigo, Gonzalo, Artiles and Verdejo, "A comparison of extrinsic clustering evaluation
    /// metrics based on formal constraints", 2009.
    pub bcubed_precision: f64,
    /// The mean share of a document's gold class that is in its predicted class, in `(0, 1]`.
    pub bcubed_recall: f64,
    /// The harmonic mean of the two, in `(0, 1]`.
    pub bcubed_f1: f64,
    /// Of the pairs predicted together, the share that belongs together, in `[0, 1]`; 1 of no pairs.
    pub pair_precision: f64,
    /// Of the pairs that belong together, the share predicted together, in `[0, 1]`; 1 of no pairs.
    pub pair_recall: f64,
    /// The harmonic mean of the two, in `[0, 1]`.
    pub pair_f1: f64,
    /// The adjusted Rand index, at most 1, around 0 for random classes and below for worse ones: Hubert
    /// and Arabie, "Comparing partitions", 1985. 1 where chance alone makes the groupings agree.
    pub ari: f64,
    /// The harmonic mean of homogeneity and completeness, in `[0, 1]`: Rosenberg and Hirschberg,
    /// "V-measure: a conditional entropy-based external cluster evaluation measure", 2007.
    pub v_measure: f64,
}

impl ClusterScores {
    /// Scores `(gold, predicted)` classes, one pair per document; `None` is a one-off, a class of its
    /// own. Sums run over the classes in the order of their first document.
    #[must_use]
    pub fn of<G: Ord, P: Ord>(pairs: &[(Option<G>, Option<P>)]) -> Self {
        let table = Contingency::of(pairs);
        let (bcubed_precision, bcubed_recall) = table.bcubed();
        let (pair_precision, pair_recall) = table.pair_shares();
        let of_size = |holds: fn(usize) -> bool| {
            let sizes = table.predicted.iter().copied();
            sizes.filter(|size| holds(*size)).count()
        };
        Self {
            docs: table.docs,
            clusters: of_size(|size| size > 1),
            one_offs: of_size(|size| size == 1),
            gold_classes: table.gold.len(),
            bcubed_precision,
            bcubed_recall,
            bcubed_f1: harmonic_mean(bcubed_precision, bcubed_recall),
            pair_precision,
            pair_recall,
            pair_f1: harmonic_mean(pair_precision, pair_recall),
            ari: table.adjusted_rand_index(),
            v_measure: table.v_measure(),
        }
    }
}

/// How many documents each pair of a gold and a predicted class shares.
struct Contingency {
    docs: usize,
    /// The size of each gold class.
    gold: Vec<usize>,
    /// The size of each predicted class.
    predicted: Vec<usize>,
    /// The size of each non-empty intersection, by numbers of classes.
    shared: BTreeMap<(usize, usize), usize>,
}

impl Contingency {
    fn of<G: Ord, P: Ord>(pairs: &[(Option<G>, Option<P>)]) -> Self {
        let (gold, gold_sizes) = numbered(pairs.iter().map(|pair| pair.0.as_ref()));
        let (predicted, predicted_sizes) = numbered(pairs.iter().map(|pair| pair.1.as_ref()));
        let mut shared = BTreeMap::new();
        for cell in gold.into_iter().zip(predicted) {
            *shared.entry(cell).or_default() += 1;
        }
        Self { docs: pairs.len(), gold: gold_sizes, predicted: predicted_sizes, shared }
    }

    fn bcubed(&self) -> (f64, f64) {
        let squared = |size: usize| (size as f64).powi(2);
        let (mut precision, mut recall) = (0.0, 0.0);
        for (&(gold, predicted), &size) in &self.shared {
            precision += squared(size) / self.predicted[predicted] as f64;
            recall += squared(size) / self.gold[gold] as f64;
        }
        let docs = self.docs as f64;
        (share(precision, docs), share(recall, docs))
    }

    fn pair_shares(&self) -> (f64, f64) {
        let together = self.shared_pairs();
        (share(together, pairs_within(&self.predicted)), share(together, pairs_within(&self.gold)))
    }

    fn adjusted_rand_index(&self) -> f64 {
        let (gold, predicted) = (pairs_within(&self.gold), pairs_within(&self.predicted));
        let all = pairs_of(self.docs);
        let by_chance = if all > 0.0 { gold * predicted / all } else { 0.0 };
        let most = (gold + predicted) / 2.0;
        share(self.shared_pairs() - by_chance, most - by_chance)
    }

    fn v_measure(&self) -> f64 {
        let gold = self.entropy(self.gold.iter());
        let predicted = self.entropy(self.predicted.iter());
        let joint = self.entropy(self.shared.values());
        // Rounding can leave the information of unrelated groupings just below zero.
        let mutual = (gold + predicted - joint).max(0.0);
        harmonic_mean(share(mutual, gold), share(mutual, predicted))
    }

    fn shared_pairs(&self) -> f64 {
        self.shared.values().copied().map(pairs_of).sum()
    }

    /// In nats.
    fn entropy<'a>(&self, sizes: impl Iterator<Item = &'a usize>) -> f64 {
        let docs = self.docs as f64;
        let parts = sizes.map(|size| *size as f64 / docs);
        -parts.map(|part| part * part.ln()).sum::<f64>()
    }
}

/// A number per label, from 0 in order of first appearance, and the size of each; every `None` gets
/// a number of its own.
fn numbered<'a, T: Ord + 'a>(
    labels: impl Iterator<Item = Option<&'a T>>,
) -> (Vec<usize>, Vec<usize>) {
    let mut numbers = BTreeMap::new();
    let mut sizes: Vec<usize> = Vec::new();
    let per_label = labels.map(|label| {
        let next = sizes.len();
        let number = label.map_or(next, |label| *numbers.entry(label).or_insert(next));
        if number == next {
            sizes.push(0);
        }
        sizes[number] += 1;
        number
    });
    let per_label = per_label.collect();
    (per_label, sizes)
}

fn pairs_of(size: usize) -> f64 {
    size as f64 * size.saturating_sub(1) as f64 / 2.0
}

fn pairs_within(sizes: &[usize]) -> f64 {
    sizes.iter().copied().map(pairs_of).sum()
}

/// 1 where there is nothing to have a share of.
fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 1.0 } else { part / whole }
}

fn harmonic_mean(left: f64, right: f64) -> f64 {
    if left + right == 0.0 { 0.0 } else { 2.0 * left * right / (left + right) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A letter per document; `.` is a one-off.
    fn scores(gold: &str, predicted: &str) -> ClusterScores {
        let label = |letter: char| (letter != '.').then_some(letter);
        let pairs: Vec<_> = gold.chars().map(label).zip(predicted.chars().map(label)).collect();
        ClusterScores::of(&pairs)
    }

    #[track_caller]
    fn near(value: f64, expect: f64) {
        assert!((value - expect).abs() < 1e-12, "{value} instead of {expect}");
    }

    #[test]
    fn equal_groupings_score_one_whatever_the_names() {
        let scores = scores("aabb.", "xxyy.");
        let all = [scores.bcubed_f1, scores.pair_f1, scores.ari, scores.v_measure];
        assert_eq!(all, [1.0; 4]);
        assert_eq!((scores.docs, scores.clusters, scores.one_offs), (5, 2, 1));
        assert_eq!(scores.gold_classes, 3);
    }

    #[test]
    fn two_one_offs_are_not_the_same_class() {
        let scores = scores("aa", "..");
        assert_eq!((scores.clusters, scores.one_offs), (0, 2));
        assert_eq!((scores.bcubed_precision, scores.bcubed_recall), (1.0, 0.5));
        assert_eq!((scores.pair_precision, scores.pair_recall), (1.0, 0.0));
        assert_eq!(scores.pair_f1, 0.0);
    }

    #[test]
    fn a_class_of_one_is_a_one_off() {
        assert_eq!(scores("aab", "xyz"), scores("aa.", "..."));
    }

    #[test]
    fn a_worked_example_comes_out_by_hand() {
        let scores = scores("aaabb", "xxyyy");
        near(scores.bcubed_precision, (2.0 + 1.0 / 3.0 + 4.0 / 3.0) / 5.0);
        near(scores.bcubed_recall, (4.0 / 3.0 + 1.0 / 3.0 + 2.0) / 5.0);
        assert_eq!((scores.pair_precision, scores.pair_recall), (0.5, 0.5));
        near(scores.ari, (2.0 - 1.6) / (4.0 - 1.6));
        let entropy = -(0.6_f64 * 0.6_f64.ln() + 0.4 * 0.4_f64.ln());
        let joint = -(2.0 * 0.4 * 0.4_f64.ln() + 0.2 * 0.2_f64.ln());
        near(scores.v_measure, (2.0 * entropy - joint) / entropy);
    }

    #[test]
    fn one_class_of_all_tells_nothing() {
        let scores = scores("aabb", "xxxx");
        assert_eq!((scores.ari, scores.v_measure), (0.0, 0.0));
        assert_eq!((scores.bcubed_precision, scores.bcubed_recall), (0.5, 1.0));
    }

    #[test]
    fn groupings_that_cannot_differ_agree() {
        assert_eq!(scores("a", "x").ari, 1.0);
        assert_eq!(scores("aa", "xx").v_measure, 1.0);
        assert_eq!(scores("", "").bcubed_f1, 1.0);
    }
}
