//! What the verdict goes by.

use std::collections::HashSet;

use analysis::SERVICE_PREFIX;
use calibration::Standing;
use recurrence::{ClassId, Evidence};
use vector::SparseVector;

use crate::candidate::Candidate;
use crate::judgement::Hearing;
use crate::question::Echo;

/// Sums up what was found: for the best match or, where it has one, its class; and how it stands among the others,
/// `None` where nothing was found.
///
/// # Errors
/// Those of `outside`, which is asked for a class that all that was found is in.
pub(crate) fn evidence<E>(
    hearing: &Hearing<'_>,
    class: Option<ClassId>,
    outside: impl Fn(ClassId) -> Result<f64, E>,
) -> Result<(Evidence, Option<Standing>), E> {
    let Hearing { query, found, frequencies, .. } = *hearing;
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
    let others = others(found, class, outside)?;
    let standing = best.map(|best| Standing::among(best.likeness, others.iter().copied()));
    let shown = hearing.calibration.zip(standing);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let evidence = Evidence {
        best_score: best.map_or(0.0, |best| best.likeness),
        best_outside_class: others.into_iter().fold(0.0, f64::max),
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
    Ok((evidence, standing))
}

/// How alike those are that are not of the class of the best match; where all that was found is of it, the most
/// alike of others.
fn others<E>(
    found: &[Candidate],
    class: Option<ClassId>,
    outside: impl Fn(ClassId) -> Result<f64, E>,
) -> Result<Vec<f64>, E> {
    let is_outside = |candidate: &&Candidate| class.is_none() || candidate.class != class;
    let others: Vec<f64> =
        found.iter().skip(1).filter(is_outside).map(|one| one.likeness).collect();
    match class {
        Some(class) if others.is_empty() => {
            let looked_for = outside(class)?;
            Ok(if looked_for > 0.0 { vec![looked_for] } else { others })
        }
        _ => Ok(others),
    }
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
    use std::convert::Infallible;

    use analysis::Vocabulary;
    use index::DocId;
    use rank::Parts;
    use vector::{Bag, DocumentFrequencies};

    use super::*;
    use crate::candidate::shared_terms;

    /// The likeness of what was looked for beyond what was found.
    const LOOKED_FOR: f64 = 0.05;
    /// Two documents of class 1, then two one-offs.
    const TEXTS: [(&str, u32); 4] =
        [("tls chain", 1), ("tls handshake chain", 1), ("tls disk", 0), ("disk quota svc_auth", 0)];

    fn bag(words: &str) -> Bag {
        Bag::count(words.split(' ').map(|word| (word, 1)))
    }

    fn frequencies() -> DocumentFrequencies {
        let mut frequencies = DocumentFrequencies::default();
        TEXTS.iter().for_each(|(text, _)| frequencies.add(&bag(text)));
        frequencies
    }

    /// What the documents of these places, each less alike than the one before, tell of `question`, for the
    /// class of the first.
    fn told(question: &str, places: &[usize]) -> (Evidence, Vec<f64>) {
        told_of(&SparseVector::embed(&bag(question), &frequencies()), places)
    }

    fn told_of(query: &SparseVector, places: &[usize]) -> (Evidence, Vec<f64>) {
        let found: Vec<Candidate> = places
            .iter()
            .zip([0.4, 0.3, 0.2, 0.1])
            .map(|(place, words)| {
                let (text, class) = TEXTS[*place];
                let class = (class > 0).then(|| ClassId::new(class));
                let shared = shared_terms(query, &bag(text));
                let parts = Parts { words, ..Parts::default() };
                let doc = DocId(u32::try_from(*place).expect("four of them"));
                Candidate::new(doc, class, parts, shared, None)
            })
            .collect();
        let hearing = Hearing {
            query,
            frequencies: &frequencies(),
            found: &found,
            calibration: None,
            echo: Echo::Nothing,
        };
        let class = found.first().and_then(|best| best.class);
        let told = evidence(&hearing, class, |_| Ok::<_, Infallible>(LOOKED_FOR));
        (told.expect("never").0, found.iter().map(|one| one.likeness).collect())
    }

    #[test]
    fn the_runner_up_is_the_best_outside_the_class() {
        let (evidence, likeness) = told("tls handshake", &[1, 0, 2, 3]);
        assert_eq!((evidence.best_score, evidence.best_outside_class), (likeness[0], likeness[2]));
    }

    #[test]
    fn it_is_looked_for_where_all_that_was_found_is_of_the_class() {
        assert_eq!(told("tls handshake", &[1, 0]).0.best_outside_class, LOOKED_FOR);
    }

    #[test]
    fn of_a_one_off_the_next_is_outside() {
        let (evidence, likeness) = told("disk quota", &[3, 2]);
        assert_eq!((evidence.best_score, evidence.best_outside_class), (likeness[0], likeness[1]));
        assert_eq!(told("disk quota", &[3]).0.best_outside_class, 0.0);
    }

    #[test]
    fn a_class_covers_what_any_of_its_members_has() {
        let (evidence, _) = told("chain chain chain handshake unknown", &[0, 1, 2, 3]);
        assert!(evidence.coverage <= evidence.class_coverage && evidence.class_coverage < 1.0);
        let (alone, _) = told("handshake", &[1, 0]);
        assert!((alone.coverage - 1.0).abs() < 1e-12);
        assert_eq!((evidence.known_terms, evidence.query_terms), (2, 3));
    }

    #[test]
    fn what_stands_there_in_other_words_is_known_and_shared_once() {
        let vocabulary = Vocabulary::operations();
        let paraphrases = vocabulary.paraphrases(std::iter::once((1, "ssl chain")));
        let query = SparseVector::embed(&bag("ssl chain"), &frequencies());
        let query = query.paraphrased(&paraphrases, &frequencies());
        let (evidence, _) = told_of(&query, &[0, 1, 2]);
        assert_eq!((evidence.known_terms, evidence.query_terms, evidence.shared_terms), (2, 2, 2));
        let (own, all) = query.asked().fold((0.0, 0.0), |(own, all), (term, weight)| {
            (own + if term == "chain" { weight } else { 0.6 * weight }, all + weight)
        });
        assert!((evidence.coverage - own / all).abs() < 1e-12, "{}", evidence.coverage);
    }

    #[test]
    fn a_service_is_no_word_but_verbatim() {
        let (evidence, _) = told("svc_auth", &[3]);
        assert_eq!((evidence.known_terms, evidence.query_terms, evidence.verbatim), (0, 0, true));
        let (nothing, _) = told("unknown", &[]);
        assert_eq!((nothing.best_score, nothing.coverage, nothing.verbatim), (0.0, 0.0, false));
    }
}
