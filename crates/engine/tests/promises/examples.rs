//! The sample incidents of the project are told apart as their ground truth says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use engine::Item;
use serde::Deserialize;

use crate::folder::{Folder, documents, tally};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");

#[derive(Deserialize)]
struct GroundTruth {
    classes: BTreeMap<String, BTreeSet<String>>,
    one_offs: BTreeSet<String>,
}

fn ground_truth() -> GroundTruth {
    let text = std::fs::read_to_string(Path::new(EXAMPLES).join("ground_truth.json"));
    serde_json::from_str(&text.expect("it is there")).expect("it has this form")
}

pub fn samples() -> Vec<Item> {
    documents(&[Path::new(EXAMPLES).join("incidents")])
}

#[track_caller]
fn check_partition(folder: &Folder) {
    let truth = ground_truth();
    let expect: BTreeSet<BTreeSet<String>> = truth.classes.into_values().collect();
    let found = folder.partition();
    let missing: Vec<_> = expect.difference(&found).collect();
    let surplus: Vec<_> = found.difference(&expect).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing {missing:#?}\nfound {surplus:#?}");
    let classed: usize = expect.iter().map(BTreeSet::len).sum();
    assert_eq!(folder.n_incidents(), classed + truth.one_offs.len());
}

#[test]
fn in_one_batch_they_fall_into_the_classes_of_their_ground_truth() {
    let folder = Folder::new();
    assert_eq!(tally(&folder.take_all(samples())), [60, 0, 0, 0, 0, 1]);
    check_partition(&folder);
    assert_eq!(tally(&folder.take_all(samples())), [0, 0, 60, 0, 0, 1]);
    check_partition(&folder.reopened());
}

#[test]
fn file_by_file_they_fall_into_the_same_classes() {
    let folder = Folder::new();
    for item in samples() {
        folder.take(item);
    }
    check_partition(&folder);
}
