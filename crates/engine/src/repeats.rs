//! Incidents that are one to whoever reads an answer.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use vector::Bag;

/// Up to this long after the last time it is the same flapping incident.
const GAP_SECS_MAX: i64 = 24 * 3_600;

/// Of at least this cosine two bags are those of nearly the same text.
const ALIKE_MIN: f64 = 0.95;
/// So many of them are one. Fewer are shown each by itself: when they were tells something too.
const MANY: usize = 4;

/// What incidents that are one have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sighting<'a> {
    /// As [`mark_of`] says it.
    pub(crate) title: Option<u64>,
    pub(crate) services: Vec<&'a str>,
    pub(crate) started_at: Option<i64>,
    /// The number of its failure class; `None` for a one-off.
    pub(crate) class: Option<u32>,
}

/// Stands for all titles that read alike; `None` for one that says nothing.
pub(crate) fn mark_of(title: &str) -> Option<u64> {
    let title = normalised(title);
    let mut hasher = DefaultHasher::new();
    title.hash(&mut hasher);
    (!title.is_empty()).then(|| hasher.finish())
}

/// A title in lower case, its blanks as one each and its numbers as one digit: what alerts of one rule have in
/// common.
fn normalised(title: &str) -> String {
    let mut text = String::with_capacity(title.len());
    for word in title.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        for character in word.chars().flat_map(char::to_lowercase) {
            match (character.is_numeric(), text.ends_with('0')) {
                (true, true) => {}
                (true, false) => text.push('0'),
                (false, _) => text.push(character),
            }
        }
    }
    text
}

/// A title and the services, sorted.
type Kind<'a> = (u64, Vec<&'a str>);

impl<'a> Sighting<'a> {
    /// `None` without a title.
    fn kind(&self) -> Option<Kind<'a>> {
        let mut services: Vec<&str> = self.services.clone();
        services.sort_unstable();
        Some((self.title?, services))
    }
}

/// By sighting: the number of what it is one with: a flap, or four or more incidents of its class that have the same
/// title, services and nearly the same text, however far apart. `terms` tells those of a sighting.
pub(crate) fn repeats<'t>(
    sightings: &[Sighting<'_>],
    terms: impl Fn(usize) -> &'t Bag,
) -> Vec<usize> {
    let mut repeats = flaps(sightings);
    for alike in alike(sightings, terms).iter().filter(|alike| alike.len() >= MANY) {
        alike.iter().for_each(|at| join(&mut repeats, *at, alike[0]));
    }
    repeats
}

/// The sightings of one class, one title, the same services and nearly one text, together.
fn alike<'t>(sightings: &[Sighting<'_>], terms: impl Fn(usize) -> &'t Bag) -> Vec<Vec<usize>> {
    let mut kinds: BTreeMap<(u32, Kind<'_>), Vec<Vec<usize>>> = BTreeMap::new();
    for (at, sighting) in sightings.iter().enumerate() {
        let (Some(class), Some(kind)) = (sighting.class, sighting.kind()) else {
            continue;
        };
        let groups = kinds.entry((class, kind)).or_default();
        let is_alike = |group: &&mut Vec<usize>| terms(group[0]).cosine(terms(at)) >= ALIKE_MIN;
        match groups.iter_mut().find(is_alike) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    kinds.into_values().flatten().collect()
}

/// Gives all that are one with `at` the number of `first`.
fn join(repeats: &mut [usize], at: usize, first: usize) {
    let (old, new) = (repeats[at], repeats[first]);
    repeats.iter_mut().filter(|number| **number == old).for_each(|number| *number = new);
}

/// By sighting: the number of its flap. Those of the same title and services are of one flap while each begins
/// within a day of the one before. An undated one, or one without a title, is a flap of its own.
fn flaps(sightings: &[Sighting<'_>]) -> Vec<usize> {
    let mut alike: BTreeMap<Kind<'_>, Vec<(i64, usize)>> = BTreeMap::new();
    for (at, sighting) in sightings.iter().enumerate() {
        if let (Some(began), Some(kind)) = (sighting.started_at, sighting.kind()) {
            alike.entry(kind).or_default().push((began, at));
        }
    }
    let mut flaps: Vec<usize> = (0..sightings.len()).collect();
    for mut group in alike.into_values() {
        group.sort_unstable();
        for pair in group.windows(2) {
            let [(before, first), (after, next)] = [pair[0], pair[1]];
            if after - before <= GAP_SECS_MAX {
                flaps[next] = flaps[first];
            }
        }
    }
    flaps
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    #[track_caller]
    fn check(sightings: &[(&str, &str, Option<i64>)], expect: &[usize]) {
        let no_terms = Bag::default();
        let all: Vec<Sighting<'_>> = (0..sightings.len())
            .map(|at| Sighting {
                title: mark_of(sightings[at].0),
                services: sightings[at].1.split_whitespace().collect(),
                started_at: sightings[at].2.map(|hours| hours * HOUR),
                class: None,
            })
            .collect();
        assert_eq!(repeats(&all, |_| &no_terms), expect);
    }

    /// Sightings a year apart of the same title, each with its class and its terms.
    #[track_caller]
    fn check_alike(sightings: &[(Option<u32>, &str)], expect: &[usize]) {
        let bag = |(_, terms): &(Option<u32>, &str)| {
            Bag::count(terms.split_whitespace().map(|term| (term, 1)))
        };
        let bags: Vec<Bag> = sightings.iter().map(bag).collect();
        let years = (0..).step_by(365 * 24);
        let all: Vec<Sighting<'_>> = (sightings.iter().zip(years))
            .map(|((class, _), hours): (_, i64)| Sighting {
                title: mark_of("Disk low on node 7"),
                services: Vec::new(),
                started_at: Some(hours * HOUR),
                class: *class,
            })
            .collect();
        assert_eq!(repeats(&all, |at| &bags[at]), expect);
    }

    #[test]
    fn what_follows_within_a_day_is_of_one_flap_however_long_it_goes_on() {
        let times = [Some(0), Some(40), Some(20), Some(66), Some(65)];
        let all = times.map(|at| ("Disk full", "db", at));
        check(&all, &[0, 0, 0, 4, 4]);
    }

    #[test]
    fn another_title_or_service_is_another_incident() {
        check(&[("Disk full", "db", Some(0)), ("Disk slow", "db", Some(1))], &[0, 1]);
        check(&[("Disk full", "db", Some(0)), ("Disk full", "ledger", Some(1))], &[0, 1]);
        check(&[("Disk full", "db web", Some(0)), ("disk  FULL", "web db", Some(1))], &[0, 0]);
    }

    #[test]
    fn many_of_nearly_the_same_text_in_a_class_are_one_however_far_apart() {
        let (text, other) = ("disk low node log rotat", "disk low node snapshot kept");
        let one = (Some(1), text);
        check_alike(&[one, (Some(1), other), one, one, one], &[0, 1, 0, 0, 0]);
        check_alike(&[one, (Some(2), text), one, (None, text), one], &[0, 1, 2, 3, 4]);
    }

    #[test]
    fn numbers_do_not_tell_alerts_of_one_rule_apart() {
        let titles = ["[FIRING:1] DiskLow 10.0.0.7:9100", "[FIRING:12] DiskLow 10.0.3.77:9100"];
        check(&titles.map(|title| (title, "", Some(0))), &[0, 0]);
        assert_eq!(normalised(" CPU 93%\ton db-3"), "cpu 0% on db-0");
    }

    #[test]
    fn what_has_no_date_or_no_title_stands_alone() {
        check(&[("Disk full", "", None), ("Disk full", "", None)], &[0, 1]);
        check(&[("", "db", Some(0)), ("", "db", Some(0))], &[0, 1]);
    }
}
