//! What the verdict goes by.

use std::collections::HashSet;

use analysis::SERVICE_PREFIX;
use index::{Filter, Snapshot};
use recurrence::{ClassId, Evidence};
use vector::SparseVector;

use crate::candidate::Candidate;

/// Sums up what was found: for the best match or, where it has one, its class.
pub(crate) fn evidence(
    query: &SparseVector,
    found: &[Candidate],
    class: Option<ClassId>,
    snapshot: &Snapshot,
    filter: &Filter,
    quotes_a_title: bool,
) -> Evidence {
    let frequencies = &snapshot.postings().weights().frequencies;
    let words = || query.iter().filter(|(term, _)| !term.starts_with(SERVICE_PREFIX));
    let known = words().filter(|(term, _)| frequencies.of(term) > 0).count();
    let names_a_service = query.iter().any(|(term, _)| term.starts_with(SERVICE_PREFIX));
    let best = found.first();
    let is_family = |candidate: &&Candidate| class.is_some() && candidate.class == class;
    let best_terms: HashSet<&str> = best.into_iter().flat_map(terms).collect();
    let class_terms: HashSet<&str> =
        best.into_iter().chain(found.iter().filter(is_family)).flat_map(terms).collect();
    Evidence {
        best_score: best.map_or(0.0, |best| best.score),
        best_outside_class: outside(query, found, class, snapshot, filter),
        known_terms: u32::try_from(known).unwrap_or(u32::MAX),
        query_terms: u32::try_from(words().count()).unwrap_or(u32::MAX),
        coverage: coverage(query, &best_terms),
        class_coverage: coverage(query, &class_terms),
        verbatim: quotes_a_title || names_a_service,
    }
}

/// The share of the question's squared weight on terms that any candidate of `class` has, in [0, 1].
pub(crate) fn class_coverage(query: &SparseVector, found: &[Candidate], class: ClassId) -> f64 {
    let members = found.iter().filter(|candidate| candidate.class == Some(class));
    coverage(query, &members.flat_map(terms).collect())
}

/// The best score outside the best match and its class. Where all candidates are of the class, it is
/// looked for.
fn outside(
    query: &SparseVector,
    found: &[Candidate],
    class: Option<ClassId>,
    snapshot: &Snapshot,
    filter: &Filter,
) -> f64 {
    let is_outside = |candidate: &&Candidate| class.is_none() || candidate.class != class;
    if let Some(other) = found.iter().skip(1).find(is_outside) {
        return other.score;
    }
    let others = Filter { not_class: class.map(ClassId::number), ..filter.clone() };
    let k = if class.is_some() { 1 } else { 2 };
    let hits = snapshot.search(query, &others, k);
    hits.get(k - 1).map_or(0.0, |hit| hit.score)
}

/// The share of the question's squared weight on `terms`, in [0, 1].
fn coverage(query: &SparseVector, terms: &HashSet<&str>) -> f64 {
    let all = query.norm().powi(2);
    if all == 0.0 {
        return 0.0;
    }
    let covered = query.iter().filter(|(term, _)| terms.contains(term));
    covered.fold(0.0, |sum, (_, weight)| sum + weight * weight) / all
}

fn terms(candidate: &Candidate) -> impl Iterator<Item = &str> {
    candidate.shared.iter().map(String::as_str)
}
