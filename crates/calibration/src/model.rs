//! From judged cases to a probability.

use linfa::DatasetBase;
use linfa::prelude::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::curve::{Judged, count, curve, expected_error, suggested};
use crate::standing::Standing;

/// Below this many cases nothing is learnt ...
pub const CASES_MIN: usize = 50;
/// ... nor below this many right ones, or wrong ones.
pub const CASES_OF_EACH_KIND_MIN: usize = 10;
/// How often a match that is shown as the same failure is to be right.
pub const PRECISION_MIN: f64 = 0.8;
/// Nothing is shown as the same failure while the opposite is more probable, however often it came true: where nearly
/// every failure was seen before, what is new would never be told.
pub const PROBABILITY_MIN: f64 = 0.5;

const FEATURES: usize = 3;
/// The weight of the L2 penalty on the standardised features: weak, for three weights and fifty cases or more.
const PENALTY: f64 = 1.0;
/// A feature that hardly differs between cases is not blown up to unit deviation.
const DEVIATION_MIN: f64 = 1e-6;

/// A best match of the past, and whether it was right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// How it stood among the others.
    pub standing: Standing,
    /// Whether it was the same failure.
    pub right: bool,
}

/// What the cases of a corpus taught: how probable it is that a best match is right, and from what probability on it
/// is shown as the same failure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    means: [f64; FEATURES],
    deviations: [f64; FEATURES],
    weights: [f64; FEATURES],
    intercept: f64,
    /// How many cases it was learnt from.
    pub cases: u32,
    /// How many of them were right.
    pub right: u32,
    /// From this probability on, [`PROBABILITY_MIN`] or more, a best match is the same failure; `None` where no cut of
    /// these cases reaches [`PRECISION_MIN`].
    pub threshold: Option<f64>,
    /// The expected calibration error over the cases themselves, in [0, 1].
    pub expected_error: f64,
}

impl Calibration {
    /// Learns from `cases` by logistic regression on the standardised features, with an L2 penalty. `None` where there
    /// are fewer than [`CASES_MIN`] cases or [`CASES_OF_EACH_KIND_MIN`] of one kind, or where no finite weights fit.
    #[must_use]
    pub fn learn(cases: &[Case]) -> Option<Self> {
        let right = cases.iter().filter(|case| case.right).count();
        let fewest = right.min(cases.len() - right);
        if cases.len() < CASES_MIN || fewest < CASES_OF_EACH_KIND_MIN {
            return None;
        }
        let (means, deviations) = moments(cases);
        let mut learnt = Self {
            means,
            deviations,
            weights: [0.0; FEATURES],
            intercept: 0.0,
            cases: count(cases.len()),
            right: count(right),
            threshold: None,
            expected_error: 0.0,
        };
        (learnt.weights, learnt.intercept) = learnt.fit(cases)?;
        let judged = learnt.judged(cases);
        learnt.threshold =
            suggested(&curve(&judged), PRECISION_MIN, PROBABILITY_MIN).map(|point| point.threshold);
        learnt.expected_error = expected_error(&judged)?;
        Some(learnt)
    }

    /// How probable it is that a best match of this standing is right, in [0, 1].
    #[must_use]
    pub fn probability(&self, standing: &Standing) -> f64 {
        let row = self.standardised(standing);
        let sum = row.iter().zip(self.weights).fold(self.intercept, |sum, (x, w)| sum + x * w);
        1.0 / (1.0 + (-sum).exp())
    }

    /// Whether a best match of this standing is shown as the same failure.
    #[must_use]
    pub fn shows(&self, standing: &Standing) -> bool {
        self.threshold.is_some_and(|threshold| self.probability(standing) >= threshold)
    }

    /// The probabilities of `cases` beside the truth.
    #[must_use]
    pub fn judged(&self, cases: &[Case]) -> Vec<Judged> {
        let judge = |case: &Case| Judged {
            probability: self.probability(&case.standing),
            right: case.right,
        };
        cases.iter().map(judge).collect()
    }

    fn fit(&self, cases: &[Case]) -> Option<([f64; FEATURES], f64)> {
        let rows: Vec<f64> =
            cases.iter().flat_map(|case| self.standardised(&case.standing)).collect();
        let features = Array2::from_shape_vec((cases.len(), FEATURES), rows).ok()?;
        let kinds: Array1<bool> = cases.iter().map(|case| case.right).collect();
        let regression = LogisticRegression::default().alpha(PENALTY);
        let fitted = regression.fit(&DatasetBase::new(features, kinds)).ok()?;
        // linfa speaks of the kind that has more cases.
        let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
        let weights: Vec<f64> = fitted.params().iter().map(|weight| sign * weight).collect();
        let weights: [f64; FEATURES] = weights.try_into().ok()?;
        let intercept = sign * fitted.intercept();
        let is_finite = weights.iter().all(|weight| weight.is_finite()) && intercept.is_finite();
        is_finite.then_some((weights, intercept))
    }

    fn standardised(&self, standing: &Standing) -> [f64; FEATURES] {
        let features = standing.features();
        std::array::from_fn(|nth| (features[nth] - self.means[nth]) / self.deviations[nth])
    }
}

/// Mean and standard deviation of each feature.
fn moments(cases: &[Case]) -> ([f64; FEATURES], [f64; FEATURES]) {
    let mean =
        |value: &dyn Fn(&Case) -> f64| cases.iter().map(value).sum::<f64>() / cases.len() as f64;
    let means = std::array::from_fn(|nth| mean(&|case| case.standing.features()[nth]));
    let deviations = std::array::from_fn(|nth| {
        let variance = mean(&|case| (case.standing.features()[nth] - means[nth]).powi(2));
        variance.sqrt().max(DEVIATION_MIN)
    });
    (means, deviations)
}

#[cfg(test)]
mod tests {
    use testkit::Rng;

    use super::*;

    /// Cases whose best match is right with the probability of its own likeness.
    fn honest(n: usize, seed: u64) -> Vec<Case> {
        let mut rng = Rng::new(seed);
        let mut case = || {
            let likeness = rng.below(1_000) as f64 / 1_000.0;
            let standing = Standing { likeness, margin: likeness / 2.0, z: 4.0 * likeness };
            Case { standing, right: rng.chance(likeness) }
        };
        (0..n).map(|_| case()).collect()
    }

    #[test]
    fn too_few_cases_teach_nothing() {
        let cases = honest(400, 1);
        assert_eq!(Calibration::learn(&cases[..CASES_MIN - 1]), None);
        let right: Vec<Case> = cases.iter().filter(|case| case.right).copied().collect();
        assert!(right.len() >= CASES_MIN);
        assert_eq!(Calibration::learn(&right), None, "none of them is wrong");
        assert_eq!(Calibration::learn(&[]), None);
    }

    #[test]
    fn what_is_told_is_how_often_it_is_right() {
        let learnt = Calibration::learn(&honest(2_000, 2)).expect("enough cases");
        let later = learnt.judged(&honest(2_000, 3));
        let error = expected_error(&later).expect("there are cases");
        assert!(error < 0.06 && learnt.expected_error < 0.06, "{error} {}", learnt.expected_error);
    }

    #[test]
    fn the_cut_carries_to_cases_it_was_not_chosen_on() {
        let learnt = Calibration::learn(&honest(1_000, 4)).expect("enough cases");
        let later = honest(4_000, 5);
        let shown: Vec<&Case> = later.iter().filter(|case| learnt.shows(&case.standing)).collect();
        let right = shown.iter().filter(|case| case.right).count() as f64;
        assert!(shown.len() > 400, "{}", shown.len());
        assert!(right / shown.len() as f64 >= PRECISION_MIN, "{right} of {}", shown.len());
    }

    #[test]
    fn where_no_cut_is_precise_enough_nothing_is_shown() {
        let mut rng = Rng::new(6);
        let mut coin = |case: Case| Case { right: rng.chance(0.5), ..case };
        let cases: Vec<Case> = honest(500, 7).into_iter().map(&mut coin).collect();
        let learnt = Calibration::learn(&cases).expect("enough cases");
        assert_eq!(learnt.threshold, None);
        assert!(!learnt.shows(&Standing { likeness: 1.0, margin: 1.0, z: 20.0 }));
    }

    #[test]
    fn the_same_cases_teach_the_same_and_it_survives_the_disk() {
        let learnt = Calibration::learn(&honest(300, 8)).expect("enough cases");
        assert_eq!(Calibration::learn(&honest(300, 8)).as_ref(), Some(&learnt));
        let json = serde_json::to_string(&learnt).expect("plain numbers");
        assert_eq!(serde_json::from_str::<Calibration>(&json).expect("it reads back"), learnt);
    }

    #[test]
    fn a_feature_that_never_differs_does_no_harm() {
        let flat = |case: Case| Case {
            standing: Standing { z: 2.0, margin: 0.1, ..case.standing },
            ..case
        };
        let cases: Vec<Case> = honest(500, 9).into_iter().map(flat).collect();
        let learnt = Calibration::learn(&cases).expect("enough cases");
        let [low, high] = [0.1, 0.9]
            .map(|likeness| learnt.probability(&Standing { likeness, margin: 0.1, z: 2.0 }));
        assert!(low < 0.3 && high > 0.7, "{low} {high}");
    }
}
