//! The ranking that an index must reproduce, found by looking at every document.

use std::collections::BTreeMap;

/// The `k` documents with the highest dot product with `query`, best first, as (index, score); ties go
/// to the lower index. Vectors are (term, weight) in any order, without repeated terms, already
/// weighted and normalised: of unit vectors the score is the cosine. Products are summed in ascending
/// order of the terms as bytes. A document that shares no term with the query is left out.
#[must_use]
pub fn top_k(
    query: &[(String, f64)],
    documents: &[Vec<(String, f64)>],
    k: usize,
) -> Vec<(usize, f64)> {
    let query: BTreeMap<&str, f64> = by_term(query);
    let mut ranked: Vec<(usize, f64)> = documents
        .iter()
        .enumerate()
        .filter_map(|(at, document)| Some((at, dot(&query, &by_term(document))?)))
        .collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1).then(left.0.cmp(&right.0)));
    ranked.truncate(k);
    ranked
}

fn by_term(vector: &[(String, f64)]) -> BTreeMap<&str, f64> {
    vector.iter().map(|(term, weight)| (term.as_str(), *weight)).collect()
}

/// `None` where no term is shared.
fn dot(query: &BTreeMap<&str, f64>, document: &BTreeMap<&str, f64>) -> Option<f64> {
    let products = query.iter().filter_map(|(term, weight)| Some(weight * document.get(term)?));
    products.reduce(|sum, product| sum + product)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(cells: &[(&str, f64)]) -> Vec<(String, f64)> {
        cells.iter().map(|(term, weight)| ((*term).to_owned(), *weight)).collect()
    }

    #[track_caller]
    fn check(
        query: &[(&str, f64)],
        documents: &[&[(&str, f64)]],
        k: usize,
        expect: &[(usize, f64)],
    ) {
        let documents: Vec<_> = documents.iter().map(|cells| vector(cells)).collect();
        assert_eq!(top_k(&vector(query), &documents, k), expect);
    }

    #[test]
    fn the_best_come_first() {
        let documents: &[&[_]] = &[&[("disk", 0.5)], &[("tls", 1.0)], &[("disk", 1.0)]];
        check(&[("disk", 0.5)], documents, 5, &[(2, 0.5), (0, 0.25)]);
    }

    #[test]
    fn equal_scores_are_in_order_of_index() {
        let documents: &[&[_]] = &[&[("tls", 0.5)], &[("tls", 1.0)], &[("tls", 0.5)]];
        check(&[("tls", 1.0)], documents, 2, &[(1, 1.0), (0, 0.5)]);
    }

    #[test]
    fn what_shares_no_term_is_left_out() {
        check(&[("tls", 1.0)], &[&[("disk", 1.0)], &[]], 5, &[]);
    }

    #[test]
    fn products_are_summed_in_the_order_of_terms() {
        let scattered: &[&[_]] = &[&[("c", 1.0), ("a", 1e16), ("b", -1e16)]];
        let query = [("b", 1.0), ("c", 1.0), ("a", 1.0)];
        check(&query, scattered, 1, &[(0, 1.0)]);
    }
}
