//! The figures on the real corpora: the baseline as published, and floors for what is built on it.

use std::path::PathBuf;

use engine::Method;
use eval::{Algorithm, ClusterTask, Grouping, RetrievalScores, RetrievalTask, clusters, retrieval};
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
fn check_floor(folder: &str, queries: &str, mrr: f64) {
    let Some(found) = scores(folder, queries, Method::Default, &[]) else { return };
    assert!(found.mrr >= mrr, "{folder} MRR {} below {mrr}", found.mrr);
}

#[test]
fn the_default_method_stays_above_its_floors() {
    check_floor("openoffice_dups", "duplicates.dev.jsonl", 0.57);
    check_floor("issre22_cloud", "same_class_l3.dev.jsonl", 0.56);
    check_floor("ossfuzz", "duplicates.dev.jsonl", 0.975);
    check_floor("icco_postmortems", "same_category.jsonl", 0.88);
    check_floor("rca_vault", "duplicates.jsonl", 0.975);
    check_floor("rca_vault", "same_rc_family.jsonl", 1.0);
}

#[track_caller]
fn check_families(grouping: Grouping) {
    let Some(folder) = corpus("rca_vault") else { return };
    let task = ClusterTask {
        docs: folder.join("docs.jsonl"),
        label: Some("rc_family".to_owned()),
        assignments: None,
        grouping,
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
