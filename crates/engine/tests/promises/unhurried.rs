//! What is worked out early, remembered or given up changes no answer.

use std::sync::atomic::{AtomicUsize, Ordering};

use engine::{Ahead, Answer, Engine, Error, Query, Scope};
use incident::Incident;
use recurrence::Period;

use crate::folder::{Folder, ask, ask_at, at, item, now, recurring, request, text_of};

fn answers(engine: &Engine, asked: &[Incident]) -> Vec<Answer> {
    let mut answers: Vec<Answer> = asked.iter().map(|it| ask(engine, &text_of(it))).collect();
    answers.extend(asked.iter().map(|it| ask(engine, &it.title)));
    // Neighbours that are remembered of all are some of those that were known then.
    answers.extend(asked.iter().map(|it| ask_at(engine, &it.title, at("2025-06-01"))));
    let by_id = |it: &Incident| engine.similar(&request(Query::Id(it.id.clone()), now()));
    answers.extend(asked.iter().filter_map(|it| by_id(it).ok()));
    answers
}

#[test]
fn what_was_asked_before_a_commit_changes_no_answer_after_it() {
    let incidents = recurring(430);
    let (stored, asked) = (&incidents[..416], incidents[406..416].to_vec());
    let n_commits = stored.len() / 13;
    let mut epoch = 0;
    let folder = Folder::new();
    let mut ahead = Ahead::default();
    for (number, incidents) in stored.chunks(13).enumerate() {
        if number + 2 == n_commits {
            // What is remembered of these is out of date when they are asked again, and in use.
            epoch = folder.epoch();
            answers(&folder, &asked);
        }
        folder.take_all(incidents.iter().map(item).collect());
        if number % 5 == 4 {
            folder.delete(&incidents[number % 13].id).expect("it is stored");
        }
        if number % 5 == 1 && number + 2 < n_commits {
            while folder.work_ahead(&mut ahead, 50).expect("readable") {}
        }
        answers(&folder, &asked[number % 10..=number % 10]);
    }
    assert_eq!(folder.epoch(), epoch, "what is remembered is of the same epoch");
    let found = answers(&folder, &asked);
    assert!(found.iter().any(|answer| !answer.matches.is_empty()));
    let folder = folder.reopened();
    for (found, expect) in found.iter().zip(answers(&folder, &asked)) {
        assert_eq!(*found, expect);
    }
}

#[test]
fn an_answer_that_is_not_wanted_any_more_ends_and_the_next_one_is_whole() {
    let incidents = recurring(200);
    let folder = Folder::new();
    folder.take_all(incidents[1..].iter().map(item).collect());
    let asked = request(Query::Text(incidents[0].title.clone()), now());
    let mut n_given_up = 0;
    loop {
        let asks = AtomicUsize::new(0);
        let stop = || asks.fetch_add(1, Ordering::Relaxed) >= n_given_up;
        match folder.similar_until(&asked, &stop) {
            Err(Error::DeadlineExceeded) => n_given_up += 1,
            answer => {
                let whole = folder.reopened().similar(&asked).expect("an answer");
                assert_eq!(answer.expect("an answer"), whole);
                break;
            }
        }
    }
    assert!(n_given_up > 3, "before the search, within it, between two candidates: {n_given_up}");
}

#[test]
fn a_report_that_is_not_wanted_any_more_ends() {
    let folder = Folder::new();
    folder.take_all(recurring(60).iter().map(item).collect());
    let period = Period { since: None, until: now().at };
    for n_asks in [0, 5, 61] {
        let asks = AtomicUsize::new(0);
        let stop = || asks.fetch_add(1, Ordering::Relaxed) >= n_asks;
        let given_up = folder.report_until(period, &Scope::default(), now(), &stop);
        assert!(matches!(given_up, Err(Error::DeadlineExceeded)), "after {n_asks}");
    }
    assert!(folder.report(period, &Scope::default(), now()).is_ok());
}
