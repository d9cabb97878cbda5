//! How the best match stands among the others.

use serde::{Deserialize, Serialize};

/// How many of the next matches say what is usual.
const NEXT: usize = 9;
/// The least spread of the next: below it they are equal up to noise, and dividing by it would make much of nothing.
const SPREAD_MIN: f64 = 0.01;
/// The greatest z, in either direction: beyond it the best simply stands alone.
const Z_MAX: f64 = 20.0;

/// What tells a right best match from a wrong one. How long ago it was is not among it: recency orders matches, and
/// says nothing about whether a failure is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// How alike the best match is, in [0, 1].
    pub likeness: f64,
    /// How far that is above the greatest likeness outside the class of the best match; where nothing else was
    /// found, the likeness itself. Negative where another match is more alike and only older.
    pub margin: f64,
    /// The same against the mean of the nine most alike outside the class, in units of their standard deviation.
    pub z: f64,
}

impl Standing {
    /// The standing of a match of the likeness `best` among `others`: the likenesses of the matches that are not of
    /// its class, in any order. Within the class they would say the opposite of what is asked: the more often a
    /// failure came back, the closer the runners-up are.
    #[must_use]
    pub fn among(best: f64, others: impl IntoIterator<Item = f64>) -> Self {
        let mut next: Vec<f64> = others.into_iter().collect();
        next.sort_by(|left, right| right.total_cmp(left));
        next.truncate(NEXT);
        let first = next.first().copied().unwrap_or(0.0);
        // Where fewer were found the rest share nothing with the question.
        next.resize(NEXT, 0.0);
        let mean = next.iter().sum::<f64>() / NEXT as f64;
        let variance = next.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / NEXT as f64;
        let spread = variance.sqrt().max(SPREAD_MIN);
        let z = ((best - mean) / spread).clamp(-Z_MAX, Z_MAX);
        Self { likeness: best, margin: best - first, z }
    }

    /// As a row of features.
    pub(crate) fn features(&self) -> [f64; 3] {
        [self.likeness, self.margin, self.z]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_is_taken_against_the_most_alike_of_the_others() {
        let standing = Standing::among(0.5, [0.1, 0.4, 0.2]);
        assert!((standing.margin - 0.1).abs() < 1e-12, "{standing:?}");
        assert_eq!(standing.likeness, 0.5);
    }

    #[test]
    fn a_match_alone_stands_by_its_own_likeness() {
        let alone = Standing::among(0.15, []);
        assert_eq!((alone.margin, alone.likeness), (0.15, 0.15));
        assert!((alone.z - 15.0).abs() < 1e-9, "{alone:?}");
    }

    #[test]
    fn the_order_of_the_others_says_nothing() {
        let others = [0.3, 0.1, 0.2, 0.25, 0.05, 0.11, 0.12, 0.13, 0.14, 0.15, 0.01];
        let backwards = others.iter().rev().copied();
        assert_eq!(Standing::among(0.5, others), Standing::among(0.5, backwards));
    }

    #[test]
    fn equal_others_do_not_divide_by_nothing() {
        let standing = Standing::among(0.9, [0.1; 12]);
        assert_eq!(standing.z, Z_MAX);
        assert!((Standing::among(0.11, [0.1; 12]).z - 1.0).abs() < 1e-9);
    }
}
