//! What the verdict goes by.

use std::collections::HashSet;

use analysis::SERVICE_PREFIX;
use calibration::Standing;
use index::Filter;
use recurrence::{ClassId, Evidence};
use vector::SparseVector;

use crate::candidate::Candidate;
use crate::judgement::Hearing;
use crate::question::Echo;

/// Sums up what was found: for the best match or, where it has one, its class; and how it stands among the others,
/// `None` where nothing was found. `better` further matches were left out of what was found.
pub(crate) fn evidence(
    hearing: &Hearing<'_>,
    class: Option<ClassId>,
    better: usize,
) -> (Evidence, Option<Standing>) {
    let Hearing { query, found, snapshot, .. } = *hearing;
    let frequencies = &snapshot.postings().weights().frequencies;
    let words = || query.asked().filter(|(term, _)| is_word(term));
    // A word that came after the epoch began has no frequency yet, and is found all the same.
    let seen: HashSet<&str> = found.iter().flat_map(terms).collect();
    let is_known = |term: &str| frequencies.of(term) > 0 || seen.contains(term);
    let met = |(term, _): &(&str, f64), holds: &dyn Fn(&str) -> bool| query.met(term, holds) > 0.0;
    let known = words().filter(|word| met(word, &is_known)).count();
    let names_a_service = query.asked().any(|(term, _)| !is_word(term));
    let best = found.first();
    let is_family = |candidate: &&Candidate| class.is_some() && candidate.class == class;
    let best_terms: HashSet<&str> = best.into_iter().flat_map(terms).collect();
    let class_terms: HashSet<&str> =
        best.into_iter().chain(found.iter().filter(is_family)).flat_map(terms).collect();
    let best_outside_class = outside(hearing, class, better);
    let standing = best.map(|best| standing(best, found, class, best_outside_class));
    let shown = hearing.calibration.zip(standing);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let evidence = Evidence {
        best_score: best.map_or(0.0, likeness),
        best_outside_class,
        calibrated: shown.map(|(calibration, standing)| calibration.shows(&standing)),
        known_terms: count(known),
        query_terms: count(words().count()),
        shared_terms: count(
            words().filter(|word| met(word, &|it| best_terms.contains(it))).count(),
        ),
        coverage: coverage(query, &best_terms),
        class_coverage: coverage(query, &class_terms),
        verbatim: hearing.echo != Echo::Nothing || names_a_service,
        same_text: hearing.echo == Echo::Repeated,
    };
    (evidence, standing)
}

/// How `best` stands among those of `found` that are outside its class, of which the best is `best_outside`.
fn standing(
    best: &Candidate,
    found: &[Candidate],
    class: Option<ClassId>,
    best_outside: f64,
) -> Standing {
    let is_outside = |candidate: &&Candidate| class.is_none() || candidate.class != class;
    let mut others: Vec<f64> = found.iter().skip(1).filter(is_outside).map(likeness).collect();
    if others.is_empty() && best_outside > 0.0 {
        others.push(best_outside);
    }
    Standing::among(likeness(best), others)
}

/// How alike a candidate is, whenever it was.
fn likeness(candidate: &Candidate) -> f64 {
    candidate.score
}

/// The best score outside the best match and its class. Where all candidates are of the class, it is
/// looked for.
fn outside(hearing: &Hearing<'_>, class: Option<ClassId>, better: usize) -> f64 {
    let is_outside = |candidate: &&Candidate| class.is_none() || candidate.class != class;
    if let Some(other) = hearing.found.iter().skip(1).find(is_outside) {
        return likeness(other);
    }
    let not_class = class.map(ClassId::number);
    let others = Filter { not_class, ..hearing.filter.clone() };
    let place = better + usize::from(class.is_none());
    let hits = hearing.snapshot.search(hearing.query, &others, place + 1);
    hits.get(place).map_or(0.0, |hit| hit.score)
}

/// The share of the question's weight on `terms`, in [0, 1], what stands there in other words counting less. Weights count as they are, not squared: one
/// word that the history never saw weighs most of all, and must not outweigh all others.
fn coverage(query: &SparseVector, terms: &HashSet<&str>) -> f64 {
    let sum = |share: &dyn Fn(&str) -> f64| {
        query.asked().fold(0.0, |sum, (term, weight)| sum + weight * share(term))
    };
    let all = sum(&|_| 1.0);
    if all == 0.0 { 0.0 } else { sum(&|term| query.met(term, |it| terms.contains(it))) / all }
}

fn is_word(term: &str) -> bool {
    !term.starts_with(SERVICE_PREFIX)
}

fn terms(candidate: &Candidate) -> impl Iterator<Item = &str> {
    candidate.shared.iter().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use analysis::Vocabulary;
    use incident::Incident;
    use index::{Entry, Index, Snapshot};
    use vector::Bag;

    use super::*;

    /// Two documents of class 1, then two one-offs.
    const TEXTS: [(&str, u32); 4] =
        [("tls chain", 1), ("tls handshake chain", 1), ("tls disk", 0), ("disk quota svc_auth", 0)];

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').map(|word| (word, 1)))
    }

    fn snapshot() -> Snapshot {
        let mut index = Index::new(1.0);
        let entry = |text: &str| Entry::of(&Incident::new("jsonl", text, ""));
        let docs = index.add(TEXTS.map(|(text, _)| (entry(text), bag(text))));
        for (doc, (_, class)) in docs.into_iter().zip(TEXTS) {
            index.set_class(doc, (class > 0).then_some(class));
        }
        index.refresh(1);
        index.snapshot()
    }

    /// What the best `k` documents tell of `question`, for the class of the best one.
    fn told(question: &str, k: usize) -> (Evidence, Vec<f64>) {
        let (snapshot, filter) = (snapshot(), Filter::default());
        let query = snapshot.postings().embed(&bag(question));
        let hits = snapshot.search(&query, &filter, 10);
        let scores = hits.iter().map(|hit| hit.score).collect();
        let of_hit = |hit| Candidate::of_hit(hit, &query, &snapshot);
        let found: Vec<Candidate> = hits.into_iter().take(k).map(of_hit).collect();
        let class = found.first().and_then(|best| best.class);
        let hearing = Hearing {
            query: &query,
            found: &found,
            snapshot: &snapshot,
            filter: &filter,
            calibration: None,
            echo: Echo::Nothing,
        };
        (evidence(&hearing, class, 0).0, scores)
    }

    #[test]
    fn the_runner_up_is_the_best_outside_the_class() {
        let (evidence, scores) = told("tls handshake", 4);
        assert_eq!((evidence.best_score, evidence.best_outside_class), (scores[0], scores[2]));
    }

    #[test]
    fn it_is_looked_for_where_all_candidates_are_of_the_class() {
        let (evidence, scores) = told("tls handshake", 2);
        assert_eq!(evidence.best_outside_class, scores[2]);
    }

    #[test]
    fn of_a_one_off_the_next_is_outside_even_if_it_is_looked_for() {
        for k in [1, 4] {
            let (evidence, scores) = told("disk quota", k);
            assert_eq!((evidence.best_score, evidence.best_outside_class), (scores[0], scores[1]));
        }
    }

    #[test]
    fn a_class_covers_what_any_of_its_members_has() {
        let (evidence, _) = told("chain chain chain handshake unknown", 4);
        assert!(evidence.coverage <= evidence.class_coverage && evidence.class_coverage < 1.0);
        let (alone, _) = told("handshake", 4);
        assert!((alone.coverage - 1.0).abs() < 1e-12);
        assert_eq!((evidence.known_terms, evidence.query_terms), (2, 3));
    }

    #[test]
    fn what_stands_there_in_other_words_is_known_and_shared_once() {
        let (snapshot, filter) = (snapshot(), Filter::default());
        let vocabulary = Vocabulary::operations();
        let paraphrases = vocabulary.paraphrases(std::iter::once((1, "ssl chain")));
        let query = snapshot.postings().embed(&bag("ssl chain"));
        let frequencies = &snapshot.postings().weights().frequencies;
        let query = query.paraphrased(&paraphrases, frequencies);
        let hits = snapshot.search(&query, &filter, 10);
        let of_hit = |hit| Candidate::of_hit(hit, &query, &snapshot);
        let found: Vec<Candidate> = hits.into_iter().map(of_hit).collect();
        assert_eq!(found[0].id.as_str(), "tls chain");
        let hearing = Hearing {
            query: &query,
            found: &found,
            snapshot: &snapshot,
            filter: &filter,
            echo: Echo::Nothing,
            calibration: None,
        };
        let (evidence, _) = evidence(&hearing, None, 0);
        assert_eq!((evidence.known_terms, evidence.query_terms, evidence.shared_terms), (2, 2, 2));
        let (own, all) = query.asked().fold((0.0, 0.0), |(own, all), (term, weight)| {
            (own + if term == "chain" { weight } else { 0.6 * weight }, all + weight)
        });
        assert!((evidence.coverage - own / all).abs() < 1e-12, "{}", evidence.coverage);
    }

    #[test]
    fn a_service_is_no_word_but_verbatim() {
        let (evidence, _) = told("svc_auth", 4);
        assert_eq!((evidence.known_terms, evidence.query_terms, evidence.verbatim), (0, 0, true));
        let (nothing, _) = told("unknown", 4);
        assert_eq!((nothing.best_score, nothing.coverage, nothing.verbatim), (0.0, 0.0, false));
    }
}
