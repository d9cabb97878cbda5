//! The same log gives the same bytes, however it is fed and whenever it was opened.

use std::collections::BTreeMap;

use engine::{Item, Reading};
use incident::{Incident, IncidentId};

use crate::folder::{Folder, ask, ask_at, at, ids, item, now, recurring};

/// One position of the log.
enum Step {
    Put(Box<Incident>),
    Delete(IncidentId),
}

/// New incidents, new versions of older ones, and deletions. Services are spelled in two ways.
fn log() -> Vec<Step> {
    let mut steps = Vec::new();
    let mut incidents = recurring(150);
    for incident in incidents.iter_mut().step_by(3) {
        incident.services.iter_mut().for_each(|name| *name = name.to_uppercase());
    }
    incidents[20].services.push("ghost-service".into());
    for (number, incident) in incidents.iter().enumerate() {
        steps.push(Step::Put(Box::new(incident.clone())));
        if number % 7 == 6 {
            let mut edited = incidents[number / 2].clone();
            edited.summary = Some(format!("Seen anew. {}", incident.title));
            steps.push(Step::Put(Box::new(edited)));
        }
        if number % 10 == 9 {
            steps.push(Step::Delete(incidents[number - 9].id.clone()));
        }
        if number == 140 {
            steps.push(Step::Delete(incidents[20].id.clone()));
        }
    }
    steps
}

fn feed_one_by_one(folder: &Folder, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Put(incident) => drop(folder.take(item(incident))),
            Step::Delete(id) => folder.delete(id).expect("it is stored"),
        }
    }
}

/// All puts between two deletions in one commit.
fn feed_in_batches(folder: &Folder, steps: &[Step]) {
    let mut batch: Vec<Item> = Vec::new();
    for step in steps {
        match step {
            Step::Put(incident) => batch.push(item(incident)),
            Step::Delete(id) => {
                folder.take_all(std::mem::take(&mut batch));
                folder.delete(id).expect("it is stored");
            }
        }
    }
    folder.take_all(batch);
}

/// Puts in groups of eleven, each read before the group before it is stored, as a bulk ingest does.
fn feed_read_ahead(folder: &Folder, steps: &[Step]) {
    let is_put = |step: &Step| matches!(step, Step::Put(_));
    for run in steps.chunk_by(|left, right| is_put(left) && is_put(right)) {
        let mut read = None;
        for group in run.chunks(11) {
            let items = group.iter().filter_map(|step| match step {
                Step::Put(incident) => Some(item(incident)),
                Step::Delete(_) => None,
            });
            let next = folder.read_ahead(items.collect());
            read.replace(next).into_iter().for_each(|before| keep(folder, before));
        }
        read.into_iter().for_each(|last| keep(folder, last));
        for step in run {
            if let Step::Delete(id) = step {
                folder.delete(id).expect("it is stored");
            }
        }
    }
}

fn keep(folder: &Folder, reading: Reading) {
    folder.keep(reading).expect("the commit succeeds");
}

fn questions() -> Vec<String> {
    let incidents = recurring(45);
    let mut questions: Vec<String> = incidents
        .iter()
        .map(|incident| format!("{} on {}", incident.title, incident.services.join(" and ")))
        .collect();
    questions.extend(
        ["ghost-service", "GHOST-SERVICE is down", "nothing of the kind", "", "svc"]
            .map(str::to_owned),
    );
    questions
}

/// All that is answered, to the last byte.
fn answers(folder: &Folder) -> Vec<String> {
    let questions = questions();
    assert_eq!(questions.len(), 50);
    let mut answers: Vec<String> =
        questions.iter().map(|text| format!("{:?}", ask(folder, text))).collect();
    let then = at("2023-06-30");
    answers.extend(questions.iter().map(|text| format!("{:?}", ask_at(folder, text, then))));
    let classes = folder.classes(1, now()).expect("readable");
    assert!(classes.len() > 3, "{}", classes.len());
    answers.extend(classes.iter().map(|class| format!("{class:?}")));
    answers
}

#[track_caller]
fn check_same(left: &[String], right: &[String]) {
    assert_eq!(left.len(), right.len());
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
}

#[test]
fn batches_and_restarts_change_no_byte_of_any_answer() {
    let steps = log();
    let (one_by_one, in_batches) = (Folder::new(), Folder::new());
    feed_one_by_one(&one_by_one, &steps);
    feed_in_batches(&in_batches, &steps);
    let expect = answers(&one_by_one);
    check_same(&answers(&in_batches), &expect);
    let read_ahead = Folder::new();
    feed_read_ahead(&read_ahead, &steps);
    check_same(&answers(&read_ahead), &expect);
    check_same(&answers(&one_by_one.reopened()), &expect);

    let (early, late) = steps.split_at(steps.len() / 3);
    let interrupted = Folder::new();
    feed_in_batches(&interrupted, early);
    let interrupted = interrupted.reopened();
    feed_one_by_one(&interrupted, late);
    check_same(&answers(&interrupted), &expect);
}

/// Enough for epochs to be so far apart that a commit looks ahead in between, with newer versions and repeats.
fn long_run() -> Vec<Incident> {
    let mut run = Vec::new();
    for (number, incident) in recurring(1_000).into_iter().enumerate() {
        run.push(incident);
        if number > 600 && number % 9 == 0 {
            let mut edited = run[number - 70].clone();
            edited.root_cause = Some(format!("{}, seen anew", run[number - 30].title));
            run.push(edited);
            run.push(run[number - 5].clone());
        }
    }
    run
}

#[test]
fn looking_ahead_within_a_commit_changes_no_byte_of_any_answer() {
    let run = long_run();
    let (at_once, in_groups) = (Folder::new(), Folder::new());
    at_once.take_all(run.iter().map(item).collect());
    for few in run.chunks(50) {
        in_groups.take_all(few.iter().map(item).collect());
    }
    check_same(&answers(&at_once), &answers(&in_groups));
}

#[test]
fn classes_keep_their_ids_over_a_restart() {
    let folder = Folder::new();
    feed_in_batches(&folder, &log());
    let known = |folder: &Folder| -> BTreeMap<_, _> {
        let classes = folder.classes(1, now()).expect("readable");
        classes.into_iter().map(|class| (class.id, class.members)).collect()
    };
    let before = known(&folder);
    assert_eq!(known(&folder.reopened().reopened()), before);
}

/// The scores by id, whether shown or missed.
fn scores(folder: &Folder, question: &str) -> BTreeMap<String, f64> {
    let answer = ask(folder, question);
    let found = answer.matches.iter().chain(&answer.nearest_miss);
    found.map(|found| (found.incident.id.to_string(), found.score)).collect()
}

#[test]
fn the_order_of_arrival_changes_neither_scores_nor_the_partition() {
    // Position 321 begins an epoch, so both know the words of all.
    let mut incidents = recurring(321);
    let forward = Folder::new();
    forward.take_all(incidents[..320].iter().map(item).collect());
    let epoch = forward.epoch();
    forward.take(item(&incidents[320]));
    assert_eq!(forward.epoch(), epoch + 1, "an epoch begins with the last");
    let backward = Folder::new();
    incidents.reverse();
    backward.take_all(incidents.iter().map(item).collect());

    let partition = forward.partition();
    assert!(partition.len() >= 10, "{}", partition.len());
    assert_eq!(backward.partition(), partition);
    let mut n_matches = 0;
    for incident in &incidents {
        let expect = scores(&forward, &incident.title);
        assert_eq!(scores(&backward, &incident.title), expect);
        assert_eq!(ids(&ask(&backward, &incident.title)), ids(&ask(&forward, &incident.title)));
        n_matches += expect.len();
    }
    assert!(n_matches > 1_000, "{n_matches}");
}
