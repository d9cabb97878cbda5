//! Whether the occurrences of a class come closer together, by more than chance explains.

use incident::{AsOf, Moment, SECS_PER_DAY};

use crate::statistics::count;
use crate::trend::Trend;

/// The fewest dated occurrences that are tested: below it the normal approximation is poor, and nothing
/// but the crudest trend could be told from chance.
pub const TREND_CASES_MIN: u32 = 5;
/// From which probability on a trend counts as chance.
const P_VALUE_MAX: f64 = 0.05;

/// The Laplace test of a trend in the times of a class.
///
/// Under no trend, the `n` occurrences after the first are spread evenly over the time `T` from the first
/// one to the as-of, so `U = (mean of times - T/2) / (T sqrt(1 / 12n))` is about standard normal. Sources:
/// D. R. Cox and P. A. W. Lewis, "The Statistical Analysis of Series of Events", Methuen 1966, section 3.3;
/// NIST/SEMATECH e-Handbook of Statistical Methods, section 8.2.3.4, "Trend tests".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendTest {
    /// Rising or falling where chance explains the times with a probability below 0.05, else steady.
    pub direction: Trend,
    /// The statistic `U`: above 0 where they come more often than they did.
    pub statistic: f64,
    /// The probability, two-sided, of times at least as uneven without any trend; in [0, 1].
    pub p_value: f64,
    /// The dated occurrences it rests on, [`TREND_CASES_MIN`] or more.
    pub cases: u32,
}

impl TrendTest {
    /// Over ascending `starts`, none after `as_of`; `None` below [`TREND_CASES_MIN`], and where no time
    /// has passed since the first.
    pub(crate) fn of(starts: &[Moment], as_of: AsOf) -> Option<Self> {
        let cases = count(starts.len());
        let (first, later) = starts.split_first()?;
        let days = |secs: i64| (secs - first.secs()) as f64 / SECS_PER_DAY as f64;
        let observed = days(as_of.secs());
        if cases < TREND_CASES_MIN || observed <= 0.0 {
            return None;
        }
        let n = later.len() as f64;
        let mean = later.iter().map(|start| days(start.secs())).sum::<f64>() / n;
        let statistic = (mean - observed / 2.0) / observed * (12.0 * n).sqrt();
        let p_value = libm::erfc(statistic.abs() / std::f64::consts::SQRT_2);
        let direction = match (p_value < P_VALUE_MAX, statistic > 0.0) {
            (true, true) => Trend::Rising,
            (true, false) => Trend::Falling,
            (false, _) => Trend::Steady,
        };
        Some(Self { direction, statistic, p_value, cases })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(days: &[i64], as_of_day: i64) -> Option<TrendTest> {
        let epoch = Moment::parse("2025-01-01").expect("a day").at;
        let at = |day: i64| {
            epoch.checked_add(jiff::SignedDuration::from_hours(24 * day)).expect("in range")
        };
        let starts: Vec<Moment> = days.iter().map(|day| Moment::exact(at(*day))).collect();
        TrendTest::of(&starts, AsOf::instant(at(as_of_day)))
    }

    #[test]
    fn the_statistic_is_that_of_the_formula() {
        // Times 50, 90, 95, 100 of 100 days: mean 83.75, U = 0.3375 * sqrt(48) = 2.3383.
        let test = tested(&[0, 50, 90, 95, 100], 100).expect("five cases");
        assert!((test.statistic - 2.338_27).abs() < 1e-5, "{}", test.statistic);
        // Two-sided: 2 (1 - Phi(2.33827)) = 0.019373.
        assert!((test.p_value - 0.019_373).abs() < 1e-5, "{}", test.p_value);
        assert_eq!((test.direction, test.cases), (Trend::Rising, 5));
    }

    #[test]
    fn even_gaps_are_no_trend() {
        let test = tested(&[0, 10, 20, 30, 40, 50], 60).expect("six cases");
        assert_eq!((test.direction, test.statistic), (Trend::Steady, 0.0));
        assert_eq!(test.p_value, 1.0);
    }

    #[test]
    fn a_long_quiet_after_the_last_is_a_falling_trend() {
        let test = tested(&[0, 5, 10, 15, 20], 200).expect("five cases");
        assert_eq!(test.direction, Trend::Falling);
    }

    #[test]
    fn four_are_too_few_and_so_is_a_single_moment() {
        assert_eq!(tested(&[0, 50, 90, 100], 100), None);
        assert_eq!(tested(&[0, 0, 0, 0, 0], 0), None);
        assert_eq!(tested(&[], 0), None);
    }
}
