//! Classes that last, on a real history: fed one by one, grouped anew, opened again, exported and imported.

use std::collections::{BTreeMap, BTreeSet};

use engine::{Algorithm, class_cut, class_labels, class_matrix};
use incident::Incident;
use parse::{FormatChoice, Outcome, discover, document, records};

use crate::folder::{Folder, item, members_by_class};

type Groups = BTreeSet<BTreeSet<String>>;

/// The incidents of the corpus in the order of their dates; `None` where it is not there.
fn history() -> Option<Vec<Incident>> {
    let path = testkit::shared::path("corpora/rca_vault/docs.jsonl")?;
    let found = discover(&[path]).expect("it is there");
    let mut incidents: Vec<Incident> = Vec::new();
    for record in records(&found.files[0], FormatChoice::Auto, None).expect("it can be opened") {
        let record = record.expect("no line is too long");
        let Outcome::Parsed(parsed) = document(&record) else {
            unreachable!("line {} is an incident", record.line);
        };
        incidents.push(parsed.incident);
    }
    incidents.sort_by_key(|incident| (incident.started_at.map(|at| at.at), incident.id.clone()));
    Some(incidents)
}

/// All incidents in one batch.
fn batch(incidents: &[Incident]) -> Groups {
    let mut groups: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    let matrix = class_matrix(incidents);
    let labels = class_labels(&matrix, Algorithm::AverageLink, class_cut(&matrix));
    for (incident, label) in incidents.iter().zip(labels) {
        if let Some(label) = label {
            groups.entry(label).or_default().insert(incident.id.to_string());
        }
    }
    groups.into_values().collect()
}

/// Every pair of incidents that share a group.
fn pairs(groups: &Groups) -> BTreeSet<(&str, &str)> {
    let mut pairs = BTreeSet::new();
    for group in groups {
        let ids: Vec<&str> = group.iter().map(String::as_str).collect();
        for (place, one) in ids.iter().enumerate() {
            pairs.extend(ids[place + 1..].iter().map(|other| (*one, *other)));
        }
    }
    pairs
}

/// The harmonic mean of the shares of pairs of either that the other has too.
fn pair_f1(one: &Groups, other: &Groups) -> f64 {
    let (one, other) = (pairs(one), pairs(other));
    let shared = one.intersection(&other).count();
    2.0 * shared as f64 / (one.len() + other.len()) as f64
}

#[test]
fn one_by_one_comes_to_the_classes_of_one_batch_and_ids_stay() {
    let Some(incidents) = history() else { return };
    let folder = Folder::new();
    for incident in &incidents {
        folder.take(item(incident));
    }
    let at_once = batch(&incidents);
    let before = pair_f1(&folder.partition(), &at_once);
    folder.recluster(Algorithm::AverageLink).expect("committed");
    let after = pair_f1(&folder.partition(), &at_once);
    eprintln!("pair F1 against one batch: {before:.3} before the pass, {after:.3} after it");
    assert!(before >= 0.95 && after >= 0.99, "{before} {after}");

    let known = members_by_class(&folder);
    let mut folder = folder;
    for _ in 0..3 {
        folder.recluster(Algorithm::AverageLink).expect("committed");
        folder = folder.reopened();
        assert_eq!(members_by_class(&folder), known);
    }
    let folder = folder.exported_and_imported();
    assert_eq!(members_by_class(&folder), known);
    folder.recluster(Algorithm::AverageLink).expect("committed");
    assert_eq!(members_by_class(&folder.reopened()), known);
}
