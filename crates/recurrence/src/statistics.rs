//! Quantiles and counts.

use std::collections::HashMap;

use incident::Incident;

/// The middle half of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Half of the sample lies below it.
    pub median: f64,
    /// A quarter of the sample lies below it.
    pub p25: f64,
    /// Three quarters of the sample lie below it.
    pub p75: f64,
}

/// How long it took until a failure was over, in minutes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeToResolve {
    /// Half of the cases were over sooner.
    pub median: f64,
    /// Nine of ten cases were over sooner.
    pub p90: f64,
    /// The incidents whose duration is known; at least 1.
    pub cases: u32,
}

/// A name and how many incidents bear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The name, verbatim.
    pub name: String,
    /// The incidents that bear it; at least 1.
    pub count: u32,
}

/// Two services that failed together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// Their names, verbatim, in the order of their bytes.
    pub services: [String; 2],
    /// The incidents that name both; at least 2.
    pub count: u32,
}

impl Spread {
    /// The spread of `sample`, in any order; `None` where it is empty.
    #[must_use]
    pub(crate) fn of(sample: &[f64]) -> Option<Self> {
        let sorted = sorted(sample);
        Some(Self {
            median: quantile(&sorted, 0.5)?,
            p25: quantile(&sorted, 0.25)?,
            p75: quantile(&sorted, 0.75)?,
        })
    }
}

impl TimeToResolve {
    /// Over the incidents whose duration is known; `None` where there is none.
    pub(crate) fn of(members: &[&Incident]) -> Option<Self> {
        let minutes: Vec<f64> = members
            .iter()
            .filter_map(|member| member.time_to_resolve_minutes())
            .map(f64::from)
            .collect();
        let sorted = sorted(&minutes);
        Some(Self {
            median: quantile(&sorted, 0.5)?,
            p90: quantile(&sorted, 0.9)?,
            cases: count(sorted.len()),
        })
    }
}

/// The names with how often each occurs: the most frequent first, then by name.
pub(crate) fn counted<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Counted> {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    let mut counted: Vec<Counted> =
        counts.into_iter().map(|(name, count)| Counted { name: name.to_owned(), count }).collect();
    counted.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    counted
}

/// The most pairs of services of a class.
const TOGETHER_MAX: usize = 10;
/// The services of one incident that are paired: a list of more is an inventory, and its pairs are many.
const PAIRED_MAX: usize = 20;

/// The pairs of services that at least two of the incidents name together: the most frequent first, then
/// by name; at most ten.
pub(crate) fn together(members: &[&Incident]) -> Vec<Together> {
    let mut counts: HashMap<[&str; 2], u32> = HashMap::new();
    for member in members {
        let mut names: Vec<&str> =
            member.services.iter().take(PAIRED_MAX).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        for (place, first) in names.iter().enumerate() {
            for second in &names[place + 1..] {
                *counts.entry([first, second]).or_default() += 1;
            }
        }
    }
    let mut pairs: Vec<([&str; 2], u32)> =
        counts.into_iter().filter(|(_, count)| *count >= 2).collect();
    pairs.sort_by(|(left, l), (right, r)| r.cmp(l).then_with(|| left.cmp(right)));
    pairs.truncate(TOGETHER_MAX);
    let owned = |(services, count): ([&str; 2], u32)| Together {
        services: services.map(str::to_owned),
        count,
    };
    pairs.into_iter().map(owned).collect()
}

/// A length as the 32-bit count that answers carry.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile `p` in [0, 1] of an ascending sample, with linear interpolation between its neighbours:
/// type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50
/// (1996), the default of R and `NumPy`. `None` where the sample is empty.
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = p * last as f64;
    let below = position.floor();
    let index = below as usize;
    let (low, high) = (sorted[index], sorted[(index + 1).min(last)]);
    Some(low + (position - below) * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_linearly() {
        let sample = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&sample, 0.25), Some(1.75));
        assert_eq!(quantile(&sample, 0.5), Some(2.5));
        assert_eq!(quantile(&sample, 0.75), Some(3.25));
        assert_eq!(quantile(&sample, 1.0), Some(4.0));
        assert_eq!(quantile(&[35.0, 51.0], 0.5), Some(43.0));
    }

    #[test]
    fn one_value_is_its_own_quantile_and_none_has_none() {
        assert_eq!(quantile(&[7.0], 0.9), Some(7.0));
        assert_eq!(quantile(&[], 0.9), None);
        assert_eq!(Spread::of(&[]), None);
    }

    #[test]
    fn the_spread_does_not_need_a_sorted_sample() {
        let spread = Spread::of(&[51.0, 35.0, 90.0]).expect("three values");
        assert_eq!((spread.p25, spread.median, spread.p75), (43.0, 51.0, 70.5));
    }

    #[test]
    fn the_most_frequent_come_first_then_by_name() {
        let counted = counted(["web", "api", "web", "auth", "api", "db"]);
        let shown: Vec<(&str, u32)> =
            counted.iter().map(|one| (one.name.as_str(), one.count)).collect();
        assert_eq!(shown, [("api", 2), ("web", 2), ("auth", 1), ("db", 1)]);
    }

    #[test]
    fn incidents_without_a_duration_are_no_cases() {
        let mut short = Incident::new("jsonl", "a", "a");
        short.duration_minutes = Some(10);
        let mut long = Incident::new("jsonl", "b", "b");
        long.duration_minutes = Some(110);
        let silent = Incident::new("jsonl", "c", "c");
        let known = TimeToResolve::of(&[&long, &silent, &short]).expect("two cases");
        assert_eq!((known.median, known.p90, known.cases), (60.0, 100.0, 2));
        assert_eq!(TimeToResolve::of(&[&silent]), None);
    }

    #[test]
    fn services_named_together_twice_are_a_pair() {
        let on = |services: &[&str]| Incident {
            services: services.iter().map(|&name| name.to_owned()).collect(),
            ..Incident::new("jsonl", "a", "a")
        };
        let members =
            [on(&["web", "db", "api"]), on(&["db", "web"]), on(&["api", "db"]), on(&["db"])];
        let pairs = together(&members.iter().collect::<Vec<_>>());
        let shown: Vec<(&str, &str, u32)> = pairs
            .iter()
            .map(|pair| (pair.services[0].as_str(), pair.services[1].as_str(), pair.count))
            .collect();
        assert_eq!(shown, [("api", "db", 2), ("db", "web", 2)]);
    }
}
