//! What each cut would have shown.

use serde::{Deserialize, Serialize};

/// The standard deviations that the lower bound of a precision lies below it: the lower quartile of a normal
/// distribution, so that three later precisions of four lie above the bound.
const DEVIATIONS: f64 = 0.674;
/// A cut that shows fewer cases than this says nothing about its precision.
const SHOWN_MIN: u32 = 10;

/// A probability, and whether what it speaks for was right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// In [0, 1].
    pub probability: f64,
    /// The truth.
    pub right: bool,
}

/// What is shown from a cut on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Cases of this probability or a greater one are shown.
    pub threshold: f64,
    /// How many that are.
    pub shown: u32,
    /// How many of these are right.
    pub right: u32,
}

impl Point {
    /// The share of right ones among the shown, in [0, 1]; `None` where none is shown.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        (self.shown > 0).then(|| f64::from(self.right) / f64::from(self.shown))
    }

    /// The lower end of the Wilson score interval of the precision, which holds half of what it would be by
    /// chance; 0 where none is shown. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    #[must_use]
    pub fn precision_bound(&self) -> f64 {
        let Some(precision) = self.precision() else {
            return 0.0;
        };
        let shown = f64::from(self.shown);
        let squared = DEVIATIONS * DEVIATIONS;
        let centre = precision + squared / (2.0 * shown);
        let spread = precision * (1.0 - precision) / shown + squared / (4.0 * shown * shown);
        (centre - DEVIATIONS * spread.sqrt()) / (1.0 + squared / shown)
    }
}

/// What each cut shows, one point for every probability that occurs, the lowest first.
#[must_use]
pub fn curve(cases: &[Judged]) -> Vec<Point> {
    let mut descending = cases.to_vec();
    descending.sort_by(|left, right| right.probability.total_cmp(&left.probability));
    let mut points: Vec<Point> = Vec::new();
    let (mut shown, mut right) = (0, 0);
    for tied in descending.chunk_by(|left, right| left.probability == right.probability) {
        shown += count(tied.len());
        right += count(tied.iter().filter(|case| case.right).count());
        points.push(Point { threshold: tied[0].probability, shown, right });
    }
    points.reverse();
    points
}

/// The lowest cut of a [`curve`], not below `threshold_min`, from which on ten cases or more are shown and the lower
/// bound of their precision reaches `precision_min`; `None` where there is none. The bound and not the precision itself: a cut chosen where the
/// cases happened to be lucky does not carry to later ones.
#[must_use]
pub fn suggested(points: &[Point], precision_min: f64, threshold_min: f64) -> Option<Point> {
    let holds = |point: &&Point| {
        point.threshold >= threshold_min
            && point.shown >= SHOWN_MIN
            && point.precision_bound() >= precision_min
    };
    points.iter().find(holds).copied()
}

/// The expected calibration error: the mean distance between the probability told and the share that was right, over
/// ten equal ranges of probability, weighed by their cases; in [0, 1], `None` of no cases. Naeini, Cooper and
/// Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", 2015.
#[must_use]
pub fn expected_error(cases: &[Judged]) -> Option<f64> {
    const RANGES: usize = 10;
    let range = |case: &Judged| ((case.probability * RANGES as f64) as usize).min(RANGES - 1);
    let mut sums = [(0.0, 0.0); RANGES];
    for case in cases {
        let (told, true_here) = &mut sums[range(case)];
        *told += case.probability;
        *true_here += f64::from(u8::from(case.right));
    }
    let distance: f64 = sums.iter().map(|(told, right): &(f64, f64)| (told - right).abs()).sum();
    (!cases.is_empty()).then(|| distance / cases.len() as f64)
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(cases: &[(f64, bool)]) -> Vec<Judged> {
        cases.iter().map(|&(probability, right)| Judged { probability, right }).collect()
    }

    #[test]
    fn a_point_counts_what_is_shown_from_it_on() {
        let points = curve(&judged(&[(0.9, true), (0.5, false), (0.5, true), (0.2, false)]));
        let told: Vec<(f64, u32, u32)> =
            points.iter().map(|point| (point.threshold, point.shown, point.right)).collect();
        assert_eq!(told, [(0.2, 4, 2), (0.5, 3, 2), (0.9, 1, 1)]);
        assert_eq!(curve(&[]), []);
    }

    #[test]
    fn the_bound_is_that_of_wilson() {
        let point = Point { threshold: 0.5, shown: 10, right: 8 };
        // Worked out by hand: (0.8 + 0.022714 - 0.674 sqrt(0.016 + 0.001136)) / 1.045428.
        assert!((point.precision_bound() - 0.702_57).abs() < 1e-4, "{}", point.precision_bound());
        assert_eq!(Point { shown: 0, right: 0, ..point }.precision_bound(), 0.0);
    }

    #[test]
    fn a_few_lucky_cases_suggest_no_cut() {
        let three_right = judged(&[(0.9, true), (0.8, true), (0.7, true), (0.6, false)]);
        assert_eq!(suggested(&curve(&three_right), 0.8, 0.0), None);
        let mut many: Vec<(f64, bool)> =
            (0..40).map(|nth| (0.6 + f64::from(nth) / 100.0, true)).collect();
        many.extend((0..40).map(|nth| (f64::from(nth) / 100.0, false)));
        let cut = suggested(&curve(&judged(&many)), 0.8, 0.0).expect("forty in a row are right");
        assert!(cut.threshold < 0.6 && cut.right == 40, "{cut:?}");
        let bounded = suggested(&curve(&judged(&many)), 0.8, 0.7).expect("thirty are right");
        assert_eq!((bounded.threshold, bounded.right), (0.7, 30));
    }

    #[test]
    fn an_honest_probability_has_no_expected_error() {
        let honest = judged(&[(0.5, true), (0.5, false)]);
        assert_eq!(expected_error(&honest), Some(0.0));
        let boastful = judged(&[(1.0, false), (1.0, true)]);
        assert_eq!(expected_error(&boastful), Some(0.5));
        assert_eq!(expected_error(&[]), None);
    }
}
