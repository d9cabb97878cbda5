//! Whether a class occurs far more often just now than it did before.

use incident::{AsOf, Moment, SECS_PER_DAY};

use crate::statistics::count;

/// The days up to the as-of that are looked at.
pub const BURST_WINDOW_DAYS: f64 = 30.0;
/// The least background to compare with, in days.
const BACKGROUND_DAYS_MIN: f64 = 30.0;
/// The fewest occurrences in the window that can be a burst.
const OCCURRENCES_MIN: u32 = 3;
/// From which probability on a crowded window counts as chance.
const P_VALUE_MAX: f64 = 0.01;

/// The last 30 days of a class against all of its days before.
///
/// If occurrences come at one constant rate, a Poisson process, then of `n` of them over `T` days the
/// number that falls into the last 30 is binomial with `n` and `30/T`. The exact conditional test of two
/// Poisson rates: J. Przyborowski and H. Wilenski, "Homogeneity of Results in Testing Samples from Poisson
/// Series", Biometrika 31 (1940). The first occurrence only opens the background and is not counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// The occurrences in the window.
    pub in_window: u32,
    /// How many the rate of the days before it lets expect.
    pub expected: f64,
    /// The probability of at least that many at a constant rate, in [0, 1].
    pub p_value: f64,
    /// Whether that is a burst: at least three, with a probability below 0.01.
    pub is_burst: bool,
}

impl Burst {
    /// Over ascending `starts`, none after `as_of`; `None` where fewer than 30 days lie between the first
    /// of them and the window, or nothing followed the first.
    pub(crate) fn of(starts: &[Moment], as_of: AsOf) -> Option<Self> {
        let (first, later) = starts.split_first()?;
        let age_days = |start: &Moment| (as_of.secs() - start.secs()) as f64 / SECS_PER_DAY as f64;
        let observed = age_days(first);
        let background = observed - BURST_WINDOW_DAYS;
        if later.is_empty() || background < BACKGROUND_DAYS_MIN {
            return None;
        }
        let before = later.partition_point(|start| age_days(start) >= BURST_WINDOW_DAYS);
        let in_window = count(later.len() - before);
        let expected = before as f64 * BURST_WINDOW_DAYS / background;
        let p_value = at_least(in_window, count(later.len()), BURST_WINDOW_DAYS / observed);
        let is_burst = in_window >= OCCURRENCES_MIN && p_value < P_VALUE_MAX;
        Some(Self { in_window, expected, p_value, is_burst })
    }
}

/// The probability of `k` or more of `n` where each has the probability `p` in (0, 1).
fn at_least(k: u32, n: u32, p: f64) -> f64 {
    // Summed from the likeliest of them on: what lies further out may be too small for a double.
    let likeliest = ((f64::from(n) + 1.0) * p).floor() as u32;
    let from = k.max(likeliest.min(n));
    let odds = p / (1.0 - p);
    let mut upwards = vec![mass(from, n, p)];
    for i in from..n {
        upwards.push(upwards[upwards.len() - 1] * f64::from(n - i) / f64::from(i + 1) * odds);
    }
    let mut downwards = upwards[0];
    let mut below = 0.0;
    for i in (k..from).rev() {
        downwards *= f64::from(i + 1) / f64::from(n - i) / odds;
        below += downwards;
    }
    // The smallest first, so that none is lost.
    (upwards.iter().rev().sum::<f64>() + below).min(1.0)
}

/// The probability of exactly `k` of `n`.
fn mass(k: u32, n: u32, p: f64) -> f64 {
    let (k, n) = (f64::from(k), f64::from(n));
    let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    libm::exp(ways + k * libm::log(p) + (n - k) * libm::log1p(-p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(k: u32, n: u32, p: f64, expected: f64) {
        let found = at_least(k, n, p);
        assert!((found - expected).abs() < 1e-10, "{found} is not {expected}");
    }

    #[test]
    fn tails_of_a_fair_coin_are_counted_out() {
        check(0, 4, 0.5, 1.0);
        check(1, 4, 0.5, 15.0 / 16.0);
        check(2, 4, 0.5, 11.0 / 16.0);
        check(4, 4, 0.5, 1.0 / 16.0);
        check(3, 3, 0.1, 0.001);
    }

    #[test]
    fn a_large_class_overflows_nothing() {
        assert!((at_least(0, 100_000, 0.01) - 1.0).abs() < 1e-7);
        check(100_000, 100_000, 0.01, 0.0);
        assert!((at_least(1_000, 100_000, 0.01) - 0.5).abs() < 0.02);
    }

    fn burst(days: &[i64]) -> Option<Burst> {
        let as_of = AsOf::parse("2025-12-31").expect("a day");
        let at = |day: &i64| {
            let ago = jiff::SignedDuration::from_hours(24 * day);
            Moment::exact(as_of.at.checked_sub(ago).expect("in range"))
        };
        Burst::of(&days.iter().map(at).collect::<Vec<_>>(), as_of)
    }

    #[test]
    fn a_crowd_after_a_year_of_one_each_quarter_is_a_burst() {
        let crowd = burst(&[360, 270, 180, 90, 10, 5, 1]).expect("a background");
        assert_eq!((crowd.in_window, crowd.is_burst), (3, true));
        assert!((crowd.expected - 3.0 * 30.0 / 330.0).abs() < 1e-12, "{}", crowd.expected);
        // Three or more of six at 1/12 each.
        assert!((crowd.p_value - 0.009_545_3).abs() < 1e-6, "{}", crowd.p_value);
    }

    #[test]
    fn the_usual_rate_is_no_burst() {
        let usual = burst(&[100, 80, 60, 40, 20, 0]).expect("a background");
        assert!(!usual.is_burst && usual.p_value > 0.1, "{}", usual.p_value);
    }

    #[test]
    fn without_a_background_there_is_nothing_to_compare_with() {
        assert_eq!(burst(&[59, 20, 10, 5]), None);
        assert_eq!(burst(&[400]), None);
        assert_eq!(burst(&[]), None);
    }
}
