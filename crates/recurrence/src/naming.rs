//! What to call a class, by the titles of its members.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use incident::Incident;

use crate::occurrences::Occurrences;
use crate::title::{bare_title, folded_word};

/// Words that neither begin nor end a name taken from within titles, and do not count as its content.
const STOP_WORDS: [&str; 27] = [
    "a", "an", "the", "and", "or", "in", "on", "at", "of", "to", "for", "from", "by", "with", "as",
    "is", "are", "was", "were", "be", "been", "after", "before", "during", "due", "while", "when",
];
/// The content words a name taken from within titles has at least: one alone says too little.
const CONTENT_WORDS_MIN: usize = 2;
/// The longest run of words looked at within a title.
const RUN_WORDS_MAX: usize = 8;

/// The name of the class of `members`, in any order: the commonest surface form of their titles, less dates
/// and services (those of all members). Forms agree where they differ in case or plural only. Where no
/// form is borne by half of the titles, the longest run of words that most of them share; else the form
/// that at least two bear. Ties: the earliest member's. `None` where the titles share nothing sensible:
/// the class is then named by its heaviest terms.
#[must_use]
pub fn name<I: Borrow<Incident>>(members: &[I]) -> Option<String> {
    let forms = forms_of(&Occurrences::of(members));
    let (form, bearers) = commonest_form(&forms)?;
    let sole = forms.len() == 1;
    if sole || (bearers > 1 && 2 * bearers >= forms.len()) {
        return Some(form);
    }
    shared_run(&forms).or((bearers > 1).then_some(form))
}

/// A title less dates and services, word by word.
struct Form {
    surface: Vec<String>,
    /// The folded words, one for each word of the surface.
    keys: Vec<String>,
}

/// The forms of the titles, earliest member first; titles of nothing but dates and ids have none.
fn forms_of(class: &Occurrences) -> Vec<Form> {
    let mut services: Vec<String> =
        class.members().iter().flat_map(|member| member.services.clone()).collect();
    services.sort();
    services.dedup();
    class
        .members()
        .iter()
        .map(|member| Form::of(&bare_title(&member.title, &services)))
        .filter(Form::has_words)
        .collect()
}

impl Form {
    fn of(title: &str) -> Self {
        let surface: Vec<String> = title.split_whitespace().map(str::to_owned).collect();
        let keys = surface.iter().map(|word| folded_word(word)).collect();
        Self { surface, keys }
    }

    fn has_words(&self) -> bool {
        self.keys.iter().any(|key| key.contains(char::is_alphabetic))
    }

    /// The runs that may be a name: of common words only, with content, not bounded by stop words; each once.
    fn runs(&self, common: &HashSet<&str>) -> HashSet<&[String]> {
        let mut runs = HashSet::new();
        for begin in 0..self.keys.len() {
            let longest = self.keys[begin..]
                .iter()
                .take(RUN_WORDS_MAX)
                .take_while(|key| common.contains(key.as_str()))
                .count();
            let ends = begin + 1..=begin + longest;
            runs.extend(ends.map(|end| &self.keys[begin..end]).filter(|run| is_name(run)));
        }
        runs
    }

    /// The run as this title writes it; `None` where it has no such run.
    fn surface_of(&self, run: &[String]) -> Option<String> {
        let begin = self.keys.windows(run.len()).position(|keys| keys == run)?;
        let words = self.surface[begin..begin + run.len()].join(" ");
        Some(words.trim_matches([',', ';', ':', '.']).to_owned())
    }
}

/// The commonest form and how many titles bear it.
fn commonest_form(forms: &[Form]) -> Option<(String, usize)> {
    let (keys, _) = commonest(forms.iter().map(|form| form.keys.as_slice()))?;
    let alike = forms.iter().filter(|form| form.keys == keys);
    let surfaces: Vec<String> = alike.map(|form| form.surface.join(" ")).collect();
    let (surface, _) = commonest(surfaces.iter())?;
    Some((surface.clone(), surfaces.len()))
}

/// The longest run of words that more than half of the titles share; of equally long ones the commonest,
/// then the one met first.
fn shared_run(forms: &[Form]) -> Option<String> {
    let common = common_words(forms);
    let mut bearers: HashMap<&[String], (usize, usize)> = HashMap::new();
    for (place, form) in forms.iter().enumerate() {
        for run in form.runs(&common) {
            bearers.entry(run).or_insert((0, place)).0 += 1;
        }
    }
    let (run, _) = bearers
        .into_iter()
        .filter(|(_, (count, _))| 2 * count > forms.len())
        .max_by_key(|&(run, (count, place))| (run.len(), count, Reverse(place), Reverse(run)))?;
    let surfaces: Vec<String> = forms.iter().filter_map(|form| form.surface_of(run)).collect();
    commonest(surfaces.iter()).map(|(surface, _)| surface.clone())
}

/// The words that stand in more than half of the titles: no shared run has any other.
fn common_words(forms: &[Form]) -> HashSet<&str> {
    let mut bearers: HashMap<&str, usize> = HashMap::new();
    for form in forms {
        let words: HashSet<&str> = form.keys.iter().map(String::as_str).collect();
        for word in words {
            *bearers.entry(word).or_default() += 1;
        }
    }
    bearers.retain(|_, count| 2 * *count > forms.len());
    bearers.into_keys().collect()
}

fn is_name(run: &[String]) -> bool {
    let is_content = |key: &&String| key.len() > 1 && !STOP_WORDS.contains(&key.as_str());
    let bounded = run.first().is_some_and(|key| is_content(&key))
        && run.last().is_some_and(|key| is_content(&key));
    bounded && run.iter().filter(is_content).count() >= CONTENT_WORDS_MIN
}

/// The value that occurs most often, and how often; of equally frequent ones the first.
fn commonest<T: std::hash::Hash + Eq + Copy>(
    values: impl Iterator<Item = T>,
) -> Option<(T, usize)> {
    let mut seen: HashMap<T, (usize, usize)> = HashMap::new();
    for (place, value) in values.enumerate() {
        seen.entry(value).or_insert((0, place)).0 += 1;
    }
    seen.into_iter()
        .max_by_key(|&(_, (count, place))| (count, Reverse(place)))
        .map(|(value, (count, _))| (value, count))
}

#[cfg(test)]
mod tests {
    use incident::Moment;

    use super::*;

    /// Members one day apart, in the order of their titles, all on `auth-gateway`.
    fn members(titles: &[&str]) -> Vec<Incident> {
        let dated = |(index, title): (usize, &&str)| {
            let mut incident = Incident::new("jsonl", format!("i-{index:02}"), *title);
            incident.started_at = Moment::parse(&format!("2025-10-{:02}", index + 1)).ok();
            incident.services = vec!["auth-gateway".into()];
            incident
        };
        titles.iter().enumerate().map(dated).collect()
    }

    #[track_caller]
    fn check(titles: &[&str], expected: Option<&str>) {
        assert_eq!(name(&members(titles)).as_deref(), expected, "{titles:?}");
    }

    #[test]
    fn the_commonest_form_names_the_class() {
        check(
            &[
                "2025-10-03 - Cache Stampede in auth-gateway",
                "2025-11-07 - Cache Stampede in auth-gateway",
                "2025-12-28 - Origin Overload in auth-gateway",
            ],
            Some("Cache Stampede"),
        );
    }

    #[test]
    fn case_and_plural_do_not_part_forms() {
        check(
            &["cache stampedes", "Cache stampede", "Cache stampede", "Full disk"],
            Some("Cache stampede"),
        );
    }

    #[test]
    fn equally_common_forms_yield_to_the_earliest() {
        check(&["Full disk", "Cache stampede", "cache stampede", "full disk"], Some("Full disk"));
        check(&["CACHE STAMPEDE", "Cache stampede"], Some("CACHE STAMPEDE"));
    }

    #[test]
    fn a_run_shared_by_most_names_titles_that_all_differ() {
        check(
            &[
                "TLS handshake failures on auth-gateway after a cipher change",
                "Elevated TLS handshake failure rate at the edge",
                "Customers report TLS handshake failures",
                "Login page blank",
            ],
            Some("TLS handshake failures"),
        );
    }

    #[test]
    fn a_run_neither_begins_nor_ends_with_a_stop_word() {
        check(
            &["Pool of the database dry", "Pool of the database is full"],
            Some("Pool of the database"),
        );
    }

    #[test]
    fn without_a_run_two_bearers_of_a_form_are_enough() {
        check(
            &["Full disk", "Cache stampede", "Full disk", "Stale route", "Expired key"],
            Some("Full disk"),
        );
    }

    #[test]
    fn titles_that_share_nothing_give_no_name() {
        check(&["Handshakes failing after a change", "Handshake errors at the edge"], None);
        check(&["2025-10-03", "2025-10-04"], None);
        check(&[], None);
    }

    #[test]
    fn a_single_member_gives_its_title() {
        check(&["Postmortem: Cache stampede in auth-gateway"], Some("Cache stampede"));
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let mut members = members(&["Full disk", "Cache stampede", "cache stampede", "full disk"]);
        members.reverse();
        assert_eq!(name(&members).as_deref(), Some("Full disk"));
    }
}
