//! Steps out of texts nobody wrote for this project: real post-mortems, word by word.

use std::fs;

use incident::{AsOf, Incident, Moment};
use recurrence::{NEXT_STEPS_MAX, next_steps};
use serde_json::Value;

/// What no step may say, in any spelling of these texts.
const REFUSED: [&str; 22] = [
    " not ",
    "n't ",
    "n’t ",
    "cannot ",
    " never ",
    " without ",
    " no ",
    " none ",
    " nobody ",
    " unable ",
    " tried ",
    " attempted ",
    " will ",
    " should ",
    " might ",
    " planned ",
    " considered ",
    " proposed ",
    " in vain ",
    " failed to ",
    " didnt ",
    " if ",
];

/// The records of a corpus; `None` where it is not there.
fn records(corpus: &str) -> Option<Vec<Value>> {
    let path = testkit::shared::path(&format!("corpora/{corpus}/docs.jsonl"))?;
    let text = fs::read_to_string(path).expect("the corpus is readable");
    let record = |line| serde_json::from_str(line).expect("a line is a record");
    Some(text.lines().map(record).collect())
}

fn now() -> AsOf {
    AsOf::parse("2026-02-26").expect("a day")
}

/// The steps told in any paragraph of `text`, as though it were a resolution.
fn steps_told(text: &str) -> Vec<String> {
    let told = |paragraph: &str| {
        let mut incident = Incident::new("jsonl", "1", "It broke");
        incident.resolution = Some(paragraph.to_owned());
        next_steps(&[incident], None, now())
    };
    text.split("\n\n").flat_map(told).map(|step| step.text).collect()
}

#[track_caller]
fn check_corpus(corpus: &str, steps_min: usize) {
    let Some(records) = records(corpus) else { return };
    let mut n_steps = 0;
    for record in &records {
        let text = record["resolution"].as_str().or(record["text"].as_str()).unwrap_or_default();
        for step in steps_told(text) {
            assert!(text.contains(&step), "not word for word: {step}");
            let words = step.split_whitespace().collect::<Vec<_>>().join(" ");
            let padded = format!(" {} ", words.to_lowercase().replace(['*', '`', ','], ""));
            let leak = REFUSED.iter().find(|refused| padded.contains(*refused));
            assert_eq!(leak, None, "{corpus}: {step}");
            n_steps += 1;
        }
    }
    assert!(n_steps >= steps_min, "only {n_steps} steps in {corpus}");
}

#[test]
fn no_refused_pattern_leaks_out_of_the_vault() {
    check_corpus("rca_vault", 300);
}

#[test]
fn no_refused_pattern_leaks_out_of_real_post_mortems() {
    check_corpus("icco_postmortems", 50);
    check_corpus("misc_real_postmortems", 50);
    check_corpus("danluu_list", 1);
    check_corpus("issre22_cloud", 50);
}

#[test]
fn what_every_member_of_a_family_did_is_one_step() {
    let Some(records) = records("rca_vault") else { return };
    let of_family = records.iter().filter(|record| record["label"] == records[0]["label"]);
    let incident = |record: &Value| {
        let text = |key: &str| record[key].as_str().unwrap_or_default();
        let mut incident = Incident::new("jsonl", text("id"), text("title"));
        incident.started_at = Moment::parse(text("date")).ok();
        incident.resolution = Some(text("resolution").to_owned());
        incident
    };
    let members: Vec<Incident> = of_family.map(incident).collect();
    let steps = next_steps(&members, Some(30.0), now());
    assert_eq!(steps.len(), NEXT_STEPS_MAX);
    let newest = members.iter().max_by_key(|member| member.started_at).expect("members");
    for step in steps {
        assert_eq!(step.times_used as usize, members.len(), "{step:?}");
        assert!(step.times_held <= step.times_used && step.incident_id == newest.id, "{step:?}");
    }
}
