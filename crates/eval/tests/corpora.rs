//! The figures on the real corpora: the baseline as published, and floors for what is built on it.

use std::path::PathBuf;

use engine::Method;
use eval::{
    Algorithm, Blend, ClusterTask, Grouping, RetrievalScores, RetrievalTask, Variation, clusters,
    retrieval,
};
use incident::Field;

fn corpus(below: &str) -> Option<PathBuf> {
    let path = testkit::shared::path(&format!("corpora/{below}"));
    if path.is_none() {
        testkit::shared::absent(below);
    }
    path
}

fn scores(
    folder: &str,
    queries: &str,
    method: Method,
    fields: &[Field],
) -> Option<RetrievalScores> {
    let folder = corpus(folder)?;
    let task = RetrievalTask {
        docs: folder.join("docs.jsonl"),
        queries: folder.join(queries),
        run: None,
        method,
        fields: (!fields.is_empty()).then(|| fields.to_vec()),
        query_fields: None,
    };
    Some(retrieval(&task, |_, _| {}).expect("the corpus is readable").scores)
}

#[track_caller]
fn check_plain(folder: &str, queries: &str, fields: &[Field], mrr: f64, hit_at_1: f64) {
    let Some(found) = scores(folder, queries, Method::Plain, fields) else { return };
    assert!((found.mrr - mrr).abs() <= 0.005, "{folder} MRR {} not {mrr}", found.mrr);
    assert!((found.hit_at_1 - hit_at_1).abs() <= 0.005, "{folder} hit@1 {}", found.hit_at_1);
}

#[test]
fn the_baseline_is_that_of_scikit_learn() {
    check_plain("openoffice_dups", "duplicates.dev.jsonl", &[], 0.544, 0.454);
    check_plain("issre22_cloud", "same_class_l3.dev.jsonl", &[], 0.559, 0.426);
    check_plain("issre22_cloud", "same_class_l3.dev.jsonl", &[Field::RootCause], 0.646, 0.507);
    check_plain("ossfuzz", "duplicates.dev.jsonl", &[], 0.982, 0.970);
    check_plain("icco_postmortems", "same_category.jsonl", &[], 0.881, 0.793);
    check_plain("rca_vault", "duplicates.jsonl", &[], 0.974, 0.948);
    check_plain("rca_vault", "duplicates.jsonl", &[Field::Title, Field::RootCause], 0.934, 0.885);
    check_plain("rca_vault", "same_rc_family.jsonl", &[], 1.0, 1.0);
}

#[track_caller]
fn check_floor(
    method: Method,
    (folder, queries, fields): (&str, &str, &[Field]),
    mrr: f64,
    hit_at_1: f64,
) {
    let Some(found) = scores(folder, queries, method, fields) else { return };
    assert!(found.mrr >= mrr, "{folder} MRR {} below {mrr}", found.mrr);
    assert!(found.hit_at_1 >= hit_at_1, "{folder} hit@1 {} below {hit_at_1}", found.hit_at_1);
}

#[test]
fn the_default_method_stays_above_its_floors() {
    let check = |set: (&str, &str), mrr, hit_at_1| {
        check_floor(Method::Default, (set.0, set.1, &[]), mrr, hit_at_1);
    };
    check(("openoffice_dups", "duplicates.dev.jsonl"), 0.64, 0.55);
    check(("issre22_cloud", "same_class_l3.dev.jsonl"), 0.51, 0.36);
    check(("ossfuzz", "duplicates.dev.jsonl"), 0.98, 0.965);
    check(("icco_postmortems", "same_category.jsonl"), 0.88, 0.81);
    check(("rca_vault", "duplicates.jsonl"), 0.99, 0.98);
    check(("rca_vault", "same_rc_family.jsonl"), 1.0, 1.0);
    let causes = ("issre22_cloud", "same_class_l3.dev.jsonl", &[Field::RootCause][..]);
    check_floor(Method::Default, causes, 0.60, 0.45);
    let families = ("rca_vault", "duplicates.jsonl", &[Field::Title, Field::RootCause][..]);
    check_floor(Method::Default, families, 0.985, 0.97);
}

#[test]
fn the_words_alone_stay_above_their_floors() {
    let words = Method::Varied(Variation { blend: Blend::WORDS_ALONE, ..Variation::DOCUMENTED });
    check_floor(words, ("openoffice_dups", "duplicates.dev.jsonl", &[]), 0.57, 0.475);
    check_floor(words, ("issre22_cloud", "same_class_l3.dev.jsonl", &[]), 0.565, 0.42);
    check_floor(words, ("rca_vault", "duplicates.jsonl", &[]), 0.975, 0.96);
}

#[track_caller]
fn check_families(grouping: Grouping) {
    let Some(folder) = corpus("rca_vault") else { return };
    let task = ClusterTask {
        docs: folder.join("docs.jsonl"),
        label: Some("rc_family".to_owned()),
        assignments: None,
        grouping,
        cut: None,
    };
    let outcome = clusters(&task).expect("the corpus is readable");
    let scores = outcome.scores.expect("a label was named");
    assert!(scores.bcubed_f1 >= 0.95, "{grouping:?}: BCubed F1 {}", scores.bcubed_f1);
}

#[test]
fn the_families_of_the_vault_are_found_at_once_and_one_by_one() {
    check_families(Grouping::Batch(Algorithm::AverageLink));
    check_families(Grouping::Online);
}
