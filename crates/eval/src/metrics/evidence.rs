//! How well a score tells true from false.

/// A score, and whether what it speaks for is true.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Any number but NaN; higher speaks for `holds`.
    pub score: f64,
    /// The truth.
    pub holds: bool,
}

/// The area under the ROC curve, in `[0, 1]`: the probability that a true case scores above a false one,
/// ties counted half; .5 says nothing. `None` unless there are cases of both kinds. Hanley and McNeil,
/// "The meaning and use of the area under a receiver operating characteristic curve", 1982.
#[must_use]
pub fn area_under_curve(cases: &[Judged]) -> Option<f64> {
    let holding = cases.iter().filter(|case| case.holds).count();
    let pairs = holding as f64 * (cases.len() - holding) as f64;
    let mut ascending = cases.to_vec();
    ascending.sort_by(|left, right| left.score.total_cmp(&right.score));
    let (mut won, mut false_below) = (0.0, 0_usize);
    for tied in ascending.chunk_by(|left, right| left.score == right.score) {
        let true_here = tied.iter().filter(|case| case.holds).count();
        let false_here = tied.len() - true_here;
        won += true_here as f64 * (false_below as f64 + false_here as f64 / 2.0);
        false_below += false_here;
    }
    (pairs > 0.0).then(|| won / pairs)
}

#[cfg(test)]
mod tests {
    use testkit::Rng;

    use super::*;

    fn judged(cases: &[(f64, bool)]) -> Vec<Judged> {
        cases.iter().map(|&(score, holds)| Judged { score, holds }).collect()
    }

    #[track_caller]
    fn check(cases: &[(f64, bool)], area: Option<f64>) {
        assert_eq!(area_under_curve(&judged(cases)), area, "{cases:?}");
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        check(&[(0.9, true), (0.1, false)], Some(1.0));
        check(&[(0.9, false), (0.1, true)], Some(0.0));
        check(&[(3.0, true), (2.0, false), (1.0, true), (0.0, false)], Some(0.75));
    }

    #[test]
    fn ties_count_half() {
        check(&[(0.5, true), (0.5, false)], Some(0.5));
        check(&[(0.5, true), (0.5, false), (0.4, false)], Some(0.75));
        check(&[(0.0, true), (-0.0, false)], Some(0.5));
    }

    #[test]
    fn without_both_kinds_there_is_no_area() {
        check(&[(0.5, true)], None);
        check(&[(0.5, false), (0.4, false)], None);
        check(&[], None);
    }

    #[test]
    fn the_area_equals_a_count_over_all_pairs() {
        let mut rng = Rng::new(11);
        let cases: Vec<Judged> = (0..300)
            .map(|_| Judged { score: rng.below(40) as f64, holds: rng.chance(0.3) })
            .collect();
        let of = |holds| cases.iter().filter(move |case| case.holds == holds);
        let (mut won, mut pairs) = (0.0, 0.0);
        for (high, low) in of(true).flat_map(|high| of(false).map(move |low| (high, low))) {
            pairs += 1.0;
            won += match high.score.total_cmp(&low.score) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
        assert_eq!(area_under_curve(&cases), Some(won / pairs));
    }
}
