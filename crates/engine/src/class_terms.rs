//! What a class is called.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use analysis::SERVICE_PREFIX;
use incident::{Field, Incident};
use index::Postings;
use recurrence::{ClassId, ClassLabel};
use vector::SparseVector;

use crate::retriever::{Retriever, spellings};

/// How many terms a class is described by.
const TERMS_MAX: usize = 6;
/// How many heaviest terms make a name where the titles agree on none.
const NAME_TERMS: usize = 3;
/// From how many members the terms are taken: the earliest ones.
const MEMBERS_READ_MAX: usize = 200;
/// How many classes' terms are kept.
const KEPT_MAX: usize = 10_000;

/// The terms of classes under the weights of an epoch, kept by what their members say: to read it all again takes
/// longer than the rest of an answer.
#[derive(Debug, Default)]
pub(crate) struct ClassTerms {
    by_texts: Mutex<HashMap<u64, Vec<String>>>,
}

impl ClassTerms {
    /// The terms that describe a class of `members`, heaviest first.
    fn of(&self, members: &[&Incident], retriever: &Retriever, postings: &Postings) -> Vec<String> {
        let members = &members[..members.len().min(MEMBERS_READ_MAX)];
        let key = mark_of(members);
        // Whatever a thread that panicked left here is whole.
        let kept = || self.by_texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(terms) = kept().get(&key) {
            return terms.clone();
        }
        let terms = heaviest_terms(members, retriever, postings);
        let mut kept = kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, terms.clone());
        terms
    }
}

/// Stands for all that the terms are read from.
fn mark_of(members: &[&Incident]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for incident in members {
        Field::ALL.iter().for_each(|field| incident.text_of(*field).hash(&mut hasher));
        incident.services.hash(&mut hasher);
    }
    hasher.finish()
}

/// The label of the class `id`: a name from its titles, else from its heaviest terms; and these terms,
/// spelled as its members mostly spell them.
pub(crate) fn label(
    id: ClassId,
    members: &[&Incident],
    retriever: &Retriever,
    postings: &Postings,
    class_terms: &ClassTerms,
) -> ClassLabel {
    let terms = class_terms.of(members, retriever, postings);
    let name = recurrence::name(members).unwrap_or_else(|| {
        let words: Vec<&str> = terms.iter().take(NAME_TERMS).map(String::as_str).collect();
        if words.is_empty() { id.to_string() } else { words.join(" ") }
    });
    ClassLabel { id, name, terms, pinned: false }
}

/// The terms with the greatest mean weight over the members, heaviest first, ties by the term.
fn heaviest_terms(
    members: &[&Incident],
    retriever: &Retriever,
    postings: &Postings,
) -> Vec<String> {
    let mut weights: HashMap<String, f64> = HashMap::new();
    let mut spelled: HashMap<String, HashMap<String, u32>> = HashMap::new();
    for incident in members {
        let (bag, terms) = retriever.class_terms(incident);
        let vector = SparseVector::embed(&bag, &postings.weights().frequencies);
        for (term, weight) in vector.iter().filter(|(term, _)| !term.starts_with(SERVICE_PREFIX)) {
            *weights.entry(term.to_owned()).or_default() += weight / vector.norm();
        }
        for (stem, spelling) in spellings(incident, &terms) {
            *spelled.entry(stem.to_owned()).or_default().entry(spelling).or_default() += 1;
        }
    }
    let mut heaviest: Vec<(String, f64)> = weights.into_iter().collect();
    heaviest.sort_by(|(left, l), (right, r)| r.total_cmp(l).then_with(|| left.cmp(right)));
    heaviest.truncate(TERMS_MAX);
    heaviest.into_iter().map(|(stem, _)| commonest(spelled.get(&stem)).unwrap_or(stem)).collect()
}

/// The spelling most members use; of equal ones the first in the order of their bytes.
fn commonest(spellings: Option<&HashMap<String, u32>>) -> Option<String> {
    let best =
        spellings?.iter().max_by(|(left, l), (right, r)| l.cmp(r).then_with(|| right.cmp(left)));
    best.map(|(spelling, _)| spelling.clone())
}

#[cfg(test)]
mod tests {
    use index::{Entry, Index};

    use super::*;
    use crate::retriever::Method;

    #[track_caller]
    fn check(members: &[(&str, &str)], name: &str, first_term: &str) {
        let incidents: Vec<Incident> = members
            .iter()
            .map(|(title, cause)| {
                let mut incident = Incident::new("jsonl", *title, *title);
                incident.root_cause = Some((*cause).to_owned());
                incident.services = vec!["billing-api".to_owned()];
                incident
            })
            .collect();
        let retriever = Retriever::new(Method::Default);
        let mut index = Index::new(retriever.slope());
        index.add(incidents.iter().map(|one| (Entry::of(one), retriever.search_bag(one))));
        index.refresh(1);
        let borrowed: Vec<&Incident> = incidents.iter().collect();
        let class_terms = ClassTerms::default();
        let label =
            || label(ClassId::new(4), &borrowed, &retriever, index.postings(), &class_terms);
        let (label, again) = (label(), label());
        assert_eq!(label, again, "what is kept is what was read");
        assert_eq!(label.name, name);
        assert_eq!(label.terms.first().map_or("", String::as_str), first_term, "{:?}", label.terms);
        assert!(label.terms.len() <= TERMS_MAX);
        assert!(label.terms.iter().all(|term| !term.contains("billing-api")), "{:?}", label.terms);
    }

    #[test]
    fn it_is_called_as_its_titles_call_it_and_its_terms_are_spelled_as_mostly() {
        check(
            &[
                ("Certificate expired", "renewals renewals were skipped"),
                ("Certificate expired", "renewals were skipped"),
                ("Certificate expired", "the renewal was skipped"),
            ],
            "Certificate expired",
            "renewals",
        );
    }

    #[test]
    fn a_class_without_a_word_is_called_by_its_id() {
        check(&[("", ""), ("", "")], "FC-4", "");
    }

    #[test]
    fn who_says_something_else_is_read_anew() {
        let said = |title: &str, cause: Option<&str>, service: &str| {
            let mut incident = Incident::new("jsonl", "1", title);
            incident.root_cause = cause.map(str::to_owned);
            incident.services = vec![service.to_owned()];
            incident
        };
        let one = said("disk full", None, "db");
        let others = [said("disk", Some("full"), "db"), said("disk full", None, "web")];
        for other in &others {
            assert_ne!(mark_of(&[&one]), mark_of(&[other]));
        }
        assert_ne!(mark_of(&[&one, &others[0]]), mark_of(&[&others[0], &one]));
    }

    #[test]
    fn of_two_spellings_used_alike_the_first_in_byte_order_is_shown() {
        let spellings = HashMap::from([("leaks".to_owned(), 2), ("leaked".to_owned(), 2)]);
        assert_eq!(commonest(Some(&spellings)).as_deref(), Some("leaked"));
        assert_eq!(commonest(None), None);
    }
}
