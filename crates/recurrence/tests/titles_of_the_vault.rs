//! Names of classes against a corpus of real titles: each carries a date and a service, and the label of
//! its family is what is left without them.

use std::collections::BTreeMap;

use incident::{Incident, Moment};
use serde_json::Value;

fn incident(record: &Value) -> Incident {
    let text = |key: &str| record[key].as_str().unwrap_or_default();
    let mut incident = Incident::new("jsonl", text("id"), text("title"));
    incident.started_at = Moment::parse(text("date")).ok();
    incident.services = record["services"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|service| service.as_str().map(str::to_owned))
        .collect();
    incident
}

#[test]
fn families_of_one_failure_are_named_by_it() {
    let Some(path) = testkit::shared::path("corpora/rca_vault/docs.jsonl") else {
        return;
    };
    let corpus = std::fs::read_to_string(path).expect("the corpus is readable");
    let mut families: BTreeMap<String, Vec<Incident>> = BTreeMap::new();
    for line in corpus.lines() {
        let record: Value = serde_json::from_str(line).expect("a line is a record");
        let family = record["rc_family"].as_str().expect("a record has a family");
        families.entry(family.to_owned()).or_default().push(incident(&record));
    }
    assert!(families.len() > 5, "only {} families", families.len());
    for (family, members) in &families {
        let name = recurrence::name(members).expect("the titles of a family agree");
        let services = members.iter().flat_map(|member| &member.services);
        for service in services {
            assert!(!name.contains(service.as_str()), "{family}: {name}");
        }
        if let Some(failure) = family.strip_prefix("generic: ") {
            assert_eq!(name.to_lowercase(), failure);
        }
    }
}
